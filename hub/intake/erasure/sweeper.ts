import { placeOf, type SecretBox } from '../../security/secret-box.ts'
import { deleteKept } from '../../store/erasure-queries.ts'
import {
  endSweep,
  entrySpan,
  type EventTraces,
  keepDueErasure,
  noteLogEnd,
  parkedWith,
  sourceText,
  sweepEntries,
  sweepEvents,
  sweepJobs,
  sweepOutbox,
  sweepRejected,
  sweepStates,
  SWEPT_TEXTS,
  sweepText,
  sweepVersions,
  takeDueErasure,
  type VersionPlace,
} from '../../store/erasure-sweep-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { Nudge } from '../connector-engine/nudge.ts'
import { changePrefixesOf, needlesOf, parseWork, type SweepWork } from './sweep-work.ts'

export interface SweeperOptions {
  db: Queryable
  box: SecretBox
  /** Gives a parked change up; what waits behind it goes on. Nothing where it is parked no longer. */
  discard(no: number): Promise<void>
  onError(error: unknown): void
  /** After this long it is looked for again: what was under way in some process has been written then. Default one minute. */
  againAfterMs?: number
}

const IDLE_MS = 2_000
const AGAIN_AFTER_MS = 60_000
/** Looks of an erasure: at once, and once more for what was on its way in a process. */
const SWEEPS = 2
const EVENTS_AT_ONCE = 20_000
const VERSIONS_AT_ONCE = 5_000
const ENTRIES_AT_ONCE = 50_000

/**
 * Finds what no index leads to, after the erasure itself was committed. What is to be found is kept with the erasure, sealed, so
 * that a process that dies leaves it to another; looking twice does no harm.
 */
export class Sweeper {
  readonly #options: SweeperOptions
  readonly #abort = new AbortController()
  readonly #nudge = new Nudge()
  #running: Promise<void> | undefined

  constructor(options: SweeperOptions) {
    this.#options = options
  }

  start(): void {
    this.#running ??= this.#run()
  }

  nudge(): void {
    this.#nudge.nudge()
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort
    while (!signal.aborted) {
      const busy = await this.sweepOne().catch((error: unknown) => {
        this.#options.onError(error)
        return false
      })
      if (!busy) await this.#nudge.wait(IDLE_MS, signal)
    }
  }

  /** Looks once for what is left of one erasure that is due; false where none is. */
  async sweepOne(): Promise<boolean> {
    const { db, box, againAfterMs = AGAIN_AFTER_MS } = this.#options
    const due = await takeDueErasure(db)
    if (due === undefined) return false
    const work = parseWork(box.open(placeOf('erasure', 'work', due.id), due.work))
    const counts = await this.#sweep(due.id, work)
    await endSweep(db, due.id, { counts: JSON.stringify(counts), of: SWEEPS, againAfterMs })
    return true
  }

  async #sweep(id: string, work: SweepWork): Promise<Record<string, number>> {
    const { db } = this.#options
    const counts = new Counts()
    const needles = needlesOf(work)
    counts.add(await deleteKept(db, work.customers))
    const versions = await this.#sweepVersions(id, work)
    counts.add({ customer_former: versions.length })
    await this.#sweepEvents(id, { customers: work.customers, records: work.records, versions }, counts)
    for (const swept of SWEPT_TEXTS) counts.add({ [swept.table]: await sweepText(db, swept, needles) })
    counts.add({ rejected_message: await sweepRejected(db, needles), system_state: await sweepStates(db, needles) })
    counts.add({ bulk_job: await sweepJobs(db, needles) })
    await keepDueErasure(db, id)
    for (const no of await parkedWith(db, needles)) {
      await this.#options.discard(no)
      counts.add({ parked_change: 1 })
    }
    await this.#sweepEntries(id, work, counts)
    return counts.all
  }

  async #sweepVersions(id: string, { ownLanes }: SweepWork): Promise<VersionPlace[]> {
    const { db } = this.#options
    const sources = ownLanes.map(sourceText)
    const gone: VersionPlace[] = []
    for (let after: VersionPlace | null = null; ;) {
      const part = await sweepVersions(db, sources, after, VERSIONS_AT_ONCE)
      gone.push(...part.gone)
      if (part.last === null) return gone
      after = part.last
      await keepDueErasure(db, id)
    }
  }

  async #sweepEvents(id: string, traces: EventTraces, counts: Counts): Promise<void> {
    const { db } = this.#options
    counts.add({ outbox: await sweepOutbox(db, traces) })
    const end = await noteLogEnd(db, id)
    for (let after = 0; after < end; after += EVENTS_AT_ONCE) {
      counts.add(await sweepEvents(db, traces, { after, upTo: Math.min(end, after + EVENTS_AT_ONCE) }))
      await keepDueErasure(db, id)
    }
  }

  async #sweepEntries(id: string, work: SweepWork, counts: Counts): Promise<void> {
    const { db } = this.#options
    const prefixes = changePrefixesOf(work)
    const { first, last } = await entrySpan(db)
    for (let after = first - 1; after < last; after += ENTRIES_AT_ONCE) {
      counts.add({ change_entry: await sweepEntries(db, prefixes, { after, upTo: after + ENTRIES_AT_ONCE }) })
      await keepDueErasure(db, id)
    }
  }
}

/** Rows by table. */
class Counts {
  readonly all: Record<string, number> = {}

  add(counts: Readonly<Record<string, number>>): void {
    for (const [table, count] of Object.entries(counts)) this.all[table] = (this.all[table] ?? 0) + count
  }
}
