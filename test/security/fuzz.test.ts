/**
 * Requests made from the OpenAPI document, right and wrong, against a hub with data. The seed is printed; FUZZ_SEED repeats a
 * run, FUZZ_FROM and FUZZ_TO a part of it (FUZZ_SEED=7 FUZZ_FROM=1234 FUZZ_TO=1235 npm test -- test/security/fuzz.test.ts).
 */
import { openDatabase } from '../../hub/store/database.ts'
import { expectBalanced, makeWorkspace } from '../support/core.ts'
import { testDatabase } from '../support/test-database.ts'
import { campaign, type Finding, type Outcome, Requests } from './fuzz/campaign.ts'
import { COMPANY, SENTINELS } from './fuzz/company.ts'
import { type Footprint, footprintOf } from './fuzz/footprint.ts'
import { dropShop, makeShop, PARTNER_PASSWORD } from './fuzz/legacy-systems.ts'
import { Judge } from './fuzz/judge.ts'
import { minimized } from './fuzz/minimize.ts'
import { curlOf, Sender } from './fuzz/send.ts'
import { startTarget, type Target, untilSettled } from './fuzz/target.ts'

/** One seed for everybody, so that a failure is of the change that is tested; `FUZZ_SEED=$RANDOM` looks for what nobody has found yet. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 16)
const FROM = Number(process.env['FUZZ_FROM'] ?? 0)
const TO = Number(process.env['FUZZ_TO'] ?? 20_000)
const isWhole = FROM === 0 && TO >= 20_000
const LANES = 16
const FINDINGS_MAX = 10
/** Far above the slowest answer of a machine that does much else. */
const DEADLINE_MS = 20_000
/** Operations that one run may miss by chance. */
const UNDONE_MAX = 2
const GROWTH_BYTES_MAX = 400 * 1024 * 1024
const GROWTH_FILES_MAX = 40

let target: Target
let sender: Sender
let judge: Judge
let requests: Requests
let outcome: Outcome
let before: Footprint | null
let databaseUrl = ''
const stops: (() => Promise<unknown> | undefined)[] = []

beforeAll(async () => {
  const database = await testDatabase()
  databaseUrl = database.url
  stops.push(() => database.drop())
  const shopUrl = await makeShop(database.url)
  stops.push(() => dropShop(database.url))
  const workspace = await makeWorkspace(COMPANY)
  stops.push(() => {
    workspace.remove()
    return undefined
  })
  target = await startTarget({ databaseUrl: database.url, shopUrl, workspace: workspace.folder })
  stops.push(() => target.hub.stop())
  const { operations, pools, schemas, keys, hub } = target
  requests = new Requests({ seed: SEED, operations, pools, schemas })
  sender = new Sender({ url: hub.url, keys, deadlineMs: DEADLINE_MS, connections: LANES })
  const secrets = [
    ...Object.values(keys).filter((key) => key !== undefined),
    new URL(database.url).password,
    PARTNER_PASSWORD,
  ]
  judge = new Judge({ operations, schemas, secrets, masked: new Set(['viewer', 'channel']) })
  before = footprintOf(hub.pid)
  console.log(`Fuzzing ${operations.length} operations: FUZZ_SEED=${SEED} FUZZ_FROM=${FROM} FUZZ_TO=${TO}`)
  const range = { from: FROM, to: TO, lanes: LANES, findingsMax: FINDINGS_MAX }
  const began = performance.now()
  outcome = await campaign({ requests, sender, judge, ...range })
  const seconds = (performance.now() - began) / 1000
  console.log(
    `${outcome.sent} requests in ${seconds.toFixed(1)} s (${(outcome.sent / seconds).toFixed(0)}/s); most of the time: ${longest()}`,
  )
}, 600_000)

afterAll(async () => {
  sender?.close()
  for (const stop of stops.reverse()) await stop()
})

test('Every answer is one that the operation declares, in time, whole, with its headers, and shows nothing of the inside', async () => {
  const told = []
  for (const finding of outcome.findings) told.push(await toldOf(finding))
  expect(told).toEqual([])
  expect(outcome.sent).toBe(TO - FROM)
}, 300_000)

function longest(): string {
  const all = [...outcome.took].sort(([, a], [, b]) => b - a)
  return all
    .slice(0, 8)
    .map(([id, ms]) => `${id} ${(ms / 1000).toFixed(1)} s`)
    .join(', ')
}

