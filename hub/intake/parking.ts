import { type Change, type Lane, laneName } from '../contracts/change.ts'
import { HubError } from '../contracts/hub-error.ts'
import type { JsonObject } from '../contracts/json.ts'
import { shiftLedger } from '../store/apply-writes.ts'
import { writeAudit } from '../store/decision-queries.ts'
import { lockIdentityAlone } from '../store/identity-lock.ts'
import { ENTRY_STATE } from '../store/ledger-queries.ts'
import {
  editParked,
  keepEdits,
  listParked,
  type ParkedFilter,
  parkedInLanes,
  type ParkedRow,
  readParked,
  unpark,
} from '../store/parked-queries.ts'
import type { Queryable } from '../store/queryable.ts'
import { applyBatch, type PipelineTools } from './pipeline/apply-batch.ts'
import type { MapOutcome } from './pipeline/ports.ts'
import type { WorkItem } from './pipeline/work-item.ts'
import { type InTransaction, startingOver } from './worker.ts'

export interface ParkingOptions {
  db: Queryable
  inTransaction: InTransaction
  tools(): PipelineTools
  onApplied(): void
}

export interface ReplayResult {
  /** Changes that applied or turned out to be superseded. */
  released: number
  /** Changes that are parked again, or still. */
  parked: number
}

const LANES_PER_BATCH_MAX = 100

/** What an operator can do about parked changes. Every act is one transaction with its ledger and its audit entry. */
export class Parking {
  readonly #options: ParkingOptions

  constructor(options: ParkingOptions) {
    this.#options = options
  }

  /** Applies the lane of a parked change again, in order, from its head. */
  async replay(no: number, actor: string): Promise<ReplayResult> {
    const row = await this.#existing(no)
    return this.#replayLanes([row], actor, `parked/${no}`)
  }

  /** Applies every lane again that holds a change the filter names. Ends when each was tried once. */
  async replayAll(filter: ParkedFilter, actor: string): Promise<ReplayResult> {
    const total: ReplayResult = { released: 0, parked: 0 }
    for (let after = 0; ;) {
      const rows = await listParked(this.#options.db, filter, after, LANES_PER_BATCH_MAX)
      const last = rows.at(-1)
      if (last === undefined) return total
      after = last.no
      const lanes = [...new Map(rows.map((row) => [laneName(row), row])).values()]
      // The key of a record may name a person, and the trail can lose nothing.
      const { key, ...told } = filter
      const subject = JSON.stringify({ ...told, ...(key === undefined ? {} : { key: '…' }) })
      const { released, parked } = await this.#replayLanes(lanes, actor, subject)
      total.released += released
      total.parked += parked
    }
  }

  /** Gives a parked change up; what waits behind it goes on. */
  async discard(no: number, actor: string, reason: string | null): Promise<ReplayResult> {
    const row = await this.#existing(no)
    return this.#inLanes([row], async (db, parked) => {
      if (!parked.some((other) => other.no === no)) throw unknownParked()
      await unpark(db, [no], ENTRY_STATE.discarded)
      await shiftLedger(db, this.#options.tools().shard, { parked: -1, discarded: 1 })
      await writeAudit(db, {
        actor,
        act: 'parked.discard',
        subject: `parked/${no}`,
        facts: { system: row.system, entity: row.entity, reason },
      })
      return parked.filter((other) => other.no !== no)
    })
  }

  /** Puts other data in the place of a parked change's, as a new revision; the old one is kept. */
  async edit(no: number, data: JsonObject, expectedRevision: number, editor: string): Promise<{ revision: number }> {
    const row = await this.#existing(no)
    if (row.revision !== expectedRevision) throw editedMeanwhile(row.revision)
    const change = JSON.parse(row.change) as Change
    return this.#options.inTransaction(async (db) => {
      const revision = await editParked(db, row, JSON.stringify({ ...change, data }), editor)
      if (revision < 0) throw editedMeanwhile(row.revision + 1)
      await writeAudit(db, { actor: editor, act: 'parked.edit', subject: `parked/${no}`, facts: { revision } })
      return { revision }
    })
  }

  /** What the current mapping would make of a parked change, or of other data in its place. Changes nothing. */
  async dryRun(no: number, data?: JsonObject): Promise<MapOutcome> {
    const row = await this.#existing(no)
    const change = JSON.parse(row.change) as Change
    return this.#options.tools().mapper.map(row.system, row.entity, change.kind, data ?? change.data, change.time)
  }

  async #existing(no: number): Promise<ParkedRow> {
    const row = await readParked(this.#options.db, no)
    if (row === undefined) throw unknownParked()
    return row
  }

  #replayLanes(lanes: readonly Lane[], actor: string, subject: string): Promise<ReplayResult> {
    return this.#inLanes(lanes, async (db, parked) => {
      await writeAudit(db, { actor, act: 'parked.replay', subject, facts: { changes: parked.length } })
      return parked
    })
  }

  /** Lets nobody else apply anything, lets `choose` say which of their parked changes are to be applied again, and applies them. */
  async #inLanes(
    lanes: readonly Lane[],
    choose: (db: Queryable, parked: readonly ParkedRow[]) => Promise<readonly ParkedRow[]>,
  ): Promise<ReplayResult> {
    const { inTransaction, tools, onApplied } = this.#options
    const result = await startingOver(() =>
      inTransaction(async (db): Promise<ReplayResult> => {
        await lockIdentityAlone(db)
        const chosen = await choose(db, await parkedInLanes(db, lanes))
        const items = chosen.map((row): WorkItem => ({ no: row.no, change: JSON.parse(row.change) as Change }))
        if (items.length === 0) return { released: 0, parked: 0 }
        const count = await unpark(
          db,
          items.map((item) => item.no),
          ENTRY_STATE.inFlight,
        )
        await shiftLedger(db, tools().shard, { parked: -count, inFlight: count })
        const { outcomes } = await applyBatch(db, tools(), { items, touches: [] })
        await keepEdits(db, chosen)
        const again = [...outcomes.values()].filter((outcome) => outcome.kind === 'parked').length
        return { released: items.length - again, parked: again }
      }),
    )
    onApplied()
    return result
  }
}

function unknownParked(): HubError {
  return new HubError({
    code: 'parked.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no parked change with this number.',
    fix: 'It may have been replayed or discarded meanwhile; read the list again.',
  })
}

function editedMeanwhile(revision: number): HubError {
  return new HubError({
    code: 'parked.edited-meanwhile',
    family: 'reject',
    status: 409,
    message: 'Somebody else edited this parked change meanwhile.',
    fix: 'Read it again and repeat the edit on its newest revision.',
    facts: { revision },
  })
}
