import { isDeepStrictEqual } from 'node:util'
import type { WriteResult } from '../../contracts/connector.ts'
import type { HubError } from '../../contracts/hub-error.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import {
  type Attempt,
  believedRaw,
  type LaneMemory,
  NO_OVERLAY,
  type Overlay,
  overlaid,
} from '../../golden/write-back/belief.ts'
import {
  following,
  isEmptyWants,
  NO_WANTS,
  unfulfilled,
  wantedPaths,
  type Wants,
} from '../../golden/write-back/wants.ts'
import type { CompiledMapping } from '../../mapping/index.ts'
import { WRITE_STATE, type WriteBackRow } from '../../store/write-back-queries.ts'
import { timesOf, without } from './attempt.ts'

export type Policy = 'system-wins' | 'hub-wins' | 'park'

/** What the pipeline is to hear: the system has these values, whatever was read last. */
export interface Observation {
  recordNo: number
  fields: JsonObject
  at: string
  /** The change that the record was read by last when the write was begun. */
  changeNo: number
  /** Paths that count as said anew. */
  insists: readonly string[]
}

export interface Settled {
  row: WriteBackRow
  observation: Observation | null
  kind: 'written' | 'confirmed' | 'conflict' | 'failed' | 'retrying'
  /** A fault that a person must mend before anything else is written to the system. */
  stop: HubError | null
}

export interface SettleTools {
  mapping: CompiledMapping | undefined
  /** The record as it was last read, and by which change; null: it is gone. */
  raw: JsonObject | null
  changeNo: number | null
  policy(path: string): Policy
  now: number
}

export const CONFLICTS_IN_A_ROW_MAX = 5
const HEARING_MS = 1_000
const RETRY_FIRST_MS = 500
const RETRY_MAX_MS = 300_000
/** Older than anything that is known: what the hub overwrote on purpose must not count as news when it is read late. */
export const LONG_AGO = '1970-01-01T00:00:00.000000Z'

/** What becomes of a row after the answer to its attempt. Pure. */
export function settle(row: WriteBackRow, memory: LaneMemory, result: WriteResult, tools: SettleTools): Settled {
  const { attempt } = memory
  if (attempt === null) return { row, observation: null, kind: 'confirmed', stop: null }
  if (result.outcome === 'written') return written(row, memory, attempt, tools)
  if (result.outcome === 'failed') return failed(row, memory, result.error, tools)
  return attempt.kind === 'verify'
    ? reverted(row, memory, attempt, result.current, tools)
    : conflicted(row, memory, attempt, result.current, tools)
}

function written(row: WriteBackRow, memory: LaneMemory, attempt: Attempt, tools: SettleTools): Settled {
  if (attempt.kind === 'verify') {
    const after = { ...memory, attempt: null, verify: !isAnswered(attempt, memory) }
    return { row: rowWith(row, after, tools), observation: null, kind: 'confirmed', stop: null }
  }
  const overlay = overlaid(memory.overlay, attempt.expected, attempt)
  const fields = Object.entries(overlay.fields).filter(
    ([name, { past }]) => !Object.hasOwn(attempt.fields, name) || isOlder(tools.raw?.[name] ?? null, past),
  )
  const left = fields.length === 0 ? NO_OVERLAY : { ...overlay, fields: Object.fromEntries(fields) }
  const after: LaneMemory = {
    ...memory,
    attempt: null,
    wants: minus(memory.wants, minus(attempt.wants, undone(attempt, left, tools))),
    overlay: left,
    // A reading that came meanwhile and shows what was there before may be of before the write, or of a way back after it.
    verify: memory.verify || (fields.length > 0 && tools.changeNo !== attempt.changeNo),
  }
  return { row: rowWith(row, after, tools), observation: null, kind: 'written', stop: null }
}

/** Whether the question was about what is believed now; an observation that came meanwhile may have changed that, and then it is asked again. */
function isAnswered({ fields }: Attempt, { verify, overlay }: LaneMemory): boolean {
  if (!verify) return true
  return Object.entries(overlay.fields).every(([name, { value }]) => isDeepStrictEqual(fields[name], value))
}

/** What the write has carried out and the system has changed again since, by a reading that came before the answer. */
function undone(attempt: Attempt, overlay: Overlay, { mapping, raw, changeNo }: SettleTools): Wants {
  if (changeNo === attempt.changeNo || raw === null) return NO_WANTS
  const mapped = mapping?.apply(believedRaw(raw, overlay))
  return mapped?.ok === true ? unfulfilled(attempt.wants, mapped.document) : NO_WANTS
}

