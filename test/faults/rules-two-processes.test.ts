/** One rule, published once through one hub process, is seen by the decisions and in the path of changes of the other. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, openDatabase } from '../../hub/store/database.ts'
import { changeEvent } from '../support/api.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'
import { demoRule, demoRuleFiles, dunningGraph, INVOICE_DUNNING, INVOICE_MAPPING } from '../support/rule-fixtures.ts'
import { testDatabase } from '../support/test-database.ts'
import { ADMIN_KEY, ask, brokerForHubs, type Hub, hubPlace, startHub } from './support/hubs.ts'
import { untilQuiet } from './support/truth.ts'

const TEST_TIMEOUT_MS = 90_000
/** How long a rule may take until it is in force on every process. */
const RULE_LIVE_MS_MAX = 500
const OVERDUE = { status: 'overdue', dueOn: '2026-03-01', balance: { amount: '89.90', currency: 'AUD' } }
const DAY = '2026-03-12T00:00:00Z'

let hubs: [Hub, Hub]
let db: Database
const endings: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  const place = await hubPlace({
    ...PUSH_WORKSPACE,
    'mappings/billing/Invoice.yaml': INVOICE_MAPPING,
    ...demoRuleFiles('dunning-stage'),
    ...INVOICE_DUNNING,
  })
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
  await sleep(2_500)
}, TEST_TIMEOUT_MS)

afterAll(async () => {
  for (const end of endings.splice(0).reverse()) await end()
}, TEST_TIMEOUT_MS)

async function decidedBy(hub: Hub): Promise<unknown> {
  const { body } = await ask(hub.url, '/v1/decisions/dunning-stage', {
    method: 'POST',
    body: { input: OVERDUE, at: DAY },
  })
  return (body.result as Record<string, unknown>).stage
}

/** Pushes invoices so that every partition, and with them both processes, get some; the stages that they were given. */
async function stagesInPath(hub: Hub, prefix: string): Promise<unknown[]> {
  const keys = Array.from({ length: 40 }, (_, i) => `${prefix}-${i}`)
  const events = keys.map((no) =>
    changeEvent(`billing/Invoice/${no}`, { no, account: 'A1', due: '2026-03-01', total: '89.90' }, { time: DAY }),
  )
  const answer = await fetch(`${hub.url}/v1/changes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(events),
  })
  expect(answer.status).toBe(202)
  await untilQuiet(db)
  const { rows } = await db.query<{ stage: string }>({
    text: `select document -> 'attributes' ->> 'dunningStage' as stage from source_record where key = any ($1)`,
    values: [keys],
  })
  expect(rows).toHaveLength(keys.length)
  return [...new Set(rows.map(({ stage }) => stage))]
}

test(
  'a grace period published once counts for the next decision and the next change on two processes, without a restart',
  async () => {
    const [first, second] = hubs
    expect(await Promise.all(hubs.map(decidedBy))).toEqual(['reminder', 'reminder'])
    expect(await stagesInPath(second, 'before')).toEqual(['reminder'])

    const path = '/admin/v1/rules/dunning-stage'
    const draft = { envelope: demoRule('dunning-stage.rule.yaml'), graph: dunningGraph(14) }
    const { body } = await ask(first.url, path, { method: 'PUT', body: draft })
    const published = await ask(first.url, `${path}/revisions/${String(body.revision)}/publish`, { method: 'POST' })
    expect(published.status).toBe(200)
    const begin = performance.now()
    expect(await decidedBy(first)).toBe('none')
    while ((await decidedBy(second)) !== 'none') {
      if (performance.now() - begin > 5_000) throw new Error('the other process does not see the rule')
      await sleep(5)
    }
    const elapsed = performance.now() - begin
    console.log(`a rule was in force on the other process after ${Math.round(elapsed)} ms`)
    expect(elapsed).toBeLessThan(RULE_LIVE_MS_MAX * 2)
    expect(await stagesInPath(second, 'after')).toEqual(['none'])

    expect((await ask(second.url, `${path}/roll-back`, { method: 'POST' })).status).toBe(200)
    expect(await decidedBy(second)).toBe('reminder')
    await sleep(RULE_LIVE_MS_MAX)
    expect(await decidedBy(first)).toBe('reminder')
    expect(await stagesInPath(first, 'again')).toEqual(['reminder'])
  },
  TEST_TIMEOUT_MS,
)
