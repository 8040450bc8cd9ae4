import type { Checkpoint, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import { settingsError } from './errors.ts'
import { LookBackMemory } from './look-back.ts'
import { PageSizer } from './page-sizer.ts'
import { hashRow } from './row-hash.ts'
import type { TableOptions } from './table-options.ts'
import { recordOf } from './table-records.ts'
import type { TableSource, WatermarkPosition, WatermarkRow } from './table-source.ts'

const MARKS_PER_WINDOW = 16
const ROWS_BACK = 1000

/** Where reading had come to, and when (hub's clock, ms). */
interface Mark {
  at: number
  position: WatermarkPosition
}

interface PollCheckpoint {
  /** Nothing at or before this place will appear any more: the next pass begins after it. */
  settled: WatermarkPosition | null
  marks: Mark[]
  /** LookBackMemory of the rows after `settled`. */
  seen: string
}

interface Pass {
  settled: WatermarkPosition | null
  /** What the window held at the end of the last pass. */
  before: LookBackMemory
  /** What it holds now; rows that left it are forgotten with the end of the pass. */
  window: LookBackMemory
  last: WatermarkPosition | null
}

/**
 * One pass over what changed. A row may become visible after rows with a higher watermark did (its transaction took longer),
 * so the last `lookBackSeconds` are read again in each pass, and the checkpoint remembers what it delivered of them.
 *
 * A place is settled, and never read again, when it lies that long behind the highest watermark (measured by the
 * column's own clock: neither a skewed clock nor a column without a zone can mislead it), or when it was reached by a pass
 * that long ago (by the hub's clock: this is what ends the window of a table that rests, and of counters).
 *
 * The first call, without a checkpoint, delivers nothing but the place of now; what is older is the snapshot's part.
 */
export async function* pollTable(
  source: TableSource,
  options: TableOptions,
  now: () => number,
  checkpoint: Checkpoint | null,
): AsyncGenerator<Page> {
  if (checkpoint === null) {
    const settled = await source.lookedBack(options.lookBackSeconds, ROWS_BACK)
    const first: PollCheckpoint = { settled, marks: [], seen: '' }
    yield { records: [], checkpoint: toCheckpoint(first) }
    return
  }
  const state = readCheckpoint(checkpoint, options)
  const startedAt = now()
  const windowMs = options.lookBackSeconds * 1000
  const reached = state.marks.findLast((mark) => mark.at <= startedAt - windowMs)
  const behind = source.watermarkIsTime ? await source.lookedBack(options.lookBackSeconds, 0) : null
  const settledUpTo = [reached?.position, behind].filter((position) => position !== undefined && position !== null)
  const pass: Pass = {
    settled: state.settled,
    before: LookBackMemory.parse(state.seen),
    window: new LookBackMemory(),
    last: null,
  }
  let deliveredAny = false
  for await (const records of changesAfter(source, options, settledUpTo, pass)) {
    deliveredAny = true
    const seen = pass.before.with(pass.window).toString()
    yield { records, checkpoint: toCheckpoint({ settled: pass.settled, marks: state.marks, seen }) }
  }
  const marks = nextMarks(state.marks, reached, pass.last, startedAt, windowMs)
  const end: PollCheckpoint = { settled: pass.settled, marks, seen: pass.window.toString() }
  if (deliveredAny || JSON.stringify(end) !== JSON.stringify(state))
    yield { records: [], checkpoint: toCheckpoint(end) }
}

/** Pages of the records after the settled place that are new or in a new state; advances `pass`. */
async function* changesAfter(
  source: TableSource,
  options: TableOptions,
  settledUpTo: readonly WatermarkPosition[],
  pass: Pass,
): AsyncGenerator<SourceRecord[]> {
  const sizer = new PageSizer(options.pageSize)
  let after = pass.settled
  for (;;) {
    const limit = sizer.rows
    const rows = await source.pageByWatermark(after, settledUpTo, limit)
    sizer.note(
      rows.length,
      rows.reduce((sum, row) => sum + row.bytes, 0),
    )
    const records = rows.map((row) => readRow(row, options, pass)).filter((record) => record !== undefined)
    after = pass.last ?? after
    if (records.length > 0) yield records
    if (rows.length < limit) return
  }
}

function readRow(row: WatermarkRow, options: TableOptions, pass: Pass): SourceRecord | undefined {
  const position = { watermark: row.watermark, key: row.position }
  const state = `${row.watermark}~${hashRow(row.data)}`
  const known = pass.window.compare(row.key, state)
  const compared = known.known || known.times > 0 ? known : pass.before.compare(row.key, state)
  pass.last = position
  if (row.settled) pass.settled = position
  else pass.window.remember(row.key, compared)
  if (compared.known) return undefined
  return recordOf(row, options, compared.times === 0 ? state : `${state}~${compared.times}`)
}

function nextMarks(
  marks: readonly Mark[],
  reached: Mark | undefined,
  last: WatermarkPosition | null,
  at: number,
  windowMs: number,
): Mark[] {
  // Places before the one just used say nothing more.
  const kept = marks.filter((mark) => reached === undefined || mark.at > reached.at)
  if (last === null) return kept
  const newest = kept.at(-1)
  if (newest !== undefined && JSON.stringify(newest.position) === JSON.stringify(last)) return kept
  const tooSoon = newest !== undefined && at - newest.at < windowMs / MARKS_PER_WINDOW
  return tooSoon ? kept : [...kept, { at, position: last }]
}

function toCheckpoint(state: PollCheckpoint): Checkpoint {
  const { settled, marks, seen } = state
  const plain = (position: WatermarkPosition): Checkpoint => ({ ...position })
  return {
    settled: settled === null ? null : plain(settled),
    marks: marks.map(({ at, position }) => ({ at, position: plain(position) })),
    seen,
  }
}

function readCheckpoint(checkpoint: Checkpoint, options: TableOptions): PollCheckpoint {
  if (checkpoint.settled === undefined || !Array.isArray(checkpoint.marks) || typeof checkpoint.seen !== 'string') {
    throw settingsError(`The stored position of polling "${options.entity}" is not one of this connector.`, {
      fix: 'Reset the position; the next start takes a snapshot.',
    })
  }
  return checkpoint as unknown as PollCheckpoint
}
