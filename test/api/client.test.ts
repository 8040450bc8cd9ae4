/** The TypeScript client against a hub: every method, the quick start of its README, and the built package as somebody installs it. */
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { OmnihubClient, OmnihubError, verifyWebhook } from '../../clients/typescript/src/index.ts'
import { OPERATIONS as ROWS } from '../../clients/typescript/src/generated/table.ts'
import { codesOf } from '../../hub/api/openapi/codes.ts'
import { OPERATIONS } from '../../hub/api/operations/index.ts'
import { ROOT } from '../../scripts/checks.ts'
import { type RunningApi, startApi } from '../support/api.ts'
import { until } from '../support/engine.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'
import { webhookReceiver } from '../support/webhook-receiver.ts'

const run = promisify(execFile)
const CLIENT = join(ROOT, 'clients/typescript')

let api: RunningApi
let hub: OmnihubClient
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'omnihub-client-'))
  api = await startApi(PUSH_WORKSPACE)
  hub = new OmnihubClient({ url: api.url, key: await api.keyOf('channel') })
  const mary = { Id: '1', FirstName: 'Mary', LastName: 'Smith', Email: 'mary@example.com', Phone: '+442079460000' }
  const engineer = new OmnihubClient({ url: api.url, key: await api.keyOf('engineer') })
  const change = {
    specversion: '1.0',
    type: 'omnihub.change.upserted',
    id: 'c1',
    source: '/systems/crm',
    subject: 'Contact/1',
    data: mary,
  } as const
  expect(await engineer.sendChanges({ body: [change] })).toEqual({ accepted: 1, duplicates: 0 })
  expect(await engineer.sendChanges({ body: change })).toEqual({ accepted: 0, duplicates: 1 })
  await api.quiet()
}, 60_000)
afterAll(async () => {
  await api.stop()
  rmSync(folder, { recursive: true, force: true })
})

type Method = (params: object, options?: object) => unknown

/** What an operation is called with so that its request goes out; whether it would be taken is another matter. */
function paramsOf(spec: (typeof OPERATIONS)[number]): object {
  const path = Object.fromEntries(
    Object.entries(spec.params ?? {}).map(([name, { type }]) => [name, type === 'integer' ? 1 : 'x']),
  )
  // Lines are no object.
  const body = spec.body?.types.some((type) => type.includes('ndjson')) === true ? '{}\n' : {}
  return { ...path, ...(spec.body === undefined ? {} : { body }) }
}

/** Sends the request, whatever form the answer has. */
async function sent(client: OmnihubClient, id: string, params: object): Promise<unknown> {
  const method = (client as unknown as Record<string, Method>)[id]
  if (method === undefined) throw new Error(`the client has no method ${id}`)
  const result = method.call(client, params)
  if (result instanceof Promise || typeof (result as { then?: unknown }).then === 'function')
    return result as Promise<unknown>
  for await (const one of result as AsyncIterable<unknown>) return one
  return undefined
}

describe('Each operation', () => {
  const called = OPERATIONS.filter(({ tag }) => tag !== 'SOAP')

  test('has a method, and no method is without an operation', () => {
    expect(Object.keys(ROWS).sort()).toEqual(called.map(({ id }) => id).sort())
  })

  test('is refused by its method without a key that is valid, and answered where it needs none', async () => {
    const nobody = new OmnihubClient({ url: api.url, key: 'omni_nobody_x', retries: 0 })
    for (const spec of called) {
      const outcome = await sent(nobody, spec.id, paramsOf(spec)).then(
        () => 'answered',
        (error: unknown) => (error as OmnihubError).code,
      )
      const expected =
        spec.permission !== 'public'
          ? 'auth.invalid'
          : spec.authentication === 'connector'
            ? 'system.unknown'
            : 'answered'
      expect([spec.id, outcome]).toEqual([spec.id, expected])
    }
  })

  test('is refused with a code that is declared for it where its parameters are wrong', async () => {
    const admin = new OmnihubClient({ url: api.url, key: api.adminKey, retries: 0 })
    const undeclared: string[] = []
    let refusals = 0
    for (const spec of called.filter(({ params, path }) => params !== undefined && !path.startsWith('/v1/hooks'))) {
      const error: unknown = await sent(admin, spec.id, paramsOf(spec)).catch((thrown: unknown) => thrown)
      // Some names may be any text, and what they name may be there; other refusals are those of the act itself.
      if (!(error instanceof OmnihubError) || ![400, 404].includes(error.status)) continue
      refusals++
      if (!codesOf(spec, error.status).includes(error.code))
        undeclared.push(`${spec.id}: ${error.status} ${error.code}`)
    }
    expect(undeclared).toEqual([])
    expect(refusals).toBeGreaterThan(50)
  })
})

