import { setTimeout as sleep } from 'node:timers/promises'
import type { RecordWrite, WriteResult } from '../../contracts/connector.ts'
import { asHubError, HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { type Attempt, believedRaw, type LaneMemory } from '../../golden/write-back/belief.ts'
import { wantedPaths } from '../../golden/write-back/wants.ts'
import type { CompiledMapping } from '../../mapping/index.ts'
import type { Database } from '../../store/database.ts'
import type { Queryable } from '../../store/queryable.ts'
import {
  deleteWriteBacks,
  dueWriteBacks,
  lastReadings,
  lockWriteBacks,
  saveWriteBacks,
  WRITE_STATE,
  type WriteBackRow,
} from '../../store/write-back-queries.ts'
import { inRounds, type WriteTarget } from '../write-rounds.ts'
import { buildWrite, hopsOf, timesOf } from './attempt.ts'
import { type Observation, type Policy, problemText, rowWith, settle, type Settled } from './outcome.ts'

export interface WriteBackOptions {
  db: Database
  mapping(system: string, entity: string): CompiledMapping | undefined
  policy(system: string, entity: string, path: string): Policy
  memoryOf(row: WriteBackRow): LaneMemory
  /** Begins the key of each write; the pipeline knows the hub's own changes by it. */
  keyPrefix: string
  /** Hands to the pipeline what systems were found to have. */
  observe(observations: readonly Observation[]): Promise<void>
  /** For the figures. */
  onSettled(system: string, kind: Settled['kind'], count: number): void
  log: { warn(facts: Record<string, unknown>, text: string): void }
  now(): number
}

const ROWS_PER_ROUND_MAX = 100
const IDLE_MS = 150

interface Claimed {
  row: WriteBackRow
  attempt: Attempt
}

/**
 * Carries to one system what waits for it, round by round, until the signal aborts. A write is kept before it is sent and its
 * outcome after, so that a crash at any point repeats it word for word; connectors make the same write twice one effect.
 * Rejects with errors of the family `config` only.
 */
export async function writeBack(options: WriteBackOptions, target: WriteTarget): Promise<void> {
  const round = async (): Promise<number> => {
    const claimed = await claim(options, target)
    if (claimed.length > 0) await send(options, target, claimed)
    return claimed.length === 0 ? IDLE_MS : 0
  }
  const failed = 'Writing to a system failed; it is tried again'
  await inRounds(target, { round, wait: (ms) => pause(ms, target.signal), failed, log: options.log })
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined)
}

/** Takes what is due and keeps what is going to be sent. One writer at a time has a system, so what is begun is its own. */
async function claim(options: WriteBackOptions, target: WriteTarget): Promise<Claimed[]> {
  const states = [WRITE_STATE.pending, WRITE_STATE.writing, WRITE_STATE.retrying]
  return options.db.transaction(async (db) => {
    const rows = await dueWriteBacks(db, target.system, states, ROWS_PER_ROUND_MAX)
    if (rows.length === 0) return []
    const readings = await readingsOf(db, rows)
    const claimed: Claimed[] = []
    const saves: WriteBackRow[] = []
    const deletes: number[] = []
    for (const row of rows) {
      const prepared = prepareWrite(options, row, readings.get(row.recordNo))
      if (prepared === null) deletes.push(row.recordNo)
      else {
        saves.push(prepared.row)
        if (prepared.attempt !== null) claimed.push({ row: prepared.row, attempt: prepared.attempt })
      }
    }
    await Promise.all([saveWriteBacks(db, saves), deleteWriteBacks(db, deletes)])
    return claimed
  })
}

export interface LastReading {
  raw: JsonObject
  changeNo: number
}

async function readingsOf(db: Queryable, rows: readonly WriteBackRow[]): Promise<Map<number, LastReading>> {
  const found = await lastReadings(
    db,
    rows.map(({ recordNo }) => recordNo),
  )
  return new Map(found.map(({ no, raw, changeNo }) => [no, { raw: JSON.parse(raw) as JsonObject, changeNo }]))
}

/** What is to be sent for a row, kept before it is. null: there is nothing to write, or nothing to write to. */
export function prepareWrite(
  options: Pick<WriteBackOptions, 'memoryOf' | 'mapping' | 'keyPrefix' | 'now'>,
  row: WriteBackRow,
  reading: LastReading | undefined,
): { row: WriteBackRow; attempt: Attempt | null } | null {
  const memory = options.memoryOf(row)
  const now = options.now()
  if (memory.attempt !== null) return { row: { ...row, state: WRITE_STATE.writing }, attempt: memory.attempt }
  const mapping = options.mapping(row.system, row.entity)
  if (reading === undefined) return null
  const { raw, changeNo } = reading
  if (mapping === undefined)
    return { row: failedRow(row, noMapping(row), now, wantedPaths(memory.wants)), attempt: null }
  const generation = row.generation + 1
  const idempotencyKey = `${options.keyPrefix}${row.recordNo}-${generation}`
  const begun = (attempt: Attempt) => {
    const kept = rowWith(row, { ...memory, attempt }, { now })
    return { row: { ...kept, generation, state: WRITE_STATE.writing, attempts: row.attempts }, attempt }
  }
  if (memory.verify) {
    const fields = Object.fromEntries(Object.entries(memory.overlay.fields).map(([name, { value }]) => [name, value]))
    const nothing = { times: {}, hops: 0, wants: { values: {}, items: {} }, changeNo }
    return begun({ kind: 'verify', idempotencyKey, fields, expected: fields, ...nothing })
  }
  const believed = believedRaw(raw, memory.overlay)
  const { fields, carried, impossible } = buildWrite(mapping, believed, memory.wants)
  if (Object.keys(fields).length === 0) {
    if (impossible.length > 0) return { row: failedRow(row, inexpressible(impossible), now, impossible), attempt: null }
    const rest = rowWith(row, { ...memory, wants: { values: {}, items: {} } }, { now })
    return Object.keys(memory.overlay.fields).length === 0 ? null : { row: rest, attempt: null }
  }
  const expected = Object.fromEntries(Object.keys(fields).map((name) => [name, believed[name] ?? null]))
  const facts = { times: timesOf(carried), hops: hopsOf(carried), wants: carried, changeNo }
  return begun({ kind: 'write', idempotencyKey, fields, expected, ...facts })
}

