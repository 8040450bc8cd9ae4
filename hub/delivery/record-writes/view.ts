import type { JsonObject } from '../../contracts/json.ts'
import { ORDER_KIND, ORDER_STATES, type OrderStateName, type RecordWriteRow } from '../../store/record-write-queries.ts'

export interface WriteProblem {
  code: string
  message: string
  fix?: string
}

/** How far an order is, as channels see it. */
export interface RecordWriteView {
  /** The order's own id. */
  write: string
  /** The hub's id of the record. */
  id: string
  system: string
  entity: string
  /** The record's id in its system; null: the system has not given one yet. */
  key: string | null
  state: OrderStateName
  problem: WriteProblem | null
}

/** What went wrong, as it is kept. */
export interface KeptProblem extends WriteProblem {
  where?: string
  /** ISO 8601. */
  at: string
  /** Nobody knows whether the system carried it out. */
  unsure?: true
}

export function viewOf(row: RecordWriteRow): RecordWriteView {
  const { id, recordId, system, entity, key, state } = row
  return {
    write: id,
    id: recordId,
    system,
    entity,
    key,
    state: ORDER_STATES[state] ?? 'pending',
    problem: problemOf(row),
  }
}

function problemOf({ problem }: RecordWriteRow): WriteProblem | null {
  if (problem === null) return null
  const { code, message, fix } = JSON.parse(problem) as KeptProblem
  return { code, message, ...(fix === undefined ? {} : { fix }) }
}

/** The same with what an operator needs: who ordered what, since when, what was tried. */
export function entryOf(row: RecordWriteRow): JsonObject {
  const { target, kind, author, attempts, dueAt, createdAt, updatedAt, wanted } = row
  const view = viewOf(row)
  return {
    ...view,
    problem: view.problem === null ? null : { ...view.problem },
    kind: kind === ORDER_KIND.create ? 'create' : 'patch',
    record: target,
    author,
    attempts,
    nextAttemptAt: view.state === 'retrying' ? dueAt : null,
    createdAt,
    updatedAt,
    wanted: JSON.parse(wanted) as JsonObject,
  }
}
