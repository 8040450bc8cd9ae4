import { erasedCustomer, unknownCustomer } from '../contracts/customer-errors.ts'
import { type Lane, laneName } from '../contracts/change.ts'
import { HubError } from '../contracts/hub-error.ts'
import { type RecordRow, recordsByNumber, recordsOfCustomers } from '../store/apply-queries.ts'
import { survivorOf, upsertDecisions, writeAudit } from '../store/decision-queries.ts'
import { lockIdentityAlone } from '../store/identity-lock.ts'
import type { Queryable } from '../store/queryable.ts'
import { applyBatch, type PipelineTools } from './pipeline/apply-batch.ts'
import { CUSTOMER_STATE } from './pipeline/merge-customers.ts'
import { type InTransaction, startingOver } from './worker.ts'

export interface StewardAct {
  /** Who decides, as the audit trail names them. */
  author: string
  note: string | null
}

export interface StewardshipOptions {
  inTransaction: InTransaction
  tools(): PipelineTools
  /** Told when events wait to be relayed. */
  onDecided(): void
}

/** Beyond this many pairs a join is noted on a star of them, which still holds every record. */
const PAIRS_MAX = 400
const RECORDS_PER_CUSTOMER_MAX = 2_000

/**
 * What stewards decide about who is who. A decision is kept on pairs of records, so it outlives any recalculation, and
 * it is applied by the same pipeline as every change, in one transaction with it.
 */
export class Stewardship {
  readonly #options: StewardshipOptions

  constructor(options: StewardshipOptions) {
    this.#options = options
  }

  /** Joins two customers for good; returns the id that survives (the older one). A later split undoes it. */
  async join(firstId: string, secondId: string, act: StewardAct): Promise<{ survivor: string }> {
    const survivor = await this.#decide(async (db) => {
      const first = await activeCustomer(db, firstId, '/id')
      const second = await activeCustomer(db, secondId, '/with')
      if (first === second) throw alreadyOne()
      const records = await recordsOfCustomers(db, [first, second])
      const left = records.filter((record) => record.customerId === first)
      const right = records.filter((record) => record.customerId === second)
      refuseCrowd(records)
      await upsertDecisions(db, crossPairs(left, right), 'must-join', act.author, act.note)
      await writeAudit(db, {
        actor: act.author,
        act: 'customer.join',
        subject: first,
        facts: { with: second },
      })
      return records.map((record) => record.no)
    })
    const ids = new Set(survivor.map((record) => record.customerId))
    const [id] = ids
    if (ids.size !== 1 || id == null) throw contradicted()
    return { survivor: id }
  }

  /** Takes records out of a customer; returns the customer that they make now. A later join undoes it. */
  async split(
    customerId: string,
    lanes: readonly Lane[],
    act: StewardAct,
  ): Promise<{ remaining: string; separated: string[] }> {
    const wanted = new Set(lanes.map(laneName))
    const rows = await this.#decide(async (db) => {
      const id = await activeCustomer(db, customerId, '/id')
      const records = await recordsOfCustomers(db, [id])
      const leaving = records.filter((record) => wanted.has(laneName(record)))
      const staying = records.filter((record) => !wanted.has(laneName(record)))
      refuseSplit(lanes, leaving, staying)
      refuseCrowd(records)
      const pairs = leaving.flatMap((a) => staying.map((b) => ({ a: a.no, b: b.no })))
      await upsertDecisions(db, pairs, 'must-not-join', act.author, act.note)
      const facts = { records: leaving.length }
      await writeAudit(db, { actor: act.author, act: 'customer.split', subject: id, facts })
      return records.map((record) => record.no)
    })
    const idsOf = (leaving: boolean): string[] => [
      ...new Set(rows.filter((row) => wanted.has(laneName(row)) === leaving).flatMap((row) => row.customerId ?? [])),
    ]
    const [remaining] = idsOf(false)
    if (remaining === undefined) throw contradicted()
    return { remaining, separated: idsOf(true) }
  }

  /** Runs a decision and the pipeline over the records that it returns, as one transaction; returns these as they are then. */
  async #decide(decision: (db: Queryable) => Promise<number[]>): Promise<RecordRow[]> {
    const { inTransaction, tools, onDecided } = this.#options
    const rows = await startingOver(() =>
      inTransaction(async (db) => {
        // Before anything is read: who is erased meanwhile must not be decided about.
        await lockIdentityAlone(db)
        const records = await decision(db)
        const touches = records.map((recordNo) => ({ recordNo, remap: false }))
        await applyBatch(db, tools(), { items: [], touches })
        return recordsByNumber(db, records)
      }),
    )
    onDecided()
    return rows
  }
}

async function activeCustomer(db: Queryable, id: string, where: string): Promise<string> {
  const found = await survivorOf(db, id)
  if (found === undefined) throw unknownCustomer(where)
  if (found.state === CUSTOMER_STATE.erased) throw erasedCustomer(where)
  if (found.state !== CUSTOMER_STATE.active) {
    throw new HubError({
      code: 'customer.not-active',
      family: 'reject',
      status: 409,
      message: 'This customer has no source records any more, so there is nothing to join or split.',
      where,
    })
  }
  return found.survivor
}

function crossPairs(left: readonly RecordRow[], right: readonly RecordRow[]): { a: number; b: number }[] {
  if (left.length * right.length <= PAIRS_MAX) return left.flatMap((a) => right.map((b) => ({ a: a.no, b: b.no })))
  const [hub] = left
  const [rim] = right
  if (hub === undefined || rim === undefined) return []
  return [...right.map((b) => ({ a: hub.no, b: b.no })), ...left.slice(1).map((a) => ({ a: a.no, b: rim.no }))]
}

function refuseSplit(lanes: readonly Lane[], leaving: readonly RecordRow[], staying: readonly RecordRow[]): void {
  if (leaving.length < new Set(lanes.map(laneName)).size) {
    throw new HubError({
      code: 'customer.split.foreign-record',
      family: 'reject',
      message: 'Not all of these records belong to this customer.',
      where: '/records',
      fix: 'Read GET /v1/customers/{id}/sources for the records that do.',
    })
  }
  if (leaving.length > 0 && staying.length > 0) return
  throw new HubError({
    code: 'customer.split.nothing-left',
    family: 'reject',
    message: 'A split must take at least one record and leave at least one.',
    where: '/records',
  })
}

function refuseCrowd(records: readonly RecordRow[]): void {
  if (records.length <= RECORDS_PER_CUSTOMER_MAX) return
  throw new HubError({
    code: 'customer.too-many-records',
    family: 'reject',
    message: `A customer of more than ${RECORDS_PER_CUSTOMER_MAX} records cannot be joined or split by hand.`,
    fix: 'Correct the records in their systems: so many for one customer are most likely a shared dummy value.',
  })
}

function alreadyOne(): HubError {
  return new HubError({
    code: 'customer.already-joined',
    family: 'reject',
    status: 409,
    message: 'Both ids already lead to the same customer.',
    where: '/with',
  })
}

function contradicted(): HubError {
  return new HubError({
    code: 'customer.decision-contradicted',
    family: 'reject',
    status: 409,
    message: 'Earlier decisions about some of these records contradict this one, so it has no effect.',
    fix: 'Withdraw the earlier decisions first; GET /admin/v1/matches lists them.',
  })
}
