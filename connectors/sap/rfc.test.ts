import { quietContext } from '../conformance/quiet-context.ts'
import type { Checkpoint, EntityConfig, Page, RecordWrite } from '../../hub/contracts/connector.ts'
import type { HubError } from '../../hub/contracts/hub-error.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { SapConnector } from './connector.ts'
import { rfcError } from './rfc/errors.ts'
import { NodeRfcPort } from './rfc/node-rfc.ts'
import type { RfcConnection, RfcPort, RfcStructure, RfcValue } from './rfc/port.ts'
import { sapSettings } from './settings.ts'
import { unreachableError } from '../shared/errors.ts'

type Customers = Map<string, Record<string, string>>

const message = (TYPE: string, ID = 'F2', NUMBER = '000'): RfcStructure => ({
  TYPE,
  ID,
  NUMBER,
  MESSAGE: 'Frau Geheim',
})

/** An application server with customers: each connection has its own uncommitted changes, which end with it. */
class FakeRfc implements RfcPort {
  readonly customers: Customers = new Map()
  readonly calls: string[] = []
  /** Breaks the connection after this function module has run. */
  breaksAfter: string | undefined
  returns: RfcStructure[] = []
  /** Commits come over a connection of their own, as where a pool hands out another one. */
  splits = false
  #next = 1

  async withConnection<Result>(work: (connection: RfcConnection) => Promise<Result>): Promise<Result> {
    let pending: Customers = new Map()
    const call = (name: string, parameters: RfcStructure): Promise<RfcStructure> => {
      if (this.splits && name.startsWith('BAPI_TRANSACTION')) pending = new Map()
      this.calls.push(name)
      const answer = this.#run(name, parameters, pending)
      if (this.breaksAfter !== name) return Promise.resolve(answer)
      this.breaksAfter = undefined
      return Promise.reject(unreachableError('The connection broke.'))
    }
    return work({ call })
  }

