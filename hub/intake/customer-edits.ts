import type { Json, JsonObject } from '../contracts/json.ts'
import { recordsOfCustomers } from '../store/apply-queries.ts'
import { writeAudit } from '../store/decision-queries.ts'
import { lockIdentityAlone } from '../store/identity-lock.ts'
import { saveEdits } from '../store/override-queries.ts'
import type { Queryable } from '../store/queryable.ts'
import { applyBatch, type PipelineTools } from './pipeline/apply-batch.ts'
import { type InTransaction, startingOver } from './worker.ts'

export interface CustomerEditsOptions {
  inTransaction: InTransaction
  tools(): PipelineTools
  /** Told when events wait to be relayed. */
  onEdited(): void
}

/** New values of fields of a customer, by path; null empties. */
export interface EditOrder {
  customerId: string
  values: ReadonlyMap<string, Json>
  /** Who edits, as the audit trail names them. */
  author: string
  /** ISO 8601 with milliseconds. */
  at: string
}

/**
 * Edits of customers through the API. A value is kept as one that outranks what the systems said before, and gives way once
 * a system changes the field itself; the same pipeline as for every change makes the golden record of it and says what
 * each system is to take over, all in one transaction.
 */
export class CustomerEdits {
  readonly #options: CustomerEditsOptions

  constructor(options: CustomerEditsOptions) {
    this.#options = options
  }

  /**
   * `order` decides under the lock on identity what is to be edited, and may throw; `answer` is made in the same
   * transaction, after the edit.
   */
  async edit<Answer>(
    order: (db: Queryable) => Promise<EditOrder | Answer>,
    answer: (db: Queryable, order: EditOrder) => Promise<Answer>,
  ): Promise<Answer> {
    const { inTransaction, tools, onEdited } = this.#options
    const result = await startingOver(() =>
      inTransaction(async (db) => {
        await lockIdentityAlone(db)
        const wanted = await order(db)
        if (!isOrder(wanted)) return wanted
        if (wanted.values.size > 0) await apply(db, tools(), wanted)
        return answer(db, wanted)
      }),
    )
    onEdited()
    return result
  }

  /** Runs what changes customers otherwise than by setting fields, in one transaction under the lock on identity. */
  async within<Answer>(run: (db: Queryable) => Promise<Answer>): Promise<Answer> {
    const { inTransaction, onEdited } = this.#options
    const answer = await startingOver(() =>
      inTransaction(async (db) => {
        await lockIdentityAlone(db)
        return run(db)
      }),
    )
    onEdited()
    return answer
  }
}

function isOrder(value: unknown): value is EditOrder {
  return typeof value === 'object' && value !== null && 'customerId' in value && 'values' in value
}

async function apply(db: Queryable, tools: PipelineTools, order: EditOrder): Promise<void> {
  const { customerId, values, author, at } = order
  const edits = [...values].map(([path, value]) => ({ path, value: JSON.stringify(value) }))
  await saveEdits(db, customerId, edits, author, at)
  const records = await recordsOfCustomers(db, [customerId])
  const touches = records.map(({ no }) => ({ recordNo: no, remap: false }))
  await applyBatch(db, tools, { items: [], touches, edit: { customerId, at, paths: [...values.keys()] } })
  // What was set stands in the golden record's history; the audit trail names fields, not persons' data.
  const facts: JsonObject = { fields: [...values.keys()] }
  await writeAudit(db, { actor: author, act: 'customer.edit', subject: customerId, facts })
}
