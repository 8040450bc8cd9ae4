/** The hub that is attacked: a process of its own with the company's data, a key of each role, and what is there to name. */
import type { Json, JsonObject } from '../../../hub/contracts/json.ts'
import { isJsonObject } from '../../../hub/contracts/json.ts'
import { ROLES } from '../../../hub/security/permissions.ts'
import { until, untilFound } from '../../support/engine.ts'
import { type HubProcess, hubProcess } from '../../support/hub-process.ts'
import { COMPANY, seedChanges } from './company.ts'
import { type FuzzOperation, operationsOf } from './operations.ts'
import { makeWrites, PARTNER_PASSWORD } from './legacy-systems.ts'
import { Pools } from './pools.ts'
import { ownRecords, wholeExamples } from './whole-examples.ts'
import type { Caller } from './requests.ts'

export interface Target {
  hub: HubProcess
  keys: Record<Caller, string | undefined>
  operations: FuzzOperation[]
  schemas: Record<string, JsonObject>
  pools: Pools
  /** Asks as an admin, with a body where one is given. */
  ask(
    path: string,
    body?: Json,
    more?: { method?: string; type?: string; headers?: Record<string, string> },
  ): Promise<{ status: number; body: JsonObject }>
}

const ADMIN_KEY = 'the-admin-key-of-the-attacked-hub'
const SEEDED_MS_MAX = 60_000

export interface TargetOptions {
  databaseUrl: string
  /** Of the shop's database. */
  shopUrl: string
  workspace: string
}

export async function startTarget({ databaseUrl, shopUrl, workspace }: TargetOptions): Promise<Target> {
  const hub = await hubProcess({
    environment: {
      DATABASE_URL: databaseUrl,
      OMNIHUB_WORKSPACE: workspace,
      OMNIHUB_ADMIN_KEY: ADMIN_KEY,
      OMNIHUB_DEMO: 'off',
      OMNIHUB_WEBHOOKS_TO_LOOPBACK: 'on',
      OMNIHUB_RATE_LIMITS: ROLES.map((role) => `${role}=none`).join(', '),
      OMNIHUB_LOG_LEVEL: 'info',
      SHOP_URL: shopUrl,
      PARTNER_PASSWORD,
    },
  })
  try {
    return await withData(hub, shopUrl)
  } catch (error) {
    await hub.kill9()
    throw error
  }
}

async function withData(hub: HubProcess, shopUrl: string): Promise<Target> {
  const ask: Target['ask'] = async (path, body, { method, type = 'application/json', headers } = {}) => {
    const answer = await fetch(hub.url + path, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        ...(body === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    const isJson = /[/+]json(;|$)/.test(answer.headers.get('content-type') ?? '') && text !== ''
    return { status: answer.status, body: isJson ? (JSON.parse(text) as JsonObject) : {} }
  }
  const sent = await ask('/v1/changes', seedChanges(), { type: 'application/cloudevents-batch+json' })
  if (sent.status !== 202) throw new Error(`The data was refused: ${JSON.stringify(sent.body)}`)
  await untilShopRead(ask)
  await untilSettled(ask)
  await makeWrites(ask, shopUrl)
  const keys = await makeKeys(ask)
  await makeThings(ask)
  const document = (await ask('/openapi.json')).body
  const operations = operationsOf(document)
  const records = await ownRecords(ask, operations)
  const components = document['components'] as JsonObject
  const look = async (path: string): Promise<JsonObject | null> => {
    const { status, body } = await ask(path)
    return status === 200 && isJsonObject(body) ? body : null
  }
  const avoid = new Set(Object.values(keys).map((key) => key?.split('_')[1] ?? ''))
  const pools = await Pools.of({
    operations,
    look,
    avoid,
    whole: { ...(await wholeExamples(ask)), ...records.whole },
    writes: records.writes,
  })
  return { hub, keys, operations, schemas: components['schemas'] as Record<string, JsonObject>, pools, ask }
}

async function untilShopRead(ask: Target['ask']): Promise<void> {
  await until(
    async () => ((await ask('/v1/customers?system=shop&key=S15')).body['items'] as Json[]).length > 0,
    SEEDED_MS_MAX,
    () => ask('/admin/v1/systems/shop'),
  )
}

/** Until nothing that was accepted is on its way any more. */
export async function untilSettled(ask: Target['ask']): Promise<JsonObject> {
  const ledger = async (): Promise<JsonObject> => (await ask('/admin/v1/ledger')).body
  return untilFound(
    async () => {
      const totals = await ledger()
      return totals['inFlight'] === 0 ? totals : undefined
    },
    SEEDED_MS_MAX,
    ledger,
  )
}

async function makeKeys(ask: Target['ask']): Promise<Target['keys']> {
  const keys: Record<string, string | undefined> = { admin: ADMIN_KEY, nobody: undefined, 'wrong-key': undefined }
  for (const role of ROLES.filter((one) => one !== 'admin')) {
    const wish = { name: `the fuzzer as ${role}`, role, ...(role === 'system' ? { system: 'legacy' } : {}) }
    keys[role] = String((await ask('/admin/v1/keys', wish)).body['key'])
  }
  return keys as Target['keys']
}

/** Things that only requests make: keys to revoke, subscriptions, decisions, drafts. */
async function makeThings(ask: Target['ask']): Promise<void> {
  for (let at = 0; at < 20; at++) {
    await ask('/admin/v1/keys', { name: `spare ${at}`, role: 'viewer' })
    await ask('/v1/subscriptions', { url: `http://127.0.0.1:9/${at}`, types: ['customer.*'] })
    const input = { status: 'overdue', dueOn: '2026-03-01', balance: { amount: '89.90', currency: 'AUD' } }
    await ask('/v1/decisions/dunning-stage', { input })
  }
  for (const key of ['20', '21', '22', '23']) {
    const { body } = await ask(`/v1/customers?system=legacy&entity=Customer&key=${key}`)
    const [customer] = body['items'] as JsonObject[]
    await ask(`/v1/customers/${String(customer?.['id'])}/erasure`, { reason: 'consent-withdrawn' })
  }
  const soon = { headers: { prefer: 'wait=0' } }
  for (const number of ['CS-1', 'CS-2', 'CS-3'])
    await ask('/v1/cases', { number, subject: 'Fuzz', status: 'open' }, soon)
  for (const entity of ['case', 'customer', 'order', 'offer', 'invoice', 'account'])
    await ask('/v1/exports', { entity })
  await ask('/v1/imports', '{}\n', { type: 'application/x-ndjson' })
  const document = COMPANY['mappings/legacy/Customer.yaml'] ?? ''
  await ask(
    '/admin/v1/mappings/legacy/Customer',
    { document: `${document}  gender: { constant: other }\n` },
    { method: 'PUT' },
  )
  await ask('/admin/v1/matching/snapshots', {})
}
