import type {
  ConnectorHarness,
  FaultCase,
  ForgedRequest,
  MalformedCase,
  Mode,
  SystemUnderTest,
  TestEntity,
  TestRecord,
  TypesCase,
} from '../../../connectors/conformance/harness.ts'
import { startProxy } from '../../../connectors/conformance/tcp-proxy.ts'
import { sap } from '../../../connectors/sap/index.ts'
import type { PushRequest } from '../../../hub/contracts/connector.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'
import type { Row, ServiceDefinition, SetDefinition } from '../../../demo/fakes/sap/definition.ts'
import { IdocSender, type Segment } from '../../../demo/fakes/sap/idoc-sender.ts'
import { SapFake } from '../../../demo/fakes/sap/sap-fake.ts'

const SERVICE = '/sap/opu/odata/sap/ZKIT_SRV'
const PASSWORD = 'sap-secret-1'
const IDOC_PASSWORD = 'idoc-secret-2'
const WRONG = 'wrong-secret-3'

/** The fake SAP system; by OData V2 with the IDocs that it sends, and by OData V4. */
export const sapV2Harness = sapHarness('2')
export const sapV4Harness = sapHarness('4')

function sapHarness(version: '2' | '4'): ConnectorHarness {
  return {
    spec: sap,
    variant: version === '2' ? 'by OData V2 and IDoc' : 'by OData V4',
    start: () => start(version),
  }
}

async function start(version: '2' | '4'): Promise<SystemUnderTest> {
  const service: ServiceDefinition = { path: SERVICE, version, namespace: 'ZKIT_SRV', sets: [] }
  const fake = new SapFake({
    services: [service],
    users: { HUB: { password: PASSWORD, mayUse: true }, NOBODY: { password: PASSWORD, mayUse: false } },
    sapClient: '100',
  })
  await fake.listen(0)
  const proxy = await startProxy({ host: '127.0.0.1', port: Number(new URL(fake.origin).port) })
  const settings: JsonObject = {
    baseUrl: `http://127.0.0.1:${proxy.port}`,
    user: 'HUB',
    password: PASSWORD,
    sapClient: '100',
    services: [SERVICE],
    idocUser: 'SAPS4H',
    idocPassword: IDOC_PASSWORD,
  }
  const kit = new Kit(fake, service)
  return {
    settings,
    lacks: {
      losePosition: 'a change date is no position that could be lost (connectors/sap tests it with delta tokens)',
    },
    wrongPassword: { ...settings, password: WRONG },
    unreachable: { ...settings, baseUrl: 'http://127.0.0.1:1' },
    withoutRights: { ...settings, user: 'NOBODY' },
    impatient: { timeoutMs: 1000 },
    secrets: [PASSWORD, IDOC_PASSWORD, WRONG],
    modes: version === '2' ? ['poll', 'push'] : ['poll'],
    proxy,
    breakAfterCommit: () => fake.faults.loseAnswers(1),
    freshEntity: (mode, options) => Promise.resolve(kit.entity(mode, options)),
    numberedEntity: () => Promise.resolve(kit.numbered()),
    types: (mode) => Promise.resolve(mode === 'push' ? kit.pushedTypes() : kit.types()),
    faults: (entity) => kit.faults(entity),
    malformed: (entity) => kit.malformed(entity),
    throttle(_, { retryAfterSeconds }) {
      fake.faults.throttle(Number.POSITIVE_INFINITY, retryAfterSeconds)
      const before = fake.requests
      return { requests: () => fake.requests - before, restore: () => fake.faults.throttle(0, 0) }
    },
    async killAndRestart() {
      await fake.close()
      await fake.restart()
    },
    async stop() {
      await proxy.close()
      await fake.close()
    },
  }
}

