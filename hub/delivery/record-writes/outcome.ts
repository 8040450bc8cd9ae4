import type { CreateResult, WriteResult } from '../../contracts/connector.ts'
import { HubError } from '../../contracts/hub-error.ts'
import {
  ORDER_KIND,
  ORDER_STATE,
  type RecordWriteOutcome,
  type RecordWriteRow,
} from '../../store/record-write-queries.ts'
import { CONFLICTS_IN_A_ROW_MAX, retryDelayMs } from '../write-back/outcome.ts'
import type { KeptProblem } from './view.ts'

export interface Settled {
  outcome: RecordWriteOutcome
  kind: 'written' | 'conflict' | 'failed' | 'retrying'
  /** A fault that a person must mend before anything else is written to the system. */
  stop: HubError | null
}

/** The engine gave the call up, though it may go on: of all else the connector itself says whether it can be made again. */
const GIVEN_UP = 'system.timeout'

/** What becomes of an order after the answer of its system. Pure; `now` in ms since 1970. */
export function outcomeOf(
  order: Pick<RecordWriteRow, 'no' | 'kind' | 'key' | 'attempts'>,
  result: WriteResult | CreateResult,
  { now, mayBeDone }: { now: number; mayBeDone: boolean },
): Settled {
  const at = new Date(now).toISOString()
  const { no } = order
  const attempts = order.attempts + 1
  const base = { no, attempts, dueAt: at, problem: null, key: null }
  const over = (kind: 'written' | 'conflict' | 'failed', problem: KeptProblem | null, key: string | null): Settled => {
    const text = problem === null ? null : JSON.stringify(problem)
    return { outcome: { ...base, state: ORDER_STATE[kind], problem: text, key }, kind, stop: null }
  }
  if (result.outcome === 'written' || result.outcome === 'created') return over('written', null, result.key)
  if (result.outcome === 'conflict') {
    if (order.kind !== ORDER_KIND.create) return over('conflict', problemOf(changedInSystem(), at), null)
    // Under a key of the hub's own stands what the hub has made, though somebody has changed it since.
    return mayBeDone ? over('written', null, order.key) : over('failed', problemOf(keyTaken(), at), null)
  }
  const { error } = result
  if (error.family === 'reject' || (error.family === 'bug' && attempts >= CONFLICTS_IN_A_ROW_MAX))
    return over('failed', problemOf(error, at), null)
  const delayMs = Math.max(retryDelayMs(attempts), error.retryAfterMs ?? 0)
  const isUnsure = mayBeDone || error.code === GIVEN_UP
  const problem = JSON.stringify({ ...problemOf(error, at), ...(isUnsure ? { unsure: true } : {}) })
  const dueAt = new Date(now + delayMs).toISOString()
  return {
    outcome: { ...base, state: ORDER_STATE.retrying, dueAt, problem },
    kind: 'retrying',
    stop: error.family === 'config' ? error : null,
  }
}

function problemOf({ code, message, fix, where }: HubError, at: string): KeptProblem {
  return { code, message, ...(fix === undefined ? {} : { fix }), ...(where === undefined ? {} : { where }), at }
}

function changedInSystem(): HubError {
  return new HubError({
    code: 'record.write.conflict',
    family: 'reject',
    status: 409,
    message: 'The system has changed what this write was made on.',
    fix: 'Read the record again, and change what it is now.',
  })
}

function keyTaken(): HubError {
  return new HubError({
    code: 'record.write.key-taken',
    family: 'reject',
    status: 409,
    message: 'The system has another record under the key that the hub gave.',
    fix: 'Give the hub a range of keys of its own: "write: { create: { key: { from: ... } } }" in the document of the system.',
  })
}
