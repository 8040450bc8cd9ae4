/**
 * The servers that the hub stands on go away while it works: in order, at once, or by falling silent. Callers are told to
 * come again, nothing is lost, and the hub goes on by itself when they are back.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, openDatabase } from '../../hub/store/database.ts'
import { startPostgres } from '../../scripts/servers/postgres.ts'
import { startRabbitmq } from '../../scripts/servers/rabbitmq.ts'
import type { TestServer } from '../../scripts/servers/server.ts'
import { type EventListener, listenToEvents } from './support/event-listener.ts'
import { ADMIN_KEY, ask, type Hub, hubPlace, startHub } from './support/hubs.ts'
import { eventOf, type Load, LOAD_WORKSPACE, makeLoad } from './support/load.ts'
import { type Push, pushAll, type Refusal } from './support/pusher.ts'
import { expectAllApplied, expectEvents, expectRecords, untilQuiet, watchLedger } from './support/truth.ts'

const TEST_TIMEOUT_MS = 90_000
const EVENTS_PER_SECOND = 1_500
/** From the moment at which a server answers again until the hub is ready and has accepted a change. */
const RECOVERY_MS_MAX = 8_000
/** RabbitMQ 3.10 may bring quorum queues back without a leader when it dies within about a second of their declaration. */
const QUEUES_SETTLE_MS = 3_000

let postgres: TestServer
let rabbit: TestServer
let hub: Hub
let db: Database
let listener: EventListener
let removePlace: () => Promise<void>
/** Everything that was pushed so far, as all loads go to the same hub. */
const total: Load = { events: [], lanes: new Map() }

beforeAll(async () => {
  const place = await hubPlace(LOAD_WORKSPACE)
  removePlace = place.remove
  ;[postgres, rabbit] = await Promise.all([startPostgres(), startRabbitmq()])
  hub = await startHub({ ...place.environment, DATABASE_URL: postgres.url, AMQP_URL: rabbit.url })
  listener = await listenToEvents(rabbit.url)
  db = openDatabase(postgres.url, { poolMax: 3, connectTimeoutMs: 1_000 })
  await sleep(QUEUES_SETTLE_MS)
}, TEST_TIMEOUT_MS)

afterAll(async () => {
  await hub.stop()
  await listener.close()
  await db.close()
  await Promise.all([postgres.stop(), rabbit.stop()])
  await removePlace()
}, TEST_TIMEOUT_MS)

let loads = 0

function beginLoad(people: number): Push {
  const number = ++loads
  const load = makeLoad({ people, versions: 5, seed: 4_200 + number, prefix: `load${number}-` })
  total.events.push(...load.events)
  for (const [name, lane] of load.lanes) total.lanes.set(name, lane)
  return pushAll(load.events, {
    urls: () => [hub.url],
    key: ADMIN_KEY,
    eventsPerCall: 50,
    eventsPerSecond: EVENTS_PER_SECOND,
  })
}

/** Sends one change of its own until it is accepted; tells how long that took. */
async function untilAccepted(): Promise<number> {
  const key = `probe-${++loads}`
  const lane = { system: 'crm', entity: 'Contact', key }
  const event = eventOf(lane, 1, { id: key, given: 'Probe', family: `Number ${loads}`, visits: 1 })
  total.events.push(event)
  total.lanes.set(`crm/Contact/${key}`, { ...lane, sequence: '1', deleted: false, visits: 1 })
  const begin = performance.now()
  await pushAll([event], { urls: () => [hub.url], key: ADMIN_KEY }).done
  return performance.now() - begin
}

async function untilReady(): Promise<void> {
  const end = performance.now() + RECOVERY_MS_MAX
  while ((await ask(hub.url, '/health/ready')).status !== 200) {
    if (performance.now() > end) throw new Error(`/health/ready is not 200 after ${RECOVERY_MS_MAX} ms`)
    await sleep(20)
  }
}

async function expectNotReady(check: 'database' | 'bus'): Promise<void> {
  const { status, body } = await ask(hub.url, '/health/ready')
  expect(body).toMatchObject({ status: 'not ready', checks: { [check]: 'failed' } })
  expect(status).toBe(503)
  expect(await ask(hub.url, '/health/live')).toMatchObject({ status: 200, body: { status: 'live' } })
}

