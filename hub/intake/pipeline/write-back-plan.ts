import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonObject } from '../../contracts/json.ts'
import type { Override } from '../../golden/golden-types.ts'
import { believedRaw, type LaneMemory, NO_OVERLAY } from '../../golden/write-back/belief.ts'
import { itemChanges } from '../../golden/write-back/list-changes.ts'
import type { News } from '../../golden/write-back/news.ts'
import { hasYielded, type LaneView, losesAll, patchedList, planWants } from '../../golden/write-back/plan.ts'
import { isEmptyWants, type Wants } from '../../golden/write-back/wants.ts'
import type { OverrideRow } from '../../store/apply-queries.ts'
import { WRITE_STATE, type WriteBackRow } from '../../store/write-back-queries.ts'
import type { CustomerEdit, PipelineTools } from './apply-batch.ts'
import type { SourceDocument } from './golden-maker.ts'
import { documentOf, hasFields, type Heard, NO_MEMORY, type Recalled } from './write-back-hear.ts'

/** A customer as it is after the batch. */
export interface PlannedGroup {
  members: readonly { no: number; source: SourceDocument }[]
  golden: JsonObject
  overrides: readonly Override[]
  /** Its golden record before; what the API changed is told from that. */
  before: JsonObject | null
  edit: CustomerEdit | null
}

/** The rows of write_back that the batch changes, and those that have nothing left to say. */
export interface WriteBackWrites {
  saves: WriteBackRow[]
  deletes: number[]
}

/** Works out what is wanted of each record of these customers after the news. */
export function planWriteBacks(
  tools: PipelineTools,
  groups: readonly PlannedGroup[],
  parts: { recalled: Recalled; heard: Heard; now: string },
): WriteBackWrites {
  const { recalled, heard, now } = parts
  const writes: WriteBackWrites = { saves: [], deletes: [] }
  for (const group of groups) {
    const memories = memoriesOf(group, recalled, heard)
    const news = newsOf(tools, group, heard)
    const wants = news.length === 0 ? new Map<number, Wants>() : plannedWants(tools, group, news, memories, parts)
    for (const { no, source } of group.members) {
      const known = memories.get(no)
      const planned = wants.get(no)
      if (known === undefined && planned === undefined) continue
      const memory: LaneMemory = { ...(known ?? NO_MEMORY), ...(planned === undefined ? {} : { wants: planned }) }
      keep(writes, { no, lane: source.lane }, memory, recalled.rows.get(no), now)
    }
  }
  return writes
}

/** What is known of each record, less what came from a record that is no longer of the same customer. */
function memoriesOf({ members }: PlannedGroup, recalled: Recalled, heard: Heard): Map<number, LaneMemory> {
  const numbers = new Set(members.map(({ no }) => no))
  const memories = new Map<number, LaneMemory>()
  for (const no of numbers) {
    const memory = heard.known.get(no)?.memory ?? recalled.memories.get(no)
    if (memory === undefined) continue
    memories.set(no, { ...memory, wants: within(memory.wants, numbers) })
  }
  return memories
}

function within({ values, items }: Wants, numbers: ReadonlySet<number>): Wants {
  const isOurs = ({ from }: { from: number | null }): boolean => from === null || numbers.has(from)
  const lists = Object.entries(items).map(([member, list]): [string, Wants['items'][string]] => [
    member,
    list.filter(isOurs),
  ])
  return {
    values: Object.fromEntries(Object.entries(values).filter(([, want]) => isOurs(want))),
    items: Object.fromEntries(lists.filter(([, list]) => list.length > 0)),
  }
}

function newsOf(tools: PipelineTools, group: PlannedGroup, heard: Heard): News[] {
  const news = group.members.flatMap(({ no }) => heard.news.get(no) ?? [])
  const { edit } = group
  if (edit === null) return news
  const { kept } = tools.golden.fields
  const items = new Map(
    edit.paths
      .filter((path) => kept.has(path))
      .map((path) => [path, itemChanges(path, group.before?.[path], group.golden[path])]),
  )
  const paths = edit.paths.filter((path) => !kept.has(path))
  return [...news, { from: null, at: edit.at, hops: 0, paths, items }]
}

