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
import { soap } from '../../../connectors/soap/index.ts'
import {
  BillingService,
  type Change,
  pushMessage,
  type Row,
  tableNamed,
} from '../../../demo/fakes/soap-billing/index.ts'
import type { Connector, PushRequest } from '../../../hub/contracts/connector.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'

const PASSWORD = 'billing-<secret>'
const PUSH = { user: 'billing', password: 'push-secret' }
const ENTRY = tableNamed('Entry')
const INVOICE = tableNamed('Invoice')
const FAULTS = [
  { detail: 'code=NOT_FOUND', means: 'absent' },
  { detail: 'code=VERSION_CONFLICT', means: 'conflict' },
  { detail: 'code=CONTINUATION_EXPIRED', means: 'expired' },
  { detail: 'code=THROTTLED', means: 'throttle' },
]

/** A billing service of our own: checked by zeep in connectors/soap/independent-clients.system.test.ts. */
export const soapHarness: ConnectorHarness = {
  spec: soap,
  async start(): Promise<SystemUnderTest> {
    const service = new BillingService({
      users: [
        { user: 'hub', password: PASSWORD, rights: 'write' },
        { user: 'nobody', password: 'nobody-secret', rights: 'none' },
      ],
    })
    const port = await service.listen(0)
    const proxy = await startProxy({ host: '127.0.0.1', port })
    const settings: JsonObject = {
      wsdl: `http://127.0.0.1:${proxy.port}/billing?wsdl`,
      security: { type: 'wsse-digest', user: 'hub', password: PASSWORD },
      faults: FAULTS,
      push: { ...PUSH },
    }
    let entities = 0
    return {
      settings,
      wrongPassword: { ...settings, security: { type: 'wsse-digest', user: 'hub', password: 'wrong-secret' } },
      unreachable: { ...settings, wsdl: 'http://127.0.0.1:1/billing?wsdl' },
      withoutRights: { ...settings, security: { type: 'wsse-digest', user: 'nobody', password: 'nobody-secret' } },
      secrets: [PASSWORD, 'wrong-secret', 'nobody-secret', PUSH.password],
      modes: ['poll', 'push'],
      marks: ['poll'],
      lacks: { losePosition: 'the position is a time, which is never too old for the service' },
      proxy,
      freshEntity: (mode, options = {}) =>
        Promise.resolve(makeEntity(service, `register ${(entities += 1)}`, mode, options)),
      types: (mode) => Promise.resolve(makeTypes(service, mode)),
      faults: (entity) => faultCases(service, entity),
      malformed: () => malformedCases(service, settings),
      throttle(_, { retryAfterSeconds }) {
        service.faults.throttled = 0
        service.faults.throttle = { retryAfterSeconds }
        return { requests: () => service.faults.throttled, restore: () => (service.faults.throttle = undefined) }
      },
      breakAfterCommit: () => (service.faults.dropAfterWrite = 1),
      async killAndRestart() {
        await service.down()
        await service.up()
      },
      async stop() {
        await proxy.close()
        await service.close()
      },
    }
  },
}

interface Options {
  pageSize?: number
  lookBackSeconds?: number
}

