import { laneName } from '../../contracts/change.ts'
import type { JsonObject } from '../../contracts/json.ts'
import {
  entryStates,
  heldLanes,
  type LaneKey,
  lockAll,
  newRecordNumbers,
  peekRecords,
  rawRecords,
  type RecordRow,
  recordsByNumber,
  recordsOfLanes,
} from '../../store/apply-queries.ts'
import { restoreEntries } from '../../store/apply-writes.ts'
import { ENTRY_STATE } from '../../store/ledger-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import type { Moment } from './events.ts'
import type { GoldenMaker } from './golden-maker.ts'
import { regrouped } from './identify.ts'
import type { Matcher, MatchView } from './matcher.ts'
import { type ItemOutcome, type LaneChange, type MappedItem, planLanes } from './plan-lanes.ts'
import { laneLock } from './park-one.ts'
import type { Mapper, MapOutcome } from './ports.ts'
import type { RecordChange } from './record-change.ts'
import type { WorkItem } from './work-item.ts'
import { writeRecords } from './write-records.ts'

/** What is the same for every batch of a worker. */
export interface PipelineTools {
  mapper: Mapper
  matcher: Matcher
  golden: GoldenMaker
  moment(): Moment
  /** The ledger shard that this worker counts in. */
  shard: number
}

/** A record to look at again without a change of its own: after a new mapping revision, model, decision or override. */
export interface Touch {
  recordNo: number
  /** True: map its raw data anew. */
  remap: boolean
}

export interface BatchInput {
  items: readonly WorkItem[]
  touches: readonly Touch[]
}

export interface BatchResult {
  outcomes: ReadonlyMap<WorkItem, ItemOutcome>
  eventCount: number
  /** Records of others that are to be looked at again. */
  recheckCount: number
  /** Touched records that could not be mapped anew: they stay as they were. */
  unmappable: number
}

/** What the batch's changes turn into, before anything is read: CPU only. */
interface Prepared {
  mapped: MappedItem[]
  views: Map<MapOutcome, MatchView>
  lanes: LaneKey[]
}

/** A touched record as it was read before the locks, and what it turns into: its new keys must be among the locks. */
interface PreparedTouch {
  stale: RecordRow
  mapped: MapOutcome
  view: MatchView | null
  remapped: boolean
}

/**
 * Applies a batch in the given transaction: everything of it or nothing. The order of steps is the heart of the promises:
 * the advisory locks come before any read that decides something, so that copies of one person that arrive side by side
 * on several workers see each other; ledger, records, customers and events are written together.
 */
export async function applyBatch(db: Queryable, tools: PipelineTools, input: BatchInput): Promise<BatchResult> {
  const prepared = prepare(tools, input.items)
  const touched = await prepareTouches(db, tools, input.touches)
  const lanes = uniqueLanes([...prepared.lanes, ...touched.map(({ stale }) => stale)])
  const peeked = lanes.length === 0 ? [] : await peekRecords(db, lanes)
  const numbers = input.items.map((item) => item.no)
  const [, states, rows, held, fresh] = await Promise.all([
    lockAll(db, locksOf(tools.matcher, lanes, peeked, [...prepared.views.values(), ...viewsOf(touched)])),
    entryStates(db, numbers),
    recordsOfLanes(db, lanes),
    heldLanes(db, lanes),
    newRecordNumbers(db, lanes.length - peeked.length),
  ])
  refuseSurprises(rows, peeked)
  const records = new Map(rows.map((row) => [laneName(row), row]))
  const entries = await restoreMissing(db, input.items, states)
  const plan = planLanes(prepared.mapped, { entries: entries.states, records, held: new Set(held.map(laneName)) })
  const changes = plan.lanes.map((lane) => laneToChange(lane, prepared, fresh))
  const done = new Set(changes.map((change) => change.name))
  const touches = touched.flatMap((touch) => touchChange(touch, records))
  const all = [...changes, ...touches.filter((change) => !done.has(change.name))]
  const written = await writeRecords(db, tools, all, {
    outcomes: plan.outcomes,
    restored: entries.restored,
    touched: input.touches.map((touch) => touch.recordNo),
  })
  return { outcomes: plan.outcomes, ...written, unmappable: input.touches.length - touches.length }
}

function prepare(tools: PipelineTools, items: readonly WorkItem[]): Prepared {
  const views = new Map<MapOutcome, MatchView>()
  const mapped = items.map((item): MappedItem => {
    const { system, entity, kind, data } = item.change
    const outcome = tools.mapper.map(system, entity, kind, data)
    if (outcome.kind === 'document' && outcome.target === 'customer')
      views.set(outcome, tools.matcher.read(outcome.document, system))
    return { item, mapped: outcome }
  })
  return { mapped, views, lanes: items.map(({ change }) => change) }
}

function uniqueLanes(lanes: readonly LaneKey[]): LaneKey[] {
  return [...new Map(lanes.map((lane) => [laneName(lane), lane])).values()]
}