describe('The client', () => {
  test('edits what it has read, refreshes it, and is told where somebody else was faster', async () => {
    const [found] = await hub.listCustomers({ email: 'mary@example.com' }).all()
    if (found === undefined) throw new Error('nobody was found')
    const customer = await hub.getCustomer({ id: found.id })
    expect(await hub.refresh(customer)).toBe(customer)
    const edited = await hub.edit(found, { preferredChannel: 'sms' })
    expect(edited).toMatchObject({ id: found.id, preferredChannel: 'sms' })
    await expect(hub.edit(customer, { preferredChannel: 'email' })).rejects.toMatchObject({
      status: 412,
      code: 'customer.changed-meanwhile',
    })
    expect(await hub.refresh(customer)).toMatchObject({ preferredChannel: 'sms' })
  })

  test('carries a request out once, however often it is sent with one key', async () => {
    const body = { channel: 'phone', summary: 'Called.' } as const
    const options = { idempotencyKey: 'call-1' }
    const [one, other] = [
      await hub.createInteraction({ body }, options),
      await hub.createInteraction({ body }, options),
    ]
    expect(one.id).toBe(other.id)
    expect(await hub.listInteractions().all()).toHaveLength(1)
  })

  test('sends many records as lines, and reads many as lines', async () => {
    const admin = new OmnihubClient({ url: api.url, key: api.adminKey })
    async function* contacts(): AsyncGenerator<Record<string, string>> {
      for (let n = 0; n < 500; n++)
        yield { Id: `b${n}`, FirstName: 'Ann', LastName: `Bulk${n}`, Email: `b${n}@example.com` }
    }
    expect(await admin.startImport({ system: 'crm', entity: 'Contact', body: contacts() })).toMatchObject({
      state: 'completed',
    })
    await api.quiet()
    const { id } = await admin.startExport({ body: { entity: 'customer', fields: ['id', 'name.family'] } })
    await until(async () => (await admin.getExport({ id })).state === 'completed', 20_000)
    const ids = new Set<unknown>()
    for await (const line of admin.getExportData({ id })) ids.add(line['id'])
    expect(ids.size).toBe(501)
  })

  test('follows events from where it was told, and verifies webhooks of the hub', async () => {
    const types: string[] = []
    for await (const { type } of hub.followEvents({ type: ['customer.*'], after: '0' }))
      if (types.push(type) === 2) break
    expect(types).toEqual(['customer.created', 'customer.updated'])
    const receiver = await webhookReceiver()
    const { id, secret } = await hub.createSubscription({ body: { url: receiver.url, types: ['customer.*'] } })
    expect(await hub.testSubscription({ id: String(id) })).toMatchObject({ delivered: true, status: 204 })
    const [received] = await receiver.take(1)
    const event = await verifyWebhook({
      secret: String(secret),
      headers: received?.headers ?? {},
      body: received?.body ?? '',
    })
    expect(event.type).toBe('subscription.test')
    await receiver.close()
  })
})

describe('The package', () => {
  beforeAll(async () => {
    // Beside the repository: other tests build the package in its own place.
    const installed = join(folder, 'node_modules/@omnihub/client')
    mkdirSync(installed, { recursive: true })
    copyFileSync(join(CLIENT, 'package.json'), join(installed, 'package.json'))
    await run(process.execPath, [join(CLIENT, 'build.js'), join(installed, 'dist')])
  }, 60_000)

  test('does what the quick start of its README says', async () => {
    const blocks = [...readFileSync(join(CLIENT, 'README.md'), 'utf8').matchAll(/```js\n([^]*?)```/g)]
    writeFileSync(join(folder, 'quick-start.mjs'), blocks[0]?.[1] ?? '')
    const env = { ...process.env, OMNIHUB_URL: api.url, OMNIHUB_KEY: await api.keyOf('channel') }
    const { stdout } = await run(process.execPath, ['quick-start.mjs'], { cwd: folder, env })
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^found [0-9a-f-]{36} Smith$/),
      expect.stringMatching(/^invoices 0 version \d+ ETag "/),
      'prefers sms',
      'refused 404 customer.unknown true',
      expect.stringMatching(/^event customer\.created [0-9a-f-]{36}$/),
      '',
    ])
  })

  test('has types that somebody else can compile by, with nothing of Node', async () => {
    writeFileSync(
      join(folder, 'use.ts'),
      `import { OmnihubClient, type Customer } from '@omnihub/client'\nexport async function names(hub: OmnihubClient): Promise<(string | undefined)[]> {\n  const all: Customer[] = await hub.listCustomers({ q: 'smith' }).all()\n  return all.map((one) => one.name?.full)\n}\n`,
    )
    const compilerOptions = {
      ...{ noEmit: true, strict: true, target: 'es2022', module: 'nodenext', types: [] },
      lib: ['es2022', 'dom', 'dom.asynciterable'],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }))
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
    const said = await run(process.execPath, [compiler], { cwd: folder }).then(
      ({ stdout }) => stdout,
      (error: Error & { stdout?: string }) => error.stdout || String(error),
    )
    expect(said).toBe('')
  })
})
