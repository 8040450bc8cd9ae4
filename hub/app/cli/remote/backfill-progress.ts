import { type Json, type JsonObject, objectOf } from '../../../contracts/json.ts'
import { numberOf, textOf } from './operate.ts'

export interface BackfillProgress {
  /** Records read. */
  done: number
  /** Null: the system does not tell how many records it has. */
  total: number | null
  /** `waiting`: nothing has begun since it was ordered. `failed`: a person must do something first; `trouble` says what. */
  state: 'waiting' | 'running' | 'done' | 'failed'
  /** What goes wrong at the moment; the hub tries again by itself unless the state is `failed`. */
  trouble: string | null
}

/** When the backfill of each entity ended last, as it was before a new one was ordered. */
export type EndedBefore = ReadonlyMap<string, string>

/** Reads a system's state (GET /admin/v1/systems/{system}). `entities`: the ones meant; none: all that the hub reads. */
export function progressOf(system: JsonObject, entities: readonly string[], before: EndedBefore): BackfillProgress {
  const status = objectOf(system['status'])
  const meant = meantOf(status, entities)
  const begun = meant.filter(({ name, backfill }) => hasBegun(backfill, before.get(name)))
  const isDone = meant.length > 0 && begun.length === meant.length && begun.every(({ backfill }) => isProved(backfill))
  const isPaused = system['paused'] === true
  const isStopped = isPaused || status['state'] === 'stopped'
  const errors = [...begun.map(({ error }) => error), status['error']].map((error) =>
    textOf(objectOf(error)['message']),
  )
  const totals = begun.map(({ backfill }) => backfill['total'])
  return {
    done: begun.reduce((sum, { backfill }) => sum + numberOf(backfill['rows']), 0),
    total:
      begun.length === meant.length && totals.every((total) => typeof total === 'number')
        ? totals.reduce<number>((sum, total) => sum + numberOf(total), 0)
        : null,
    state: isDone ? 'done' : isStopped ? 'failed' : begun.length > 0 ? 'running' : 'waiting',
    trouble: isPaused ? 'The system is paused.' : (errors.find((message) => message !== '') ?? null),
  }
}

/** For a later `progressOf`. */
export function endedBefore(system: JsonObject): EndedBefore {
  const all = meantOf(objectOf(system['status']), [])
  return new Map(all.map(({ name, backfill }) => [name, textOf(backfill['finishedAt'])]))
}

interface MeantEntity {
  name: string
  backfill: JsonObject
  error: Json | undefined
}

function meantOf(status: JsonObject, entities: readonly string[]): MeantEntity[] {
  return Object.entries(objectOf(status['entities'])).flatMap(([name, entity]) => {
    const { mode, backfill, error } = objectOf(entity)
    const isMeant = entities.length === 0 ? mode !== 'push' : entities.includes(name)
    return isMeant ? [{ name, backfill: objectOf(backfill), error }] : []
  })
}

/** One that had ended before the order says nothing about it: the hub has not taken the order up yet. */
function hasBegun(backfill: JsonObject, endedAt: string | undefined): boolean {
  const { state, finishedAt } = backfill
  if (state === 'done') return textOf(finishedAt) !== (endedAt ?? '')
  return state === 'reading' || state === 'looking for deletes'
}

/** Read to its end, and compared with what the hub has, where the hub does that. */
function isProved({ state, certificate }: JsonObject): boolean {
  return state === 'done' && certificate !== 'due'
}