/** Lanes, match keys as they will be, and match keys as they were. */
function locksOf(
  matcher: Matcher,
  lanes: readonly LaneKey[],
  peeked: readonly { features: string | null }[],
  views: readonly MatchView[],
): Set<number> {
  const locks = new Set<number>()
  for (const lane of lanes) locks.add(laneLock(laneName(lane)))
  for (const view of views) for (const key of view.keys) locks.add(key.hash)
  for (const { features } of peeked) {
    if (features !== null) for (const key of matcher.restore(features).keys) locks.add(key.hash)
  }
  return locks
}

/** Between the first look and the locks another worker may have changed a lane: its old keys are then not locked. */
function refuseSurprises(rows: readonly RecordRow[], peeked: readonly { no: number; features: string | null }[]): void {
  const seen = new Map(peeked.map((record) => [record.no, record.features]))
  for (const { no, features } of rows) if (seen.get(no) !== features) throw regrouped()
}

async function restoreMissing(
  db: Queryable,
  items: readonly WorkItem[],
  known: ReadonlyMap<number, number>,
): Promise<{ states: ReadonlyMap<number, number>; restored: number }> {
  const missing = new Map(items.filter(({ no }) => !known.has(no)).map((item) => [item.no, item]))
  if (missing.size === 0) return { states: known, restored: 0 }
  const made = new Set(
    await restoreEntries(
      db,
      [...missing.values()].map(({ no, change }) => ({ no, system: change.system, changeId: change.id })),
    ),
  )
  const states = new Map(known)
  // Accepted again under another number meanwhile: that number's message does the work.
  for (const no of missing.keys()) states.set(no, made.has(no) ? ENTRY_STATE.inFlight : ENTRY_STATE.superseded)
  return { states, restored: made.size }
}

function laneToChange(lane: LaneChange, { views }: Prepared, fresh: number[]): RecordChange {
  const { before, item, mapped, name } = lane
  const no = before?.no ?? fresh.pop()
  if (no === undefined) throw regrouped()
  return {
    no,
    name,
    lane: { system: lane.lane.system, entity: lane.lane.entity, key: lane.lane.key },
    before,
    item,
    mapped,
    view: views.get(mapped) ?? null,
    rematch: false,
    written: true,
  }
}

/** Touched records as if they had changed to what they are, mapped anew where that is asked for. */
async function prepareTouches(
  db: Queryable,
  tools: PipelineTools,
  touches: readonly Touch[],
): Promise<PreparedTouch[]> {
  if (touches.length === 0) return []
  const remap = touches.filter((touch) => touch.remap).map((touch) => touch.recordNo)
  const [rows, raw] = await Promise.all([
    recordsByNumber(
      db,
      touches.map((touch) => touch.recordNo),
    ),
    remap.length === 0 ? new Map<number, string>() : rawRecords(db, remap),
  ])
  const wanted = new Set(remap)
  return rows.map((stale) => {
    const text = raw.get(stale.no)
    const remapped = wanted.has(stale.no)
    const mapped = remapped && !stale.deleted && text !== undefined ? mapAnew(tools, stale, text) : storedOutcome(stale)
    const isCustomer = mapped.kind === 'document' && mapped.target === 'customer'
    return { stale, mapped, view: isCustomer ? tools.matcher.read(mapped.document, stale.system) : null, remapped }
  })
}

function viewsOf(touched: readonly PreparedTouch[]): MatchView[] {
  return touched.flatMap(({ view }) => view ?? [])
}

function touchChange(touch: PreparedTouch, records: ReadonlyMap<string, RecordRow>): RecordChange[] {
  const { stale, mapped, view, remapped } = touch
  const name = laneName(stale)
  const row = records.get(name)
  if (row === undefined || mapped.kind === 'failed') return []
  // What was prepared from is no longer what is stored: the locks may not cover the keys that the record has now.
  if (row.changeNo !== stale.changeNo || row.document !== stale.document) throw regrouped()
  // Rules of matching that have changed make other features of the same document, which are then stored with it.
  const written = remapped || (view?.text ?? null) !== row.features
  return [{ no: row.no, name, lane: row, before: row, item: null, mapped, view, rematch: true, written }]
}

function mapAnew(tools: PipelineTools, row: RecordRow, raw: string): MapOutcome {
  return tools.mapper.map(row.system, row.entity, 'upsert', JSON.parse(raw) as JsonObject)
}

function storedOutcome(row: RecordRow): Exclude<MapOutcome, { kind: 'failed' }> {
  const target = row.target as Extract<MapOutcome, { kind: 'document' }>['target'] | null
  if (row.document === null || target === null) return { kind: 'deleted', target, revision: row.mappingRevision }
  const document = JSON.parse(row.document) as JsonObject
  return { kind: 'document', target, document, revision: row.mappingRevision ?? 0 }
}
