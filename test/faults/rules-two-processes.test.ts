/** One rule, published once through one hub process, is what all of them decide by with the next request, whatever way it comes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, openDatabase } from '../../hub/store/database.ts'
import { changeEvent } from '../support/api.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'
import { demoRule, demoRuleFiles, dunningGraph, INVOICE_DUNNING, INVOICE_MAPPING } from '../support/rule-fixtures.ts'
import { testDatabase } from '../support/test-database.ts'
import { ADMIN_KEY, ask, brokerForHubs, type Hub, hubPlace, startHub } from './support/hubs.ts'
import { untilQuiet } from './support/truth.ts'

const TEST_TIMEOUT_MS = 90_000
/** How long a publication may take with processes that live: checks, cases, and one look of each of them. */
const PUBLISH_MS_MAX = 2_000
/** How long it waits for one that does not answer. */
const LEASE_MS = 2_000
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

/** Pushes invoices so that every partition, and with them both processes, get some; the stages that their events tell. */
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
    text: `select data -> 'invoice' -> 'attributes' ->> 'dunningStage' as stage from event_log
           where type = 'invoice.created' and data -> 'invoice' ->> 'number' = any ($1)`,
    values: [keys],
  })
  expect(rows).toHaveLength(keys.length)
  return [...new Set(rows.map(({ stage }) => stage))]
}

const SOAP_STAGE = /<name>stage<\/name><value kind="text"><text>([\w-]+)<\/text>/

/** The same question in XML, as a generated client of the WSDL sends it. */
async function decidedBySoap(hub: Hub): Promise<unknown> {
  const member = (name: string, value: string): string => `<member><name>${name}</name><value>${value}</value></member>`
  const text = (value: string): string => `<text>${value}</text>`
  const { status, dueOn, balance } = OVERDUE
  const money = Object.entries(balance).map(([name, value]) => member(name, text(value)))
  const input = [
    member('status', text(status)),
    member('dueOn', text(dueOn)),
    member('balance', `<object>${money.join('')}</object>`),
  ]
  const answer = await fetch(`${hub.url}/soap/decisions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'text/xml; charset=utf-8', soapaction: '""' },
    body: `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><Decide xmlns="urn:omnihub:decisions:1">
      <rule>dunning-stage</rule><input>${input.join('')}</input><at>${DAY}</at></Decide></Body></Envelope>`,
  })
  const said = await answer.text()
  return SOAP_STAGE.exec(said)?.[1] ?? said
}

/** What each way says on each process, asked side by side right away. */
async function saidNow(prefix: string): Promise<unknown[]> {
  const [first, second] = hubs
  const said = await Promise.all([
    ...hubs.map(decidedBy),
    ...hubs.map(decidedBySoap),
    stagesInPath(first, `${prefix}-first`),
    stagesInPath(second, `${prefix}-second`),
  ])
  return [...new Set(said.flat())]
}

async function publishGrace(hub: Hub, days: number): Promise<number> {
  const path = '/admin/v1/rules/dunning-stage'
  const draft = { envelope: demoRule('dunning-stage.rule.yaml'), graph: dunningGraph(days) }
  const { body } = await ask(hub.url, path, { method: 'PUT', body: draft })
  const begin = performance.now()
  const published = await ask(hub.url, `${path}/revisions/${String(body.revision)}/publish`, { method: 'POST' })
  expect(published.status).toBe(200)
  return performance.now() - begin
}

const rollBack = (hub: Hub) => ask(hub.url, '/admin/v1/rules/dunning-stage/roll-back', { method: 'POST' })

test(
  'a grace period published once counts for the very next request by REST, by SOAP and in the path of changes, on two processes',
  async () => {
    const [first, second] = hubs
    expect(await saidNow('before')).toEqual(['reminder'])

    const ms = await publishGrace(first, 14)
    expect(await saidNow('after')).toEqual(['none'])
    console.log(`a rule was in force on both processes when the publication was answered, after ${Math.round(ms)} ms`)
    expect(ms).toBeLessThan(PUBLISH_MS_MAX)

    expect((await rollBack(second)).status).toBe(200)
    expect(await saidNow('again')).toEqual(['reminder'])
  },
  TEST_TIMEOUT_MS,
)

test(
  'a process that hangs delays a publication by two seconds, and decides by it when it goes on',
  async () => {
    const [first, second] = hubs
    process.kill(second.process.pid, 'SIGSTOP')
    let ms: number
    try {
      ms = await publishGrace(first, 14)
      expect(await decidedBy(first)).toBe('none')
    } finally {
      process.kill(second.process.pid, 'SIGCONT')
    }
    expect(await decidedBy(second)).toBe('none')
    expect(ms).toBeGreaterThan(1_000)
    expect(ms).toBeLessThan(LEASE_MS + PUBLISH_MS_MAX)
    expect((await rollBack(first)).status).toBe(200)
  },
  TEST_TIMEOUT_MS,
)
