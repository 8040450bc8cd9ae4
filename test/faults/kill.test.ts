/**
 * The hub is killed at random instants while a client pushes. What the client was told is then compared with what the
 * hub did: each change applied once, each version of each customer told once, nothing lost.
 *
 * Settings: OMNIHUB_SEED replays the instants of a run, OMNIHUB_KILL_CHANGES sets the size of the load.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, openDatabase } from '../../hub/store/database.ts'
import { readLedger } from '../../hub/store/ledger-queries.ts'
import { descendants, signalAll } from '../../scripts/servers/processes.ts'
import { mulberry32 } from '../support/febrl.ts'
import { testDatabase } from '../support/test-database.ts'
import { listenToEvents } from './support/event-listener.ts'
import { ADMIN_KEY, brokerForHubs, type Hub, hubPlace, startHub } from './support/hubs.ts'
import { type Load, LOAD_WORKSPACE, makeLoad } from './support/load.ts'
import { type Push, pushAll } from './support/pusher.ts'
import { expectAllApplied, expectEvents, expectRecords, untilQuiet, watchLedger } from './support/truth.ts'

const SEED = Number(process.env.OMNIHUB_SEED ?? Math.floor(Math.random() * 2 ** 31))
const CHANGES = Number(process.env.OMNIHUB_KILL_CHANGES ?? 50_000)
const VERSIONS = 5
const TEST_TIMEOUT_MS = 240_000
/** Between two kills, counted from the moment at which the hub was ready again. */
const CALM_MS = { min: 150, spread: 1_600 }
const KILLS_MIN = 5
const KILLS_MAX = 10
/** The client does not push faster than this, so that kills meet pushing and applying alike. */
const EVENTS_PER_SECOND = 5_000

const newLoad = (seed: number): Load =>
  makeLoad({ people: Math.ceil(CHANGES / VERSIONS / 2), versions: VERSIONS, seed })

/** Kills one hub after another while changes are pushed and worked off; returns how often. */
async function killWhile(
  run: { push: Push; db: Database; random: () => number },
  kill: (turn: number) => Promise<void>,
): Promise<number> {
  let kills = 0
  while (kills < KILLS_MAX) {
    await sleep(CALM_MS.min + run.random() * CALM_MS.spread)
    // A push that failed ends the test here, with its reason.
    if (run.push.settled) await run.push.done
    if (kills >= KILLS_MIN && run.push.settled && (await readLedger(run.db)).inFlight === 0) break
    await kill(kills++)
  }
  await run.push.done
  return kills
}

async function expectNothingLostOrDoubled(db: Database, load: Load): Promise<string[]> {
  await untilQuiet(db)
  const ledger = await expectAllApplied(db, load)
  await expectRecords(db, load)
  const events = await expectEvents(db)
  console.log(`ledger ${JSON.stringify(ledger)}, ${events.length} events`)
  return events
}

function report(title: string, begin: number, push: Push, kills: number, looks: number): void {
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  console.log(
    `${title}: seed ${SEED}, ${push.total} changes in ${seconds} s, ${kills} kills, ${push.unanswered} calls unanswered, ` +
      `${push.refusals.length} refused, longest ${Math.round(push.longestMs)} ms, ledger balanced at ${looks} looks`,
  )
}

/** The address of the embedded PostgreSQL, as the hub keeps it in its data folder. */
function embeddedUrl(dataDir: string): string {
  const folder = join(dataDir, 'postgres')
  const [port, password] = ['port', 'password'].map((name) => readFileSync(join(folder, name), 'utf8').trim())
  return `postgres://omnihub:${password}@127.0.0.1:${port}/omnihub`
}

/** What a test must end, last come first, whatever happens. */
const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

function watched(db: Database): ReturnType<typeof watchLedger> {
  const watch = watchLedger(db)
  endings.push(() => watch.stop())
  return watch
}

async function newHub(environment: Record<string, string>): Promise<Hub> {
  const hub = await startHub(environment)
  endings.push(() => hub.stop().catch(() => hub.kill9()))
  return hub
}

describe('kill -9 of the hub during a load', () => {
  test(
    'with everything embedded: no change is lost or doubled, though its database dies with it now and then',
    async () => {
      const random = mulberry32(SEED)
      const load = newLoad(SEED)
      const place = await hubPlace(LOAD_WORKSPACE)
      endings.push(() => place.remove())
      const hub = await newHub(place.environment)
      const db = openDatabase(embeddedUrl(place.dataDir), { poolMax: 2, connectTimeoutMs: 1_000 })
      endings.push(() => db.close())
      const watch = watched(db)
      const begin = performance.now()
      const push = pushAll(load.events, { urls: () => [hub.url], key: ADMIN_KEY, eventsPerSecond: EVENTS_PER_SECOND })
      const kills = await killWhile({ push, db, random }, async (turn) => {
        // Every third time the power goes: the database's processes end in the same instant.
        if (turn % 3 === 2) await powerCut(hub, place.dataDir)
        else await hub.kill9()
        await hub.start()
      })
      await expectNothingLostOrDoubled(db, load)
      const { looks, faults } = await watch.stop()
      expect(faults).toEqual([])
      report('embedded', begin, push, kills, looks)
    },
    TEST_TIMEOUT_MS,
  )

  test(
    'with two hubs on PostgreSQL and RabbitMQ: no change or event is lost or doubled, whichever of them dies',
    async () => {
      const random = mulberry32(SEED + 1)
      const load = newLoad(SEED + 1)
      const place = await hubPlace(LOAD_WORKSPACE)
      endings.push(() => place.remove())
      const database = await testDatabase()
      endings.push(() => database.drop())
      const broker = await brokerForHubs()
      endings.push(() => broker.drop())
      const environment = { ...place.environment, DATABASE_URL: database.url, AMQP_URL: broker.url }
      const hubs = [await newHub(environment), await newHub(environment)]
      const listener = await listenToEvents(broker.url)
      endings.push(() => listener.close())
      const db = openDatabase(database.url, { poolMax: 2 })
      endings.push(() => db.close())
      const watch = watched(db)
      const begin = performance.now()
      const urls = (): string[] => hubs.map(({ url }) => url)
      const push = pushAll(load.events, { urls, key: ADMIN_KEY, eventsPerSecond: EVENTS_PER_SECOND })
      const kills = await killWhile({ push, db, random }, async () => {
        const hub = hubs[random() < 0.5 ? 0 : 1]
        await hub?.kill9()
        await hub?.start()
      })
      const events = await expectNothingLostOrDoubled(db, load)
      await listener.untilSeen(events.length, 20_000)
      expect([...listener.ids].sort()).toEqual([...events].sort())
      expect(listener.disorder).toEqual([])
      const { looks, faults } = await watch.stop()
      expect(faults).toEqual([])
      report(`two hubs (${listener.repeated} events came again)`, begin, push, kills, looks)
    },
    TEST_TIMEOUT_MS,
  )
})

async function powerCut(hub: Hub, dataDir: string): Promise<void> {
  const note = join(dataDir, 'postgres', 'data', 'postmaster.pid')
  const server = existsSync(note) ? Number.parseInt(readFileSync(note, 'utf8'), 10) : undefined
  const family = server === undefined ? [] : [server, ...(await descendants(server))]
  signalAll([...family, hub.process.pid], 'SIGKILL')
  await hub.process.exited
}
