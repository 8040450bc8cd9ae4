/** The billing service pushes its changes by SOAP to a running hub, and what the hub does not take comes back as a fault. */
import { soap } from '../../connectors/soap/index.ts'
import { BillingPusher, BillingService, pushMessage, tableNamed } from '../../demo/fakes/soap-billing/index.ts'
import { type RunningApi, startApi } from '../support/api.ts'
import { until } from '../support/engine.ts'

const PUSH = { user: 'billing', password: 'push "&" secret' }
const ACCOUNT = tableNamed('Account')
let hub: RunningApi
const billing = new BillingService({ users: [] })

beforeAll(async () => {
  hub = await startApi(
    {
      'config/systems/billing.yaml': [
        'title: Billing',
        'connector: soap',
        "settings: { wsdl: 'http://127.0.0.1:1/?wsdl', push: { user: billing, password: '${env:PUSH}' } }",
        'entities:',
        '  CustomerAccount: { mode: push }',
        '',
      ].join('\n'),
      'mappings/billing/CustomerAccount.yaml':
        'source: CustomerAccount\ntarget: customer\nkey: account_no\nfields:\n  kind: { constant: organization }\n  organization.legalName: full_name\n',
    },
    { connectors: [soap], environment: { PUSH: PUSH.password } },
  )
})
let pusher: BillingPusher | undefined
afterAll(async () => {
  await pusher?.close()
  await hub.stop()
})

const hook = '/v1/hooks/billing'

test('changes of the service become changes of the hub, in their order, and every one is answered', async () => {
  const pushing = (pusher = new BillingPusher(billing.store, {
    url: `${hub.url}${hook}`,
    ...PUSH,
    entityOf: () => 'CustomerAccount',
  }))
  billing.store.put(ACCOUNT, { account_no: 'LC-1', full_name: 'Zoë & Söhne GmbH' })
  for (let round = 1; round <= 5; round += 1)
    billing.store.put(ACCOUNT, { account_no: 'LC-2', full_name: `Round ${round}` })
  billing.store.put(ACCOUNT, { account_no: 'LC-3', full_name: 'Gone' })
  billing.store.remove(ACCOUNT, 'LC-3')
  await until(
    () => pushing.taken === 8,
    20_000,
    () => ({ taken: pushing.taken, waiting: pushing.waiting }),
  )
  await hub.quiet()
  const nameOf = async (key: string): Promise<unknown> => {
    const { body } = await hub.ask(`/v1/customers?system=billing&key=${key}`)
    return (body.items as { organization: { legalName: string } }[])[0]?.organization.legalName
  }
  expect([await nameOf('LC-1'), await nameOf('LC-2'), await nameOf('LC-3')]).toEqual([
    'Zoë & Söhne GmbH',
    'Round 5',
    undefined,
  ])
  expect((await hub.ledger()).accepted).toBe(8)
  await pushing.close()
})

test('the WSDL is at the hook, and names its address', async () => {
  const { status, text, headers } = await hub.ask(`${hook}?wsdl`, { key: null })
  expect([status, headers.get('content-type')]).toEqual([200, 'text/xml; charset=utf-8'])
  expect(text).toContain('/v1/hooks/billing"/>')
})

test.each([
  ['a wrong password', { password: 'wrong' }, 'wsse:FailedAuthentication'],
  ['an entity that the system does not have', { entityOf: () => 'Nothing' }, 'soap:Client'],
])('%s comes back as a fault that says nothing of the inside', async (_, wrong, code) => {
  const stored = billing.store.put(ACCOUNT, { account_no: 'LC-9', full_name: 'Nine' })
  const change = { table: 'Account', register: undefined, key: 'LC-9', kind: 'upsert', ...stored } as const
  const { headers, body } = pushMessage([change], { ...PUSH, entityOf: () => 'CustomerAccount', ...wrong })
  const answer = await hub.ask(hook, { method: 'POST', key: null, body, headers })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([500, 'text/xml; charset=utf-8'])
  expect(answer.text).toContain(`>${code}<`)
  expect(answer.text).not.toMatch(/stack|\.ts|the password/i)
})
