/** Other people's SOAP clients on both of our WSDLs: zeep (Python) and the soap package, neither of which shares code with us. */
import { jest } from '@jest/globals'
import { execFile } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import * as nodeSoap from 'soap'
import { BillingService } from '../../demo/fakes/soap-billing/index.ts'
import type { PushAnswer, PushRequest, SourceRecord } from '../../hub/contracts/connector.ts'
import { asHubError, HubError } from '../../hub/contracts/hub-error.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { ensurePackages, REQUIREMENTS } from '../../scripts/servers/packages.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { SoapConnector } from './connector.ts'
import { soapSettings } from './settings.ts'

jest.setTimeout(180_000)

const SCRIPT = fileURLToPath(new URL('independent-clients.py', import.meta.url))
const USER = { user: 'zeep', password: 'p<ä>ss' }

/** What the hub does around `receive`, as far as it matters here: durable, then the answer; a fault where it is not taken. */
class Hook {
  readonly taken: SourceRecord[] = []
  readonly #server: Server
  connector: SoapConnector | undefined
  url = ''

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => void chunks.push(chunk))
      request.on('end', () => {
        const url = new URL(request.url ?? '', 'http://hub')
        void this.#answer({
          method: request.method === 'GET' ? 'GET' : 'POST',
          headers: request.headers as Record<string, string>,
          query: Object.fromEntries(url.searchParams),
          body: Buffer.concat(chunks),
        }).then(({ status, contentType, body }) => {
          response.writeHead(status, { 'content-type': contentType })
          response.end(body)
        })
      })
    })
  }

  async #answer(request: PushRequest): Promise<PushAnswer> {
    const { connector } = this
    try {
      const result = await connector?.receive(request)
      if (result === undefined) throw new Error('no connector')
      if (result.records.some(({ key }) => key === 'later')) {
        const error = new HubError({
          code: 'bus.unavailable',
          family: 'retry',
          message: 'Later.',
          internal: 'INTERNAL',
        })
        return result.refuse?.(error) ?? result.answer
      }
      this.taken.push(...result.records)
      return result.answer
    } catch (error) {
      const told = connector?.refuse(asHubError(error), request)
      return told ?? { status: 500, contentType: 'text/plain', body: String(error) }
    }
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1/hooks/billing`
    const context = { ...quietContext('billing', new AbortController().signal), hookUrl: this.url }
    this.connector = new SoapConnector(
      soapSettings({ wsdl: 'none.wsdl', push: { ...USER, entities: ['Account'] } }),
      context,
    )
  }

  async close(): Promise<void> {
    await this.connector?.close()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

async function python(task: JsonObject): Promise<JsonObject> {
  return new Promise((resolve, reject) => {
    const child = execFile('/usr/bin/python3', [SCRIPT], { maxBuffer: 1e8, timeout: 120_000 }, (error, out, err) => {
      if (error) reject(new Error(`${error.message}\n${err}`))
      else resolve(JSON.parse(out) as JsonObject)
    })
    child.stdin?.end(JSON.stringify(task))
  })
}

const PUTS = [
  {
    name: 'Account',
    plural: 'Accounts',
    element: 'account',
    elements: 'accounts',
    key: 'account_no',
    record: {
      account_no: 'Z1',
      customer_type: 'R',
      full_name: "Zoë <&> O'Neil 😀",
      phone: '',
      state_code: 'AC',
      opened: '2020-02-29T10:00:00',
    },
  },
  {
    name: 'CreditStanding',
    plural: 'CreditStandings',
    element: 'credit_standing',
    elements: 'credit_standings',
    key: 'account_no',
    record: { account_no: 'Z1', standing: 'A', balance_cents: -5, credit_limit: '150.00', currency: 'GBP' },
  },
  {
    name: 'Invoice',
    plural: 'Invoices',
    element: 'invoice',
    elements: 'invoices',
    key: 'invoice_no',
    record: {
      invoice_no: 500000001,
      account_no: 'Z1',
      due: '2025-07-15',
      exchange_rate: '1234567890123456789.0123456789',
      lines: { line: [{ _value_1: '0.10', text: 'one', quantity: 3 }] },
    },
  },
  {
    name: 'Payment',
    plural: 'Payments',
    element: 'payment',
    elements: 'payments',
    key: 'payment_id',
    record: { payment_id: 8, account_no: 'Z1', amount: '29.99', method: 'CC' },
  },
  {
    name: 'Entry',
    plural: 'Entries',
    element: 'entry',
    elements: 'entries',
    key: 'id',
    record: { id: 'e1', name: 'N', amount: 7 },
  },
]

describe('SOAP as other people speak it', () => {
  const service = new BillingService({ users: [{ ...USER, rights: 'write' }] })
  const hook = new Hook()

  beforeAll(async () => {
    await ensurePackages([REQUIREMENTS.zeep], (text) => console.log(text))
    await service.listen(0)
    await hook.listen()
  })

  afterAll(async () => {
    await service.close()
    await hook.close()
  })

  test('zeep calls every operation of the billing service by its WSDL, and reads back what it wrote', async () => {
    const seen = (await python({ what: 'billing', wsdl: service.wsdlUrl, ...USER, puts: PUTS })) as Record<
      string,
      JsonObject
    >
    expect(seen.operations).toHaveLength(16)
    for (const port of ['BillingSoap', 'BillingSoap12']) {
      for (const digest of ['True', 'False']) {
        const operations = seen[`${port} ${digest}`] as Record<string, JsonObject>
        expect(operations.Account?.got).toMatchObject({ full_name: "Zoë <&> O'Neil 😀", opened: '2020-02-29T10:00:00' })
        expect(operations.Invoice?.got).toMatchObject({
          exchange_rate: '1234567890123456789.0123456789',
          due: '2025-07-15',
          lines: { line: [{ _value_1: '0.10', text: 'one', quantity: 3 }] },
        })
        for (const { name } of PUTS) {
          expect([name, operations[name]?.listed]).toEqual([name, 1])
          expect(operations[`${name} gone`]).toMatchObject({ message: 'The request can not be done: NOT_FOUND' })
        }
      }
    }
    expect(seen.wrong).toMatchObject({ code: 'wsse:FailedAuthentication' })
    expect(seen.wrong12).toMatchObject({ code: 'soap:Sender' })
  })

  test('zeep pushes changes by the WSDL of the hub, and reads its faults', async () => {
    hook.taken.length = 0
    const seen = (await python({ what: 'push', wsdl: `${hook.url}?wsdl`, ...USER })) as Record<
      string,
      JsonObject | number
    >
    for (const port of ['ChangesSoap', 'ChangesSoap12']) {
      const [client, server] =
        port === 'ChangesSoap' ? ['soap:Client', 'soap:Server'] : ['soap:Sender', 'soap:Receiver']
      for (const digest of ['True', 'False']) {
        expect(seen[`${port} ${digest}`]).toBe(2)
        expect(seen[`${port} ${digest} bad`]).toMatchObject({
          code: client,
          message: 'The entity is none of those that may be pushed.',
        })
        expect(seen[`${port} ${digest} later`]).toMatchObject({ code: server, message: 'Later.' })
      }
      expect(seen[`${port} wrong`]).toMatchObject({
        code: port === 'ChangesSoap' ? 'wsse:FailedAuthentication' : client,
      })
    }
    expect(hook.taken).toHaveLength(8)
    expect(hook.taken[0]).toMatchObject({
      entity: 'Account',
      key: 'ChangesSoap True',
      kind: 'upsert',
      sequence: '9007199254740993',
      data: { name: 'Zoë <&> 😀', empty: '', none: null, balance: '12345678901234567890.10' },
    })
    expect(hook.taken[1]).toMatchObject({ key: 'gone', kind: 'delete', data: null })
    expect(JSON.stringify(seen)).not.toContain('INTERNAL')
  })

  test('the soap package lists, gets and puts by the WSDL of the billing service, and pushes by that of the hub', async () => {
    const security = new nodeSoap.WSSecurity(USER.user, USER.password, {
      passwordType: 'PasswordDigest',
      hasNonce: true,
    })
    const billing = await nodeSoap.createClientAsync(service.wsdlUrl)
    billing.setSecurity(security)
    const call = async (client: nodeSoap.Client, name: string, args: object): Promise<Record<string, never>> => {
      const method = client[`${name}Async`] as (args: object) => Promise<[Record<string, never>]>
      return (await method(args))[0]
    }
    const account = { account_no: 'S1', customer_type: 'B', full_name: 'Soap & Co', state_code: 'AC' }
    expect(await call(billing, 'PutAccount', { account })).toHaveProperty('version', 1)
    expect(await call(billing, 'GetAccount', { account_no: 'S1' })).toMatchObject({
      account: { full_name: 'Soap & Co' },
    })
    expect(await call(billing, 'ListAccounts', { page_size: 100 })).toHaveProperty('total')

    hook.taken.length = 0
    const hub = await nodeSoap.createClientAsync(`${hook.url}?wsdl`)
    hub.setSecurity(security)
    const field = [{ name: 'name', value: 'Soap' }]
    const change = { entity: 'Account', key: 'S1', kind: 'upsert', time: new Date().toISOString(), fields: { field } }
    expect(await call(hub, 'PushChanges', { change })).toEqual({ accepted: 1 })
    expect(hook.taken).toMatchObject([{ key: 'S1', data: { name: 'Soap' } }])
  })
})