/** Whether a reading is of before the write. One that isn't is its echo, or what came after, and needs no memory. */
function isOlder(read: Json, past: readonly Json[]): boolean {
  return past.some((value) => isDeepStrictEqual(value, read))
}

function failed(row: WriteBackRow, memory: LaneMemory, error: HubError, tools: SettleTools): Settled {
  const attempts = row.attempts + 1
  const problem = problemText(error, tools.now, wantedPaths(memory.wants))
  const isOver = error.family === 'reject' || (error.family === 'bug' && attempts >= CONFLICTS_IN_A_ROW_MAX)
  if (isOver) {
    const after = { ...memory, attempt: null, verify: false }
    const kept = rowWith({ ...row, attempts }, after, tools)
    const state = isEmptyWants(memory.wants) ? kept.state : WRITE_STATE.failed
    return { row: { ...kept, state, problem }, observation: null, kind: 'failed', stop: null }
  }
  const dueAt = new Date(tools.now + Math.max(retryDelayMs(attempts), error.retryAfterMs ?? 0)).toISOString()
  const stop = error.family === 'config' ? error : null
  return {
    row: { ...row, state: WRITE_STATE.retrying, attempts, dueAt, problem },
    observation: null,
    kind: 'retrying',
    stop,
  }
}

/** Doubles up to five minutes. */
export function retryDelayMs(attempts: number): number {
  return Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(attempts - 1, 20))
}

export function problemText({ code, message, fix, where }: HubError, now: number, fields: readonly string[]): string {
  return JSON.stringify({
    code,
    message,
    fix: fix ?? null,
    where: where ?? null,
    at: new Date(now).toISOString(),
    fields,
  })
}

/** The system has changed what the hub wrote: that is its news, and until the pipeline has heard of it the question stands. */
function reverted(
  row: WriteBackRow,
  memory: LaneMemory,
  attempt: Attempt,
  current: JsonObject | null,
  tools: SettleTools,
): Settled {
  const isGone = current === null
  const after = { ...memory, attempt: null, verify: !isGone, overlay: isGone ? NO_OVERLAY : memory.overlay }
  const fields = picked(current ?? {}, Object.keys(attempt.fields))
  const at = new Date(tools.now).toISOString()
  const observation = { recordNo: row.recordNo, fields, at, changeNo: attempt.changeNo, insists: [] }
  return {
    row: later(rowWith(row, after, tools), tools),
    observation: isGone ? null : observation,
    kind: 'confirmed',
    stop: null,
  }
}

/** Until the pipeline has heard of an observation, and should that fail, the row waits a moment. */
function later(row: WriteBackRow, { now }: { now: number }): WriteBackRow {
  return { ...row, dueAt: new Date(now + HEARING_MS).toISOString() }
}

function conflicted(
  row: WriteBackRow,
  memory: LaneMemory,
  attempt: Attempt,
  current: JsonObject | null,
  tools: SettleTools,
): Settled {
  const names = Object.keys(attempt.fields).filter(
    (name) => !isDeepStrictEqual(current?.[name] ?? null, attempt.expected[name] ?? null),
  )
  const paths = pathsOf(attempt.wants, names, tools.mapping)
  const policies = paths.map((path) => tools.policy(path))
  const attempts = row.attempts + 1
  const base = { ...row, attempts }
  const free = { ...memory, attempt: null }
  const isParked = policies.includes('park') || attempts > CONFLICTS_IN_A_ROW_MAX
  const systemWins = policies.every((policy) => policy === 'system-wins')
  // Wants that are gone by now need nobody's decision.
  const isWanted = paths.some((path) => wantedPaths(memory.wants).includes(path))
  if (isWanted && (isParked || (current === null && !systemWins))) {
    const { fields, expected, changeNo } = attempt
    const conflict = JSON.stringify({ paths, fields, expected, current, changeNo })
    const kept = { ...rowWith(base, free, tools), state: WRITE_STATE.conflict, conflict }
    return { row: kept, observation: null, kind: 'conflict', stop: null }
  }
  if (current === null) {
    // It was deleted there, and its delete will be read: nothing is left to write to.
    const gone = {
      ...free,
      wants: without(memory.wants, wantedPaths(memory.wants)),
      overlay: NO_OVERLAY,
      verify: false,
    }
    return { row: rowWith(base, gone, tools), observation: null, kind: 'conflict', stop: null }
  }
  // Read since: nobody can say which of the two is newer. The next attempt knows.
  if (tools.changeNo !== attempt.changeNo) {
    return { row: rowWith(row, free, tools), observation: null, kind: 'conflict', stop: null }
  }
  const found = picked(current, names)
  if (isWanted && policies.includes('hub-wins') && !systemWins) {
    const kept = overwriting(free, { expected: attempt.expected, found, paths }, tools)
    return { row: rowWith(base, kept, tools), observation: null, kind: 'conflict', stop: null }
  }
  const at = afterAll(memory.wants, tools.now)
  const observation = { recordNo: row.recordNo, fields: found, at, changeNo: attempt.changeNo, insists: [] }
  return { row: later(rowWith(base, free, tools), tools), observation, kind: 'conflict', stop: null }
}