class Kit {
  readonly #fake: SapFake
  readonly #service: ServiceDefinition
  readonly #sender = new IdocSender({
    url: 'http://127.0.0.1/',
    user: 'SAPS4H',
    password: IDOC_PASSWORD,
    partner: 'S4HCLNT100',
    port: 'SAPS4H',
  })
  #number = 0

  constructor(fake: SapFake, service: ServiceDefinition) {
    this.#fake = fake
    this.#service = service
  }

  #add(fields: SetDefinition['fields'], keys: string[]): SetDefinition {
    this.#number += 1
    const name = `KitSet${this.#number}`
    const set: SetDefinition = { name, table: name, keys, fields, stamps: { changed: ['ChangedAt'] } }
    this.#fake.addSet(this.#service, set)
    return set
  }

  entity(mode: Mode, options: { pageSize?: number; lookBackSeconds?: number } = {}): TestEntity {
    const set = this.#add(
      [
        { name: 'id', type: 'String' },
        { name: 'name', type: 'String' },
        { name: 'note', type: 'String' },
        { name: 'amount', type: 'Int32', nullable: false },
        { name: 'ChangedAt', type: 'Timestamp' },
      ],
      ['id'],
    )
    const table = this.#fake.table(set.table)
    const put = (records: readonly TestRecord[], at: Date): void => {
      for (const { id, ...fields } of records) {
        const before = table.get(JSON.stringify([id])) ?? blank(set)
        table.put({ ...before, ...fields, id, ChangedAt: at.toISOString() })
      }
    }
    const given = { service: SERVICE, version: this.#service.version, changeFields: ['ChangedAt'], ...options }
    const config = { entity: set.name, mode: 'poll' as const, options: given }
    return {
      config,
      put: (records) => Promise.resolve(put(records, new Date())),
      putAt: (records, at) => Promise.resolve(put(records, at)),
      putLate: (records, at) => Promise.resolve({ commit: () => Promise.resolve(put(records, at)) }),
      remove: (ids) => Promise.resolve(ids.forEach((id) => void table.remove(JSON.stringify([id])))),
      oracle: () => Promise.resolve(table.rows().map(({ ChangedAt: _, ...row }) => row as unknown as TestRecord)),
      addField: (name) => Promise.resolve(this.#addField(set, name)),
      dropField: (name) => Promise.resolve(this.#dropField(set, name)),
      fill: (count) =>
        Promise.resolve(
          put(
            Array.from({ length: count }, (_, at) => ({ id: `f${at}`, name: 'x'.repeat(100), note: null, amount: at })),
            new Date(),
          ),
        ),
      isDiscovered: ({ entity }) => entity === set.name,
      without: () => ({ ...config, options: { ...given, select: ['name', 'note'] } }),
      ...(mode === 'push' ? this.#pushing() : {}),
    }
  }

  /** With a number range of SAP's, and a field for the mark. */
  numbered(): TestEntity {
    const entity = this.entity('poll')
    const set = this.#service.sets.find(({ name }) => name === entity.config.entity)
    set?.fields.push({ name: 'Reference', type: 'String', maxLength: 35 })
    if (set) set.numbers = { field: 'id', from: 4_600_000_001, step: 1 }
    return { ...entity, config: { ...entity.config, options: { ...entity.config.options, markField: 'Reference' } } }
  }

  #addField(set: SetDefinition, name: string): void {
    set.fields.push({ name, type: 'String' })
    this.#fake.table(set.table).reshape((row) => ({ ...row, [name]: null }))
  }

  #dropField(set: SetDefinition, name: string): void {
    set.fields.splice(0, set.fields.length, ...set.fields.filter((field) => field.name !== name))
  }

  /** The same records as customers by IDoc; they can be read by OData too. */
  #pushing(): Partial<TestEntity> {
    return {
      push: (records) => this.#request(records.map((record) => ({ E1KNA1M: [customerSegment(record)] }))),
      pushDelete: (ids) => this.#request(ids.map((id) => ({ E1KNA1M: [{ MSGFN: '003', KUNNR: id }] }))),
      forge: (request) => forgeries(request),
      keepsAbsent: true,
      fromNative: (data) => (data.E1KNA1M === undefined ? data : fieldsOfCustomer(data)),
    }
  }

  #request(contents: readonly Record<string, Segment[]>[]): PushRequest {
    const idocs = contents.map((segments) => ({ messageType: 'DEBMAS', idocType: 'DEBMAS07', segments }))
    return request(this.#sender.document(idocs))
  }

  pushedTypes(): TypesCase {
    const segment = { KUNNR: "k:/ ' % 😀", NAME1: ' <&> "\' 😀 ü ', UMSA1: '9007199254740993.10' }
    const inside = { E1KNVVM: [{ VKORG: '0001' }, { VKORG: '' }] }
    const push = this.#request([{ E1KNA1M: [{ ...segment, ...inside }] }])
    const [, control = ''] = /<EDI_DC40 SEGMENT="1">(.*)<\/EDI_DC40>/.exec(push.body.toString()) ?? []
    const fields = [...control.matchAll(/<(\w+)>([^<]*)</g)].map(([, name = '', value = '']) => [name, value])
    return {
      entity: this.entity('push'),
      insert: () => Promise.resolve(),
      push: () => push,
      expected: { EDI_DC40: Object.fromEntries(fields) as JsonObject, E1KNA1M: [{ ...segment, ...inside }] },
      key: segment.KUNNR,
    }
  }

  types(): TypesCase {
    const { version } = this.#service
    const set = this.#add(
      [
        { name: 'Part', type: 'String' },
        { name: 'Number', type: 'Int32' },
        { name: 'Big', type: 'Int64' },
        { name: 'Money', type: 'Decimal' },
        { name: 'Share', type: 'Double' },
        { name: 'Yes', type: 'Boolean' },
        { name: 'Day', type: 'Date' },
        { name: 'Hour', type: 'Time' },
        { name: 'Id', type: 'Guid' },
        { name: 'Bytes', type: 'Binary' },
        { name: 'Text', type: 'String' },
        { name: 'Nothing', type: 'String' },
        { name: 'ChangedAt', type: 'Timestamp' },
      ],
      ['Part', 'Number'],
    )
    const row: Row = {
      Part: "k:/ ' % 😀",
      Number: -7,
      Big: '9007199254740993',
      Money: '-1234567890123456789012345678.0123456789',
      Share: 1e-7,
      Yes: true,
      Day: '0001-01-01',
      Hour: '23:59:59',
      Id: '123e4567-e89b-12d3-a456-426655440000',
      Bytes: 'AP86',
      Text: '😀 "\\\n',
      Nothing: null,
      // V2 has milliseconds, V4 up to seven digits and more.
      ChangedAt: version === '2' ? '2024-02-29T23:59:59.999Z' : '2024-02-29T23:59:59.999999Z',
    }
    return {
      entity: {
        ...this.entity('poll'),
        config: {
          entity: set.name,
          mode: 'poll',
          options: { service: SERVICE, version, changeFields: ['ChangedAt'] },
        },
      },
      insert: () => Promise.resolve(this.#fake.put(set.table, row)),
      expected: row as JsonObject,
      key: "k%3A/ ' %25 😀:-7",
    }
  }

  faults({ config }: TestEntity): FaultCase[] {
    const { faults, locks } = this.#fake
    const read =
      (options: JsonObject, before: () => void = () => undefined): FaultCase['run'] =>
      async (open) => {
        const connector = await open()
        before()
        const given = { ...config, options: { ...config.options, ...options } }
        for await (const page of connector.backfill?.(given, null) ?? []) if (page.records.length === 0) break
      }
    const failing = (status: number, code: string): FaultCase['run'] => read({}, () => faults.fail(1, status, code))
    const write =
      (fields: JsonObject): FaultCase['run'] =>
      async (open) => {
        const [result] = (await (await open()).write?.(config, [{ key: 'r0001', fields, idempotencyKey: 'f' }])) ?? []
        if (result?.outcome === 'failed') throw result.error
      }
    const lock = `${config.entity}/${JSON.stringify(['r0001'])}`
    const locked: FaultCase['run'] = async (open) => {
      locks.add(lock)
      try {
        await write({ amount: 5 })(open)
      } finally {
        locks.delete(lock)
      }
    }
    const other = this.#service.version === '2' ? '4' : '2'
    return [
      { title: 'a missing entity set', run: read({ entitySet: 'None' }), ...CONFIG('schema') },
      { title: 'a missing service', run: read({ service: '/sap/opu/odata/sap/NONE' }), ...CONFIG('schema') },
      { title: 'the other version', run: read({ version: other }), ...CONFIG('schema') },
      { title: 'a missing change field', run: read({ changeFields: ['None'] }), ...CONFIG('schema') },
      { title: 'a missing navigation', run: read({ expand: ['to_None'] }), ...CONFIG('schema') },
      { title: 'a missing key field', run: read({ keyFields: ['None'] }), ...CONFIG('schema') },
      { title: 'an unknown option', run: read({ entitySett: 'x' }), ...CONFIG('settings') },
      { title: 'a user without the right', run: failing(403, '/IWFND/CM_MGW/102'), ...CONFIG('forbidden') },
      { title: 'a dump', run: failing(500, 'SY/530'), code: 'connector.busy', family: 'retry' },
      { title: 'a gateway without its backend', run: failing(502, ''), code: 'connector.unreachable', family: 'retry' },
      { title: 'a lock told as 423', run: failing(423, 'ZZ/001'), code: 'connector.busy', family: 'retry' },
      { title: 'a lock told as 400', run: locked, code: 'connector.busy', family: 'retry' },
      { title: 'a value of the wrong type', run: write({ amount: 'x' }), code: 'connector.rejected', family: 'reject' },
      { title: 'a value out of range', run: write({ amount: 1e12 }), code: 'connector.rejected', family: 'reject' },
      { title: 'a null where none may be', run: write({ amount: null }), code: 'connector.rejected', family: 'reject' },
    ]
  }

  malformed(_entity: TestEntity): MalformedCase[] {
    const good = this.#sender.document([
      { messageType: 'DEBMAS', idocType: 'DEBMAS07', segments: { E1KNA1M: [{ KUNNR: '1' }] } },
    ])
    const bodies: [string, string | Buffer][] = [
      ['nothing', ''],
      ['JSON', '{"KUNNR": "1"}'],
      ['a document cut off', good.slice(0, -20)],
      ['entities that expand', good.replace('?>', `?>${LAUGHS}`).replace('<KUNNR>1', '<KUNNR>&l9;')],
      ['a file from outside', good.replace('?>', '?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>')],
      ['deep nesting', good.replace('</E1KNA1M>', `${'<A SEGMENT="1">'.repeat(2000)}${'</A>'.repeat(2000)}</E1KNA1M>`)],
      ['more than 8 MiB', good.replace('<KUNNR>1', `<KUNNR>${'1'.repeat(9 * 1024 * 1024)}`)],
      ['bytes that are no UTF-8', Buffer.from(good.replace('<KUNNR>1', '<KUNNR>\xff'), 'latin1')],
      ['another document', '<html><body>Logon</body></html>'],
      ['an IDoc without control record', good.replace(/<EDI_DC40.*<\/EDI_DC40>/, '')],
      ['an IDoc without number', good.replace(/<DOCNUM>\d+<\/DOCNUM>/, '')],
      ['an IDoc without key', good.replace('<KUNNR>1</KUNNR>', '')],
      ['an unknown message type', good.replace('<MESTYP>DEBMAS', '<MESTYP>ZUNKNOWN')],
      [
        'a root that is not its type',
        good.replaceAll('DEBMAS07>', 'MATMAS05>').replace('<IDOCTYP>MATMAS05', '<IDOCTYP>DEBMAS07'),
      ],
    ]
    return bodies.map(([title, body]) => ({
      title,
      run: async (open) => (await open()).receive?.(request(body)),
      code: 'connector.rejected',
      family: 'reject',
    }))
  }
}

