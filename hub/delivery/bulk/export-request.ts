import type { CanonicalEntity } from '../../contracts/canonical.ts'
import { canonicalSchema } from '../../contracts/canonical-schema.ts'
import { compileZen, type ZenExpression } from '../../contracts/expression/zen-expression.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import type { Masking } from '../../security/masking.ts'

/** What is wanted, as it is kept with the job. */
export interface ExportRequest {
  entity: CanonicalEntity
  /** A condition over the canonical record, in the hub's expression language. */
  filter: string | null
  /** Paths of members; null: all. */
  fields: string[] | null
  /** Only what changed at this moment or later, ISO 8601. */
  since: string | null
}

/** Takes from a record what was not asked for. */
export type Selector = (record: Json) => Json

/** A record's JSON text as its line; null where the filter leaves it out. */
export type LineMaker = (text: string) => string | null

export interface LineTools {
  /** Throws `request.fields.unknown`. */
  selectorOf(entity: CanonicalEntity, fields: readonly string[]): Selector
  /** What the role that asked does not see; null: it sees everything. */
  masking: Masking | null
}

/** Checks a request and makes it ready. Throws `export.filter.invalid`, `export.filter.masked`, `request.fields.unknown`. */
export function lineMaker({ entity, filter, fields }: ExportRequest, tools: LineTools): LineMaker {
  const { masking } = tools
  const condition = filter === null ? null : readFilter(filter, entity, masking)
  const select = fields === null ? null : tools.selectorOf(entity, fields)
  if (condition === null && select === null && masking === null) return (text) => text
  return (text) => {
    const record = JSON.parse(text) as JsonObject
    if (condition !== null && !holds(condition, record)) return null
    const seen = masking === null ? record : masking.json(record, entity)
    const wanted = select === null ? seen : select(seen)
    return wanted === record ? text : JSON.stringify(wanted)
  }
}

function holds(condition: ZenExpression, record: JsonObject): boolean {
  return condition.evaluate((root) => (Object.hasOwn(record, root) ? record[root] : undefined)) === true
}

function readFilter(text: string, entity: CanonicalEntity, masking: Masking | null): ZenExpression {
  const result = compileZen(text, { dates: true })
  if (!result.ok) throw wrongFilter(`${result.problem} (at character ${result.at + 1})`)
  const { expression } = result
  const { properties } = canonicalSchema(entity, 'record')
  const known = isJsonObject(properties ?? null) ? Object.keys(properties as JsonObject) : []
  for (const path of expression.reads) {
    const [root] = path
    if (typeof root === 'string' && root.startsWith('#')) continue
    if (!known.includes(String(root))) {
      throw wrongFilter(`records of this kind have no member ${String(root)}; they have ${known.join(', ')}`)
    }
    // What a role does not see it may not ask about either: the answer would tell.
    const names = path.filter((part): part is string => typeof part === 'string')
    if (masking?.covers(entity, names) === true) throw unseen()
  }
  return expression
}

function wrongFilter(problem: string): HubError {
  return new HubError({
    code: 'export.filter.invalid',
    family: 'reject',
    status: 422,
    message: `The filter can not be used: ${problem}.`,
    where: '/filter',
    fix: 'Write a condition over the record, such as `status == "active"`; docs/integration-engineers/bulk.md has examples.',
  })
}

function unseen(): HubError {
  return new HubError({
    code: 'export.filter.masked',
    family: 'reject',
    status: 403,
    message: 'Your role does not see a field that the filter looks at, so it may not look for it either.',
    where: '/filter',
    fix: 'Leave the field out, or ask an admin for another role.',
  })
}