  #run(name: string, given: RfcStructure, pending: Customers): RfcStructure {
    const text = (value: RfcValue): string => (typeof value === 'string' ? value : '')
    const fields = given.PI_ADDRESS as Record<string, string>
    if (name === 'LIST') return { ADDRESSDATA: [...this.customers.keys()].map((CUSTOMER) => ({ CUSTOMER })) }
    if (name === 'GET') {
      const found = this.customers.get(text(given.CUSTOMERNO))
      return found ? { CUSTOMERADDRESS: { ...found }, RETURN: message('S') } : { RETURN: message('E', 'F2', '153') }
    }
    if (name === 'FIND') {
      return {
        RESULT: [...this.customers].filter(([, { REF }]) => REF === given.REF).map(([CUSTOMER]) => ({ CUSTOMER })),
      }
    }
    if (name === 'CHANGE' || name === 'CREATE') {
      if (this.returns.length > 0) return { RETURN: this.returns.splice(0) }
      const key = name === 'CHANGE' ? text(given.CUSTOMERNO) : `new${this.#next++}`
      const flags = (given.PI_ADDRESSX ?? fields) as RfcStructure
      const changed = Object.fromEntries(Object.entries(fields).filter(([field]) => flags[field] !== undefined))
      pending.set(key, { ...this.customers.get(key), ...changed })
      return { RETURN: [message('S'), message('W')] }
    }
    if (name === 'BAPI_TRANSACTION_COMMIT') for (const [key, row] of pending) this.customers.set(key, row)
    return { RETURN: { TYPE: '' } }
  }

  ping(): Promise<string> {
    return Promise.resolve('SAP 756')
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

const BAPI = {
  list: { function: 'LIST', table: 'ADDRESSDATA', key: 'CUSTOMER' },
  get: { function: 'GET', key: 'CUSTOMERNO', results: ['CUSTOMERADDRESS'], notFound: ['F2/153'] },
  update: {
    function: 'CHANGE',
    key: 'CUSTOMERNO',
    structures: { CUSTOMERADDRESS: { parameter: 'PI_ADDRESS', flags: 'PI_ADDRESSX' } },
  },
  create: {
    function: 'CREATE',
    structures: { CUSTOMERADDRESS: { parameter: 'PI_ADDRESS' } },
    reference: { parameter: 'PI_ADDRESS', field: 'REF' },
    lookup: { function: 'FIND', key: 'REF', table: 'RESULT', column: 'CUSTOMER' },
  },
}

const customers: EntityConfig = { entity: 'Customer', options: { protocol: 'bapi', bapi: BAPI, pageSize: 2 } }
const SETTINGS = { rfcAshost: 'ecc', rfcUser: 'HUB', rfcPassword: 'pw', sapClient: '100' }
const context = quietContext('ecc', new AbortController().signal)

function open(): { rfc: FakeRfc; connector: SapConnector } {
  const rfc = new FakeRfc()
  return { rfc, connector: new SapConnector(sapSettings(SETTINGS), context, rfc) }
}

const write = (key: string, fields: JsonObject, expected?: JsonObject): RecordWrite => ({
  key,
  fields: { CUSTOMERADDRESS: fields },
  idempotencyKey: `${key} ${JSON.stringify(fields)}`,
  ...(expected === undefined ? {} : { expected: { CUSTOMERADDRESS: expected } }),
})

async function collect(pages: AsyncIterable<Page>): Promise<Page[]> {
  const all: Page[] = []
  for await (const page of pages) all.push(page)
  return all
}

async function failure(work: Promise<unknown>): Promise<HubError> {
  return work.then(
    () => {
      throw new Error('It did not fail.')
    },
    (error: unknown) => error as HubError,
  )
}

describe('records by BAPI', () => {
  test('are read in pages by key, and followed by comparing', async () => {
    const { rfc, connector } = open()
    for (const key of ['3', '1', '2']) rfc.customers.set(key, { NAME: `N${key}`, REF: '' })
    const pages = await collect(connector.backfill(customers, null))
    expect(pages.map(({ records }) => records.map(({ key }) => key))).toEqual([['1', '2'], ['3']])
    expect(pages[0]?.records[0]?.data).toEqual({ CUSTOMERADDRESS: { NAME: 'N1', REF: '' } })
    let place: Checkpoint | null = (await collect(connector.poll(customers, null)))[0]?.checkpoint ?? null
    place = (await collect(connector.poll(customers, place))).at(-1)?.checkpoint ?? null
    rfc.customers.set('2', { NAME: 'New', REF: '' })
    rfc.customers.delete('3')
    const changed = (await collect(connector.poll(customers, place))).flatMap(({ records }) => records)
    expect(changed.map(({ kind, key }) => [kind, key])).toEqual([
      ['upsert', '2'],
      ['delete', '3'],
    ])
    expect((await connector.missing(customers, ['1', '3'])).map(({ key }) => key)).toEqual(['3'])
  })

  test('are changed by BAPI and commit on one connection, and only what was named', async () => {
    const { rfc, connector } = open()
    rfc.customers.set('1', { NAME: 'Old', CITY: 'Bonn' })
    expect(await connector.write(customers, [write('1', { NAME: 'New' }, { NAME: 'Old' })])).toEqual([
      { outcome: 'written', key: '1' },
    ])
    expect(rfc.customers.get('1')).toEqual({ NAME: 'New', CITY: 'Bonn' })
    expect(rfc.calls).toEqual(['GET', 'CHANGE', 'BAPI_TRANSACTION_COMMIT'])
    await connector.write(customers, [write('1', { NAME: 'New' }, { NAME: 'Old' })])
    expect(rfc.calls.slice(3)).toEqual(['GET'])
    const [stale] = await connector.write(customers, [write('1', { NAME: 'Newer' }, { NAME: 'Old' })])
    expect(stale).toMatchObject({ outcome: 'conflict', current: { CUSTOMERADDRESS: { NAME: 'New' } } })
  })

  test('stay as they were where the commit comes over another connection: the fake would show it', async () => {
    const { rfc, connector } = open()
    rfc.customers.set('1', { NAME: 'Old' })
    rfc.splits = true
    await connector.write(customers, [write('1', { NAME: 'New' })])
    expect(rfc.customers.get('1')).toEqual({ NAME: 'Old' })
  })

  test.each(['E', 'A'])(
    'are rolled back and refused after a RETURN of type %s, whose text is not told',
    async (type) => {
      const { rfc, connector } = open()
      rfc.customers.set('1', { NAME: 'Old' })
      rfc.returns = [message('S'), message(type, 'F2', '042')]
      const [refused] = await connector.write(customers, [write('1', { NAME: 'New' })])
      expect(refused).toMatchObject({
        outcome: 'failed',
        error: { code: 'connector.rejected', internal: 'CHANGE: F2/042' },
      })
      expect(JSON.stringify(refused)).not.toMatch('Geheim')
      expect(rfc.calls.at(-1)).toBe('BAPI_TRANSACTION_ROLLBACK')
      expect(rfc.customers.get('1')).toEqual({ NAME: 'Old' })
    },
  )

  test('that are locked are tried again', async () => {
    const { rfc, connector } = open()
    rfc.customers.set('1', { NAME: 'Old' })
    rfc.returns = [message('E', 'F5', '302')]
    const [locked] = await connector.write(customers, [write('1', { NAME: 'New' })])
    expect(locked).toMatchObject({ error: { code: 'connector.busy', family: 'retry' } })
  })

  test.each(['CREATE', 'BAPI_TRANSACTION_COMMIT'])(
    'are made once, though the connection breaks after %s',
    async (name) => {
      const { rfc, connector } = open()
      rfc.breaksAfter = name
      const [torn] = await connector.write(customers, [write('7', { NAME: 'Made' })])
      expect(torn).toMatchObject({ outcome: 'failed', error: { family: 'retry' } })
      for (let time = 1; time <= 2; time += 1) {
        const [made] = await connector.write(customers, [write('7', { NAME: 'Made' })])
        expect(made).toMatchObject({ outcome: 'written', version: expect.stringMatching(/^new\d$/) })
      }
      expect([...rfc.customers.values()].map(({ NAME }) => NAME)).toEqual(['Made'])
      const [gone] = await connector.write(customers, [write('8', { NAME: 'X' }, { NAME: 'There' })])
      expect(gone).toEqual({ outcome: 'conflict', key: '8', current: null })
    },
  )

  test.each([
    [{ ...BAPI, list: undefined }, ''],
    [{ ...BAPI, get: { ...BAPI.get, results: [] } }, '/get/results'],
    [{ ...BAPI, update: { function: 'A B' } }, '/update/structures'],
    [{ ...BAPI, more: {} }, '/more'],
    [{ ...BAPI, create: { ...BAPI.create, lookup: undefined } }, '/create'],
  ])('with a wrong mapping are told where it is wrong', async (bapi, where) => {
    const { connector } = open()
    const given = JSON.parse(JSON.stringify(bapi)) as JsonObject
    const error = await failure(connector.check([{ entity: 'C', options: { protocol: 'bapi', bapi: given } }]))
    expect(error).toMatchObject({ code: 'connector.settings', where: `/entities/C/options/bapi${where}` })
  })
})

describe('node-rfc', () => {
  class Client {
    static log: string[] = []
    readonly parameters: object
    constructor(parameters: object) {
      this.parameters = parameters
    }
    open(): Promise<void> {
      Client.log.push(`open ${JSON.stringify(this.parameters)}`)
      return Promise.resolve()
    }
    call(name: string): Promise<object> {
      Client.log.push(name)
      if (name === 'HANGS') return new Promise(() => undefined)
      if (name === 'FAILS') return Promise.reject(Object.assign(new Error('Frau Geheim'), { key: 'RFC_LOGON_FAILURE' }))
      return Promise.resolve({ RFCSI_EXPORT: { RFCSAPRL: '756 ' } })
    }
    close(): Promise<void> {
      Client.log.push('close')
      return Promise.resolve()
    }
  }
  const port = (load: () => Promise<unknown>): NodeRfcPort =>
    new NodeRfcPort(sapSettings({ ...SETTINGS, timeoutMs: 100 }), context, load)

  test('that is not installed is told with what to install, and that OData and IDocs work without', async () => {
    const missing = port(() => import('node-rfc-that-is-not-there' as string))
    const error = await failure(missing.ping())
    expect(error).toMatchObject({
      code: 'connector.settings',
      family: 'config',
      fix: expect.stringMatching(/SDK 7.50.*OData and IDocs work without/),
    })
    const { connector } = open()
    expect(
      await failure(
        new SapConnector(sapSettings({}), context, new NodeRfcPort(sapSettings({}), context)).check([customers]),
      ),
    ).toMatchObject({ where: '/settings/rfcAshost' })
    await connector.close()
  })

  test('has one connection for each unit of work, closed after a failure too', async () => {
    const rfc = port(() => Promise.resolve({ default: { Client } }))
    expect(await rfc.ping()).toBe('SAP 756')
    expect(Client.log).toEqual([
      `open ${JSON.stringify({ ashost: 'ecc', sysnr: '00', client: '100', user: 'HUB', passwd: 'pw', lang: 'EN' })}`,
      'RFC_SYSTEM_INFO',
      'close',
    ])
    Client.log = []
    const error = await failure(rfc.withConnection(({ call }) => call('FAILS', {})))
    expect([error.code, Client.log.at(-1)]).toEqual(['connector.auth', 'close'])
    expect(`${error.message} ${error.internal}`).not.toMatch('Geheim')
    expect(await failure(rfc.withConnection(({ call }) => call('HANGS', {})))).toMatchObject({
      code: 'connector.unreachable',
    })
  })

  test.each([
    ['RFC_COMMUNICATION_FAILURE', 'connector.unreachable'],
    ['FU_NOT_FOUND', 'connector.schema'],
    ['RFC_ABAP_EXCEPTION', 'connector.rejected'],
    ['RFC_NO_AUTHORITY', 'connector.forbidden'],
    ['SOMETHING_NEW', 'connector.unexpected'],
  ])('errors are told apart by their key: %s', (key, code) => {
    expect(rfcError(Object.assign(new Error('x'), { key })).code).toBe(code)
  })
})
