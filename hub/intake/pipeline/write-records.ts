import type { Json, JsonObject } from '../../contracts/json.ts'
import type { FieldTimes } from '../../golden/field-times.ts'
import { lockCustomers, type OverrideRow, overridesOf, type RecordRow } from '../../store/apply-queries.ts'
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
import { changeOverrides, deleteOverrides } from '../../store/override-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { dropNotes, saveNotes } from '../../store/note-queries.ts'
import { deleteWriteBacks, saveWriteBacks } from '../../store/write-back-queries.ts'
import { assignCustomers, type Assignment } from './assign-customers.ts'
import type { CustomerEdit, PipelineTools } from './apply-batch.ts'
import type { Moment } from './events.ts'
import { Notes } from './notes.ts'
import type { OverrideValue, SourceDocument } from './golden-maker.ts'
import { type CurrentRecord, type Identified, identify, type TouchedRecord } from './identify.ts'
import { CUSTOMER_STATE, type CustomerWrites, mergeCustomers } from './merge-customers.ts'
import type { ItemOutcome } from './plan-lanes.ts'
import { changedAtOf, movedRecords, placementOf, type RecordChange, recordRow } from './record-change.ts'
import { recordSearchWrites } from './record-search.ts'
import { forgetGone, hear, type Heard, NOTHING_RECALLED, recall, type Recalled } from './write-back-hear.ts'
import { type PlannedGroup, planWriteBacks, type WriteBackWrites, yieldedOverrides } from './write-back-plan.ts'
import { entityWrites } from './write-entities.ts'
import { ledgerWrites } from './write-ledger.ts'
import type { WorkItem } from './work-item.ts'

