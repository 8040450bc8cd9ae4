import { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { type LaneMemory, NO_OVERLAY } from '../../golden/write-back/belief.ts'
import { NO_WANTS } from '../../golden/write-back/wants.ts'
import type { CompiledMapping } from '../../mapping/index.ts'
import type { Database } from '../../store/database.ts'
import { writeAudit } from '../../store/decision-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import {
  lastReadings,
  lockWriteBacks,
  saveWriteBacks,
  WRITE_STATE,
  WRITE_STATES,
  type WriteBackRow,
  type WriteStateName,
} from '../../store/write-back-queries.ts'
import { afterAll, type Observation, overwriting, rowWith } from './outcome.ts'

export interface DeskOptions {
  db: Database
  mapping(system: string, entity: string): CompiledMapping | undefined
  memoryOf(row: WriteBackRow): LaneMemory
  observe(observations: readonly Observation[]): Promise<void>
  now(): number
}

export interface DeskAnswer {
  no: number
  state: WriteStateName
}

interface Conflict {
  paths: string[]
  fields: JsonObject
  expected: JsonObject
  current: JsonObject | null
  changeNo: number
}

/** What people decide about writes: who wins a conflict, what is tried again. */
export class WriteBackDesk {
  readonly #options: DeskOptions

  constructor(options: DeskOptions) {
    this.#options = options
  }

  /** Throws `write-back.unknown` (404), `write-back.no-conflict` and `write-back.record-gone` (409). */
  async resolve(
    no: number,
    winner: 'hub' | 'system',
    act: { author: string; note: string | null },
  ): Promise<DeskAnswer> {
    const { db, memoryOf } = this.#options
    const { row, observation } = await db.transaction(async (tx) => {
      const found = await lockedRow(tx, no)
      if (found.state !== WRITE_STATE.conflict || found.conflict === null) throw noConflict()
      const conflict = JSON.parse(found.conflict) as Conflict
      const memory = { ...memoryOf(found), attempt: null }
      const decided = await (winner === 'hub'
        ? this.#forHub(tx, found, memory, conflict)
        : this.#forSystem(tx, found, memory, conflict))
      await saveWriteBacks(tx, [decided.row])
      const facts = {
        system: found.system,
        entity: found.entity,
        key: found.key,
        winner,
        fields: conflict.paths,
        note: act.note,
      }
      await writeAudit(tx, { actor: act.author, act: 'write-back.resolve', subject: String(no), facts })
      return decided
    })
    if (observation !== null) await this.#options.observe([observation])
    return { no, state: WRITE_STATES[row.state] ?? 'pending' }
  }

  /** Throws `write-back.unknown` (404) and `write-back.not-failed` (409). */
  async retry(no: number, author: string): Promise<DeskAnswer> {
    const { db, now } = this.#options
    return db.transaction(async (tx) => {
      const row = await lockedRow(tx, no)
      if (row.state !== WRITE_STATE.failed && row.state !== WRITE_STATE.retrying) throw notFailed()
      const dueAt = new Date(now()).toISOString()
      await saveWriteBacks(tx, [{ ...row, state: WRITE_STATE.pending, attempts: 0, dueAt, problem: null }])
      const facts = { system: row.system, entity: row.entity, key: row.key }
      await writeAudit(tx, { actor: author, act: 'write-back.retry', subject: String(no), facts })
      return { no, state: 'pending' }
    })
  }

  async #forHub(
    tx: Queryable,
    row: WriteBackRow,
    memory: LaneMemory,
    { paths, expected, current, changeNo }: Conflict,
  ): Promise<{ row: WriteBackRow; observation: null }> {
    if (current === null) throw recordGone()
    const [reading] = await lastReadings(tx, [row.recordNo])
    const raw = reading === undefined ? null : (JSON.parse(reading.raw) as JsonObject)
    const mapping = this.#options.mapping(row.system, row.entity)
    const found = picked(current, expected)
    // What was read since then is what is going to be overwritten.
    const isNewest = reading?.changeNo === changeNo
    const after = isNewest ? overwriting(memory, { expected, found, paths }, { mapping, raw }) : memory
    return { row: { ...rowWith(row, after, { now: this.#options.now() }), attempts: 0 }, observation: null }
  }

  async #forSystem(
    tx: Queryable,
    row: WriteBackRow,
    memory: LaneMemory,
    { paths, expected, current, changeNo }: Conflict,
  ): Promise<{ row: WriteBackRow; observation: Observation | null }> {
    const now = this.#options.now()
    const [reading] = await lastReadings(tx, [row.recordNo])
    if (current === null || reading === undefined) {
      const gone = { ...memory, wants: NO_WANTS, overlay: NO_OVERLAY, verify: false }
      return { row: rowWith(row, gone, { now }), observation: null }
    }
    const observation = {
      recordNo: row.recordNo,
      // What was read since then is what the system has.
      fields: reading.changeNo === changeNo ? picked(current, expected) : {},
      at: afterAll(memory.wants, now),
      changeNo: reading.changeNo,
      insists: paths,
    }
    // Not written before the pipeline has heard of it.
    const dueAt = new Date(now + HEARING_MS).toISOString()
    return { row: { ...rowWith(row, memory, { now }), attempts: 0, dueAt }, observation }
  }
}

const HEARING_MS = 5_000

function picked(record: JsonObject, like: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(like).map((name) => [name, record[name] ?? null]))
}

async function lockedRow(db: Queryable, no: number): Promise<WriteBackRow> {
  const [row] = await lockWriteBacks(db, [no])
  if (row !== undefined && row.state !== WRITE_STATE.idle) return row
  throw new HubError({
    code: 'write-back.unknown',
    family: 'reject',
    status: 404,
    message: 'There is nothing to write with this number.',
    fix: 'It may have been written meanwhile; read the list again.',
  })
}

function noConflict(): HubError {
  return new HubError({
    code: 'write-back.no-conflict',
    family: 'reject',
    status: 409,
    message: 'This write is in no conflict.',
    fix: 'It may have been decided meanwhile; read it again.',
  })
}

function recordGone(): HubError {
  return new HubError({
    code: 'write-back.record-gone',
    family: 'reject',
    status: 409,
    message: 'The record was deleted in its system, so nothing can be written to it.',
    fix: 'Decide for the system; a record that is to come back is made there.',
  })
}

function notFailed(): HubError {
  return new HubError({
    code: 'write-back.not-failed',
    family: 'reject',
    status: 409,
    message: 'This write has not failed.',
    fix: 'It may have been tried again meanwhile; read it again.',
  })
}
