import { laneName } from '../../contracts/change.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { type LaneKey, peekRecords, rawRecords, type RecordRow, recordsByNumber } from '../../store/apply-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import type { BatchInput, CustomerEdit, PipelineTools, Touch } from './apply-batch.ts'
import type { GatedLane } from './key-gate.ts'
import type { MatchView } from './matcher.ts'
import { laneLock } from './park-one.ts'
import type { MappedItem } from './plan-lanes.ts'
import type { MapOutcome } from './ports.ts'
import type { Observed } from './record-change.ts'

/** What a batch turns into, before anything is locked: how its changes are mapped, and what is to be locked for each lane. */
export interface PreparedBatch {
  mapped: readonly MappedItem[]
  views: ReadonlyMap<MapOutcome, MatchView>
  touches: readonly PreparedTouch[]
  lanes: readonly PreparedLane[]
  edit: CustomerEdit | null
}

export interface PreparedLane extends GatedLane {
  lane: LaneKey
  /** What the store had at the first look; undefined for a lane that it did not know. */
  peeked: { no: number; features: string | null } | undefined
}

/** A touched record as it was read before the locks, and what it turns into: its new keys must be among the locks. */
export interface PreparedTouch {
  stale: RecordRow
  mapped: MapOutcome
  view: MatchView | null
  remapped: boolean
  observed: Observed | null
}

/** Maps the changes and looks up which lanes are known. Only reads, so it needs no transaction of its own. */
export async function prepareBatch(db: Queryable, tools: PipelineTools, input: BatchInput): Promise<PreparedBatch> {
  await tools.mapper.current?.(db)
  const views = new Map<MapOutcome, MatchView>()
  const mapped = input.items.map((item): MappedItem => {
    const { system, entity, kind, data, time } = item.change
    const outcome = tools.mapper.map(system, entity, kind, data, time)
    if (outcome.kind === 'document' && outcome.target === 'customer') {
      views.set(outcome, tools.matcher.read(outcome.document, system))
    }
    return { item, mapped: outcome }
  })
  const touches = await prepareTouches(db, tools, input.touches)
  const lanes = new Map<string, LaneKey>()
  for (const lane of [...input.items.map((item) => item.change), ...touches.map((touch) => touch.stale)]) {
    lanes.set(laneName(lane), lane)
  }
  const rows = lanes.size === 0 ? [] : await peekRecords(db, [...lanes.values()])
  const peeked = new Map(rows.map((row) => [laneName(row), row]))
  const locks = new Locks(lanes.keys())
  for (const [name, { features }] of peeked) if (features !== null) locks.add(name, tools.matcher.restore(features))
  for (const { item, mapped: outcome } of mapped) locks.add(laneName(item.change), views.get(outcome))
  for (const { stale, view } of touches) locks.add(laneName(stale), view)
  const prepared = [...lanes].map(([name, lane]) => ({ name, lane, peeked: peeked.get(name), locks: locks.of(name) }))
  return { mapped, views, touches, lanes: prepared, edit: input.edit ?? null }
}

/** Of each lane: itself, its match keys as they were, and as they will be. */
class Locks {
  readonly #byLane: Map<string, Set<number>>

  constructor(names: Iterable<string>) {
    this.#byLane = new Map([...names].map((name) => [name, new Set([laneLock(name)])]))
  }

  add(name: string, view: MatchView | null | undefined): void {
    const locks = this.#byLane.get(name)
    for (const key of view?.keys ?? []) locks?.add(key.hash)
  }

  of(name: string): number[] {
    return [...(this.#byLane.get(name) ?? [])]
  }
}

/** The part of a batch that is about some of its lanes. */
export function partOf(prepared: PreparedBatch, names: ReadonlySet<string>): PreparedBatch {
  return {
    views: prepared.views,
    mapped: prepared.mapped.filter(({ item }) => names.has(laneName(item.change))),
    touches: prepared.touches.filter(({ stale }) => names.has(laneName(stale))),
    lanes: prepared.lanes.filter((lane) => names.has(lane.name)),
    edit: prepared.edit,
  }
}

/** Touched records as if they had changed to what they are, mapped anew where that is asked for. */
async function prepareTouches(
  db: Queryable,
  tools: PipelineTools,
  touches: readonly Touch[],
): Promise<PreparedTouch[]> {
  if (touches.length === 0) return []
  const numbers = touches.map((touch) => touch.recordNo)
  const observed = new Map(touches.flatMap((touch) => (touch.observed ? [[touch.recordNo, touch.observed]] : [])))
  const remap = touches.filter((touch) => touch.remap || touch.observed).map((touch) => touch.recordNo)
  const [rows, raw] = await Promise.all([
    recordsByNumber(db, numbers),
    remap.length === 0 ? new Map<number, string>() : rawRecords(db, remap),
  ])
  const wanted = new Set(remap)
  // What was seen before the last reading may be older than that.
  const current = rows.filter(({ no, changeNo }) => (observed.get(no)?.changeNo ?? changeNo) === changeNo)
  return current.map((stale) => {
    const text = raw.get(stale.no)
    const remapped = wanted.has(stale.no)
    const seen = stale.deleted || text === undefined ? null : seenRaw(text, observed.get(stale.no))
    const mapped = remapped && seen !== null ? mapAnew(tools, stale, seen.raw) : storedOutcome(stale)
    const isCustomer = mapped.kind === 'document' && mapped.target === 'customer'
    const view = isCustomer ? tools.matcher.read(mapped.document, stale.system) : null
    return { stale, mapped, view, remapped, observed: seen?.observed ?? null }
  })
}

function seenRaw(text: string, seen: Touch['observed']): { raw: JsonObject; observed: Observed | null } {
  const stored = JSON.parse(text) as JsonObject
  if (seen === undefined) return { raw: stored, observed: null }
  const raw = { ...stored, ...seen.fields }
  return { raw, observed: { ...seen, raw } }
}

function mapAnew(tools: PipelineTools, row: RecordRow, raw: JsonObject): MapOutcome {
  return tools.mapper.map(row.system, row.entity, 'upsert', raw, row.changedAt)
}

function storedOutcome(row: RecordRow): Exclude<MapOutcome, { kind: 'failed' }> {
  const target = row.target as Extract<MapOutcome, { kind: 'document' }>['target'] | null
  if (row.document === null || target === null) return { kind: 'deleted', target, revision: row.mappingRevision }
  const document = JSON.parse(row.document) as JsonObject
  const enriched = row.enriched === null ? {} : { enriched: row.enriched }
  return { kind: 'document', target, document, revision: row.mappingRevision ?? 0, ...enriched }
}
