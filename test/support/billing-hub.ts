/** A hub with its API and its engine over the demo company's billing: a SOAP service that speaks the real protocol, in this process. */
import { CONNECTORS } from '../../connectors/index.ts'
import { BillingService, tableNamed } from '../../demo/fakes/soap-billing/index.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { ConnectorEngine } from '../../hub/intake/connector-engine/connector-engine.ts'
import { type Answer, type RunningApi, startApi } from './api.ts'
import { demoSystem, demoSystemFiles } from './demo-files.ts'
import { keptLog, until } from './engine.ts'

const PASSWORD = 'the password of the tests'

export interface BillingHub {
  api: RunningApi
  billing: BillingService
  /** The hub's id of the customer behind an account of billing. */
  customerOf(account: string): Promise<string>
  /** The hub's record of a collection that has this key in billing. */
  recordOf(collection: string, key: string): Promise<JsonObject>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>
  patch(path: string, body: unknown, headers: Record<string, string>): Promise<Answer>
  /** Ends what reads and writes billing as a crash does: at once, with whatever is under way. */
  stopEngine(): Promise<void>
  startEngine(): void
  log: { lines: string[] }
  stop(): Promise<void>
}

export const ACCOUNT = tableNamed('Account')
export const STANDING = tableNamed('CreditStanding')
export const INVOICE = tableNamed('Invoice')
export const PAYMENT = tableNamed('Payment')

/** One customer with an account, its credit standing and one open invoice. */
export const ADA = {
  account: {
    ...{ account_no: 'LC-1', customer_type: 'R', full_name: 'Byron, Ada', state_code: 'AC', phone: '0114 496 0222' },
    ...{ email: 'ada@example.com', opened: '2024-01-01T00:00:00' },
  },
  standing: {
    ...{ account_no: 'LC-1', standing: 'A', balance_cents: 3_899, credit_limit: '150.00', currency: 'GBP' },
    ...{ pay_method: 'DD', terms_days: 14, dunning_level: 0 },
  },
  invoice: {
    ...{ invoice_no: 500_000_001, account_no: 'LC-1', doc_type: 'I', issued: '2026-10-01T09:00:00', due: '2026-10-15' },
    ...{ net_cents: 3_249, vat_cents: 650, total_cents: 3_899, open_cents: 3_899, currency: 'GBP', state: 'O' },
  },
} as const

/** Resolves when billing has been read. */
export async function startBillingHub(files: Record<string, string> = {}): Promise<BillingHub> {
  const billing = new BillingService({ users: [{ user: 'omnihub', password: PASSWORD, rights: 'write' }] })
  billing.store.put(ACCOUNT, ADA.account)
  billing.store.put(STANDING, ADA.standing)
  billing.store.put(INVOICE, ADA.invoice)
  await billing.listen(0)
  const api = await startApi({ ...demoSystemFiles('billing'), ...files })
  const log = keptLog()
  const newEngine = (): ConnectorEngine =>
    new ConnectorEngine({
      db: api.db,
      accept: (changes) => api.core.acceptor.accept(changes),
      systems: new Map([['billing', demoSystem('billing')]]),
      connectors: CONNECTORS,
      environment: { OMNIHUB_DEMO_BILLING_WSDL: billing.wsdlUrl, OMNIHUB_DEMO_BILLING_PASSWORD: PASSWORD },
      log,
      writer: api.core.writer,
    })
  let engine = newEngine()
  engine.start()
  await until(
    async () => (await api.ledger()).applied >= 3,
    20_000,
    () => log.lines,
  )
  const itemOf = async (path: string): Promise<JsonObject> => {
    const { body } = await api.ask(path)
    return (body.items as JsonObject[])[0] ?? {}
  }
  return {
    ...{ api, billing, log },
    customerOf: async (account) => String((await itemOf(`/v1/customers?system=billing&key=${account}`)).id),
    recordOf: (collection, key) => itemOf(`/v1/${collection}?system=billing&key=${key}`),
    post: (path, body, headers = {}) => api.ask(path, { method: 'POST', body, headers }),
    patch: (path, body, headers) =>
      api.ask(path, {
        method: 'PATCH',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/merge-patch+json', ...headers },
      }),
    stopEngine: () => engine.stop(),
    startEngine: () => {
      engine = newEngine()
      engine.start()
    },
    stop: async () => {
      await engine.stop()
      await api.stop()
      await billing.close()
    },
  }
}