interface Bookkeeping {
  outcomes: ReadonlyMap<WorkItem, ItemOutcome>
  /** Ledger entries made again by this batch. */
  restored: number
  /** Record numbers whose recheck is done with this batch. */
  touched: readonly number[]
  edit: CustomerEdit | null
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
  const { recalled, heard } = await heardOf(db, tools, changes, assignment)
  const { customers, writeBacks, notes } = await customerWrites(db, tools, {
    moment,
    changes,
    identified,
    assignment,
    recalled,
    heard,
    edit: books.edit,
  })
  const entities = await entityWrites(db, moment, changes, placement.customers)
  const events = [...customers.events, ...entities.events]
  const written = changes.filter((change) => change.written)
  const rowOf = (change: RecordChange) =>
    recordRow(change, placement, entities.publicIds.get(change.no) ?? null, heard.fieldTimes.get(change.no) ?? null)
  await Promise.all([
    ...ledgerWrites(db, tools.shard, books.outcomes, books.restored),
    insertRecords(db, written.filter((change) => change.before === undefined).map(rowOf)),
    updateRecords(db, written.filter((change) => change.before !== undefined).map(rowOf)),
    ...recordSearchWrites(db, written),
    moveRecords(db, movedRecords(placement, changes)),
    ...keyWrites(db, touched),
    deleteEdges(db, identified.edges.deletes),
    upsertEdges(db, identified.edges.upserts),
    deleteRechecks(db, books.touched),
    insertRechecks(db, identified.recheck, 'a shared value became common or stopped being so'),
    insertCustomers(db, customers.inserts),
    updateCustomers(db, customers.updates),
    insertOutbox(db, events),
    forgetGone(db, changes, recalled),
    deleteWriteBacks(db, writeBacks.deletes),
    saveWriteBacks(db, writeBacks.saves),
    dropNotes(db, notes.looked, notes.rows),
    saveNotes(db, notes.rows),
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

const NOTHING_HEARD: Heard = { fieldTimes: new Map(), news: new Map(), known: new Map() }

/** Where no system takes anything from the hub, this costs nothing. */
async function heardOf(
  db: Queryable,
  tools: PipelineTools,
  changes: readonly RecordChange[],
  assignment: Assignment<CurrentRecord>,
): Promise<{ recalled: Recalled; heard: Heard }> {
  if (tools.writeBack === null) return { recalled: NOTHING_RECALLED, heard: NOTHING_HEARD }
  const known = changes.filter(({ before }) => before !== undefined).map(({ no }) => no)
  const members = assignment.groups.flatMap((group) => group.members.map(({ no }) => no))
  const recalled = known.length === 0 ? NOTHING_RECALLED : await recall(db, [...new Set([...known, ...members])])
  return { recalled, heard: hear(tools, changes, recalled) }
}

interface CustomerInput {
  moment: Moment
  changes: readonly RecordChange[]
  identified: Identified
  assignment: Assignment<CurrentRecord>
  recalled: Recalled
  heard: Heard
  edit: CustomerEdit | null
}

async function customerWrites(
  db: Queryable,
  tools: PipelineTools,
  { moment, changes, identified, assignment, recalled, heard, edit }: CustomerInput,
): Promise<{ customers: CustomerWrites; writeBacks: WriteBackWrites; notes: Notes }> {
  const customers = new Map(identified.customers.map((customer) => [customer.id, customer]))
  const known = assignment.groups.filter((group) => !group.minted).map((group) => group.customerId)
  // Customers that come back (a join undone, a deleted record restored) were not among those that hang together.
  const returning = known.filter((id) => !customers.has(id))
  const [revived, overrides] = await Promise.all([
    returning.length === 0 ? [] : lockCustomers(db, returning),
    known.length === 0 ? [] : overridesOf(db, known),
  ])
  for (const customer of revived) customers.set(customer.id, customer)
  const standing = overrides.length === 0 ? overrides : await standingOverrides(db, tools, overrides, assignment, heard)
  const values = overrideValues(standing)
  const sources = sourceDocuments(changes, identified.members, heard)
  const sourceOf = ({ no }: { no: number }): SourceDocument => {
    const source = sources.get(no)
    if (source === undefined) throw new Error(`record ${no} is in a group but has no document`)
    return source
  }
  const planned: PlannedGroup[] = []
  const notes = new Notes(tools.notes, moment.now)
  const writes = mergeCustomers({
    assignment,
    customers,
    sourceOf,
    overridesOf: (id) => values.get(id) ?? [],
    golden: tools.golden,
    moment,
    onMerged: ({ customerId, members }, golden, before) => {
      notes.take(customerId, golden)
      if (tools.writeBack === null) return
      planned.push({
        members: members.map((member) => ({ no: member.no, source: sourceOf(member) })),
        golden,
        overrides: values.get(customerId) ?? [],
        before: before === undefined || edit === null ? null : (JSON.parse(before.golden) as JsonObject),
        edit: edit?.customerId === customerId ? edit : null,
      })
    },
  })
  for (const { id } of assignment.retired) notes.forget(id)
  const writeBacks = planWriteBacks(tools, planned, { recalled, heard, now: moment.now })
  return { customers: writes, writeBacks, notes }
}

function overrideValues(overrides: readonly OverrideRow[]): Map<string, OverrideValue[]> {
  const values = new Map<string, OverrideValue[]>()
  for (const { customerId, path, value, author, at } of overrides) {
    const list = values.get(customerId) ?? []
    list.push({ path, value: JSON.parse(value) as Json, author, at })
    values.set(customerId, list)
  }
  return values
}

/** The overrides that still hold after what this batch brings: values that the API set give way to later ones of systems. */
async function standingOverrides(
  db: Queryable,
  tools: PipelineTools,
  overrides: readonly OverrideRow[],
  { groups }: Assignment<CurrentRecord>,
  heard: Heard,
): Promise<OverrideRow[]> {
  const memories = new Map([...heard.known].map(([no, { memory }]) => [no, memory]))
  const standing: OverrideRow[] = []
  const [dropped, changed]: [OverrideRow[], OverrideRow[]] = [[], []]
  for (const { customerId, members } of groups) {
    const own = overrides.filter((row) => row.customerId === customerId)
    const news = members.flatMap(({ no }) => heard.news.get(no) ?? [])
    const after = yieldedOverrides(tools, own, news, memories)
    standing.push(...after.kept)
    dropped.push(...after.dropped)
    changed.push(...after.changed)
  }
  if (dropped.length > 0) await deleteOverrides(db, dropped)
  if (changed.length > 0) await changeOverrides(db, changed)
  return standing
}

function sourceDocuments(
  changes: readonly RecordChange[],
  members: readonly RecordRow[],
  heard: Heard,
): ReadonlyMap<number, SourceDocument> {
  const sources = new Map<number, SourceDocument>()
  for (const { no, system, entity, key, document, changedAt, mappingRevision, fieldTimes } of members) {
    if (document === null) continue
    const parsed = JSON.parse(document) as JsonObject
    sources.set(no, {
      lane: { system, entity, key },
      document: parsed,
      changedAt,
      mappingRevision: mappingRevision ?? 0,
      ...(fieldTimes === null ? {} : { fieldTimes: JSON.parse(fieldTimes) as FieldTimes }),
    })
  }
  for (const change of changes) {
    const { system, entity, key } = change.lane
    if (change.mapped.kind !== 'document') continue
    const { document, revision } = change.mapped
    const fieldTimes = heard.fieldTimes.get(change.no)
    sources.set(change.no, {
      lane: { system, entity, key },
      document,
      changedAt: changedAtOf(change),
      mappingRevision: revision,
      ...(fieldTimes === undefined ? {} : { fieldTimes }),
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