function CONFIG(name: string): { code: string; family: string } {
  return { code: `connector.${name}`, family: 'config' }
}

const LAUGHS = `<!DOCTYPE a [<!ENTITY l0 "lol">${Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('')}]>`

function request(body: string | Buffer, authorization = basic('SAPS4H', IDOC_PASSWORD)): PushRequest {
  return {
    method: 'POST',
    headers: { authorization, 'content-type': 'text/xml; charset=utf-8' },
    query: {},
    body: Buffer.from(body as string),
  }
}

function forgeries({ headers, ...rest }: PushRequest): ForgedRequest[] {
  const { authorization: _, ...unsigned } = headers
  const withHeader = (authorization: string): PushRequest => ({ ...rest, headers: { ...headers, authorization } })
  return [
    { title: 'no password', request: { ...rest, headers: unsigned } },
    { title: 'a wrong password', request: withHeader(basic('SAPS4H', WRONG)) },
    { title: 'another user', request: withHeader(basic('OTHER', IDOC_PASSWORD)) },
    { title: 'another scheme', request: withHeader(`Bearer ${IDOC_PASSWORD}`) },
  ]
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

function customerSegment({ id, name, note, amount }: TestRecord): Segment {
  const fields = { NAME1: name, NAME2: note, UMSA1: amount }
  const given = Object.entries(fields).flatMap(([field, value]) =>
    value === undefined || value === null ? [] : [[field, value] as const],
  )
  return { MSGFN: '005', KUNNR: id, ...Object.fromEntries(given) }
}

/** ABAP knows no null: a field without a value is left out of the segment. */
function fieldsOfCustomer(data: JsonObject): JsonObject {
  const [segment = {}] = data.E1KNA1M as JsonObject[]
  const { NAME1: name = null, NAME2: note = null, UMSA1: amount } = segment
  return { name, note, ...(amount === undefined ? {} : { amount: Number(amount) }) }
}

function blank(set: SetDefinition): Row {
  return Object.fromEntries(set.fields.map(({ name, type }) => [name, type === 'Int32' ? 0 : null]))
}
