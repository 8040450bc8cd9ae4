import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deprecation, OperationSpec } from '../operations/operation.ts'

/** Tells who still uses what will go, in the headers of the answer; undefined: nothing of the operation will. */
export function deprecationNotes(
  spec: Pick<OperationSpec, 'deprecated' | 'query'>,
): ((request: FastifyRequest, reply: FastifyReply) => void) | undefined {
  const whole = spec.deprecated
  const params = Object.entries(spec.query ?? {}).flatMap(([name, { deprecated }]) =>
    deprecated === undefined ? [] : [{ name, deprecated }],
  )
  if (whole === undefined && params.length === 0) return undefined
  return ({ query }, reply) => {
    const used = params.filter(({ name }) => Object.hasOwn(query as object, name)).map(({ deprecated }) => deprecated)
    const all = whole === undefined ? used : [whole, ...used]
    // Of several the one that goes first counts.
    const [first] = all.sort((a, b) => (a.sunset < b.sunset ? -1 : 1))
    if (first !== undefined) reply.headers(deprecationHeaders(first))
  }
}

/** RFC 9745 for the past, RFC 8594 for the future, and where to read about it. */
function deprecationHeaders({ since, sunset }: Deprecation): Record<string, string> {
  return {
    deprecation: `@${Date.parse(`${since}T00:00:00Z`) / 1000}`,
    sunset: new Date(`${sunset}T00:00:00Z`).toUTCString(),
    link: '</docs#deprecated>; rel="deprecation"; type="text/html"',
  }
}
