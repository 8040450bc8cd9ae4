import { HubError } from '../../contracts/hub-error.ts'
import type { Json } from '../../contracts/json.ts'
import { inspectJson, type JsonFault } from '../../contracts/json-inspect.ts'
import { isExact, scanJson } from '../../contracts/json-scan.ts'

export const DEPTH_MAX = 64

/**
 * The one way from the bytes of a body to JSON, for all operations that have a schema for it. What JSON.parse takes in silence is
 * refused with its place: nesting that eats memory, a name that is there twice (of which two readers may take two
 * different ones), numbers that a double can't hold, texts that can't be stored, and the name `__proto__`.
 */
export function parseJsonBody(raw: Buffer): Json {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(raw)
  } catch {
    throw malformed()
  }
  const scan = scanJson(raw, DEPTH_MAX)
  if (scan.depth > DEPTH_MAX) throw refusal(text) ?? malformed()
  let body: Json
  try {
    body = JSON.parse(text) as Json
  } catch {
    throw malformed()
  }
  const names = countNames(body)
  if (names < scan.members || scan.badEscape) {
    const found = refusal(text)
    if (found !== undefined) throw found
  }
  for (let pair = 0; pair + 1 < scan.numbers.length; pair += 2) {
    const [start, end] = [scan.numbers[pair] ?? 0, scan.numbers[pair + 1] ?? 0]
    if (!isExact(raw.toString('latin1', start, end))) throw inexact(raw.subarray(0, start).toString('utf8'))
  }
  return body
}

function countNames(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + countNames(item), 0)
  let count = 0
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__') throw bad('request.body.forbidden-name', 'A member must not be named `__proto__`.', '')
    count += 1 + countNames(member)
  }
  return count
}

/** The first fault that a careful reading finds, said with its place. */
function refusal(text: string): HubError | undefined {
  const limits = { depthMax: DEPTH_MAX, stringLengthMax: Number.MAX_SAFE_INTEGER, findingsMax: 1 }
  const [finding] = inspectJson(text, limits)
  if (finding === undefined) return undefined
  return FAULTS[finding.fault](finding.pointer)
}

const badText = (where: string): HubError =>
  bad('request.body.invalid', 'The body has a NUL character or half of a surrogate pair in a text.', where)

const FAULTS: Readonly<Record<JsonFault, (where: string) => HubError>> = {
  syntax: () => malformed(),
  'too-deep': (where) => bad('request.body.too-deep', `The body is nested more than ${DEPTH_MAX} levels deep.`, where),
  'duplicate-name': (where) => bad('request.body.duplicate-name', 'A member is there twice.', where),
  nul: badText,
  surrogate: badText,
  'too-long': (where) => bad('request.body.invalid', 'A text in the body is too long.', where),
}

function inexact(before: string): HubError {
  const line = before.split('\n').length
  const column = before.length - before.lastIndexOf('\n')
  return new HubError({
    code: 'request.body.inexact-number',
    family: 'reject',
    status: 400,
    message: `The number in line ${line}, column ${column} has more digits than programs keep.`,
    where: '',
    fix: 'Send it as a text.',
  })
}

function malformed(): HubError {
  return bad('request.body.malformed', 'The body is not JSON.', '')
}

function bad(code: string, message: string, where: string): HubError {
  return new HubError({ code, family: 'reject', status: 400, message, where })
}
