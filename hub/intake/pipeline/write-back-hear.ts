import type { JsonObject } from '../../contracts/json.ts'
import { type FieldTimes, timesAfter } from '../../golden/field-times.ts'
import {
  type Attempt,
  believedRaw,
  holdAgainst,
  type LaneMemory,
  NO_OVERLAY,
  type Overlay,
  overlaid,
  type Reading,
} from '../../golden/write-back/belief.ts'
import { type ItemChange, itemsOf } from '../../golden/write-back/list-changes.ts'
import { type Compared, compareReading, type News } from '../../golden/write-back/news.ts'
import { isItemHeld, NO_WANTS, unmet, wantedList, wantFor, type Wants } from '../../golden/write-back/wants.ts'
import { rawRecords } from '../../store/apply-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { deleteWriteBacks, lockWriteBacks, type WriteBackRow } from '../../store/write-back-queries.ts'
import type { PipelineTools } from './apply-batch.ts'
import { changedAtOf, type Observed, type RecordChange } from './record-change.ts'

/** Begins the key of every write of the hub's own. */
export const OWN_WRITE = 'omnihub-write-'

/** What write-back remembers of the records of a batch, locked until the transaction ends. */
export interface Recalled {
  rows: ReadonlyMap<number, WriteBackRow>
  memories: ReadonlyMap<number, LaneMemory>
  /** Raw records of those of which more is known than was read. */
  raws: ReadonlyMap<number, JsonObject>
}

/** A record after a reading: what is remembered of it, and its canonical document as the hub believes it to be, now and before. */
export interface Known {
  memory: LaneMemory
  document: JsonObject
  before: JsonObject
}

/** What the changes of a batch say, held against what the hub has written. */
export interface Heard {
  /** Of records that changed: when their fields were said. */
  fieldTimes: ReadonlyMap<number, FieldTimes>
  news: ReadonlyMap<number, News>
  /** Of records that changed: what is known of them now, and their documents by that. */
  known: ReadonlyMap<number, Known>
}

export const NOTHING_RECALLED: Recalled = { rows: new Map(), memories: new Map(), raws: new Map() }

export function memoryOf(row: WriteBackRow): LaneMemory {
  return {
    wants: JSON.parse(row.wants) as Wants,
    overlay: JSON.parse(row.overlay) as Overlay,
    attempt: row.attempt === null ? null : (JSON.parse(row.attempt) as Attempt),
    verify: row.verify,
  }
}

export const NO_MEMORY: LaneMemory = { wants: NO_WANTS, overlay: NO_OVERLAY, attempt: null, verify: false }

export async function recall(db: Queryable, recordNumbers: readonly number[]): Promise<Recalled> {
  const rows = await lockWriteBacks(db, recordNumbers)
  if (rows.length === 0) return NOTHING_RECALLED
  const memories = new Map(rows.map((row) => [row.recordNo, memoryOf(row)]))
  const known = [...memories].filter(([, { overlay, attempt }]) => hasFields(overlay) || attempt?.kind === 'write')
  const texts =
    known.length === 0
      ? new Map<number, string>()
      : await rawRecords(
          db,
          known.map(([no]) => no),
        )
  const raws = new Map([...texts].map(([no, text]) => [no, JSON.parse(text) as JsonObject]))
  return { rows: new Map(rows.map((row) => [row.recordNo, row])), memories, raws }
}

export const hasFields = ({ fields }: Overlay): boolean => Object.keys(fields).length > 0

/** The canonical document of a raw record as of a moment (ISO 8601) by the mapping in force; null where it makes none. */
export function documentOf(
  tools: PipelineTools,
  { system, entity }: { system: string; entity: string },
  raw: JsonObject,
  at: string,
): JsonObject | null {
  const mapped = tools.mapper.map(system, entity, 'upsert', raw, at)
  return mapped.kind === 'document' ? mapped.document : null
}

/** Records whose change only says that they were looked at again are not heard: nothing in them is new. */
export function hear(tools: PipelineTools, changes: readonly RecordChange[], recalled: Recalled): Heard {
  const fieldTimes = new Map<number, FieldTimes>()
  const news = new Map<number, News>()
  const known = new Map<number, Known>()
  for (const change of changes) {
    const { no, before, mapped } = change
    if (change.item === null && change.observed === null) {
      if (before?.fieldTimes != null) fieldTimes.set(no, JSON.parse(before.fieldTimes) as FieldTimes)
      continue
    }
    if (before?.document == null || before.target !== 'customer') continue
    if (mapped.kind !== 'document' || mapped.target !== 'customer') continue
    const heard = hearChange(tools, change, JSON.parse(before.document) as JsonObject, mapped.document, recalled)
    const times = before.fieldTimes === null ? null : (JSON.parse(before.fieldTimes) as FieldTimes)
    fieldTimes.set(no, timesAfter({ fieldTimes: times, changedAt: before.changedAt }, heard.said))
    if (heard.news !== null) news.set(no, heard.news)
    known.set(no, heard)
  }
  return { fieldTimes, news, known }
}

