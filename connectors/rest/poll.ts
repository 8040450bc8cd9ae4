import type { Checkpoint, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import { isJsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { LookBackMemory } from '../shared/look-back.ts'
import { ExpiredPlace, FIRST_PAGE, type PageReading, readPage, type RestPage } from './pages.ts'
import { type RestRecord, sourceRecord } from './records.ts'
import { before, stepOf, watermarkOfNow, writeWatermark } from './watermark.ts'

/** What a checkpoint holds of the records near its place; see LookBackMemory. */
const REMEMBERED_MAX = 3000

interface PollState {
  /** Records from here on are read (again) by the next pass; null: all. */
  since: bigint | null
  /** The highest place reached by a pass, and when that began, ms: once the look-back has gone by since, it is settled. */
  mark: { at: number; place: bigint } | null
  seen: LookBackMemory
}

interface Remembered {
  watermark: bigint | undefined
  entry: { state: string; times: number }
}

/**
 * One pass over what changed since the last one. The requests overlap by the look-back, because changes become visible
 * late, and by one step of the format, because systems differ in whether "since" includes the moment itself; what was
 * delivered of the overlap is remembered in the checkpoint, so that nothing is delivered twice.
 *
 * Without options.changes each pass reads everything, and delivers what is not as remembered.
 *
 * @param now wall clock of the hub, ms
 * @param place the place of now, for the first call: the clock of the system, ms
 */
export async function* pollRest(
  reading: PageReading,
  now: () => number,
  place: () => Promise<number>,
  checkpoint: Checkpoint | null,
): AsyncGenerator<Page> {
  const { changes, entity } = reading.options
  if (checkpoint === null) {
    const current = changes === undefined ? undefined : watermarkOfNow(await place(), changes.format)
    const since =
      current === undefined || changes === undefined ? null : before(current, changes.lookBack, changes.format)
    yield { records: [], checkpoint: toCheckpoint({ since, mark: null, seen: new LookBackMemory() }) }
    return
  }
  const state = readState(checkpoint, entity)
  const pass = new Pass(reading, state, now())
  try {
    yield* pass.pages()
  } catch (error) {
    if (!(error instanceof ExpiredPlace)) throw error
    const fresh: PollState = { since: null, mark: null, seen: new LookBackMemory() }
    const current = changes === undefined ? undefined : watermarkOfNow(await place(), changes.format)
    if (current !== undefined && changes !== undefined) fresh.since = before(current, changes.lookBack, changes.format)
    yield { records: [], checkpoint: toCheckpoint(fresh), gap: error.told.message }
  }
}

class Pass {
  readonly #reading: PageReading
  readonly #state: PollState
  readonly #startedAt: number
  readonly #window = new Map<string, Remembered>()
  #highest: bigint | undefined
  #delivered = 0

  constructor(reading: PageReading, state: PollState, startedAt: number) {
    this.#reading = reading
    this.#state = state
    this.#startedAt = startedAt
  }

  async *pages(): AsyncGenerator<Page> {
    const { options } = this.#reading
    const isAscending = options.changes?.isAscending === true
    for await (const { records } of this.#read()) {
      const fresh = records.map((record) => this.#take(record)).filter((record) => record !== undefined)
      if (fresh.length === 0) continue
      this.#delivered += fresh.length
      // In ascending order all before this page has been read; otherwise the pass begins again where it is broken off.
      const since = isAscending ? this.#since(null) : this.#state.since
      const seen = this.#state.seen.with(this.#memory(since))
      yield { records: fresh, checkpoint: toCheckpoint({ since, mark: this.#state.mark, seen }) }
    }
    const { settled, mark } = this.#marks()
    const since = this.#since(settled)
    const end = toCheckpoint({ since, mark, seen: this.#memory(since) })
    if (this.#delivered > 0 || JSON.stringify(end) !== JSON.stringify(toCheckpoint(this.#state))) {
      yield { records: [], checkpoint: end }
    }
  }

  /**
   * Pages that are counted move under the reader's feet where a record changes and so changes its place. In ascending order
   * each next one is therefore asked for from the last time read, and counted only within one time.
   */
  async *#read(): AsyncGenerator<RestPage> {
    const { options } = this.#reading
    const { changes, page } = options
    const advances = changes?.isAscending === true && (page.style === 'number' || page.style === 'offset')
    let from = this.#state.since
    let place = FIRST_PAGE
    for (;;) {
      const result = await readPage({ ...this.#reading, since: this.#sinceText(from) }, place)
      yield result
      if (result.next === undefined) return
      const last = result.records.at(-1)?.watermark
      if (advances && last !== undefined && (from === null || last > from)) {
        from = last
        place = { ...FIRST_PAGE, most: result.next.most }
      } else {
        place = result.next
      }
    }
  }

  #sinceText(since: bigint | null): string | undefined {
    const { changes } = this.#reading.options
    if (changes === undefined || since === null) return undefined
    return writeWatermark(since - stepOf(changes.format), changes.format)
  }

  #take(record: RestRecord): SourceRecord | undefined {
    const { watermark, key, hash } = record
    const state = `${watermark ?? ''}~${hash}`
    const compared = this.#compare(key, state)
    if (watermark !== undefined && (this.#highest === undefined || watermark > this.#highest)) this.#highest = watermark
    this.#window.set(key, { watermark, entry: { state: compared.state, times: compared.times } })
    if (this.#window.size > 4 * REMEMBERED_MAX) this.#forget()
    if (compared.known) return undefined
    const version = compared.times === 0 ? state : `${state}~${compared.times}`
    return sourceRecord(record, this.#reading.options, version)
  }

  #compare(key: string, state: string): ReturnType<LookBackMemory['compare']> {
    const here = this.#window.get(key)
    if (here === undefined) return this.#state.seen.compare(key, state)
    const memory = new LookBackMemory()
    memory.remember(key, here.entry)
    return memory.compare(key, state)
  }

  /** Memory stays small over a pass of any length. */
  #forget(): void {
    const newest = newestFirst([...this.#window]).slice(0, 2 * REMEMBERED_MAX)
    this.#window.clear()
    for (const [key, remembered] of newest) this.#window.set(key, remembered)
  }

  #memory(since: bigint | null): LookBackMemory {
    const memory = new LookBackMemory()
    const again = [...this.#window].filter(
      ([, { watermark }]) => since === null || watermark === undefined || watermark >= this.#reach(since),
    )
    for (const [key, { entry }] of newestFirst(again)) memory.remember(key, entry)
    return memory
  }

  /** How far back requests go that ask for what is new since then. */
  #reach(since: bigint): bigint {
    const { changes } = this.#reading.options
    return changes === undefined ? since : since - 2n * stepOf(changes.format)
  }

  /** @param settled a place up to which nothing will appear any more */
  #since(settled: bigint | null): bigint | null {
    const { changes } = this.#reading.options
    if (changes === undefined) return null
    const behind = this.#highest === undefined ? null : before(this.#highest, changes.lookBack, changes.format)
    const places = [this.#state.since, behind, settled].filter((place) => place !== null)
    return places.reduce<bigint | null>((most, place) => (most === null || place > most ? place : most), null)
  }

  #marks(): { settled: bigint | null; mark: PollState['mark'] } {
    const { changes } = this.#reading.options
    const { mark } = this.#state
    if (changes === undefined || changes.format === 'counter') return { settled: null, mark: null }
    const isOver = mark !== null && this.#startedAt - mark.at >= changes.lookBack * 1000
    const highest = this.#highest
    if (mark !== null && !isOver) return { settled: null, mark }
    const isNew = highest !== undefined && (mark === null || highest > mark.place)
    return { settled: mark?.place ?? null, mark: isNew ? { at: this.#startedAt, place: highest } : null }
  }
}

function newestFirst(entries: [string, Remembered][]): [string, Remembered][] {
  const of = ([, { watermark }]: [string, Remembered]): bigint | null => watermark ?? null
  return entries.sort((a, b) => {
    const [x, y] = [of(a), of(b)]
    if (x === y) return 0
    // What has no time is read again in every pass, and so must be remembered first.
    if (x === null || y === null) return x === null ? -1 : 1
    return x > y ? -1 : 1
  })
}

function toCheckpoint({ since, mark, seen }: PollState): Checkpoint {
  return {
    since: since === null ? null : String(since),
    mark: mark === null ? null : { at: mark.at, place: String(mark.place) },
    seen: seen.toString(),
  }
}

function readState(checkpoint: Checkpoint, entity: string): PollState {
  const { since, mark, seen } = checkpoint
  const isNumber = (text: unknown): text is string => typeof text === 'string' && /^-?\d+$/.test(text)
  const isMark = mark === null || (isJsonObject(mark) && typeof mark.at === 'number' && isNumber(mark.place))
  if ((since !== null && !isNumber(since)) || !isMark || typeof seen !== 'string') {
    throw settingsError(`The stored position of polling "${entity}" is not one of this connector.`, {
      fix: 'Reset the position; the next start takes a snapshot.',
    })
  }
  return {
    since: since === null ? null : BigInt(since),
    mark: mark === null ? null : { at: Number(mark.at), place: BigInt(String(mark.place)) },
    seen: LookBackMemory.parse(seen),
  }
}
