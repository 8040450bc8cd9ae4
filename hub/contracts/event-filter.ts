import { EVENT_CATALOGUE, matchesType } from './event-catalogue.ts'
import { compileZen, type ZenExpression } from './expression/zen-expression.ts'
import { HubError } from './hub-error.ts'
import type { JsonObject } from './json.ts'

/** A condition over events, in the expression language of mappings and rules. */
export interface EventFilter {
  text: string
  /** Never throws. Whatever is not `true` leaves the event out: also types that do not go together, or a value too large. */
  matches(event: JsonObject): boolean
}

/** Every event is held against the filters of many subscriptions: each may take some milliseconds. */
const WORK_MAX = 5_000_000

/** Members of an event by the names of CloudEvents 1.0. */
const MEMBERS = [
  'id',
  'source',
  'specversion',
  'type',
  'subject',
  'time',
  'datacontenttype',
  'sequence',
  'sequencetype',
  'customerid',
  'data',
]

/**
 * Checks a filter and makes it ready. `types` are the types of events that it will see, as patterns; empty: all. `where`
 * names the place of the filter for the error. Throws `events.filter.invalid` with the place in the expression.
 */
export function compileEventFilter(text: string, types: readonly string[], where: string): EventFilter {
  const result = compileZen(text, { dates: true, workMax: WORK_MAX })
  if (!result.ok) throw wrongFilter(where, `${result.problem} (at character ${result.at + 1})`, result.at)
  const { expression } = result
  checkReads(expression, types, where)
  return {
    text,
    matches: (event) => expression.evaluate((root) => (Object.hasOwn(event, root) ? event[root] : undefined)) === true,
  }
}

/** A misspelt name would be a filter that lets nothing through, for ever and without a word. */
function checkReads({ reads, text }: ZenExpression, types: readonly string[], where: string): void {
  const kinds = EVENT_CATALOGUE.filter(
    ({ type }) => types.length === 0 || types.some((pattern) => matchesType(pattern, type)),
  )
  const data = new Set(kinds.flatMap((kind) => Object.keys(kind.data)))
  for (const [root, member] of reads) {
    if (root === '$root' || (typeof root === 'string' && root.startsWith('#'))) continue
    const at = Math.max(0, text.indexOf(String(root)))
    if (!MEMBERS.includes(String(root)))
      throw wrongFilter(where, `events have no member ${String(root)}; they have ${MEMBERS.join(', ')}`, at)
    if (root === 'data' && typeof member === 'string' && !data.has(member)) {
      const known = [...data].toSorted().join(', ')
      throw wrongFilter(where, `the data of these events has no member ${member}; it has ${known}`, at)
    }
  }
}

function wrongFilter(where: string, problem: string, at: number): HubError {
  return new HubError({
    code: 'events.filter.invalid',
    family: 'reject',
    status: where.startsWith('?') ? 400 : 422,
    message: `The filter can not be used: ${problem}.`,
    where,
    fix: 'Write a condition over the event, such as `data.customer.status == "active"`; docs/channel-developers/webhooks.md has examples.',
    facts: { at },
  })
}
