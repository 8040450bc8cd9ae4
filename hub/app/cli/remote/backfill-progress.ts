import type { Json, JsonObject } from '../../../contracts/json.ts'
import { isJsonObject } from '../../../contracts/json.ts'
import { numberOf, textOf } from './operate.ts'

export interface BackfillProgress {
  done: number
  /** Null: the system does not tell how many records it has. */
  total: number | null
  ended: boolean
  /** Why it ended early; null: it did not. */
  failed: string | null
}

/**
 * What the status of a system (GET /admin/v1/systems/{system}) says of the backfill of these entities, all of them where
 * none is named: `status.entities.<entity>.backfill` is `{state: 'running' | 'done' | 'failed', done, total, error}`.
 * Undefined: it says nothing of a backfill.
 */
export function progressOf(status: Json | undefined, entities: readonly string[]): BackfillProgress | undefined {
  const all = isJsonObject(status) && isJsonObject(status['entities']) ? status['entities'] : {}
  const wanted = Object.entries(all).filter(([name]) => entities.length === 0 || entities.includes(name))
  const backfills = wanted.flatMap(([, entity]) => {
    const backfill = isJsonObject(entity) ? entity['backfill'] : undefined
    return isJsonObject(backfill) ? [backfill] : []
  })
  if (backfills.length === 0) return undefined
  const failure = backfills.find(({ state }) => state === 'failed')
  return {
    done: backfills.reduce((sum, { done }) => sum + numberOf(done), 0),
    total: totalOf(backfills),
    ended: backfills.every(({ state }) => state === 'done' || state === 'failed'),
    failed:
      failure === undefined
        ? null
        : textOf(isJsonObject(failure['error']) ? failure['error']['message'] : failure['error']),
  }
}

function totalOf(backfills: readonly JsonObject[]): number | null {
  if (backfills.some(({ total }) => typeof total !== 'number')) return null
  return backfills.reduce((sum, { total }) => sum + numberOf(total), 0)
}
