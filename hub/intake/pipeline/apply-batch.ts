import { laneName } from '../../contracts/change.ts'
import { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { entryStates, heldLanes, newRecordNumbers, type RecordRow, recordsOfLanes } from '../../store/apply-queries.ts'
import { restoreEntries } from '../../store/apply-writes.ts'
import { anyErasedLane } from '../../store/erased-lane-queries.ts'
import { lockIdentityAlone, lockIdentityAsOwner } from '../../store/identity-lock.ts'
import { ENTRY_STATE } from '../../store/ledger-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import type { Moment } from './events.ts'
import { markErased, screen } from './erased.ts'
import type { GoldenMaker } from './golden-maker.ts'
import { regrouped } from './identify.ts'
import type { Matcher, MatchView } from './matcher.ts'
import { type ItemOutcome, type LaneChange, planLanes } from './plan-lanes.ts'
import type { ErasureTerms, Mapper, MapOutcome, NoteTaker, WriteBackTerms } from './ports.ts'
import { type PreparedBatch, type PreparedLane, type PreparedTouch, prepareBatch } from './prepare-batch.ts'
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
  /** Which systems take which fields from the hub; null: none takes any, and nothing is kept for write-back. */
  writeBack: WriteBackTerms | null
  /** Rules that look at golden records; null: there are none, and nothing is kept for them. */
  notes: NoteTaker | null
  erasure: ErasureTerms
}

/** A record to look at again without a change of its own: after a new mapping revision, model, decision or override. */
export interface Touch {
  recordNo: number
  /** True: map its raw data anew. */
  remap: boolean
  /**
   * Native fields that write-back found the system to have, and since when (ISO 8601); nothing comes of it where the record
   * was read since the change `changeNo`. `insists`: paths that count as said anew.
   */
  observed?: { fields: JsonObject; at: string; changeNo: number; insists: readonly string[] }
}

/** Values that the API set on a customer, stored before as overrides; its records are among the touches. */
export interface CustomerEdit {
  customerId: string
  /** When, ISO 8601. */
  at: string
  /** Fields that it changed. */
  paths: readonly string[]
}

export interface BatchInput {
  items: readonly WorkItem[]
  touches: readonly Touch[]
  edit?: CustomerEdit
}

export interface BatchResult {
  outcomes: ReadonlyMap<WorkItem, ItemOutcome>
  eventCount: number
  /** Records of others that are to be looked at again. */
  recheckCount: number
  /** Touched records that could not be mapped anew: they stay as they were. */
  unmappable: number
}

/**
 * Applies a batch in the given transaction: everything of it or nothing; ledger, records, customers and events are written
 * together. The identity lock comes before any read that decides something, so that copies of one person that arrive side
 * by side on several workers see each other. This form excludes all other batches for as long as the transaction lasts.
 */
export async function applyBatch(db: Queryable, tools: PipelineTools, input: BatchInput): Promise<BatchResult> {
  await lockIdentityAlone(db)
  return applyPrepared(db, tools, await prepareBatch(db, tools, input), null)
}

/**
 * The same for a batch that was prepared before the transaction began; what has changed since is noticed under the lock.
 * `owner`: the process whose gate keeps this batch apart from its others, so that they may run side by side; it throws
 * `pipeline.not-owner` (retry) where that process does not own identity resolution. Null: the caller holds the lock alone.
 */
export async function applyPrepared(
  db: Queryable,
  tools: PipelineTools,
  prepared: PreparedBatch,
  owner: string | null,
): Promise<BatchResult> {
  const lanes = prepared.lanes.map(({ lane }) => lane)
  const known = prepared.lanes.filter(({ peeked }) => peeked !== undefined)
  const items = prepared.mapped.map(({ item }) => item)
  const numbers = items.map((item) => item.no)
  const [owned, states, rows, held, fresh, anyErased] = await Promise.all([
    owner === null || lockIdentityAsOwner(db, owner),
    entryStates(db, numbers),
    recordsOfLanes(db, lanes),
    heldLanes(db, lanes),
    newRecordNumbers(db, lanes.length - known.length),
    anyErasedLane(db),
  ])
  if (!owned) throw notOwner()
  refuseSurprises(rows, known)
  const records = new Map(rows.map((row) => [laneName(row), row]))
  const entries = await restoreMissing(db, items, states)
  const screened = await screen(db, tools.erasure, prepared.mapped, anyErased)
  const plan = planLanes(screened.mapped, {
    entries: entries.states,
    records,
    held: new Set(held.map(laneName)),
    gone: screened.gone,
  })
  const changes = plan.lanes.map((lane) => laneToChange(lane, prepared.views, fresh))
  const done = new Set(changes.map((change) => change.name))
  const touches = prepared.touches.flatMap((touch) => touchChange(touch, records))
  const all = [...changes, ...touches.filter((change) => !done.has(change.name))]
  const written = await writeRecords(db, tools, all, {
    outcomes: plan.outcomes,
    restored: entries.restored,
    touched: prepared.touches.map(({ stale }) => stale.no),
    edit: prepared.edit,
  })
  await markErased(db, screened, plan.outcomes)
  return { outcomes: plan.outcomes, ...written, unmappable: prepared.touches.length - touches.length }
}

function notOwner(): HubError {
  return new HubError({
    code: 'pipeline.not-owner',
    family: 'retry',
    message: 'Another hub process has joined; batches exclude each other from now on.',
    retryAfterMs: 5,
  })
}

/** Between the first look and the lock another worker may have changed a lane: its old keys were then not gated. */
function refuseSurprises(rows: readonly RecordRow[], known: readonly PreparedLane[]): void {
  const seen = new Map(known.map(({ peeked }) => [peeked?.no, peeked?.features]))
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

function laneToChange(lane: LaneChange, views: ReadonlyMap<MapOutcome, MatchView>, fresh: number[]): RecordChange {
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
    observed: null,
  }
}

function touchChange(touch: PreparedTouch, records: ReadonlyMap<string, RecordRow>): RecordChange[] {
  const { stale, mapped, view, remapped, observed } = touch
  const name = laneName(stale)
  const row = records.get(name)
  if (row === undefined || mapped.kind === 'failed') return []
  // What was prepared from is no longer what is stored: the locks may not cover the keys that the record has now.
  if (row.changeNo !== stale.changeNo || row.document !== stale.document) throw regrouped()
  // Rules of matching that have changed make other features of the same document, which are then stored with it.
  const written = remapped || (view?.text ?? null) !== row.features
  return [{ no: row.no, name, lane: row, before: row, item: null, mapped, view, rematch: true, written, observed }]
}
