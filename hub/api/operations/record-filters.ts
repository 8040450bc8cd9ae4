import { CANONICAL_SCHEMAS } from '../../contracts/generated/schemas.ts'
import { isJsonObject, type JsonObject } from '../../contracts/json.ts'
import { RECORD_SEARCH, type RecordEntity } from '../../contracts/record-search.ts'
import type { ParamSpec } from './operation.ts'

/** The parameters by which the records of an entity are searched, as RECORD_SEARCH declares them. */
export function filterParams(target: RecordEntity): Record<string, ParamSpec> {
  const { equal, references, day, due, words } = RECORD_SEARCH[target]
  const params: Record<string, ParamSpec> = {}
  for (const name of equal) params[name] = equalParam(target, name)
  for (const [name, entity] of Object.entries(references)) {
    const description = `The hub's id of the ${entity.replace('-', ' ')} that it points at.`
    params[name] = { type: 'string', format: 'uuid', description, ...looksAt(target, name) }
  }
  for (const range of [day, due]) {
    if (range === undefined) continue
    const of = range.members.map((member) => `\`${member}\``).join(' or ')
    const [from, to] = rangeNames(range.name)
    const more = looksAt(target, ...range.members)
    params[from] = { type: 'string', format: 'date', description: `${of} on this day (UTC) or later.`, ...more }
    params[to] = { type: 'string', format: 'date', description: `${of} on this day (UTC) or earlier.`, ...more }
  }
  if (words.length > 0) {
    const description = `Beginnings of words of ${words.join(', ')}; all must be there.`
    params['q'] = { type: 'string', maxLength: 200, description, ...looksAt(target, ...words) }
  }
  const description = '`updatedAt` at this moment or later: when the system changed the record.'
  params['updatedSince'] = { type: 'string', format: 'date-time', description }
  return params
}

/** `due` -> `dueFrom` and `dueTo`; `at` -> `from` and `to`. */
export function rangeNames(name: string): [from: string, to: string] {
  return name === 'at' ? ['from', 'to'] : [`${name}From`, `${name}To`]
}

function equalParam(target: RecordEntity, name: string): ParamSpec {
  const { properties } = CANONICAL_SCHEMAS[target]
  const schema = isJsonObject(properties ?? null) ? ((properties as JsonObject)[name] ?? null) : null
  const choices = isJsonObject(schema) && Array.isArray(schema['enum']) ? schema['enum'].map(String) : undefined
  const most = isJsonObject(schema) && typeof schema['maxLength'] === 'number' ? schema['maxLength'] : 256
  const description = choices === undefined ? `\`${name}\`, in any case.` : `\`${name}\`: this one.`
  return {
    type: 'string',
    description,
    ...(choices === undefined ? { maxLength: most } : { enum: choices }),
    ...looksAt(target, name),
  }
}

function looksAt(searchesIn: RecordEntity, ...searches: string[]): Pick<ParamSpec, 'searches' | 'searchesIn'> {
  return { searches, searchesIn }
}