/** The fault with one small request that shows it, where a smaller one still does. */
async function toldOf({ index, request, faults, answer }: Finding): Promise<string> {
  const [fault = ''] = faults
  const alike = async (smaller: typeof request): Promise<boolean> => {
    const again = await sender.send(smaller)
    return (
      again.status === answer.status &&
      judge.faults(smaller, again).some((one) => one.slice(0, 40) === fault.slice(0, 40))
    )
  }
  // What was done once is sometimes done for good: then only the first request shows it.
  const small = (await alike(request)) ? await minimized(request, alike) : request
  return `FUZZ_SEED=${SEED} #${index} (${request.broken.join(', ')}) ${faults.join('; ')}\n${curlOf(small, target.hub.url).slice(0, 4_000)}`
}

test('The same seed gives the same requests', () => {
  const { operations, pools, schemas } = target
  const again = new Requests({ seed: SEED, operations, pools, schemas })
  const shown = (of: Requests, index: number): string => {
    const { operation, ...rest } = of.at(index)
    return JSON.stringify([operation.id, rest])
  }
  for (let index = 0; index < 300; index++) expect(shown(again, index)).toBe(shown(requests, index))
  const others = new Requests({ seed: SEED + 1, operations, pools, schemas })
  const differ = Array.from({ length: 50 }, (_, index) => shown(others, index) !== shown(requests, index))
  expect(differ.filter(Boolean).length).toBeGreaterThan(40)
})

/** What needs more than the company has, with the reason: each is still asked, and refuses. */
const NEVER_DONE: Readonly<Record<string, string>> = {
  trainMatchingModel: 'there are too few records to learn from',
  cancelImport: 'no import is open for as long as that takes',
  resolveWriteBack: 'conflicts end as soon as the system is read again, which other requests ask for',
  retryRecordWrite: 'no write of a record fails for good',
  discardRecordWrite: 'no write of a record fails for good',
}

test('The requests get beyond refusals: all operations, but for two by chance, did their work at least once', () => {
  if (!isWhole) return
  const undone = target.operations
    .map(({ id }) => id)
    .filter((id) => NEVER_DONE[id] === undefined)
    .filter((id) => ![...(outcome.statuses.get(id)?.keys() ?? [])].some((status) => status >= 200 && status < 300))
  const told = undone.map((id) => [id, Object.fromEntries(outcome.statuses.get(id) ?? []), outcome.refusals.get(id)])
  // What a thing is used up by, and when, depends on the order in which the answers come.
  expect(told.length > UNDONE_MAX ? told : []).toEqual([])
})

test('Afterwards the ledger balances, the audit trail is sound, and the log tells of no fault and no secret', async () => {
  await untilSettled(target.ask)
  const database = openDatabase(databaseUrl, { poolMax: 1 })
  try {
    await expectBalanced(database)
  } finally {
    await database.close()
  }
  expect((await target.ask('/admin/v1/audit/verify', {})).body).toMatchObject({ sound: true, faults: [] })
  const log = target.hub.log()
  const lines = log.split('\n').filter((line) => /"level":"error"/.test(line))
  expect(lines.slice(0, 3)).toEqual([])
  for (const secret of [...SENTINELS, ...Object.values(target.keys)]) {
    if (secret !== undefined) expect([secret, log.includes(secret)]).toEqual([secret, false])
  }
})

test('The process neither grew nor kept what was open, and works as before', async () => {
  sender.close()
  const after = await footprintAtRest(target.hub.pid)
  if (before !== null && after !== null) {
    expect(after.bytes - before.bytes).toBeLessThan(GROWTH_BYTES_MAX)
    expect(after.files - before.files).toBeLessThan(GROWTH_FILES_MAX)
  }
  expect((await target.ask('/health/ready')).status).toBe(200)
  const change = { specversion: '1.0', id: 'after', source: '/systems/crm', type: 'omnihub.change.upserted' }
  const data = { key: 'after', given: 'After', family: 'All' }
  const event = {
    ...change,
    subject: 'Customer/after',
    time: '2026-05-01T00:00:00Z',
    data,
  }
  const sent = await target.ask('/v1/changes', event, { type: 'application/cloudevents+json' })
  expect(sent.body).toEqual({ accepted: 1, duplicates: 0 })
  await untilSettled(target.ask)
  const { body } = await target.ask('/v1/customers?system=crm&key=after')
  expect(body['items']).toMatchObject([{ name: { given: 'After', family: 'All' } }])
})

/** Connections close a moment after their callers went. */
async function footprintAtRest(pid: number): Promise<Footprint | null> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const now = footprintOf(pid)
    if (now === null || before === null || now.files - before.files < GROWTH_FILES_MAX) return now
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return footprintOf(pid)
}
