/** Two hub processes on one PostgreSQL and one RabbitMQ are one hub: they share the work, and each knows what the other was told. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, openDatabase } from '../../hub/store/database.ts'
import { expectBalanced } from '../support/core.ts'
import { placesOf } from '../support/marker-search.ts'
import { testDatabase } from '../support/test-database.ts'
import { ADMIN_KEY, ask, brokerForHubs, type Hub, hubPlace, startHub } from './support/hubs.ts'
import { eventOf, laneOf, type Load, LOAD_WORKSPACE, makeLoad } from './support/load.ts'
import { pushAll } from './support/pusher.ts'
import { expectAllApplied, expectEvents, expectRecords, untilQuiet } from './support/truth.ts'

const TEST_TIMEOUT_MS = 90_000
/** How long a mapping may take until it is in force on every process. */
const MAPPING_LIVE_MS_MAX = 1_000
/** From a process's end until the other works off what was its part. */
const TAKE_OVER_MS_MAX = 5_000

let hubs: [Hub, Hub]
let db: Database
const endings: (() => Promise<unknown>)[] = []
/** Everything that was pushed, as all of it goes to the same hub. */
const total: Load = { events: [], lanes: new Map() }

beforeAll(async () => {
  const place = await hubPlace(LOAD_WORKSPACE)
  endings.push(place.remove)
  const database = await testDatabase()
  endings.push(() => database.drop())
  const broker = await brokerForHubs()
  endings.push(() => broker.drop())
  db = openDatabase(database.url, { poolMax: 3 })
  endings.push(() => db.close())
  const environment = { ...place.environment, DATABASE_URL: database.url, AMQP_URL: broker.url }
  const first = await startHub(environment)
  endings.push(() => first.stop())
  const second = await startHub(environment)
  endings.push(() => second.stop())
  hubs = [first, second]
  // Processes learn of each other by a beat once a second.
  await sleep(2_500)
}, TEST_TIMEOUT_MS)

afterAll(async () => {
  for (const end of endings.splice(0).reverse()) await end()
}, TEST_TIMEOUT_MS)

let loads = 0

function newLoad(people: number, versions: number): Load {
  const number = ++loads
  const load = makeLoad({ people, versions, seed: 7_700 + number, prefix: `load${number}-` })
  total.events.push(...load.events)
  for (const [name, lane] of load.lanes) total.lanes.set(name, lane)
  return load
}

/**
 * Pushes one version of all records after the other: the next begins when the one before was accepted. Each change is
 * then newer than what came before it, so that one that is applied late shows as superseded.
 */
async function pushInOrder(load: Load, versions: number, urls: () => string[]): Promise<void> {
  for (let version = 1; version <= versions; version++) {
    const events = load.events.filter((event) => event.sequence === String(version))
    await pushAll(events, { urls, key: ADMIN_KEY, eventsPerCall: 50, callers: 4 }).done
  }
}

async function settledBy(hub: Hub): Promise<number> {
  const answer = await fetch(`${hub.url}/metrics`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } })
  const text = await answer.text()
  return Number(/^omnihub_changes_total(?:\{\})? (\d+)/m.exec(text)?.[1] ?? 0)
}

async function until(what: string, timeoutMs: number, holds: () => Promise<boolean>): Promise<number> {
  const begin = performance.now()
  while (!(await holds())) {
    if (performance.now() - begin > timeoutMs) throw new Error(`${what}: not within ${timeoutMs} ms`)
    await sleep(10)
  }
  return performance.now() - begin
}