/** What the hub is going to overwrite: known, so that it is expected there and no news when it is read late. */
export function overwriting(
  memory: LaneMemory,
  { expected, found, paths }: { expected: JsonObject; found: JsonObject; paths: readonly string[] },
  { mapping, raw }: Pick<SettleTools, 'mapping' | 'raw'>,
): LaneMemory {
  const times = Object.fromEntries(paths.map((path) => [path, LONG_AGO]))
  const known = { idempotencyKey: '', fields: found, times, hops: memory.overlay.hops }
  const overlay = overlaid(memory.overlay, expected, known)
  const before = mapping?.apply(believedRaw(raw ?? {}, memory.overlay))
  const after = mapping?.apply(believedRaw(raw ?? {}, overlay))
  if (before?.ok !== true || after?.ok !== true) return { ...memory, overlay }
  return { ...memory, overlay, wants: following(memory.wants, before.document, after.document) }
}

/** Now, or just after all that is wanted: a word that counts over it. */
export function afterAll(wants: Wants, now: number): string {
  const latest = Object.values(timesOf(wants)).map((at) => Date.parse(at) + 1)
  return new Date(Math.max(now, ...latest.filter((ms) => !Number.isNaN(ms)))).toISOString()
}

/** The wanted paths that are made of these native fields; all of them where that can't be told. */
function pathsOf(wants: Wants, names: readonly string[], mapping: CompiledMapping | undefined): string[] {
  const wanted = wantedPaths(wants)
  const found = new Set<string>()
  for (const [target, sources] of mapping?.lineage ?? []) {
    if (sources.some((source) => names.includes(firstName(source)))) found.add(target.replace(/\[.*$/, ''))
  }
  const touched = wanted.filter((path) => found.has(path))
  return touched.length === 0 ? wanted : touched
}

const firstName = (path: string): string => /^[^.[]*/.exec(path)?.[0] ?? path

function picked(record: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, record[name] ?? null]))
}

/** The wants that are still open once `done` is carried out: what was replaced meanwhile stays. */
function minus(wants: Wants, done: Wants): Wants {
  const values = Object.entries(wants.values).filter(([path, want]) => !isDeepStrictEqual(want, done.values[path]))
  const items = Object.entries(wants.items).map(([member, list]): [string, typeof list] => [
    member,
    list.filter((want) => !(done.items[member] ?? []).some((one) => isDeepStrictEqual(one, want))),
  ])
  return { values: Object.fromEntries(values), items: Object.fromEntries(items.filter(([, list]) => list.length > 0)) }
}

/** The row with what is known now, pending where there is something to do and idle where there isn't. */
export function rowWith(row: WriteBackRow, memory: LaneMemory, { now }: { now: number }): WriteBackRow {
  const hasWork = !isEmptyWants(memory.wants) || memory.verify
  const at = new Date(now).toISOString()
  return {
    ...row,
    wants: JSON.stringify(memory.wants),
    overlay: JSON.stringify(memory.overlay),
    attempt: memory.attempt === null ? null : JSON.stringify(memory.attempt),
    verify: memory.verify,
    state: hasWork ? WRITE_STATE.pending : WRITE_STATE.idle,
    attempts: hasWork ? row.attempts : 0,
    dueAt: at,
    waitingSince: hasWork ? (row.waitingSince ?? at) : null,
    problem: null,
    conflict: null,
  }
}
