import type { Json, JsonObject } from '../../contracts/json.ts'
import { lockCustomers, overridesOf, type RecordRow } from '../../store/apply-queries.ts'
import {
  deleteEdges,
  deleteKeys,
  deleteRechecks,
  insertCustomers,
  insertKeys,
  insertOutbox,
  insertRechecks,
  insertRecords,
  type KeyPair,
  moveRecords,
  updateCustomers,
  updateRecords,
  upsertEdges,
} from '../../store/apply-writes.ts'
import type { Queryable } from '../../store/queryable.ts'
import { assignCustomers, type Assignment } from './assign-customers.ts'
import type { PipelineTools } from './apply-batch.ts'
import type { Moment } from './events.ts'
import type { OverrideValue, SourceDocument } from './golden-maker.ts'
import { type CurrentRecord, type Identified, identify, type TouchedRecord } from './identify.ts'
import { CUSTOMER_STATE, type CustomerWrites, mergeCustomers } from './merge-customers.ts'
import type { ItemOutcome } from './plan-lanes.ts'
import { changedAtOf, movedRecords, placementOf, type RecordChange, recordRow } from './record-change.ts'
import { entityWrites } from './write-entities.ts'
import { ledgerWrites } from './write-ledger.ts'
import type { WorkItem } from './work-item.ts'

interface Bookkeeping {
  outcomes: ReadonlyMap<WorkItem, ItemOutcome>
  /** Ledger entries made again by this batch. */
  restored: number
  /** Record numbers whose recheck is done with this batch. */
  touched: readonly number[]
}

/** Identity, golden records, then every write of the batch, sent back to back. */
export async function writeRecords(
  db: Queryable,
  tools: PipelineTools,
  changes: readonly RecordChange[],
  books: Bookkeeping,
): Promise<{ eventCount: number; recheckCount: number }> {
  const moment = tools.moment()
  const touched = changes
    .filter((change) => change.view !== null || change.before?.features != null)
    .map((change) => toTouched(tools, change))
  const identified = await identify(db, tools.matcher, touched)
  const active = identified.customers.filter((customer) => customer.state === CUSTOMER_STATE.active)
  const assignment = assignCustomers(
    identified.groups,
    active.map((customer) => customer.id),
    moment.newId,
  )
  const placement = placementOf(assignment)
  const customers = await customerWrites(db, tools, moment, changes, identified, assignment)
  const entities = await entityWrites(db, moment, changes, placement.customers)
  const events = [...customers.events, ...entities.events]
  const written = changes.filter((change) => change.written)
  const rowOf = (change: RecordChange) => recordRow(change, placement, entities.publicIds.get(change.no) ?? null)
  await Promise.all([
    ...ledgerWrites(db, tools.shard, books.outcomes, books.restored),
    insertRecords(db, written.filter((change) => change.before === undefined).map(rowOf)),
    updateRecords(db, written.filter((change) => change.before !== undefined).map(rowOf)),
    moveRecords(db, movedRecords(placement, changes)),
    ...keyWrites(db, touched),
    deleteEdges(db, identified.edges.deletes),
    upsertEdges(db, identified.edges.upserts),
    deleteRechecks(db, books.touched),
    insertRechecks(db, identified.recheck, 'a shared value became common or stopped being so'),
    insertCustomers(db, customers.inserts),
    updateCustomers(db, customers.updates),
    insertOutbox(db, events),
  ])
  return { eventCount: events.length, recheckCount: identified.recheck.length }
}

function toTouched(tools: PipelineTools, { no, name, before, view, rematch }: RecordChange): TouchedRecord {
  const old = before?.features == null ? undefined : tools.matcher.restore(before.features)
  const same = before !== undefined && before.features === (view?.text ?? null)
  const settled = same && (view === null || before.customerId !== null)
  const oldKeys = old?.keys ?? []
  return { no, name, before, view, oldKeys, keysStored: old?.current ?? true, rematch: rematch || !settled }
}

async function customerWrites(
  db: Queryable,
  tools: PipelineTools,
  moment: Moment,
  changes: readonly RecordChange[],
  identified: Identified,
  assignment: Assignment<CurrentRecord>,
): Promise<CustomerWrites> {
  const customers = new Map(identified.customers.map((customer) => [customer.id, customer]))
  const known = assignment.groups.filter((group) => !group.minted).map((group) => group.customerId)
  // Customers that come back (a join undone, a deleted record restored) were not among those that hang together.
  const returning = known.filter((id) => !customers.has(id))
  const [revived, overrides] = await Promise.all([
    returning.length === 0 ? [] : lockCustomers(db, returning),
    known.length === 0 ? [] : overridesOf(db, known),
  ])
  for (const customer of revived) customers.set(customer.id, customer)
  const values = new Map<string, OverrideValue[]>()
  for (const { customerId, path, value, author, at } of overrides) {
    const list = values.get(customerId) ?? []
    list.push({ path, value: JSON.parse(value) as Json, author, at })
    values.set(customerId, list)
  }
  const sources = sourceDocuments(changes, identified.members)
  return mergeCustomers({
    assignment,
    customers,
    sourceOf: ({ no }) => {
      const source = sources.get(no)
      if (source === undefined) throw new Error(`record ${no} is in a group but has no document`)
      return source
    },
    overridesOf: (id) => values.get(id) ?? [],
    golden: tools.golden,
    moment,
  })
}

function sourceDocuments(
  changes: readonly RecordChange[],
  members: readonly RecordRow[],
): ReadonlyMap<number, SourceDocument> {
  const sources = new Map<number, SourceDocument>()
  for (const { no, system, entity, key, document, changedAt, mappingRevision } of members) {
    if (document === null) continue
    const parsed = JSON.parse(document) as JsonObject
    sources.set(no, {
      lane: { system, entity, key },
      document: parsed,
      changedAt,
      mappingRevision: mappingRevision ?? 0,
    })
  }
  for (const change of changes) {
    const { system, entity, key } = change.lane
    if (change.mapped.kind !== 'document') continue
    const { document, revision } = change.mapped
    sources.set(change.no, {
      lane: { system, entity, key },
      document,
      changedAt: changedAtOf(change),
      mappingRevision: revision,
    })
  }
  return sources
}

function keyWrites(db: Queryable, touched: readonly TouchedRecord[]): Promise<number>[] {
  const gone: KeyPair[] = []
  const come: KeyPair[] = []
  for (const { no, view, oldKeys, keysStored } of touched) {
    const before = new Set(oldKeys.map((key) => key.hash))
    const after = new Set(view?.keys.map((key) => key.hash) ?? [])
    for (const hash of before) if (!after.has(hash)) gone.push({ hash, recordNo: no })
    for (const hash of after) if (!before.has(hash) || !keysStored) come.push({ hash, recordNo: no })
  }
  return [deleteKeys(db, gone), insertKeys(db, come)]
}