interface HeardChange extends Known {
  said: Map<string, string>
  news: News | null
}

function hearChange(
  tools: PipelineTools,
  change: RecordChange,
  stored: JsonObject,
  document: JsonObject,
  recalled: Recalled,
): HeardChange {
  const { no, lane, item, observed } = change
  const memory = recalled.memories.get(no) ?? NO_MEMORY
  const raw = recalled.raws.get(no)
  const changedAt = changedAtOf(change)
  let [believed, read] = [stored, document]
  let after: Pick<Reading, 'overlay' | 'verify' | 'hops'> = { ...memory, hops: 0 }
  if (observed !== null) {
    const seen = seenAgainst(raw ?? observed.raw, observed, memory.overlay)
    after = { overlay: seen.overlay, verify: false, hops: seen.hops }
    if (raw !== undefined) {
      believed = documentOf(tools, lane, believedRaw(raw, memory.overlay), changedAt) ?? stored
      read = documentOf(tools, lane, seen.raw, changedAt) ?? document
    }
  } else if (raw !== undefined && item?.change.data != null) {
    const reading = holdAgainst(raw, item.change.data, memory, item.change.writtenBy)
    after = reading
    believed = documentOf(tools, lane, reading.believed, changedAt) ?? stored
    if (reading.verify) read = documentOf(tools, lane, reading.read, changedAt) ?? document
  }
  const at = observed?.at ?? changedAt
  const isOwn = memory.attempt !== null && item?.change.writtenBy === memory.attempt.idempotencyKey
  const writtenAt = { ...memory.overlay.times, ...(isOwn ? memory.attempt?.times : {}) }
  const from = { from: no, at, hops: after.hops }
  const compared = compareReading(tools.golden.fields, {
    stored,
    believed,
    read,
    wants: memory.wants,
    attempted: memory.attempt?.wants ?? NO_WANTS,
    writtenAt,
    ...from,
  })
  const { news, said } = insisting(tools, compared, { observed, read, wants: memory.wants, ...from })
  // What is under way may still bring back what seems fulfilled: its outcome decides.
  const wants = memory.attempt === null ? unmet(memory.wants, read) : memory.wants
  const before = arrived(believed, read, memory.wants)
  return { said, news, memory: { ...memory, ...pick(after), wants }, document: read, before }
}

/** The document as it was believed to be, with the items that have become what the hub wants: that is nobody's news. */
function arrived(believed: JsonObject, read: JsonObject, { items }: Wants): JsonObject {
  const lists = Object.entries(items).map(([member, wants]): [string, JsonObject[]] => {
    const held = wants.filter((want) => isItemHeld(read, member, want))
    return [member, wantedList(believed, member, held)]
  })
  return lists.length === 0 ? believed : { ...believed, ...Object.fromEntries(lists) }
}

/** Adds what counts as said anew though nothing in it has changed: what a steward has decided for. */
function insisting(
  tools: PipelineTools,
  { news, said }: Compared,
  seen: { observed: Observed | null; read: JsonObject; wants: Wants; from: number; at: string; hops: number },
): Compared {
  const paths = (seen.observed?.insists ?? []).filter(
    (path) => news?.paths.includes(path) !== true && !news?.items.has(path),
  )
  if (paths.length === 0) return { news, said }
  const { from, at, hops } = seen
  const more: News = news ?? { from, at, hops, paths: [], items: new Map() }
  for (const path of paths) {
    said.set(path, at)
    if (!tools.golden.fields.kept.has(path)) more.paths.push(path)
    else more.items.set(path, insistedItems(path, seen.read, seen.wants))
  }
  return { news: more, said }
}

function insistedItems(member: string, document: JsonObject, wants: Wants): ItemChange[] {
  const items = itemsOf(member, document[member])
  const wanted = items.filter((item) => wantFor(member, item, wants.items[member] ?? []) !== undefined)
  return wanted.map((item) => ({ from: item, to: item, insists: true }))
}

const pick = ({ overlay, verify }: Pick<Reading, 'overlay' | 'verify'>) => ({ overlay, verify })

function seenAgainst(
  raw: JsonObject,
  { fields, at }: Observed,
  overlay: Overlay,
): { raw: JsonObject; overlay: Overlay; hops: number } {
  const believed = believedRaw(raw, overlay)
  const contradicted = Object.keys(fields).some((name) => Object.hasOwn(overlay.fields, name))
  const hops = contradicted ? overlay.hops + 1 : 0
  return {
    raw: { ...believed, ...fields },
    overlay: overlaid(overlay, believed, { idempotencyKey: '', fields, times: { '*': at }, hops }),
    hops,
  }
}

/** Of records that are gone nothing is remembered. */
export async function forgetGone(db: Queryable, changes: readonly RecordChange[], recalled: Recalled): Promise<void> {
  const gone = changes.filter(({ no, mapped }) => mapped.kind === 'deleted' && recalled.rows.has(no))
  await deleteWriteBacks(
    db,
    gone.map(({ no }) => no),
  )
}
