import type { Checkpoint, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import { settingsError } from './errors.ts'
import { PageSizer } from './page-sizer.ts'
import { hashRow } from './row-hash.ts'
import type { TableOptions } from './table-options.ts'
import { recordOf } from './table-records.ts'
import type { TableRow, TableSource } from './table-source.ts'

interface BackfillCheckpoint {
  /** Key columns of the last row delivered; null before the first. */
  after: string[] | null
  /** Names this snapshot in the versions of rows that have no watermark. */
  run: string
  /** Sequence of every row, where a log reader runs beside the snapshot. */
  sequence?: string
  total?: number
  done: boolean
}

/** Taken once, before the first row is read. */
export interface SnapshotStart {
  run: string
  sequence?: string
}

/**
 * Reads a whole table by keyset on its key, page by page, each page a statement of its own, so that neither this process
 * nor the server holds more than a page and no transaction stays open.
 *
 * Beside a log reader all rows carry the log position from before the first row was read. A row read later may be newer
 * than that, never older; what the log says about it has a higher sequence and wins, whichever arrives first.
 */
export async function* backfillTable(
  source: TableSource,
  options: TableOptions,
  start: () => Promise<SnapshotStart>,
  checkpoint: Checkpoint | null,
): AsyncGenerator<Page> {
  let state = checkpoint === null ? await begin(source, start) : readCheckpoint(checkpoint, options)
  const sizer = new PageSizer(options.pageSize)
  while (!state.done) {
    const limit = sizer.rows
    const rows = await source.pageByKey(state.after, limit)
    sizer.note(
      rows.length,
      rows.reduce((sum, row) => sum + row.bytes, 0),
    )
    const after: string[] | null = rows.at(-1)?.position ?? state.after
    state = { ...state, after, done: rows.length < limit }
    const snapshot = state
    const page: Page = {
      records: rows.map((row) => snapshotRecord(row, options, snapshot)),
      checkpoint: { ...state },
    }
    if (state.total !== undefined) page.totalEstimate = state.total
    yield page
  }
}

async function begin(source: TableSource, start: () => Promise<SnapshotStart>): Promise<BackfillCheckpoint> {
  const { run, sequence } = await start()
  const total = await source.estimate()
  return {
    after: null,
    run,
    done: false,
    ...(sequence === undefined ? {} : { sequence }),
    ...(total === undefined ? {} : { total }),
  }
}

function snapshotRecord(row: TableRow, options: TableOptions, state: BackfillCheckpoint): SourceRecord {
  const hash = hashRow(row.data)
  // Without a watermark a row that goes from A to B and back to A must not look, in a later snapshot, like the first A.
  const stamp = state.sequence === undefined && row.watermark !== undefined ? row.watermark : state.run
  const record = recordOf(row, options, `${stamp}~${hash}`)
  if (state.sequence !== undefined) {
    record.sequence = state.sequence
    record.sequenceType = 'Integer'
  }
  return record
}

function readCheckpoint(checkpoint: Checkpoint, options: TableOptions): BackfillCheckpoint {
  const { after, run, done } = checkpoint
  const isPosition = after === null || (Array.isArray(after) && after.every((part) => typeof part === 'string'))
  if (!isPosition || typeof run !== 'string' || typeof done !== 'boolean') {
    throw settingsError(`The stored position of the snapshot of "${options.entity}" is not one of this connector.`, {
      fix: 'Start the snapshot again.',
    })
  }
  return checkpoint as unknown as BackfillCheckpoint
}
