import { createLog } from '../../hub/app/log.ts'
import { Vault } from '../../hub/security/vault.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { changeEvent, type RunningApi, startApi } from '../support/api.ts'
import { until } from '../support/engine.ts'
import { placesOf } from '../support/marker-search.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'
import { masterKey, masterKeys } from '../support/test-vault.ts'
import { isSignedBy, type WebhookReceiver, webhookReceiver } from '../support/webhook-receiver.ts'

let hub: RunningApi
let receiver: WebhookReceiver
let secret: string
let subscription: string

beforeAll(async () => {
  // More attempts than any test waits for: a subscription that is given up would say nothing more.
  const pauses = Array.from({ length: 200 }, () => 50)
  hub = await startApi(PUSH_WORKSPACE, { webhooks: { pauses, log: createLog('silent') } })
  receiver = await webhookReceiver()
  const body = { url: receiver.url, types: ['customer.*'] }
  const { body: made } = await hub.ask('/v1/subscriptions', { method: 'POST', body })
  secret = String(made.secret)
  subscription = String(made.id)
})
afterAll(async () => {
  await receiver.close()
  await hub.stop()
})

let people = 0

async function makePerson(): Promise<void> {
  const key = `s${++people}`
  const event = changeEvent(`crm/Contact/${key}`, { Id: key, FirstName: `Given${key}`, LastName: `Family${key}` })
  const headers = { 'content-type': 'application/cloudevents+json' }
  await hub.ask('/v1/changes', { method: 'POST', headers, body: JSON.stringify(event) })
}

async function storedSecret(): Promise<string> {
  const { rows } = await hub.db.query<{ secret: string }>({
    text: 'select secret from subscription where id = $1',
    values: [subscription],
  })
  return rows[0]?.secret ?? ''
}

async function store(value: string): Promise<void> {
  // A new generation has every process read it.
  await hub.db.query({
    text: 'update subscription set secret = $2, generation = generation + 1, updated_at = now() where id = $1',
    values: [subscription, value],
  })
}

async function failing(): Promise<{ attempts: number; problem: string } | null> {
  const { body } = await hub.ask(`/v1/subscriptions/${subscription}`)
  return body.failing as { attempts: number; problem: string } | null
}

describe('Secrets in the database', () => {
  test('are sealed: no dump of it holds one, and receivers are served all the same', async () => {
    const raw = Buffer.from(secret.slice('whsec_'.length), 'base64')
    for (const text of [secret, secret.slice('whsec_'.length), raw.toString('hex'), raw.toString('base64url')]) {
      expect(await placesOf(hub.db, text)).toEqual([])
    }
    expect(await storedSecret()).toMatch(/^sealed:1:[0-9a-f]{8}:/)
    await makePerson()
    const [message] = await receiver.take(1)
    expect(message !== undefined && isSignedBy(secret, message)).toBe(true)
  })

  test('are sealed at the next start where an older hub left them as they were', async () => {
    await store(secret)
    await Vault.open(hub.db, masterKeys(1))
    expect(await storedSecret()).toMatch(/^sealed:1:/)
    expect(hub.vault.box.open(`subscription/secret/${subscription}`, await storedSecret())).toBe(secret)
  })

  test('that were altered, or moved from another row, sign nothing, and their subscription says so', async () => {
    const kept = await storedSecret()
    const count = receiver.received.length
    for (const wrong of [`${kept.slice(0, -6)}AAAAAA`, hub.vault.box.seal('subscription/secret/another', secret)]) {
      const before = (await failing())?.attempts ?? 0
      await store(wrong)
      await makePerson()
      // Ten more, half a second of them: the hub looks four times a second at what stands there.
      await until(
        async () => {
          const { attempts, problem } = (await failing()) ?? { attempts: 0, problem: '' }
          return attempts >= before + 10 && problem.includes('is not as the hub wrote it')
        },
        5_000,
        failing,
      )
      expect(receiver.received.length).toBe(count)
    }
    await store(kept)
    await receiver.take(count + 2)
    expect(receiver.received.slice(-2).every((message) => isSignedBy(secret, message))).toBe(true)
  })

  test('are refused at the start by a process with another master key, which says which one it lacks', async () => {
    await expect(Vault.open(hub.db, masterKeys(2))).rejects.toMatchObject({
      code: 'secrets.keys-missing',
      family: 'config',
      message: expect.stringContaining(masterKey(1).id) as string,
      fix: expect.stringContaining('OMNIHUB_MASTER_KEY') as string,
    })
    await expect(Vault.open(hub.db, masterKeys(2, 1))).resolves.toBeDefined()
  })

  test('are sealed anew with another master key while messages leave, and the former key is needed no longer', async () => {
    const count = receiver.received.length
    const sending = (async () => {
      for (let i = 0; i < 20; i++) await makePerson()
    })()
    const next = await Vault.open(hub.db, masterKeys(2, 1))
    const [first, second] = await Promise.all([next.rotate(), next.rotate()])
    expect(first + second).toBeGreaterThanOrEqual(2)
    expect(await next.rotate()).toBe(0)
    expect(Object.keys((await next.state()).inUse)).toEqual([masterKey(2).id])
    await sending
    await receiver.take(count + 20)
    expect(receiver.received.slice(count).every((message) => isSignedBy(secret, message))).toBe(true)
    const alone = await Vault.open(hub.db, masterKeys(2))
    expect(alone.laneSecret.equals(hub.vault.laneSecret)).toBe(true)
    expect(alone.box.open(`subscription/secret/${subscription}`, await storedSecret())).toBe(secret)
    // Back, for the hub of this test, which has the first key only.
    await (await Vault.open(hub.db, masterKeys(1, 2))).rotate()
  })

  test('are told of by admins only, by the ids of keys', async () => {
    const { body } = await hub.ask('/admin/v1/secrets')
    expect(body).toEqual({ key: masterKey(1).id, inUse: { [masterKey(1).id]: expect.any(Number) as number } })
    const rotated = await hub.ask('/admin/v1/secrets/rotation', { method: 'POST' })
    expect(rotated.body).toMatchObject({ rotated: 0, key: masterKey(1).id })
    for (const role of ['steward', 'engineer', 'viewer', 'channel'] as const) {
      hub.expectProblem(await hub.ask('/admin/v1/secrets', { key: await hub.keyOf(role) }), 403, 'auth.forbidden')
    }
    const [entry] = (await hub.ask('/admin/v1/audit?act=secrets.rotate')).body.items as JsonObject[]
    expect(entry).toMatchObject({ facts: { rotated: 0, key: masterKey(1).id } })
  })
})
