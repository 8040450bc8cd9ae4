import type { Checkpoint, Page } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { hashRow } from '../shared/row-hash.ts'
import { FaultError } from './faults.ts'
import { type Place, type Reading, readPage } from './pages.ts'
import { recordOf } from './rows.ts'

const RESTARTS_MAX = 3

interface BackfillState {
  /** Names this snapshot in the versions of records that have no watermark. */
  run: string
  /** Undefined behind the last page. */
  place: Place | undefined
  total: number | undefined
}

/**
 * Reads all records page by page. Where the service has forgotten the token of the next page, it begins anew: records that
 * come again carry the same versions.
 */
export async function* backfillEntity(
  reading: Reading,
  now: () => number,
  checkpoint: Checkpoint | null,
): AsyncGenerator<Page> {
  let state =
    checkpoint === null ? { run: String(now()), place: {}, total: undefined } : readCheckpoint(checkpoint, reading)
  let restarts = 0
  while (state.place !== undefined) {
    const read = await readPage(reading, state.place, undefined).catch((error: unknown) => {
      restarts += 1
      if (error instanceof FaultError && error.meaning === 'expired' && restarts <= RESTARTS_MAX) return undefined
      throw error
    })
    if (read === undefined) {
      state = { ...state, place: {} }
      continue
    }
    state = { run: state.run, place: read.next, total: read.total ?? state.total }
    const { run } = state
    const page: Page = {
      records: read.rows.map((row) => {
        return recordOf(row, reading.entity, `${row.watermark ?? run}~${hashRow(row.data)}`)
      }),
      checkpoint: toCheckpoint(state),
    }
    if (state.total !== undefined) page.totalEstimate = state.total
    yield page
  }
}

function toCheckpoint({ run, place, total }: BackfillState): Checkpoint {
  return { run, place: place === undefined ? null : ({ ...place } as JsonObject), total: total ?? null }
}

function readCheckpoint({ run, place, total }: Checkpoint, { entity }: Reading): BackfillState {
  if (typeof run !== 'string' || typeof place !== 'object') {
    throw settingsError(`The stored position of the snapshot of "${entity.entity}" is not one of this connector.`, {
      fix: 'Start the snapshot again.',
    })
  }
  return { run, place: (place ?? undefined) as Place | undefined, total: typeof total === 'number' ? total : undefined }
}
