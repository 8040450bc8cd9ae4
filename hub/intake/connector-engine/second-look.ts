import type { SourceRecord } from '../../contracts/connector.ts'
import { hubRecords, parkedKeys } from '../../store/reconciliation-queries.ts'
import type { ComparisonReport } from './comparison-report.ts'
import { within } from './guard.ts'
import { PageStream } from './page-stream.ts'
import { entityConfig, type SessionTools } from './session-tools.ts'
import { compareSides, type PageAddress, repairOf, type Sides, stateOf, type Suspect } from './suspects.ts'
import type { EntityPlan } from './system-config.ts'

export interface LookParts {
  no: number
  repair: boolean
  /** Those that are settled, one way or the other, are taken out. */
  suspects: Map<string, Suspect>
  report: ComparisonReport
}

const KEYS_PER_CALL = 1_000

/** Looks at records again on which the two sides did not agree: page by page where they were read, by key where not. */
export class SecondLook {
  readonly #tools: SessionTools
  readonly #plan: EntityPlan
  readonly #parts: LookParts
  #left: { page: PageAddress | null; keys: string[] }[]
  looks = 0

  constructor(tools: SessionTools, plan: EntityPlan, parts: LookParts) {
    this.#tools = tools
    this.#plan = plan
    this.#parts = parts
    this.#left = this.#groups()
  }

  get isOver(): boolean {
    return this.#left.length === 0
  }

  /** Begins another look at what the last one could not settle. */
  again(): void {
    this.#left = this.#groups()
  }

  /** Looks at one page of them; answers the records that mend what differs, where that is wanted. */
  async step(): Promise<SourceRecord[]> {
    const group = this.#left[0]
    if (group === undefined) return []
    const found =
      group.page === null ? await this.#missing(group.keys) : await this.#readAgain(group.page, new Set(group.keys))
    const { config, signal } = this.#tools
    const { db } = this.#tools.store
    const hubs = await within(() => hubRecords(db, config.name, this.#plan.entity, group.keys), undefined, signal)
    const parked = await within(() => parkedKeys(db, config.name, this.#plan.entity, group.keys), undefined, signal)
    const repairs: SourceRecord[] = []
    for (const key of group.keys) {
      const sides = { system: found.get(key), hub: hubs.get(key) }
      const isKnownToExist = group.page === null && this.#tools.connector.missing !== undefined && !found.has(key)
      const repair = isKnownToExist ? this.#settled(key) : this.#judge(key, sides, parked.has(key))
      if (repair !== undefined) repairs.push(repair)
    }
    this.#left.shift()
    if (this.isOver) this.looks++
    return repairs
  }

  #judge(key: string, sides: Sides, isParked: boolean): SourceRecord | undefined {
    const { suspects, report, repair, no } = this.#parts
    const suspect = suspects.get(key)
    if (suspect === undefined) return undefined
    const verdict = compareSides(sides)
    if (verdict === 'same') {
      report.both(sides)
      return this.#settled(key)
    }
    const state = stateOf(sides)
    const isGone = sides.system === undefined && suspect.page !== null
    if (state !== suspect.seen || isGone) {
      // Moved since the last look; or gone from its page, which the system is asked for by key next time.
      suspects.set(key, { key, page: isGone ? null : suspect.page, seen: state })
      return undefined
    }
    suspects.delete(key)
    report.both(sides)
    report.found(isParked ? 'parked' : verdict, key)
    const isSure = sides.system !== undefined
    return repair && isSure && !isParked ? repairOf(sides, key, this.#plan.entity, String(no)) : undefined
  }

  /** The two sides differed only while changes were on their way. */
  #settled(key: string): undefined {
    this.#parts.suspects.delete(key)
    this.#parts.report.counts.changedMeanwhile++
  }

  /** The records of a page as they are now; the page may hold a few others by now, so it is read a little further. */
  async #readAgain({ from, rows }: PageAddress, keys: ReadonlySet<string>): Promise<Map<string, SourceRecord>> {
    const found = new Map<string, SourceRecord>()
    const pages = this.#tools.connector.backfill?.(entityConfig(this.#plan), from)
    if (pages === undefined) return found
    const stream = new PageStream(pages, this.#tools)
    try {
      let read = 0
      while (read <= rows && found.size < keys.size) {
        const page = await stream.next()
        if (page === undefined) break
        read += page.records.length
        for (const record of page.records) if (keys.has(record.key)) found.set(record.key, record)
      }
    } finally {
      stream.close()
    }
    return found
  }

  /** Deletes for those of the keys that the system does not have; none where the connector can't be asked. */
  async #missing(keys: readonly string[]): Promise<Map<string, SourceRecord>> {
    const { connector, guard, config, signal } = this.#tools
    if (connector.missing === undefined) return new Map()
    const look = async () => (await connector.missing?.(entityConfig(this.#plan), keys)) ?? []
    const records = await guard.call(look, config.timeoutMs, signal)
    return new Map(records.map((record) => [record.key, record]))
  }

  #groups(): { page: PageAddress | null; keys: string[] }[] {
    const byPage = Map.groupBy(this.#parts.suspects.values(), ({ page }) => page)
    return [...byPage].flatMap(([page, suspects]): { page: PageAddress | null; keys: string[] }[] => {
      const keys = suspects.map(({ key }) => key)
      if (page !== null) return [{ page, keys }]
      return Array.from({ length: Math.ceil(keys.length / KEYS_PER_CALL) }, (_, n) => ({
        page,
        keys: keys.slice(n * KEYS_PER_CALL, (n + 1) * KEYS_PER_CALL),
      }))
    })
  }
}