function makeEntity(
  service: BillingService,
  register: string,
  mode: Mode,
  { pageSize = 500, lookBackSeconds = 60 }: Options,
): TestEntity {
  const { store } = service
  const put = (records: readonly TestRecord[], at?: Date): void => {
    for (const record of records)
      store.put(ENTRY, { ...record } as Row, { register, ...(at ? { at: at.getTime() } : {}) })
  }
  const versions = new Map<string, number>()
  const pushed = (ids: readonly string[], kind: Change['kind'], rows: readonly (Row | null)[]): PushRequest => {
    const changes = ids.map((key, index): Change => {
      const version = (versions.get(key) ?? 0) + 1
      versions.set(key, version)
      return { table: 'Entry', register, key, kind, row: rows[index] ?? null, version, changedAt: Date.now() }
    })
    return asRequest(pushMessage(changes, { ...PUSH, entityOf: () => register }))
  }
  return {
    config: {
      entity: register,
      mode: 'poll',
      options: {
        keyFields: ['id'],
        list: {
          operation: 'ListEntries',
          arguments: { register, page_size: '{pageSize}', continuation: '{token}', changed_since: '{since}' },
          rows: 'entries/entry',
          paging: 'token',
          nextToken: 'continuation',
          total: 'total',
          pageSize,
        },
        incremental: { field: 'changed_at', lookBackSeconds },
        get: { operation: 'GetEntry', arguments: { register, id: '{key}' }, row: 'entry' },
        upsert: {
          operation: 'PutEntry',
          arguments: { register, entry: '{record}', expected_version: '{lock}', request_id: '{idempotencyKey}' },
          lock: 'version',
          version: 'version',
        },
        markField: 'last_request',
      },
    },
    put: async (records) => put(records),
    putAt: async (records, at) => put(records, at),
    putInOneTransaction: async (states) => put(states),
    putLate: async (records, at) => ({ commit: async () => put(records, at) }),
    remove: async (ids) => ids.forEach((id) => store.remove(ENTRY, id, register)),
    oracle: async () => store.all(ENTRY, register).map(({ row }) => row as unknown as TestRecord),
    addField: async (name) => store.addField(name),
    dropField: async (name) => store.dropField(register, name),
    async fill(count) {
      for (let index = 1; index <= count; index += 1) {
        store.put(ENTRY, { id: `f${index}`, name: 'x'.repeat(100), note: null, amount: index }, { register })
      }
    },
    isDiscovered: ({ entity }) => entity === 'entry',
    keepsAbsent: true,
    push: (records) =>
      pushed(
        records.map(({ id }) => id),
        'upsert',
        records as unknown as Row[],
      ),
    pushDelete: (ids) =>
      pushed(
        ids,
        'delete',
        ids.map(() => null),
      ),
    forge: mode === 'push' ? (request) => forgeries(request) : undefined,
  } as TestEntity
}

function asRequest({ headers, body }: { headers: Record<string, string>; body: string }): PushRequest {
  return { method: 'POST', headers, query: {}, body: Buffer.from(body) }
}

function forgeries(request: PushRequest): ForgedRequest[] {
  const text = request.body.toString()
  const changed = (title: string, pattern: RegExp | string, by: string): ForgedRequest => {
    const body = text.replace(pattern, by)
    if (body === text) throw new Error(`nothing was forged: ${title}`)
    return { title, request: { ...request, body: Buffer.from(body) } }
  }
  const [security = ''] = /<wsse:Security.*<\/wsse:Security>/.exec(text) ?? []
  const signed = pushMessage([], { ...PUSH, password: 'wrong', entityOf: () => '' })
  const [other = ''] = /<wsse:Security.*<\/wsse:Security>/.exec(signed.body) ?? []
  const old = pushMessage([], { ...PUSH, entityOf: () => '', now: () => Date.now() - 3_600_000 })
  const [stale = ''] = /<wsse:Security.*<\/wsse:Security>/.exec(old.body) ?? []
  return [
    changed('no security header', security, ''),
    changed('a wrong password', security, other),
    changed('a token of an hour ago', security, stale),
    changed(
      'another time under the same digest',
      /<wsu:Created>[^<]*/,
      `<wsu:Created>${new Date(Date.now() + 5000).toISOString()}`,
    ),
    changed('two security headers', security, security + security),
    changed(
      'a signature that nobody checks',
      '</wsse:Security>',
      '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/></wsse:Security>',
    ),
    changed('another user', /<wsse:Username>[^<]*/, '<wsse:Username>somebody'),
  ]
}

const TYPES_ROW: Row = {
  invoice_no: '9007199254740993',
  account_no: "k:/ ' % 😀",
  doc_type: '',
  issued: '2024-02-29T23:59:59.000001',
  due: '2024-02-29',
  period_from: null,
  net_cents: -2147483648,
  currency: 'GBP',
  exchange_rate: '-1234567890123456789012345678.0123456789',
  discount_percent: '1e-7',
  e_bill: true,
  accepted_at: '2024-02-29T23:59:59.999999+05:30',
  lines: [{ text: 'one "line" <&>', quantity: '3', amount: '0.10' }],
  document: 'AP86',
}

