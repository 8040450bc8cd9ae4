import { randomUUID } from 'node:crypto'
import type { CanonicalEntity } from '../../contracts/canonical.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { HUB_SYSTEM } from '../../contracts/hub-system.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { refusedError } from '../../contracts/rule-refusal.ts'
import { nextChangeNumbers } from '../../store/hub-record-queries.ts'
import { lockIdentityAlone } from '../../store/identity-lock.ts'
import type { Queryable } from '../../store/queryable.ts'
import { applyBatch, type PipelineTools } from '../pipeline/apply-batch.ts'

/** A record of the hub's own, as it is to be. */
export interface HubRecord {
  entity: CanonicalEntity
  key: string
  document: JsonObject
  /** ISO 8601. */
  at: string
}

/**
 * Records of which the hub itself is the system of record. They are changes like those of any system, by the same pipeline
 * and in the same ledger, but applied in the caller's own transaction: what is answered is what stands, and an answer that is kept
 * for a repeat is kept together with its effect.
 */
export class HubRecords {
  readonly #tools: () => PipelineTools

  constructor(tools: () => PipelineTools) {
    this.#tools = tools
  }

  /** Throws what keeps the record from being one, by the canonical schema or by a rule; nothing is to be committed then. */
  async write(db: Queryable, { entity, key, document, at }: HubRecord): Promise<void> {
    // Before the number is drawn: a later change of the same record must not have a lower one.
    await lockIdentityAlone(db)
    const [no = 0] = await nextChangeNumbers(db, 1)
    const lane = { system: HUB_SYSTEM, entity, key }
    const item = { no, change: { ...lane, id: randomUUID(), kind: 'upsert' as const, time: at, data: document } }
    const { outcomes } = await applyBatch(db, this.#tools(), { items: [item], touches: [] })
    // Not by the item: of a person who was erased the pipeline keeps another one, which says nothing of the person.
    const [outcome] = outcomes.values()
    if (outcome?.kind === 'parked') throw refusedError(outcome.cause)
    if (outcome?.kind === 'discarded') throw ofTheErased()
    if (outcome?.kind !== 'applied') throw new Error(`a record of the hub's own was ${outcome?.kind ?? 'lost'}`)
  }
}

function ofTheErased(): HubError {
  return new HubError({
    code: 'record.person-erased',
    family: 'reject',
    message: 'The record is of a person who was erased meanwhile.',
    fix: 'Read what it points at again.',
  })
}