function expectToldToComeAgain(refusals: readonly Refusal[], code: RegExp): void {
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({ status: 503, contentType: 'application/problem+json', body: { status: 503 } })
    expect(refusal.body.code).toMatch(code)
    expect(Number(refusal.retryAfter)).toBeGreaterThanOrEqual(1)
  }
}

/** Ends the outage with `back`, and shows that the hub takes up its work and that nothing was lost. */
async function expectRecovery(title: string, push: Push, codes: RegExp, back: () => Promise<void>): Promise<void> {
  await back()
  const begin = performance.now()
  await untilReady()
  const readyMs = performance.now() - begin
  const acceptedMs = readyMs + (await untilAccepted())
  await push.done
  const workedOff = performance.now()
  await untilQuiet(db, 40_000)
  const quietMs = performance.now() - workedOff
  expectToldToComeAgain(push.refusals, codes)
  console.log(
    `${title}: ready after ${Math.round(readyMs)} ms, accepts after ${Math.round(acceptedMs)} ms, worked off ` +
      `${Math.round(quietMs)} ms after the last push; ${push.refusals.length} refused, longest call ${Math.round(push.longestMs)} ms`,
  )
  expect(acceptedMs).toBeLessThan(RECOVERY_MS_MAX)
  await expectAllApplied(db, total)
  await expectRecords(db, total)
  const events = await expectEvents(db)
  await listener.untilSeen(events.length, 20_000)
  expect([...listener.ids].sort()).toEqual([...events].sort())
  expect(listener.disorder).toEqual([])
}

describe('PostgreSQL goes away while changes come in', () => {
  const codes = /^(store\.(unavailable|commit-unknown|timeout)|intake\.unavailable)$/

  test(
    'restarted in order: callers come again, everything is applied once',
    async () => {
      const watch = watchLedger(db)
      const push = beginLoad(500)
      await sleep(1_200)
      await expectRecovery('PostgreSQL restarted', push, codes, () => postgres.restart())
      expect((await watch.stop()).faults).toEqual([])
    },
    TEST_TIMEOUT_MS,
  )

  test(
    'killed, and away for some seconds: callers are answered 503 with Retry-After, and the hub is not ready',
    async () => {
      const watch = watchLedger(db)
      const push = beginLoad(500)
      await sleep(1_000)
      await postgres.kill9()
      await sleep(500)
      await expectNotReady('database')
      await sleep(2_000)
      await expectNotReady('database')
      await expectRecovery('PostgreSQL killed', push, codes, () => postgres.restart())
      expect(push.refusals.length).toBeGreaterThan(0)
      expect((await watch.stop()).faults).toEqual([])
    },
    TEST_TIMEOUT_MS,
  )

  test(
    'silent, its connections open: the hub is not ready, and goes on when it wakes',
    async () => {
      const push = beginLoad(300)
      await sleep(700)
      await postgres.freeze()
      await sleep(200)
      await expectNotReady('database')
      await sleep(2_000)
      await expectRecovery('PostgreSQL silent', push, codes, () => postgres.thaw())
    },
    TEST_TIMEOUT_MS,
  )
})

describe('RabbitMQ goes away while changes come in', () => {
  const codes = /^(bus\.(unavailable|publish\.unknown|busy|unroutable)|intake\.unavailable)$/

  test(
    'restarted in order: callers wait or come again, everything is applied once',
    async () => {
      const watch = watchLedger(db)
      const push = beginLoad(500)
      await sleep(1_200)
      await expectRecovery('RabbitMQ restarted', push, codes, () => rabbit.restart())
      expect((await watch.stop()).faults).toEqual([])
    },
    TEST_TIMEOUT_MS,
  )

  test(
    'killed: the hub is not ready, reads go on, and no event is lost',
    async () => {
      const watch = watchLedger(db)
      const push = beginLoad(500)
      await sleep(1_200)
      await rabbit.kill9()
      await sleep(500)
      await expectNotReady('bus')
      expect(await ask(hub.url, '/v1/customers?limit=1')).toMatchObject({ status: 200 })
      await expectRecovery('RabbitMQ killed', push, codes, () => rabbit.restart())
      expect((await watch.stop()).faults).toEqual([])
    },
    TEST_TIMEOUT_MS,
  )
})