function plannedWants(
  tools: PipelineTools,
  group: PlannedGroup,
  news: readonly News[],
  memories: ReadonlyMap<number, LaneMemory>,
  { recalled, heard }: { recalled: Recalled; heard: Heard },
): Map<number, Wants> {
  const terms = tools.writeBack
  const lanes = group.members.map(({ no, source }): LaneView => {
    const memory = memories.get(no) ?? NO_MEMORY
    const raw = hasFields(memory.overlay) ? recalled.raws.get(no) : undefined
    const known =
      raw === undefined ? null : documentOf(tools, source.lane, believedRaw(raw, memory.overlay), source.changedAt)
    const believed = heard.known.get(no)?.document ?? known ?? source.document
    return {
      no,
      source,
      believed,
      before: heard.known.get(no)?.before ?? believed,
      wants: memory.wants,
      isBusy: memory.attempt !== null,
      takes: (path) => terms?.takes(source.lane.system, source.lane.entity, path) === true,
    }
  })
  return planWants({ kinds: tools.golden.fields, news, lanes, golden: group.golden, overrides: group.overrides })
}

function keep(
  writes: WriteBackWrites,
  { no, lane }: { no: number; lane: SourceDocument['lane'] },
  memory: LaneMemory,
  row: WriteBackRow | undefined,
  now: string,
): void {
  const { wants, overlay, attempt, verify } = memory
  const hasWork = !isEmptyWants(wants) || verify
  if (!hasWork && attempt === null && !hasFields(overlay)) {
    if (row !== undefined) writes.deletes.push(no)
    return
  }
  const [wantsText, overlayText] = [JSON.stringify(wants), JSON.stringify(overlay)]
  const isNew = row === undefined || row.wants !== wantsText || (verify && !row.verify)
  if (row !== undefined && !isNew && row.overlay === overlayText && row.verify === verify) return
  const base: WriteBackRow = row ?? emptyRow(no, lane, now)
  const same = { ...base, wants: wantsText, overlay: overlayText, verify }
  if (attempt !== null) writes.saves.push({ ...same, waitingSince: base.waitingSince ?? now })
  else if (!hasWork) writes.saves.push(restingRow(same))
  else if (!isNew) writes.saves.push(same)
  else writes.saves.push(pendingRow(same, now))
}

function emptyRow(recordNo: number, { system, entity, key }: SourceDocument['lane'], now: string): WriteBackRow {
  return {
    recordNo,
    system,
    entity,
    key,
    state: WRITE_STATE.idle,
    wants: '',
    overlay: JSON.stringify(NO_OVERLAY),
    attempt: null,
    verify: false,
    generation: 0,
    attempts: 0,
    dueAt: now,
    waitingSince: null,
    problem: null,
    conflict: null,
  }
}

function restingRow(row: WriteBackRow): WriteBackRow {
  return { ...row, state: WRITE_STATE.idle, attempts: 0, waitingSince: null, problem: null, conflict: null }
}

function pendingRow(row: WriteBackRow, now: string): WriteBackRow {
  const since = row.waitingSince ?? now
  return {
    ...row,
    state: WRITE_STATE.pending,
    attempts: 0,
    dueAt: now,
    waitingSince: since,
    problem: null,
    conflict: null,
  }
}

/** What the API's values become when systems say something else: they give way, or their lists change with it. */
export function yieldedOverrides(
  tools: PipelineTools,
  overrides: readonly OverrideRow[],
  news: readonly News[],
  memories: ReadonlyMap<number, LaneMemory>,
): { kept: OverrideRow[]; dropped: OverrideRow[]; changed: OverrideRow[] } {
  const result = { kept: [] as OverrideRow[], dropped: [] as OverrideRow[], changed: [] as OverrideRow[] }
  for (const row of overrides) {
    const value = JSON.parse(row.value) as Json
    if (!row.yields) result.kept.push(row)
    else if (tools.golden.fields.kept.has(row.path) && Array.isArray(value)) {
      const list = listAfter(row.path, value as JsonObject[], news, memories)
      const after = isDeepStrictEqual(list, value) ? row : { ...row, value: JSON.stringify(list) }
      result.kept.push(after)
      if (after !== row) result.changed.push(after)
    } else if (hasYielded({ ...row, value }, news)) result.dropped.push(row)
    else result.kept.push(row)
  }
  return result
}

function listAfter(
  member: string,
  list: readonly JsonObject[],
  news: readonly News[],
  memories: ReadonlyMap<number, LaneMemory>,
): readonly JsonObject[] {
  let after = list
  for (const one of news) {
    if (one.from === null) continue
    const wants = memories.get(one.from)?.wants.items[member] ?? []
    for (const change of one.items.get(member) ?? []) {
      if (!losesAll(member, change, wants, one.at)) after = patchedList(member, after, change)
    }
  }
  return after
}
