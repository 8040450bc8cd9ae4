import { unknownCustomer } from '../../contracts/customer-errors.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Lane, laneName } from '../../contracts/change.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { survivorOf, writeAudit } from '../../store/decision-queries.ts'
import { confirmLanes, shortenErasedEvents } from '../../store/erased-lane-queries.ts'
import {
  erasureOfCustomer,
  type ErasureRow,
  isSwept,
  listErasures,
  openTasks,
  readErasure,
  readmitLanes,
  tasksOf,
} from '../../store/erasure-proof-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { type InTransaction, startingOver } from '../worker.ts'
import { erase, type EraserParts, type ErasureOrder } from './eraser.ts'
import { type ErasureDocument, erasureDocument } from './view.ts'

export interface ErasureDeskOptions {
  db: Queryable
  inTransaction: InTransaction
  parts(): EraserParts
  /** An erasure was committed: there is an event to relay, and something to sweep. */
  onErased(): void
}

/** How long an answer waits for the first sweep: where the hub holds little it is done by then. */
const WAIT_MS = 5_000
const LOOK_MS = 25
const LOOK_MS_MAX = 200

/** Erasures on behalf of stewards. Each act is one transaction with its audit entry. */
export class ErasureDesk {
  readonly #options: ErasureDeskOptions

  constructor(options: ErasureDeskOptions) {
    this.#options = options
  }

  /** Throws `customer.unknown` (404), `customer.erasure.joined` (409), `customer.erasure.note-names-person` (422). */
  async erase(order: ErasureOrder): Promise<ErasureDocument> {
    const { inTransaction, parts, onErased } = this.#options
    const id = await startingOver(() => inTransaction((db) => erase(db, parts(), order)))
    onErased()
    await this.#swept(id)
    return this.read(id)
  }

  /** The erasure of a customer, by any of its ids. Throws `customer.unknown` and `customer.not-erased` (404). */
  async ofCustomer(customerId: string): Promise<ErasureDocument> {
    const { db } = this.#options
    const survivor = await survivorOf(db, customerId)
    if (survivor === undefined) throw unknownCustomer()
    const row = await erasureOfCustomer(db, survivor.survivor)
    if (row === undefined) throw notErased()
    return this.#document(row)
  }

  async read(id: string): Promise<ErasureDocument> {
    return this.#document(await found(this.#options.db, id))
  }

  /** Newest first, `limit` at most, after an id where that is not null. */
  async list(filter: { open: boolean; before: string | null }, limit: number): Promise<ErasureDocument[]> {
    const rows = await listErasures(this.#options.db, filter, limit)
    return this.#documents(rows)
  }

  /** A system has deleted what it was asked to: all of it, or one record. Throws `erasure.nothing-to-confirm` (409). */
  async confirm(
    id: string,
    what: { system: string; entity?: string; key?: string },
    author: string,
  ): Promise<ErasureDocument> {
    const { inTransaction, parts } = this.#options
    const { system, entity, key } = what
    await inTransaction(async (db) => {
      await found(db, id)
      const open = await openTasks(db, id, system)
      const only = entity === undefined || key === undefined ? null : this.#hash(parts(), { system, entity, key })
      const hashes = only === null ? open : open.filter((hash) => hash.equals(only))
      if (hashes.length === 0) throw nothingToConfirm()
      await shortenErasedEvents(db, await confirmLanes(db, hashes, author))
      const facts = { erasure: id, system, records: hashes.length }
      await writeAudit(db, { actor: author, act: 'erasure.confirm', subject: `erasures/${id}`, facts })
    })
    return this.read(id)
  }

  /**
   * From now on changes of these records are applied again, or of all records of the erasure: the person has become a customer
   * anew, with a new id. What was erased stays erased. Throws `erasure.nothing-to-readmit` (409).
   */
  async readmit(id: string, lanes: readonly Lane[] | null, author: string): Promise<ErasureDocument> {
    const { inTransaction, parts } = this.#options
    await inTransaction(async (db) => {
      await found(db, id)
      const hashes = lanes === null ? null : lanes.map((lane) => this.#hash(parts(), lane))
      const count = await readmitLanes(db, id, hashes)
      if (count === 0) throw nothingToReadmit()
      const facts = { erasure: id, records: count }
      await writeAudit(db, { actor: author, act: 'erasure.readmit', subject: `erasures/${id}`, facts })
    })
    return this.read(id)
  }

  #hash({ tools }: EraserParts, lane: Lane): Buffer {
    return tools.erasure.hashOf(laneName(lane))
  }

  async #swept(id: string): Promise<void> {
    const until = Date.now() + WAIT_MS
    for (let pause = LOOK_MS; Date.now() < until; pause = Math.min(2 * pause, LOOK_MS_MAX)) {
      if (await isSwept(this.#options.db, id)) return
      await sleep(pause)
    }
  }

  async #document(row: ErasureRow): Promise<ErasureDocument> {
    return erasureDocument(row, await tasksOf(this.#options.db, [row.id]))
  }

  async #documents(rows: readonly ErasureRow[]): Promise<ErasureDocument[]> {
    const tasks = await tasksOf(
      this.#options.db,
      rows.map(({ id }) => id),
    )
    const tasksBy = Map.groupBy(tasks, ({ erasureId }) => erasureId)
    return rows.map((row) => erasureDocument(row, tasksBy.get(row.id) ?? []))
  }
}

async function found(db: Queryable, id: string): Promise<ErasureRow> {
  const row = await readErasure(db, id)
  if (row !== undefined) return row
  throw new HubError({
    code: 'erasure.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no erasure with this id.',
    where: '{id}',
    fix: 'GET /admin/v1/erasures lists them.',
  })
}

function notErased(): HubError {
  return new HubError({
    code: 'customer.not-erased',
    family: 'reject',
    status: 404,
    message: 'This customer was not erased.',
    where: '{id}',
  })
}

function nothingToConfirm(): HubError {
  return new HubError({
    code: 'erasure.nothing-to-confirm',
    family: 'reject',
    status: 409,
    message: 'This system has nothing (more) to delete for this erasure, or not this record.',
    fix: 'Read the erasure again: it lists what each system has still to do.',
  })
}

function nothingToReadmit(): HubError {
  return new HubError({
    code: 'erasure.nothing-to-readmit',
    family: 'reject',
    status: 409,
    message: 'None of these records is kept out by this erasure.',
    fix: 'They may have been let in before; GET /admin/v1/erasures/{id} counts those that are kept out.',
  })
}
