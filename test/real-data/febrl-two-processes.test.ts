/** FEBRL 4 pushed by two clients at the same time, each to a hub process of its own: the customers of a single one come out. */
import type { Change } from '../../hub/contracts/change.ts'
import { type Database, openDatabase } from '../../hub/store/database.ts'
import { makeWorkspace, startCore } from '../support/core.ts'
import { ADMIN_KEY, brokerForHubs, hubPlace, startHub } from '../faults/support/hubs.ts'
import type { LoadEvent } from '../faults/support/load.ts'
import { pushAll } from '../faults/support/pusher.ts'
import { balancedAtThisMoment, expectEvents, untilQuiet } from '../faults/support/truth.ts'
import { FEBRL_MISSING, FEBRL_SYSTEMS, febrlChanges, febrlMapping, pairwise, readFebrl } from '../support/febrl.ts'
import { testDatabase } from '../support/test-database.ts'

const TEST_TIMEOUT_MS = 240_000
const PARTITIONS = 16
const FILES = {
  ...FEBRL_SYSTEMS,
  'mappings/crm/Person.yaml': febrlMapping(true),
  'mappings/billing/Person.yaml': febrlMapping(true),
}

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
}, TEST_TIMEOUT_MS)

async function clustersOf(db: Database): Promise<string[][]> {
  const { rows } = await db.query<{ keys: string[] }>({
    text: `select array_agg(key order by key collate "C") as keys from source_record group by customer_id`,
  })
  return rows.map(({ keys }) => keys)
}

const asTexts = (clusters: readonly string[][]): string[] => clusters.map((keys) => keys.join(' ')).sort()

/** What one process with one worker makes of one system after the other. */
async function reference(crm: Change[], billing: Change[]): Promise<string[]> {
  const database = await testDatabase()
  endings.push(() => database.drop())
  const workspace = await makeWorkspace(FILES)
  endings.push(() => Promise.resolve(workspace.remove()))
  const place = { workspace: workspace.folder, databaseUrl: database.url, workers: 1, partitions: PARTITIONS }
  const hub = await startCore(place)
  endings.push(() => hub.stop())
  for (const changes of [crm, billing]) await hub.core.acceptor.accept(changes)
  await hub.quiet(120_000)
  return asTexts(await clustersOf(hub.db))
}

function eventsOf(changes: readonly Change[]): LoadEvent[] {
  return changes.map(({ system, entity, key, id, time, data }) => ({
    specversion: '1.0',
    type: 'omnihub.change.upserted',
    source: `/systems/${system}`,
    subject: `${entity}/${encodeURIComponent(key)}`,
    id,
    time,
    data,
  }))
}

if (FEBRL_MISSING !== null) console.log(FEBRL_MISSING)
const describeHere = FEBRL_MISSING === null ? describe : describe.skip

describeHere('FEBRL 4 through two hub processes on RabbitMQ', () => {
  test(
    'gives the same customers as one process that reads one system after the other',
    async () => {
      const crm = febrlChanges('crm', readFebrl('dataset4a.csv'))
      const billing = febrlChanges('billing', readFebrl('dataset4b.csv'))
      const expected = await reference(crm, billing)

      const place = await hubPlace(FILES)
      endings.push(place.remove)
      const database = await testDatabase()
      endings.push(() => database.drop())
      const broker = await brokerForHubs()
      endings.push(() => broker.drop())
      const db = openDatabase(database.url, { poolMax: 2 })
      endings.push(() => db.close())
      const environment = {
        ...place.environment,
        DATABASE_URL: database.url,
        AMQP_URL: broker.url,
        OMNIHUB_PARTITIONS: String(PARTITIONS),
        OMNIHUB_WORKERS: '4',
      }
      const first = await startHub(environment)
      endings.push(() => first.stop())
      const second = await startHub(environment)
      endings.push(() => second.stop())

      const begin = performance.now()
      const push = (url: string, changes: Change[]) =>
        pushAll(eventsOf(changes), { urls: () => [url], key: ADMIN_KEY }).done
      await Promise.all([push(first.url, crm), push(second.url, billing)])
      await untilQuiet(db, 120_000)
      const seconds = (performance.now() - begin) / 1000

      const clusters = await clustersOf(db)
      console.log(
        `FEBRL 4, two processes: F1 ${pairwise(clusters).f1.toFixed(5)}, ${Math.round(10_000 / seconds)} records/s over HTTP`,
      )
      expect(asTexts(clusters)).toEqual(expected)
      expect(await balancedAtThisMoment(db)).toMatchObject({
        accepted: 10_000,
        applied: 10_000,
        superseded: 0,
        inFlight: 0,
      })
      await expectEvents(db)
    },
    TEST_TIMEOUT_MS,
  )
})