describe('Two hub processes', () => {
  test(
    'share the work, and keep every lane in order',
    async () => {
      const load = newLoad(600, 4)
      const before = await Promise.all(hubs.map(settledBy))
      await pushInOrder(load, 4, () => hubs.map(({ url }) => url))
      await untilQuiet(db)
      const after = await Promise.all(hubs.map(settledBy))
      const shares = after.map((count, i) => (count - (before[i] ?? 0)) / load.events.length)
      console.log(`shares of the work: ${shares.map((share) => share.toFixed(2)).join(' and ')}`)
      for (const share of shares) expect(share).toBeGreaterThan(0.25)
      const ledger = await expectAllApplied(db, total)
      expect(ledger.superseded).toBe(0)
      await expectRecords(db, total)
      await expectEvents(db)
    },
    TEST_TIMEOUT_MS,
  )

  test(
    'one is stopped in order during a load: it ends in order, the other takes over, and lanes stay in order',
    async () => {
      const load = newLoad(600, 4)
      const [first, second] = hubs
      const pushing = pushInOrder(load, 4, () => [second.url])
      await sleep(400)
      const stopping = performance.now()
      expect(await first.stop()).toBe(0)
      const stoppedMs = performance.now() - stopping
      // Every partition has changes in flight or to come: all of them end only when this process has taken each over.
      await pushing
      const begin = performance.now()
      await untilQuiet(db, TAKE_OVER_MS_MAX + 10_000)
      console.log(
        `ended in ${Math.round(stoppedMs)} ms, all worked off ${Math.round(performance.now() - begin)} ms after the last push`,
      )
      await expectProbeInEachPartition(second)
      await first.start()
      await sleep(2_500)
      const ledger = await expectAllApplied(db, total)
      expect(ledger.superseded).toBe(0)
      await expectRecords(db, total)
      await expectEvents(db)
    },
    TEST_TIMEOUT_MS,
  )

  test(
    'a third of the way through the second is stopped and started again, and then the first: lanes stay in order',
    async () => {
      const load = newLoad(500, 6)
      let live = hubs.map(({ url }) => url)
      const pushing = pushInOrder(load, 6, () => live)
      for (const hub of [...hubs].reverse()) {
        await sleep(500)
        live = hubs.filter((other) => other !== hub).map(({ url }) => url)
        expect(await hub.stop()).toBe(0)
        await hub.start()
        live = hubs.map(({ url }) => url)
      }
      await pushing
      await untilQuiet(db)
      const ledger = await expectAllApplied(db, total)
      expect(ledger.superseded).toBe(0)
      await expectRecords(db, total)
      await expectEvents(db)
    },
    TEST_TIMEOUT_MS,
  )

  test(
    'a mapping published through one is in force on the other within a second, for what comes and what is stored',
    async () => {
      const [first, second] = hubs
      const address = '/admin/v1/mappings/crm/Contact'
      const current = (await ask(first.url, address)).body as { document: string; revision: number }
      const document = current.document.replace('status: { constant: active }', 'status: { constant: prospect }')
      const { body, status } = await ask(first.url, address, { method: 'PUT', body: { document } })
      expect(status).toBe(201)
      const revision = Number(body.revision)
      const published = await ask(first.url, `${address}/revisions/${revision}/publish`, { method: 'POST' })
      expect(published.status).toBe(200)
      const elapsed = await until('the mapping is in force on the other process', 5_000, async () => {
        const { body: system } = await ask(second.url, '/admin/v1/systems/crm')
        return (system.entities as { mappingRevision: number }[]).some((one) => one.mappingRevision === revision)
      })
      console.log(`a mapping was in force on the other process after ${Math.round(elapsed)} ms`)
      expect(elapsed).toBeLessThan(MAPPING_LIVE_MS_MAX)

      await expectProbeInEachPartition(second, 'prospect')
      await until('stored records are mapped anew', 30_000, async () => {
        const { rows } = await db.query<{ left: number }>({
          text: `select count(*)::int as left from source_record
               where system = 'crm' and not deleted and mapping_revision is distinct from $1`,
          values: [revision],
        })
        return rows[0]?.left === 0
      })
      await untilQuiet(db)
      await expectRecords(db, total)
      await expectEvents(db)
    },
    TEST_TIMEOUT_MS,
  )

  test('a pause told to one is seen by the other', async () => {
    const [first, second] = hubs
    expect(await ask(first.url, '/admin/v1/systems/crm/pause', { method: 'POST' })).toMatchObject({ status: 200 })
    expect((await ask(second.url, '/admin/v1/systems/crm')).body).toMatchObject({ paused: true })
    expect(await ask(second.url, '/admin/v1/systems/crm/resume', { method: 'POST' })).toMatchObject({ status: 200 })
    expect((await ask(first.url, '/admin/v1/systems/crm')).body).toMatchObject({ paused: false })
  })

  test('what was parked through one is seen, edited and released through the other', async () => {
    const [first, second] = hubs
    const lane = { system: 'crm', entity: 'Contact', key: 'parked' }
    const record = { id: 'parked', given: 'Parked', family: 'Person', visits: 1 }
    const events = [
      eventOf(lane, 1, { ...record, given: 'x'.repeat(10_000) }),
      eventOf(lane, 2, { ...record, visits: 2 }),
    ]
    await pushAll(events, { urls: () => [first.url], key: ADMIN_KEY }).done
    await until('both are parked', 5_000, async () => {
      const { body } = await ask(second.url, '/admin/v1/ledger')
      return body.parked === 2
    })
    const { body } = await ask(second.url, '/admin/v1/parked')
    const [head, next] = body.items as { no: number; code: string; revision: number }[]
    expect([head?.code, next?.code]).toEqual(['schema.violated', 'lane.held'])
    const address = `/admin/v1/parked/${String(head?.no)}`
    const edit = { data: record, revision: 0 }
    expect(await ask(second.url, address, { method: 'PUT', body: edit })).toMatchObject({ status: 200 })
    const replay = await ask(first.url, `${address}/replay`, { method: 'POST' })
    expect(replay.body).toEqual({ released: 2, parked: 0 })
    expect((await ask(second.url, '/admin/v1/parked')).body.items).toEqual([])
    total.events.push(...events)
    total.lanes.set(laneOf(lane), { ...lane, sequence: '2', deleted: false, visits: 2 })
    await untilQuiet(db)
    await expectAllApplied(db, total)
    await expectRecords(db, total)
  })

  // The last one: what it pushes is not all applied.
  test('a person who is erased through one stays erased, though the other is taking changes of them', async () => {
    const [first, second] = hubs
    const lane = { system: 'crm', entity: 'Contact', key: 'leaving' }
    const record = { id: 'leaving', given: 'Zyxleaving', family: 'Zyxperson', visits: 1 }
    const found = async (): Promise<string | undefined> => {
      const { body } = await ask(second.url, '/v1/customers?system=crm&key=leaving')
      return (body.items as { id: string }[])[0]?.id
    }
    await pushAll([eventOf(lane, 1, record)], { urls: () => [first.url], key: ADMIN_KEY }).done
    await until('the person is a customer', 5_000, async () => (await found()) !== undefined)
    const address = `/v1/customers/${String(await found())}`
    const versions = Array.from({ length: 400 }, (_, i) => eventOf(lane, i + 2, { ...record, visits: i + 2 }))
    const pushing = pushAll(versions, { urls: () => [first.url], key: ADMIN_KEY, eventsPerCall: 10, callers: 1 })
    await until('changes are on their way', 5_000, () => Promise.resolve(pushing.accepted > 50))
    const erased = await ask(second.url, `${address}/erasure`, { method: 'POST', body: { reason: 'objection' } })
    expect(erased).toMatchObject({ status: 200, body: { customers: [idIn(address)] } })
    await pushing.done
    await untilQuiet(db)
    for (const hub of hubs) expect((await ask(hub.url, address)).status).toBe(410)
    expect(await found()).toBeUndefined()
    expect(await placesOf(db, 'zyx')).toEqual([])
    for (const hub of hubs) expect(hub.log().toLowerCase()).not.toContain('zyx')
    const { discarded } = await expectBalanced(db)
    expect(discarded).toBeGreaterThan(0)
  })
})

function idIn(address: string): string {
  return address.split('/').at(-1) ?? ''
}

/** Pushes so many records that every partition gets some, and shows that all are applied, with this status. */
async function expectProbeInEachPartition(hub: Hub, status = 'active'): Promise<void> {
  const number = ++loads
  const lanes = Array.from({ length: 64 }, (_, i) => ({ system: 'crm', entity: 'Contact', key: `probe${number}-${i}` }))
  const events = lanes.map((lane) => eventOf(lane, 1, { id: lane.key, given: lane.key, family: 'Probe', visits: 1 }))
  total.events.push(...events)
  for (const lane of lanes) total.lanes.set(laneOf(lane), { ...lane, sequence: '1', deleted: false, visits: 1 })
  await pushAll(events, { urls: () => [hub.url], key: ADMIN_KEY }).done
  await until('every partition is worked off', TAKE_OVER_MS_MAX, async () => {
    const { rows } = await db.query<{ count: number }>({
      text: `select count(*)::int as count from source_record
             where key = any ($1) and document ->> 'status' = $2`,
      values: [lanes.map(({ key }) => key), status],
    })
    return rows[0]?.count === lanes.length
  })
}
