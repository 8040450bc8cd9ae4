/** A simulated day at Lanternwick Cable: ordinary SQL on the four databases, which the hub sees only through its connectors. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type CompanyOptions, makeCompany } from './company/company.ts'
import { Random } from './company/random.ts'
import type { TruthEntry } from './company/truth.ts'
import { HAPPENINGS } from './day/happenings.ts'
import { Databases, Records, type World } from './day/world.ts'
import { DEMO_SYSTEMS } from './systems/index.ts'
import { type StoredCompany, SYSTEM_NAMES, type SystemName } from './systems/system.ts'

export interface DayOptions extends CompanyOptions {
  /** Row changes a second, over all systems; default 3. */
  ratePerSecond?: number
  /** Row changes until the day is over; default 50,000. */
  changesMax?: number
  /** A table may grow to this many times what was loaded (and 200 rows more), over all days; default 2. */
  growth?: number
  /** What happens, and in which order; default: another day each time. */
  daySeed?: string
  /** Told what went wrong (a database away); the day goes on after a pause. */
  onError?: (error: unknown) => void
}

export interface Day {
  /** Ends the day after the happening under way and closes the connections. May be called more than once. */
  stop(): Promise<void>
  /** Resolves when the day is over: stopped, or `changesMax` reached. */
  over: Promise<void>
  /** Rows changed so far. */
  changes(): number
  /** Who is who by now, as far as this day knows. */
  truth(): TruthEntry[]
}

const RATE_PER_SECOND = 3
const CHANGES_MAX = 50_000
const GROWTH = 2
const GROWTH_ROWS_MIN = 200
const PAUSE_AFTER_ERROR_MS = 5_000
/** A happening that found nothing to do costs this much, so that a company without work does not spin. */
const IDLE_MS = 20

/** `options.seed` and `options.customers` must be those of `loadDemo`. Returns at once; errors go to `onError`. */
export function startDay(urls: Record<SystemName, string>, options: DayOptions = {}): Day {
  const company = makeCompany(options)
  const stored = new Map(DEMO_SYSTEMS.map((system) => [system.name, system.store(company)]))
  const pools = openPools(urls)
  const databases = new Databases(pools)
  const records = new Records([...stored.values()].flatMap((system) => system.truth))
  const world: World = {
    random: new Random(options.daySeed ?? `day ${Date.now()}`),
    company,
    records,
    databases,
    today: () => new Date().toISOString().slice(0, 10),
    newcomerNumber: () => nextNumber(databases),
  }
  const stopping = new AbortController()
  const prepare = () => measureRoom(databases, stored, options.growth ?? GROWTH)
  const over = live(world, prepare, stopping.signal, options).finally(() => closePools(pools))
  return {
    stop() {
      stopping.abort()
      return over
    },
    over,
    changes: () => databases.changes,
    truth: () => records.all(),
  }
}

async function live(
  world: World,
  prepare: () => Promise<void>,
  signal: AbortSignal,
  options: DayOptions,
): Promise<void> {
  const { ratePerSecond = RATE_PER_SECOND, changesMax = CHANGES_MAX, onError } = options
  const names = Object.fromEntries(Object.entries(HAPPENINGS).map(([name, { weight }]) => [name, weight]))
  let prepared = false
  while (!signal.aborted && world.databases.changes < changesMax) {
    const before = world.databases.changes
    let pauseMs: number
    try {
      if (!prepared) await prepare()
      prepared = true
      await HAPPENINGS[world.random.weighted(names)]?.happen(world)
      const changed = world.databases.changes - before
      pauseMs = changed === 0 ? IDLE_MS : (changed * 1_000) / ratePerSecond
    } catch (error) {
      onError?.(error)
      pauseMs = PAUSE_AFTER_ERROR_MS
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}

/** How far each table may still grow. */
async function measureRoom(
  databases: Databases,
  stored: ReadonlyMap<SystemName, StoredCompany>,
  growth: number,
): Promise<void> {
  for (const [system, { tables }] of stored) {
    for (const [table, rows] of tables) {
      const [found] = await databases.read(system, `SELECT count(*)::int AS rows FROM "${table}"`)
      const ceiling = Math.ceil(rows.length * growth) + GROWTH_ROWS_MIN
      databases.setRoom(system, table, ceiling - Number(found?.rows ?? 0))
    }
  }
}

/** From the CRM's own counter, which earlier days have drawn from as well. */
async function nextNumber(databases: Databases): Promise<number> {
  const [found] = await databases.read('crm', `SELECT nextval('contact_no')::int AS number`)
  return Number(found?.number)
}

function openPools(urls: Record<SystemName, string>): Record<SystemName, pg.Pool> {
  const pools = SYSTEM_NAMES.map((system) => {
    const pool = new pg.Pool({ connectionString: urls[system], max: 1, application_name: 'omnihub demo day' })
    // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
    pool.on('error', () => undefined)
    return [system, pool] as const
  })
  return Object.fromEntries(pools) as Record<SystemName, pg.Pool>
}

async function closePools(pools: Record<SystemName, pg.Pool>): Promise<void> {
  await Promise.all(Object.values(pools).map((pool) => pool.end()))
}
