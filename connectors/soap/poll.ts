import type { Checkpoint, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import { isJsonObject } from '../../hub/contracts/json.ts'
import { schemaError, settingsError } from '../shared/errors.ts'
import { LookBackMemory } from '../shared/look-back.ts'
import { scalarText } from '../shared/scalar-text.ts'
import type { IncrementalOptions } from './entity-options.ts'
import { FaultError } from './faults.ts'
import { type ListPage, type Place, type Reading, readPage } from './pages.ts'
import { PollWindow } from './poll-window.ts'
import { recordOf, valueAt } from './rows.ts'
import { decodeAnswer } from './soap-client.ts'
import { earlier, loadWatermark, readWatermark, storeWatermark, type Watermark, writeWatermark } from './watermark.ts'

const MARKS_PER_WINDOW = 16
/** The widest that a local time can be away from UTC. */
const ZONES_MS = 14 * 60 * 60 * 1000
const ROUNDS_MAX = 5
const RESTARTS_MAX = 3

/** How far reading had come, and when (hub's clock, ms). */
interface Mark {
  at: number
  watermark: Watermark
}

interface PollState {
  /** What changed before was delivered and will not be asked for again. */
  since: Watermark
  marks: Mark[]
  seen: string
  /** Inside a pass: the token of its next page. */
  token?: string
}

export interface PollReading extends Reading {
  incremental: IncrementalOptions
  now(): number
}

/**
 * One pass over what changed since the checkpoint. Each pass asks again for the last `lookBackSeconds`, because a record
 * may become visible later than its watermark says, and remembers in the checkpoint what it delivered of them. Where the
 * window begins is measured by the service's own watermarks, and where it rests, by the hub's clock.
 */
export async function* pollEntity(reading: PollReading, checkpoint: Checkpoint | null): AsyncGenerator<Page> {
  if (checkpoint === null) {
    const since = await placeOfNow(reading)
    yield { records: [], checkpoint: toCheckpoint({ since, marks: [], seen: '' }) }
    return
  }
  const state = readCheckpoint(checkpoint, reading)
  const startedAt = reading.now()
  const { lookBackSeconds } = reading.incremental
  const window = new PollWindow(LookBackMemory.parse(state.seen), BigInt(lookBackSeconds) * 1_000_000_000n)
  const pass = { high: state.since, token: state.token, delivered: 0, pages: 0 }
  let isQuiet = false
  for (let round = 0; round < ROUNDS_MAX && !isQuiet; round += 1) {
    pass.delivered = 0
    pass.pages = 0
    for await (const records of readRound(reading, state, window, pass)) {
      const seen = window.memorySoFar().toString()
      const token = pass.token === undefined ? {} : { token: pass.token }
      yield { records, checkpoint: toCheckpoint({ since: state.since, marks: state.marks, seen, ...token }) }
    }
    isQuiet = !canShift(reading, pass.pages) || pass.delivered === 0
  }
  const next = isQuiet ? settled(state, pass.high, startedAt, lookBackSeconds * 1000) : state
  const seen = window.memory(next.since.value).toString()
  const end = { since: next.since, marks: next.marks, seen }
  if (pass.pages > 0 && JSON.stringify(toCheckpoint(end)) !== JSON.stringify(checkpoint)) {
    yield { records: [], checkpoint: toCheckpoint(end) }
  }
}

/** Pages counted by number move while records change, so a record may slip from one to another: the round is read again. */
function canShift({ list }: Reading, pages: number): boolean {
  return pages > 1 && (list.paging === 'page' || list.paging === 'offset')
}

interface Pass {
  high: Watermark
  token: string | undefined
  delivered: number
  pages: number
}

async function* readRound(
  reading: PollReading,
  state: PollState,
  window: PollWindow,
  pass: Pass,
): AsyncGenerator<SourceRecord[]> {
  const { inclusive } = reading.incremental
  const since = writeWatermark(inclusive ? state.since : earlier(state.since, 1))
  let place: Place | undefined = pass.token === undefined ? {} : { token: pass.token }
  let restarts = 0
  while (place !== undefined) {
    const page = await readOrRestart(reading, place, since, restarts < RESTARTS_MAX)
    if (page === undefined) {
      restarts += 1
      place = {}
      continue
    }
    place = page.next
    pass.token = place?.token
    pass.pages += 1
    const records: SourceRecord[] = []
    for (const row of page.rows) {
      const mark = row.watermark === undefined ? undefined : readWatermark(row.watermark)
      if (mark === undefined && row.watermark !== undefined) throw unreadable(reading)
      // Services that round what they are asked by give more than was asked for.
      if (mark && mark.value < state.since.value) continue
      const version = window.take(row, mark)
      if (mark && mark.value > pass.high.value) pass.high = mark
      if (version !== undefined) records.push(recordOf(row, reading.entity, version))
    }
    pass.delivered += records.length
    if (records.length > 0) yield records
  }
}

/** Undefined where the service does not know the token any more: the pass begins anew. */
async function readOrRestart(
  reading: PollReading,
  place: Place,
  since: string,
  mayRestart: boolean,
): Promise<ListPage | undefined> {
  try {
    return await readPage(reading, place, since)
  } catch (error) {
    if (error instanceof FaultError && error.meaning === 'expired' && place.token !== undefined && mayRestart)
      return undefined
    throw error
  }
}

function settled(
  state: PollState,
  high: Watermark,
  startedAt: number,
  windowMs: number,
): Pick<PollState, 'since' | 'marks'> {
  const reached = state.marks.findLast((mark) => mark.at <= startedAt - windowMs)
  const candidates = [state.since, reached?.watermark, high.kind === 'time' ? earlier(high, windowMs) : undefined]
  const since = candidates.reduce<Watermark>(
    (best, each) => (each && each.value > best.value ? each : best),
    state.since,
  )
  const kept = state.marks.filter((mark) => reached === undefined || mark.at > reached.at)
  const newest = kept.at(-1)
  const isKnown = newest?.watermark.value === high.value || high.value <= since.value
  const isTooSoon = newest !== undefined && startedAt - newest.at < windowMs / MARKS_PER_WINDOW
  return { since, marks: isKnown || isTooSoon ? kept : [...kept, { at: startedAt, watermark: high }] }
}

/**
 * Where polling begins: what an operation of the service tells, or the Date of an HTTP answer, less the look-back. A time
 * without a zone may be any place's, so it is taken early enough for all of them.
 */
async function placeOfNow(reading: PollReading): Promise<Watermark> {
  const { incremental, client } = reading
  const lookBackMs = incremental.lookBackSeconds * 1000
  const { start } = incremental
  if (start) {
    const operation = await client.operation(start.operation, `${start.where}/operation`)
    const text = scalarText(valueAt(decodeAnswer(await client.call(operation, start.arguments)), start.value))
    const mark = text === undefined ? undefined : readWatermark(text)
    if (mark === undefined) throw unreadable(reading)
    return mark.kind === 'time' ? earlier(mark, lookBackMs) : mark
  }
  const { rows, headers } = await readPage(reading, {}, undefined, 1)
  const sample = readWatermark(rows.find((row) => row.watermark !== undefined)?.watermark ?? '')
  if (sample?.kind === 'counter') {
    throw settingsError('A counter needs an operation that tells where it stands.', {
      where: `${reading.entity.where}/incremental/start`,
    })
  }
  const serverNow = Date.parse(headers.get('date') ?? '')
  const nowMs = Number.isNaN(serverNow) ? reading.now() : serverNow
  const form = sample?.form ?? 'zoned'
  const margin = sample?.form === 'zoned' ? 0 : ZONES_MS
  return { kind: 'time', form, value: BigInt(nowMs - lookBackMs - margin) * 1_000_000n }
}

function unreadable({ entity }: PollReading): Error {
  return schemaError(`The incremental field of "${entity.entity}" holds neither a time nor an integer.`, {
    where: `${entity.where}/incremental/field`,
  })
}

function toCheckpoint({ since, marks, seen, token }: PollState): Checkpoint {
  return {
    since: storeWatermark(since),
    marks: marks.map(({ at, watermark }) => ({ at, watermark: storeWatermark(watermark) })),
    seen,
    ...(token === undefined ? {} : { token }),
  }
}

function readCheckpoint(checkpoint: Checkpoint, { entity }: PollReading): PollState {
  const { since, marks, seen, token } = checkpoint
  const from = typeof since === 'string' ? loadWatermark(since) : undefined
  const read = (Array.isArray(marks) ? marks : []).flatMap((mark): Mark[] => {
    const watermark = isJsonObject(mark) ? loadWatermark(String(mark.watermark)) : undefined
    return watermark && isJsonObject(mark) && typeof mark.at === 'number' ? [{ at: mark.at, watermark }] : []
  })
  if (from === undefined || typeof seen !== 'string') {
    throw settingsError(`The stored position of polling "${entity.entity}" is not one of this connector.`, {
      fix: 'Reset the position; the next start takes a snapshot.',
    })
  }
  return { since: from, marks: read, seen, ...(typeof token === 'string' ? { token } : {}) }
}