function makeTypes(service: BillingService, mode: Mode): TypesCase {
  const changedAt = Date.parse('2034-05-06T07:08:09.123Z')
  const base = makeEntity(service, 'types', mode, {})
  const expected: JsonObject = {
    ...(TYPES_ROW as unknown as JsonObject),
    accepted_at: '2024-02-29T18:29:59.999999Z',
    discount_percent: 1e-7,
    lines: { line: [{ '@text': 'one "line" <&>', '@quantity': 3, '#text': '0.10' }] },
    changed_at: '2034-05-06T07:08:09.123Z',
    version: '1',
    last_request: null,
  }
  const change: Change = {
    table: 'Invoice',
    register: undefined,
    key: '9007199254740993',
    kind: 'upsert',
    row: TYPES_ROW,
    version: 1,
    changedAt,
  }
  const { last_request: _, ...sent } = expected
  return {
    entity: {
      ...base,
      config: {
        entity: 'Invoice',
        mode: 'poll',
        options: {
          keyFields: ['invoice_no'],
          list: {
            operation: 'ListInvoices',
            arguments: { page_size: '{pageSize}', continuation: '{token}', changed_since: '{since}' },
            rows: 'invoices/invoice',
            paging: 'token',
            nextToken: 'continuation',
          },
          incremental: { field: 'changed_at' },
        },
      },
    },
    async insert() {
      service.store.put(INVOICE, TYPES_ROW, { at: changedAt })
    },
    push: () => asRequest(pushMessage([change], { ...PUSH, entityOf: () => 'Invoice' })),
    // By push the lines are JSON as the service has them.
    expected: mode === 'push' ? { ...sent, lines: TYPES_ROW.lines as unknown as JsonObject[] } : expected,
    key: '9007199254740993',
  }
}

function faultCases(service: BillingService, { config }: TestEntity): FaultCase[] {
  const reading =
    (options: JsonObject): FaultCase['run'] =>
    async (open) =>
      (await open()).check([{ ...config, options: { ...config.options, ...options } }])
  const list = config.options.list as JsonObject
  const get = config.options.get as JsonObject
  const write =
    (fields: JsonObject): FaultCase['run'] =>
    async (open) => {
      const [result] = (await (await open()).write?.(config, [{ key: 'r0001', fields, idempotencyKey: 'f' }])) ?? []
      if (result?.outcome === 'failed') throw result.error
    }
  const answered =
    (fault: string, status = 500): FaultCase['run'] =>
    async (open) => {
      const connector = await open()
      // With the WSDL read before.
      await connector.check()
      service.faults.answer = { status, headers: { 'content-type': 'text/xml' }, body: enveloped(fault) }
      try {
        await readAll(connector, config)
      } finally {
        service.faults.answer = undefined
      }
    }
  const fault = (code: string): string =>
    `<soap:Fault><faultcode>${code}</faultcode><faultstring>secret of r0001</faultstring></soap:Fault>`
  const locked: FaultCase['run'] = async (open) => {
    const register = String((list.arguments as JsonObject).register)
    service.store.put(ENTRY, { id: 'r0001', locked: true }, { register })
    try {
      await write({ amount: 5 })(open)
    } finally {
      service.store.put(ENTRY, { id: 'r0001', locked: false }, { register })
    }
  }
  const misconfigured = (title: string, options: JsonObject): FaultCase => ({
    title,
    run: reading(options),
    code: 'connector.settings',
    family: 'config',
  })
  return [
    misconfigured('an unknown operation', { list: { ...list, operation: 'ListNothing' } }),
    misconfigured('an unknown argument', { list: { ...list, arguments: { registre: 'x' } } }),
    misconfigured('an unknown path', { list: { ...list, rows: 'entries/nothing' } }),
    misconfigured('an unknown key field', {
      keyFields: ['nothing'],
      list: { operation: 'ListAccounts', arguments: { changed_since: '{since}' }, rows: 'accounts/account' },
    }),
    misconfigured('an unknown placeholder', { get: { ...get, arguments: { id: '{keys}' } } }),
    misconfigured('an unknown option', { lits: {} }),
    { title: 'a value of the wrong type', run: write({ amount: 'x' }), code: 'connector.rejected', family: 'reject' },
    {
      title: 'a value out of range',
      run: write({ amount: 3_000_000_000 }),
      code: 'connector.rejected',
      family: 'reject',
    },
    {
      title: 'a value that must not be nil',
      run: write({ amount: null }),
      code: 'connector.rejected',
      family: 'reject',
    },
    { title: 'a locked record', run: locked, code: 'connector.busy', family: 'retry' },
    { title: 'a fault of the server', run: answered(fault('soap:Server')), code: 'connector.busy', family: 'retry' },
    {
      title: 'a fault of the client',
      run: answered(fault('soap:Client')),
      code: 'connector.rejected',
      family: 'reject',
    },
    {
      title: 'a fault under HTTP 200',
      run: answered(fault('soap:Client.X'), 200),
      code: 'connector.rejected',
      family: 'reject',
    },
    {
      title: 'a token that was refused',
      run: answered(fault('x:FailedAuthentication')),
      code: 'connector.auth',
      family: 'config',
    },
    {
      title: 'another SOAP version',
      run: answered(fault('soap:VersionMismatch')),
      code: 'connector.settings',
      family: 'config',
    },
    { title: 'a gateway without the service', run: answered('', 502), code: 'connector.unreachable', family: 'retry' },
  ]
}

