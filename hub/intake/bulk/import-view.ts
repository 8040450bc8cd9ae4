import type { JsonObject } from '../../contracts/json.ts'
import type { ImportOutcome } from '../../store/bulk-import-queries.ts'
import type { BulkJob, BulkState } from '../../store/bulk-queries.ts'

/** An import as the API shows it. */
export interface ImportView {
  id: string
  state: BulkState
  /** null: the lines were events. */
  system: string | null
  entity: string | null
  batch: string | null
  /** Lines read, blank ones too: the import goes on with the one after. */
  lines: number
  bytes: number
  accepted: number
  duplicates: number
  rejected: number
  /** What became of the changes so far; null in lists. */
  outcome: ImportOutcome | null
  problem: JsonObject | null
  createdBy: string
  createdAt: string
  updatedAt: string
  endedAt: string | null
}

export function viewOf(job: BulkJob, outcome: ImportOutcome | null): ImportView {
  const { id, state, request, lines, bytes, accepted, duplicates, rejected, problem } = job
  const text = (name: string): string | null => (typeof request[name] === 'string' ? request[name] : null)
  return {
    id,
    state,
    system: text('system'),
    entity: text('entity'),
    batch: text('batch'),
    lines,
    bytes,
    accepted,
    duplicates,
    rejected,
    outcome,
    problem,
    createdBy: job.actor,
    createdAt: job.createdAt,
    updatedAt: job.updatedAt,
    endedAt: job.endedAt,
  }
}
