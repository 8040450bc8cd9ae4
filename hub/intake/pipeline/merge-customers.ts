import { ENVELOPE } from '../../contracts/canonical.ts'
import type { JsonObject } from '../../contracts/json.ts'
import type { CustomerRow } from '../../store/apply-queries.ts'
import type { CustomerWriteRow, OutboxWriteRow } from '../../store/apply-writes.ts'
import type { Assigned, Assignment, Placed } from './assign-customers.ts'
import { type Moment, outboxRow } from './events.ts'
import type { GoldenMaker, OverrideValue, SourceDocument } from './golden-maker.ts'
import { searchTextOf } from './search-text.ts'

export const CUSTOMER_STATE = { active: 0, joined: 1, closed: 2, erased: 3 } as const

export interface CustomerWrites {
  inserts: CustomerWriteRow[]
  updates: CustomerWriteRow[]
  events: OutboxWriteRow[]
}

export interface MergeInput<Member extends Placed> {
  assignment: Assignment<Member>
  /** Customers as the store has them, all that the assignment names and did not mint. */
  customers: ReadonlyMap<string, CustomerRow>
  sourceOf(member: Member): SourceDocument
  overridesOf(customerId: string): readonly OverrideValue[]
  golden: GoldenMaker
  moment: Moment
  /** Told of each customer: its golden record now, and what the store has of it. */
  onMerged(group: Assigned<Member>, golden: JsonObject, before: CustomerRow | undefined): void
}

/**
 * Makes the golden record of every customer that the batch touched, a version and an event of each that really changed,
 * and says of those that lost their records where they went.
 */
export function mergeCustomers<Member extends Placed>(input: MergeInput<Member>): CustomerWrites {
  const writes: CustomerWrites = { inserts: [], updates: [], events: [] }
  const survivors = new Map<string, number>()
  for (const group of input.assignment.groups) {
    const before = input.customers.get(group.customerId)
    const core = input.golden.merge(
      group.members.map((member) => input.sourceOf(member)),
      input.overridesOf(group.customerId),
    )
    input.onMerged(group, core, before)
    const sources = group.members.map((member) => input.sourceOf(member).lane).map(sourceEntry)
    sources.sort((a, b) => (a.text < b.text ? -1 : 1))
    const version = writeCustomer(writes, input, group.customerId, before, core, sources)
    survivors.set(group.customerId, version)
    tellOfSplit(writes, input, group, before, version)
  }
  for (const { id, into } of input.assignment.retired) retire(writes, input, id, into, survivors)
  return writes
}

interface SourceEntry {
  entry: JsonObject
  text: string
}

function sourceEntry({ system, entity, key }: SourceDocument['lane']): SourceEntry {
  const entry = { system, entity, key }
  return { entry, text: JSON.stringify(entry) }
}

function writeCustomer<Member extends Placed>(
  writes: CustomerWrites,
  { golden: maker, moment }: MergeInput<Member>,
  id: string,
  before: CustomerRow | undefined,
  core: JsonObject,
  sources: readonly SourceEntry[],
): number {
  const previous = before === undefined ? undefined : (JSON.parse(before.golden) as JsonObject)
  const reopened = before !== undefined && before.state !== CUSTOMER_STATE.active
  const changed = previous === undefined ? [] : changedFields(maker, previous, core, sources)
  if (before !== undefined && !reopened && changed.length === 0) return before.version
  const version = (before?.version ?? 0) + 1
  const createdAt = before?.createdAt ?? moment.now
  const golden = goldenText(id, core, version, createdAt, moment.now, sources)
  const row: CustomerWriteRow = {
    id,
    state: CUSTOMER_STATE.active,
    joinedInto: null,
    version,
    cause: before === undefined ? 'created' : reopened ? 'reopened' : 'changed',
    changed,
    golden,
    searchText: searchTextOf(core),
    at: moment.now,
  }
  if (before === undefined) writes.inserts.push(row)
  else writes.updates.push(row)
  const type = before === undefined ? 'customer.created' : 'customer.updated'
  const data = before === undefined ? '{}' : JSON.stringify({ changed })
  writes.events.push(outboxRow(moment, { type, subject: id, customerId: id, data, golden: { id, version } }))
  return version
}

function changedFields(
  maker: GoldenMaker,
  previous: JsonObject,
  core: JsonObject,
  sources: readonly SourceEntry[],
): string[] {
  const previousCore = { ...previous }
  for (const name of ENVELOPE) Reflect.deleteProperty(previousCore, name)
  const fields = JSON.stringify(previousCore) === JSON.stringify(core) ? [] : maker.changedPaths(previousCore, core)
  const previousSources = Array.isArray(previous.sources) ? previous.sources : []
  const same =
    previousSources.length === sources.length && sources.every((s, i) => JSON.stringify(previousSources[i]) === s.text)
  return same ? fields : [...fields, 'sources']
}

function goldenText(
  id: string,
  core: JsonObject,
  version: number,
  createdAt: string,
  updatedAt: string,
  sources: readonly SourceEntry[],
): string {
  return JSON.stringify({ id, ...core, version, createdAt, updatedAt, sources: sources.map((source) => source.entry) })
}

/** A customer that came out of another one: the other is told, and so is everybody who follows it. */
function tellOfSplit<Member extends Placed>(
  writes: CustomerWrites,
  { moment }: MergeInput<Member>,
  group: Assigned<Member>,
  before: CustomerRow | undefined,
  version: number,
): void {
  if (before !== undefined && before.state === CUSTOMER_STATE.active) return
  const origins = new Set(group.members.flatMap(({ customerId }) => customerId ?? []))
  origins.delete(group.customerId)
  for (const from of origins) {
    const data = JSON.stringify({ from, into: group.customerId })
    const golden = { id: group.customerId, version }
    writes.events.push(outboxRow(moment, { type: 'customer.split', subject: from, customerId: from, data, golden }))
  }
}

function retire<Member extends Placed>(
  writes: CustomerWrites,
  { customers, golden: maker, moment }: MergeInput<Member>,
  id: string,
  into: string | null,
  survivors: ReadonlyMap<string, number>,
): void {
  const before = customers.get(id)
  if (before === undefined || before.state !== CUSTOMER_STATE.active) return
  const version = before.version + 1
  const previous = JSON.parse(before.golden) as JsonObject
  const core = { ...previous }
  for (const name of ENVELOPE) Reflect.deleteProperty(core, name)
  const last = into === null ? maker.closed(core) : core
  const golden = goldenText(id, last, version, before.createdAt, moment.now, [])
  const state = into === null ? CUSTOMER_STATE.closed : CUSTOMER_STATE.joined
  const cause = into === null ? 'closed' : 'joined'
  const changed = into === null ? [...maker.changedPaths(core, last), 'sources'] : ['sources']
  writes.updates.push({ id, state, joinedInto: into, version, cause, changed, golden, searchText: '', at: moment.now })
  if (into === null) {
    const data = JSON.stringify({ changed })
    const event = { type: 'customer.updated', subject: id, customerId: id, data, golden: { id, version } }
    writes.events.push(outboxRow(moment, event))
    return
  }
  const survivor = survivors.get(into)
  writes.events.push(
    outboxRow(moment, {
      type: 'customer.joined',
      subject: into,
      customerId: into,
      data: JSON.stringify({ joined: id, into }),
      golden: survivor === undefined ? null : { id: into, version: survivor },
    }),
  )
}
