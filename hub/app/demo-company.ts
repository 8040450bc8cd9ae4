import { setTimeout as sleep } from 'node:timers/promises'
import { type Day, startDay } from '../../demo/day.ts'
import { loadDemo } from '../../demo/load.ts'
import { type DemoServers, startDemoServers } from '../../demo/servers/index.ts'
import { startTrouble } from '../../demo/trouble.ts'
import type { SystemOverview } from '../intake/connector-engine/systems-desk.ts'
import { readLedger } from '../store/ledger-queries.ts'
import type { Queryable } from '../store/queryable.ts'
import type { HubLog } from './log.ts'

/** The demo company beside the hub: its four systems, and then its day. */
export interface DemoCompany {
  /** What the demo's systems refer to in config/systems. */
  environment: Record<string, string>
  /** Tells of the first snapshot as it goes; once it is done, the company's day begins. */
  accompany(view: DemoView): void
  stop(): Promise<void>
}

export interface DemoView {
  db: Queryable
  /** Where a system pushes to. */
  hookUrl(system: string): string
  systems(): Promise<SystemOverview[]>
  print(line: string): void
}

const LOOK_MS = 500
const TELL_EVERY = 4

/** Makes the demo company's databases on the server of `databaseUrl`, or finds them there. About a second. */
export async function openDemoCompany(
  { databaseUrl, trouble }: { databaseUrl: string; trouble: boolean },
  log: HubLog,
): Promise<DemoCompany> {
  const { urls } = await loadDemo(databaseUrl)
  const servers = await startDemoServers(urls, (error) => {
    log.warn({ error }, 'A system of the demo company has trouble with its database; it goes on')
  })
  const abort = new AbortController()
  let day: Day | undefined
  let badDay: { stop(): Promise<void> } | undefined
  let accompanying: Promise<void> | undefined
  return {
    environment: servers.environment,
    accompany: (view) => {
      servers.hubAt((system) => view.hookUrl(system))
      accompanying = tellOfSnapshot(view, abort.signal)
        .then(() => {
          if (abort.signal.aborted) return
          day = startDay(urls, {
            onError: (error) => {
              log.warn({ error }, 'Something in the demo company went wrong; its day goes on')
            },
          })
          if (trouble) badDay = makeTrouble(servers, view, log)
          view.print('  demo    the day of the company begins: a few changes a second; see GET /v1/events')
        })
        .catch((error: unknown) => {
          if (!abort.signal.aborted) log.error({ error }, 'The demo company could not be watched')
        })
    },
    stop: async () => {
      abort.abort()
      await accompanying
      await badDay?.stop()
      await day?.stop()
      await servers.close()
    },
  }
}

function makeTrouble({ troubles }: DemoServers, { print }: DemoView, log: HubLog): { stop(): Promise<void> } {
  return startTrouble({
    troubles,
    onTrouble: (system, what) => {
      print(`  demo    trouble: ${system} ${what}`)
    },
    onError: (error) => {
      log.warn({ error }, 'Trouble that the demo company was to have could not be made')
    },
  })
}

/** Resolves when every system's first snapshot is done and everything in it has been applied. */
async function tellOfSnapshot({ db, systems, print }: DemoView, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now()
  const before = await figures(db)
  for (let turn = 1; !signal.aborted; turn++) {
    await sleep(LOOK_MS, undefined, { signal })
    const now = await figures(db)
    const seconds = (performance.now() - startedAt) / 1000
    const done = now.inFlight === 0 && (await systems()).every(isSnapshotDone)
    const read = now.applied - before.applied
    if (done) {
      // Nothing new to read: an earlier start did it all.
      const rate = read === 0 ? '' : ` in ${seconds.toFixed(1)} s, ${Math.round(read / seconds)} changes/s`
      print(`  demo    ${now.records} customer records of four systems are ${now.customers} customers${rate}`)
      return
    }
    if (turn % TELL_EVERY === 0) {
      print(`  demo    ${read} changes applied, ${now.customers} customers, ${Math.round(read / seconds)} changes/s`)
    }
  }
}

interface Figures {
  applied: number
  inFlight: number
  records: number
  customers: number
}

async function figures(db: Queryable): Promise<Figures> {
  const [{ applied, inFlight }, { rows }] = await Promise.all([
    readLedger(db),
    db.query<{ records: number; customers: number }>({
      name: 'demo-figures',
      text: `
        select count(*)::float8 as records, count(distinct customer_id)::float8 as customers
        from source_record where customer_id is not null`,
    }),
  ])
  return { applied, inFlight, records: rows[0]?.records ?? 0, customers: rows[0]?.customers ?? 0 }
}

interface EntityFigures {
  mode?: string
  backfill?: { state?: string } | null
}

function isSnapshotDone({ status }: SystemOverview): boolean {
  const entities = (status as { entities?: Record<string, EntityFigures> } | null)?.entities
  // What a system pushes has no snapshot to wait for.
  const read = entities && Object.values(entities).filter(({ mode }) => mode !== 'push')
  return read !== undefined && read.every((entity) => entity.backfill?.state === 'done')
}