function failedRow(row: WriteBackRow, error: HubError, now: number, fields: readonly string[]): WriteBackRow {
  return { ...row, state: WRITE_STATE.failed, problem: problemText(error, now, fields) }
}

function noMapping({ system, entity }: WriteBackRow): HubError {
  return new HubError({
    code: 'write-back.mapping-missing',
    family: 'reject',
    message: `There is no published mapping for ${entity} of ${system} any more.`,
    fix: 'Publish one, then retry.',
  })
}

function inexpressible(paths: readonly string[]): HubError {
  return new HubError({
    code: 'write-back.inexpressible',
    family: 'reject',
    message: `The system has no way to hold ${paths.join(', ')} as the hub has it.`,
    fix: 'Change the value, give the mapping another conversion, or take the field out of "write"; then retry.',
  })
}

async function send(options: WriteBackOptions, target: WriteTarget, claimed: readonly Claimed[]): Promise<void> {
  const results = new Map<number, WriteResult>()
  let failure: HubError | undefined
  for (const entity of new Set(claimed.map(({ row }) => row.entity))) {
    const own = claimed.filter(({ row }) => row.entity === entity)
    try {
      const answers = await write(target, entity, own)
      own.forEach(({ row }, at) => {
        const answer = answers[at]
        if (answer !== undefined) results.set(row.recordNo, answer)
      })
    } catch (thrown) {
      if (target.signal.aborted) break
      failure = asHubError(thrown)
      for (const { row } of own) results.set(row.recordNo, { outcome: 'failed', key: row.key, error: failure })
    }
  }
  const stop = await settleAll(options, target, results, failure)
  if (stop !== null) throw stop
}

async function write(target: WriteTarget, entity: string, claimed: readonly Claimed[]): Promise<WriteResult[]> {
  const { connector } = target
  const config = target.entities.find((one) => one.entity === entity)
  if (config === undefined || connector.write === undefined) {
    const key = (row: WriteBackRow): WriteResult => ({ outcome: 'failed', key: row.key, error: notTaken(row) })
    return claimed.map(({ row }) => key(row))
  }
  const writes = claimed.map(({ row, attempt }): RecordWrite => {
    const { fields, expected, idempotencyKey } = attempt
    return { key: row.key, fields, expected, idempotencyKey }
  })
  return target.call(() => connector.write?.(config, writes) ?? Promise.resolve([]))
}

function notTaken({ system, entity }: WriteBackRow): HubError {
  return new HubError({
    code: 'write-back.not-taken',
    family: 'reject',
    message: `${entity} of ${system} does not take anything from the hub any more.`,
    fix: 'Give it "write" in the document of the system again, then retry; or resolve in favour of the system.',
  })
}

/** Stores the outcomes; answers with the error that the session must end with, or go on after a pause. */
async function settleAll(
  options: WriteBackOptions,
  { system }: WriteTarget,
  results: ReadonlyMap<number, WriteResult>,
  failure: HubError | undefined,
): Promise<HubError | null> {
  const settled = await options.db.transaction(async (db) => {
    const rows = await lockWriteBacks(db, [...results.keys()])
    const readings = await readingsOf(db, rows)
    const outcomes = rows.flatMap((row): Settled[] => {
      const result = results.get(row.recordNo)
      if (result === undefined) return []
      const tools = {
        mapping: options.mapping(row.system, row.entity),
        raw: readings.get(row.recordNo)?.raw ?? null,
        changeNo: readings.get(row.recordNo)?.changeNo ?? null,
        policy: (path: string) => options.policy(row.system, row.entity, path),
        now: options.now(),
      }
      return [settle(row, options.memoryOf(row), result, tools)]
    })
    const isOver = ({ row }: Settled): boolean =>
      row.state === WRITE_STATE.idle && row.overlay.startsWith('{"fields":{}')
    await Promise.all([
      saveWriteBacks(
        db,
        outcomes.filter((one) => !isOver(one)).map(({ row }) => row),
      ),
      deleteWriteBacks(
        db,
        outcomes.filter(isOver).map(({ row }) => row.recordNo),
      ),
    ])
    return outcomes
  })
  for (const kind of new Set(settled.map((one) => one.kind))) {
    options.onSettled(system, kind, settled.filter((one) => one.kind === kind).length)
  }
  const observations = settled.flatMap(({ observation }) => observation ?? [])
  if (observations.length > 0) await options.observe(observations)
  return settled.find(({ stop }) => stop !== null)?.stop ?? failure ?? null
}
