/**
 * Hub processes are killed at random instants while events go to webhooks. Every event of the log reaches every receiver,
 * those of each customer in order; one receiver refuses and breaks off now and then, one hangs.
 *
 * Settings: OMNIHUB_SEED replays the instants of a run.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, openDatabase } from '../../hub/store/database.ts'
import { mulberry32 } from '../support/febrl.ts'
import { testDatabase } from '../support/test-database.ts'
import { isSignedBy, type Received, type WebhookReceiver, webhookReceiver } from '../support/webhook-receiver.ts'
import { ADMIN_KEY, ask, brokerForHubs, type Hub, hubPlace, startHub } from './support/hubs.ts'
import { LOAD_WORKSPACE, makeLoad } from './support/load.ts'
import { pushAll } from './support/pusher.ts'
import { untilQuiet } from './support/truth.ts'

const SEED = Number(process.env.OMNIHUB_SEED ?? Math.floor(Math.random() * 2 ** 31))
const PEOPLE = 250
const VERSIONS = 4
const KILLS = 6
const ANSWER_MS = 15

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

interface Subscriber {
  receiver: WebhookReceiver
  secret: string
  /** Messages that it took. */
  taken: Received[]
}

/** `take` answers whether it takes a message; what it does not take it refuses or breaks off. */
async function subscriber(hub: Hub, take: () => 'take' | 'refuse' | 'break' | 'hang'): Promise<Subscriber> {
  const receiver = await webhookReceiver()
  endings.push(() => receiver.close())
  const taken: Received[] = []
  receiver.answer((response, received) => {
    const choice = take()
    if (choice === 'hang') return
    if (choice === 'break') response.destroy()
    else if (choice === 'refuse') response.writeHead(503, { 'retry-after': '0' }).end()
    else {
      taken.push(received)
      // Long enough that there are always some under way.
      setTimeout(() => response.writeHead(204).end(), ANSWER_MS)
    }
  })
  const body = { url: receiver.url, types: ['customer.*'] }
  const made = await ask(hub.url, '/v1/subscriptions', { method: 'POST', body })
  if (made.status !== 201) throw new Error(JSON.stringify(made.body))
  return { receiver, secret: String(made.body.secret), taken }
}

interface Logged {
  id: string
  position: number
  customer: string
}

async function eventsOf(db: Database): Promise<Logged[]> {
  const { rows } = await db.query<Logged>({
    text: `select id::text as id, position::float8 as position, customer_id::text as customer from event_log
           where type like 'customer.%' order by position`,
  })
  return rows
}

async function untilAllTaken(events: readonly Logged[], { taken }: Subscriber): Promise<void> {
  const deadline = Date.now() + 90_000
  for (;;) {
    const ids = new Set(taken.map(({ event }) => event.id))
    const missing = events.filter(({ id }) => !ids.has(id))
    if (missing.length === 0) return
    if (Date.now() > deadline) throw new Error(`${missing.length} of ${events.length} events never came`)
    await sleep(100)
  }
}

/** By when each was taken first, the events of a customer are in order. */
function disorderOf(events: readonly Logged[], { taken }: Subscriber): string[] {
  const first = new Map<unknown, number>()
  taken.forEach(({ event }, index) => {
    if (!first.has(event.id)) first.set(event.id, index)
  })
  const last = new Map<string, number>()
  return events.flatMap(({ id, customer }) => {
    const place = first.get(id) ?? Infinity
    const isLate = place < (last.get(customer) ?? -1)
    last.set(customer, place)
    return isLate ? [id] : []
  })
}

test('kill -9 of hubs in the middle of deliveries loses no event, and keeps the order of each customer', async () => {
  const random = mulberry32(SEED)
  const place = await hubPlace(LOAD_WORKSPACE)
  endings.push(() => place.remove())
  const database = await testDatabase()
  endings.push(() => database.drop())
  const broker = await brokerForHubs()
  endings.push(() => broker.drop())
  const environment = {
    ...place.environment,
    DATABASE_URL: database.url,
    AMQP_URL: broker.url,
    OMNIHUB_WEBHOOKS_TO_LOOPBACK: 'on',
  }
  const hubs: Hub[] = []
  for (let i = 0; i < 2; i++) {
    const hub = await startHub(environment)
    endings.push(() => hub.stop().catch(() => hub.kill9()))
    hubs.push(hub)
  }
  const [firstHub] = hubs as [Hub]
  const steady = await subscriber(firstHub, () => 'take')
  const moody = await subscriber(firstHub, () => (random() < 0.004 ? (random() < 0.5 ? 'refuse' : 'break') : 'take'))
  await subscriber(firstHub, () => 'hang')
  const db = openDatabase(database.url, { poolMax: 2 })
  endings.push(() => db.close())

  const load = makeLoad({ people: PEOPLE, versions: VERSIONS, seed: SEED })
  const push = pushAll(load.events, { urls: () => hubs.map(({ url }) => url), key: ADMIN_KEY, eventsPerSecond: 400 })
  for (let kill = 0; kill < KILLS; kill++) {
    await sleep(200 + random() * 800)
    // Now the one or the other, now both: then surely the one that delivers.
    const killed = kill % 2 === 0 ? hubs : hubs.slice(random() < 0.5 ? 1 : 0).slice(0, 1)
    await Promise.all(killed.map((hub) => hub.kill9()))
    await Promise.all(killed.map((hub) => hub.start()))
  }
  await push.done
  await untilQuiet(db)
  const events = await eventsOf(db)
  expect(events.length).toBeGreaterThan(PEOPLE)
  for (const one of [steady, moody]) {
    await untilAllTaken(events, one)
    expect(disorderOf(events, one)).toEqual([])
    expect(one.taken.every((message) => isSignedBy(one.secret, message))).toBe(true)
  }
  // Whoever was killed had sent what it could no longer note.
  const again = steady.taken.length - events.length
  expect(again).toBeGreaterThan(0)
  console.log(`seed ${SEED}: ${events.length} events, ${KILLS} kills, ${again} came again to the steady receiver`)
}, 240_000)
