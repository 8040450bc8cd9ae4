import type { Checkpoint, Page } from '../../hub/contracts/connector.ts'
import type { Json } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { ExpiredPlace, FIRST_PAGE, isPagePlace, type PagePlace, type PageReading, readPage } from './pages.ts'
import { sourceRecord } from './records.ts'

interface BackfillState {
  /** null: all is read. */
  place: PagePlace | null
  /** Names this snapshot in the versions of records without a time of change. */
  run: string
  total: number | null
}

/**
 * Reads everything, page by page. Where the system has forgotten the place to go on from, it begins again: what is read
 * twice has the same version.
 */
export async function* backfillRest(
  reading: PageReading,
  now: () => number,
  checkpoint: Checkpoint | null,
): AsyncGenerator<Page> {
  const { options } = reading
  let state = checkpoint === null ? beginning(now()) : readState(checkpoint, options.entity)
  let mayBeginAgain = checkpoint !== null
  while (state.place !== null) {
    const { run, place } = state
    const page = await readPage(reading, place).catch((error: unknown) => {
      if (!(error instanceof ExpiredPlace)) throw error
      if (!mayBeginAgain) throw error.told
      return undefined
    })
    mayBeginAgain = false
    if (page === undefined) {
      state = { ...state, place: FIRST_PAGE }
      continue
    }
    state = { run, place: page.next ?? null, total: page.total ?? state.total }
    yield {
      records: page.records.map((record) => {
        // Without a time of change a record that goes from A to B and back to A must not look like the first A later.
        const stamp = record.watermark === undefined ? run : String(record.watermark)
        return sourceRecord(record, options, `${stamp}~${record.hash}`)
      }),
      checkpoint: { place: state.place === null ? null : { ...state.place }, run, total: state.total },
      ...(state.total === null ? {} : { totalEstimate: state.total }),
    }
  }
}

function beginning(now: number): BackfillState {
  return { place: FIRST_PAGE, run: String(now), total: null }
}

function readState(checkpoint: Checkpoint, entity: string): BackfillState {
  const { place, run, total } = checkpoint as Record<string, Json | undefined>
  if ((place !== null && !isPagePlace(place)) || typeof run !== 'string') {
    throw settingsError(`The stored position of the snapshot of "${entity}" is not one of this connector.`, {
      fix: 'Start the snapshot again.',
    })
  }
  return { place, run, total: typeof total === 'number' ? total : null }
}