function enveloped(body: string): string {
  return `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>${body}</soap:Body></soap:Envelope>`
}

async function readAll(connector: Connector, config: TestEntity['config']): Promise<void> {
  for await (const _page of connector.backfill?.({ ...config, mode: 'poll' }, null) ?? []) continue
}

const TYPES = 'urn:lindenbridge:billing:types'

function malformedCases(service: BillingService, settings: JsonObject): MalformedCase[] {
  const config = makeEntity(service, 'malformed', 'poll', {}).config
  const rows = (inner: string): string =>
    enveloped(`<ListEntriesResponse xmlns="${TYPES}"><entries>${inner}</entries></ListEntriesResponse>`)
  const answer = (
    title: string,
    body: string,
    more: Partial<MalformedCase> & { type?: string } = {},
  ): MalformedCase => ({
    title,
    code: 'connector.unexpected',
    family: 'retry',
    ...more,
    async run(open) {
      const connector = await open({ ...settings, maxAnswerBytes: 8_000_000 })
      // With the WSDL read before.
      await connector.check()
      service.faults.answer = { status: 200, headers: { 'content-type': more.type ?? 'text/xml; charset=utf-8' }, body }
      try {
        await readAll(connector, config)
      } finally {
        service.faults.answer = undefined
      }
    },
  })
  const push = (title: string, forge: (text: string) => string): MalformedCase => ({
    title,
    code: 'connector.rejected',
    family: 'reject',
    async run(open) {
      const change: Change = {
        table: 'Entry',
        register: 'x',
        key: 'k',
        kind: 'upsert',
        row: { name: 'N' },
        version: 1,
        changedAt: Date.now(),
      }
      const request = asRequest(pushMessage([change], { ...PUSH, entityOf: () => 'Entry' }))
      return (await open()).receive?.({ ...request, body: Buffer.from(forge(request.body.toString())) })
    },
  })
  const bomb = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>`
  const deep = `${'<x>'.repeat(200_000)}${'</x>'.repeat(200_000)}`
  return [
    answer('a torn answer', rows('<entry><id>1</id>').slice(0, -60)),
    answer('an answer with entities', bomb + rows('<entry><id>&b;</id></entry>')),
    answer('a deep answer', rows(deep)),
    answer('an answer with too many elements', rows('<entry/>'.repeat(600_000))),
    answer('an oversize answer', rows(`<entry><id>${'x'.repeat(9_000_000)}</id></entry>`), {
      code: 'connector.settings',
      family: 'config',
    }),
    answer('an answer with two bodies', rows('').replace('<soap:Body>', '<soap:Body/><soap:Body>')),
    answer('the answer of another operation', enveloped(`<ListAccountsResponse xmlns="${TYPES}"/>`)),
    answer('an answer without SOAP', '<html><body>Login</body></html>', { type: 'text/html' }),
    answer('JSON', '{"entries":[]}', { type: 'application/json' }),
    answer('a record without its key', rows('<entry><name>N</name></entry>')),
    push('a torn push', (text) => text.slice(0, -30)),
    push('a push with entities', (text) => text.replace('?>', `?>${bomb}`)),
    push('a push with two bodies', (text) => text.replace('</soap:Body>', '</soap:Body><soap:Body/>')),
    push('a push with a wrapped body', (text) => text.replace(/<soap:Body>.*<\/soap:Body>/, '<w>$&</w>')),
    push('a deep push', (text) => text.replace('<value>N</value>', `<value>${deep}</value>`)),
    push('a push with a header that must be understood', (text) =>
      text.replace('<soap:Header>', '<soap:Header><x:Route xmlns:x="urn:x" soap:mustUnderstand="1"/>'),
    ),
    push('a push of something else', (text) => text.replaceAll('PushChanges', 'DropChanges')),
    push('a push with a kind that there is not', (text) => text.replace('>upsert<', '>merge<')),
    push('a push without a time', (text) => text.replace(/<time>.*<\/time>/, '')),
    push('a push with a time without a zone', (text) => text.replace('Z</time>', '</time>')),
    push('a push with a field twice', (text) =>
      text.replace('<field><name>name</name><value>N</value></field>', '$&$&'),
    ),
    push('a push with an element that there is not', (text) => text.replace('<kind>', '<colour/><kind>')),
  ]
}
