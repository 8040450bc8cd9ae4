import { BillingService, pushMessage, tableNamed } from '../../demo/fakes/soap-billing/index.ts'
import type { Connector, EntityConfig, Page, PushRequest } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { soap } from './index.ts'

const USERS = [
  { user: 'hub', password: 'p<ä>ss', rights: 'write' },
  { user: 'looker', password: 'look', rights: 'read' },
] as const
const FAULTS = [
  { detail: 'code=NOT_FOUND', means: 'absent' },
  { detail: 'code=VERSION_CONFLICT', means: 'conflict' },
  { detail: 'code=CONTINUATION_EXPIRED', means: 'expired' },
  { detail: 'code=THROTTLED', means: 'throttle' },
]
const ACCOUNT: EntityConfig = {
  entity: 'CustomerAccount',
  mode: 'poll',
  options: {
    keyFields: ['account_no'],
    list: {
      operation: 'ListAccounts',
      arguments: { page_size: '{pageSize}', continuation: '{token}', changed_since: '{since}' },
      rows: 'accounts/account',
      paging: 'token',
      nextToken: 'continuation',
      total: 'total',
      pageSize: 2,
    },
    incremental: { field: 'changed_at', lookBackSeconds: 10 },
    get: { operation: 'GetAccount', arguments: { account_no: '{key}' }, row: 'account' },
    upsert: {
      operation: 'PutAccount',
      arguments: { account: '{record}', expected_version: '{lock}', request_id: '{idempotencyKey}' },
      lock: 'version',
      version: 'version',
    },
    markField: 'last_request',
  },
}

const service = new BillingService({ users: USERS })
const opened: Connector[] = []

beforeAll(() => service.listen(0))
afterEach(async () => {
  for (const connector of opened.splice(0)) await connector.close()
})
afterAll(() => service.close())

async function open(more: JsonObject = {}): Promise<Connector> {
  const settings = {
    wsdl: service.wsdlUrl,
    security: { type: 'wsse-digest', user: 'hub', password: 'p<ä>ss' },
    faults: FAULTS,
    ...more,
  }
  const connector = await soap.open(settings, quietContext('billing', new AbortController().signal))
  opened.push(connector)
  return connector
}

async function collect(pages: AsyncIterable<Page> | undefined): Promise<Page[]> {
  const all: Page[] = []
  for await (const page of pages ?? []) all.push(page)
  return all
}

async function failure(act: () => Promise<unknown>): Promise<HubError> {
  try {
    await act()
  } catch (error) {
    if (error instanceof HubError) return error
    throw error
  }
  throw new Error('an error was expected')
}

function account(no: string, more: JsonObject = {}): void {
  const row = { account_no: no, customer_type: 'R', full_name: `Name ${no}`, state_code: 'AC', ...more }
  service.store.put(tableNamed('Account'), row as never)
}

describe.each(['1.1', '1.2'])('the billing service by SOAP %s', (soapVersion) => {
  test.each(['wsse-digest', 'wsse-text'])('is checked, read, polled and written with %s', async (type) => {
    for (const no of ['A1', 'A2', 'A3']) account(no, { email: no === 'A2' ? null : '', phone: ' 1 ' })
    const connector = await open({ soapVersion, security: { type, user: 'hub', password: 'p<ä>ss' } })
    const { serverVersion, warnings } = await connector.check([ACCOUNT])
    expect(serverVersion).toBe(
      `BillingService/BillingSoap${soapVersion === '1.2' ? '12' : ''}, SOAP ${soapVersion}, 16 operations`,
    )
    expect(warnings).toEqual([])
    const [start] = await collect(connector.poll?.(ACCOUNT, null))
    const pages = await collect(connector.backfill?.(ACCOUNT, null))
    expect(pages.map(({ records, totalEstimate }) => [records.length, totalEstimate])).toEqual([
      [2, 3],
      [1, 3],
    ])
    const [first, second] = pages[0]?.records ?? []
    expect(first?.data).toMatchObject({ account_no: 'A1', email: '', phone: ' 1 ' })
    expect(first?.data).not.toHaveProperty('addr_line1')
    expect(second?.data).toMatchObject({ email: null })
    expect(typeof first?.data?.version).toBe('string')

    const written = await connector.write?.(ACCOUNT, [
      { key: 'A1', fields: { email: 'a@b.example' }, expected: { email: '' }, idempotencyKey: 'w1' },
      { key: 'A2', fields: { email: 'x' }, expected: { email: 'stale' }, idempotencyKey: 'w2' },
      { key: 'A3', fields: { nonsense: 1 }, idempotencyKey: 'w3' },
    ])
    expect(written?.map(({ outcome }) => outcome)).toEqual(['written', 'conflict', 'failed'])
    expect(written?.[1]).toMatchObject({ current: { email: null } })
    expect(written?.[2]).toMatchObject({ error: { code: 'connector.rejected', where: '/account/nonsense' } })
    const polled = (await collect(connector.poll?.(ACCOUNT, start?.checkpoint ?? null))).flatMap(
      ({ records }) => records,
    )
    expect(polled.find(({ key }) => key === 'A1')).toMatchObject({ writtenBy: 'w1', data: { email: 'a@b.example' } })
    service.store.remove(tableNamed('Account'), 'A3')
    expect(await connector.missing?.(ACCOUNT, ['A1', 'A3'])).toMatchObject([{ key: 'A3', kind: 'delete' }])
  })
})

test('what is pushed by the WSDL of the hub is taken, and its answer is of the same SOAP version', async () => {
  const push = { user: 'billing', password: 'secret' }
  const connector = await open({ push: { ...push, entities: ['CustomerAccount'] } })
  for (const version of ['1.1', '1.2'] as const) {
    const stored = service.store.put(tableNamed('Account'), { account_no: 'P1', email: null, full_name: '' })
    const change = { table: 'Account', register: undefined, key: 'P1', kind: 'upsert', ...stored } as const
    const { headers, body } = pushMessage([change], { ...push, version, entityOf: () => 'CustomerAccount' })
    const request: PushRequest = { method: 'POST', headers, query: {}, body: Buffer.from(body) }
    const result = await connector.receive?.(request)
    expect(result?.records).toMatchObject([
      { entity: 'CustomerAccount', key: 'P1', kind: 'upsert', data: { account_no: 'P1', email: null, full_name: '' } },
    ])
    expect(result?.answer.body).toContain('<accepted>1</accepted>')
    const fault = result?.refuse?.(new HubError({ code: 'x.y', family: 'retry', message: 'Later', internal: 'SECRET' }))
    expect(fault?.body).toContain('Later')
    expect(fault?.body).not.toContain('SECRET')
  }
  const wrong = pushMessage([], { ...push, password: 'wrong', entityOf: () => '' })
  const error = await failure(async () =>
    connector.receive?.({ method: 'POST', headers: wrong.headers, query: {}, body: Buffer.from(wrong.body) }),
  )
  expect(error.code).toBe('connector.push.unauthorized')
})
