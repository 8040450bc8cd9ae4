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
import { salesforce } from '../../../connectors/salesforce/index.ts'
import { SalesforceFake } from '../../../demo/fakes/salesforce/index.ts'
import type { EntityConfig, PushRequest } from '../../../hub/contracts/connector.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'

const OUTBOUND_SECRET = 'outbound-secret-1'
const KEY = 'Key__c'
const NATIVE: Record<string, string> = { name: 'Name', note: 'Note__c', amount: 'Amount__c' }
const nativeName = (name: string): string => NATIVE[name] ?? `${name}__c`

/** A fake organization: there is no real one to be had. Every entity is an object of its own, keyed by an external id. */
export const salesforceHarness: ConnectorHarness = {
  spec: salesforce,
  start: () => startOrganization(['poll', 'log'], {}),
}

export const outboundMessagesHarness: ConnectorHarness = {
  spec: salesforce,
  variant: 'by outbound messages',
  start: () =>
    startOrganization(['push'], {
      null: 'an outbound message leaves out a field that has no value',
      pushDelete: 'outbound messages do not tell deletes',
      givenKeys: 'outbound messages only bring records (the organization that is polled makes them)',
    }),
}

async function startOrganization(modes: Mode[], lacks: SystemUnderTest['lacks']): Promise<SystemUnderTest> {
  const users = [
    { username: 'hub@company.example', password: 'crm-password', securityToken: 'T0k3n' },
    { username: 'nobody@company.example', password: 'nobody-password', hidden: ['*'] },
  ]
  const fake = new SalesforceFake({ users, longPollSeconds: 2, dailyCalls: 10_000_000 })
  const address = new URL(await fake.listen())
  const proxy = await startProxy({ host: address.hostname, port: Number(address.port) })
  const { clientId, clientSecret } = fake.organization.options
  const settings: JsonObject = {
    loginUrl: `http://127.0.0.1:${proxy.port}`,
    auth: 'password',
    clientId,
    clientSecret,
    username: 'hub@company.example',
    password: 'crm-password',
    securityToken: 'T0k3n',
    outboundSecret: OUTBOUND_SECRET,
    organizationId: fake.organization.id,
    describeSeconds: 0,
  }
  let entities = 0
  return {
    settings,
    wrongPassword: { ...settings, password: 'wrong-secret' },
    unreachable: { ...settings, loginUrl: 'http://127.0.0.1:1' },
    withoutRights: {
      ...settings,
      username: 'nobody@company.example',
      password: 'nobody-password',
      securityToken: null,
    },
    secrets: [clientSecret, 'crm-password', 'T0k3n', 'wrong-secret', 'nobody-password', OUTBOUND_SECRET],
    modes,
    marks: ['log'],
    lacks: { empty: 'Salesforce stores no empty text: it is null', ...lacks },
    proxy,
    breakAfterCommit: () => void (fake.faults.dropAfterWrite = 1),
    freshEntity(mode, options = {}) {
      entities += 1
      return Promise.resolve(makeEntity(fake, `Thing_${entities}__c`, mode, options))
    },
    numberedEntity() {
      entities += 1
      const object = `Thing_${entities}__c`
      const entity = makeEntity(fake, object, 'poll', {})
      return Promise.resolve({ ...entity, config: { ...entity.config, options: { object, markField: KEY } } })
    },
    types: (mode) => Promise.resolve(makeTypes(fake, `Types_${(entities += 1)}__c`, mode)),
    faults: (entity) => faultCases(fake, entity),
    ...(modes.includes('push')
      ? { malformed: malformedCases }
      : { malformed: (entity) => garbledAnswers(fake, entity) }),
    throttle(_entity, { retryAfterSeconds }) {
      const before = fake.faults.throttled
      fake.faults.throttle = { kind: 'limit', retryAfterSeconds, times: Infinity }
      return {
        requests: () => fake.faults.throttled - before,
        restore: () => void (fake.faults.throttle = undefined),
      }
    },
    losePosition() {
      fake.streaming.expireEvents()
      return Promise.resolve()
    },
    async killAndRestart() {
      await fake.goDown()
      await fake.comeBack()
    },
    async stop() {
      await proxy.close()
      await fake.close()
    },
  }
}

function makeEntity(
  fake: SalesforceFake,
  object: string,
  mode: Mode,
  options: { pageSize?: number; lookBackSeconds?: number },
): TestEntity {
  const type = fake.store.addObject(object, {
    fields: {
      [KEY]: { type: 'string', externalId: true, unique: true },
      Name: { type: 'string' },
      Note__c: { type: 'textarea' },
      Amount__c: { type: 'double', digits: 8 },
    },
  })
  const keyField = type.field(KEY) ?? { name: KEY, type: 'string' as const }
  const put = (records: readonly TestRecord[], at?: Date): Promise<void> => {
    fake.store.transaction(
      (transaction) => {
        for (const { id, ...fields } of records) {
          const [row] = fake.store.byExternalId(object, keyField, id)
          const native = toNative(fields)
          if (row) transaction.update(object, String(row.Id), native)
          else transaction.insert(object, { [KEY]: id, ...native })
        }
      },
      at === undefined ? {} : { at },
    )
    return Promise.resolve()
  }
  const config: EntityConfig = {
    entity: object,
    ...(mode === 'push' ? {} : { mode }),
    options: { object, externalIdField: KEY, ...options },
  }
  return {
    config,
    put: (records) => put(records),
    putAt: (records, at) => put(records, at),
    putInOneTransaction: (states) => put(states),
    putLate: (records, at) => Promise.resolve({ commit: () => put(records, at) }),
    remove(ids) {
      fake.store.transaction((transaction) => {
        for (const id of ids) {
          for (const row of fake.store.byExternalId(object, keyField, id)) transaction.delete(object, String(row.Id))
        }
      })
      return Promise.resolve()
    },
    oracle() {
      const rows = [...fake.store.rows(object)].filter((row) => row.IsDeleted !== true)
      return Promise.resolve(
        rows.map((row) => ({ id: String(row[KEY]), ...fromNative(row as JsonObject) }) as TestRecord),
      )
    },
    addField: (name) => Promise.resolve(type.addField(nativeName(name), { type: 'string' })),
    dropField: (name) => Promise.resolve(type.dropField(nativeName(name))),
    fill(count) {
      return put(
        Array.from({ length: count }, (_, at) => ({ id: `f${at + 1}`, name: 'x'.repeat(100), amount: at + 1 })),
      )
    },
    async push(records) {
      const states = []
      for (const record of records) {
        await put([record])
        states.push(...fake.store.byExternalId(object, keyField, record.id))
      }
      const fields = [KEY, 'Name', 'Note__c', 'Amount__c', 'SystemModstamp']
      const notes = states.map((state) => fake.outbound.notification(state))
      return pushRequest(object, fake.outbound.envelope({ object, fields }, notes))
    },
    forge: forged,
    keepsAbsent: mode === 'push',
    ...(mode === 'push'
      ? {}
      : { without: () => ({ ...config, options: { ...config.options, exclude: ['Amount__c'] } }) }),
    fromNative,
    toNative,
    fieldName: nativeName,
    isDiscovered: (discovered) => discovered.entity === object,
    keyFields: ['Id'],
    badFields: [{ Amount__c: 'no number' }, { Amount__c: 33, Nothing__c: 1 }],
  }
}

function toNative(fields: object): JsonObject {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [nativeName(name), value as string]))
}

function fromNative(data: JsonObject): JsonObject {
  const names = new Map(Object.entries(NATIVE).map(([name, native]) => [native, name]))
  const own = Object.entries(data).filter(([name]) => name !== KEY)
  return Object.fromEntries(own.map(([name, value]) => [names.get(name) ?? name.replace(/__c$/, ''), value]))
}

function pushRequest(object: string, body: string): PushRequest {
  return {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: '""' },
    query: { secret: OUTBOUND_SECRET, entity: object, keyField: KEY },
    body: Buffer.from(body),
  }
}

function forged(request: PushRequest): ForgedRequest[] {
  const { secret: _, ...query } = request.query
  const otherOrganization = request.body
    .toString()
    .replace(/<OrganizationId>[^<]*/, '<OrganizationId>00D000000000001AAA')
  const basic = `Basic ${Buffer.from('crm:wrong').toString('base64')}`
  return [
    { title: 'without a secret', request: { ...request, query } },
    { title: 'with a wrong secret', request: { ...request, query: { ...query, secret: 'outbound-secret-2' } } },
    {
      title: 'with a wrong password',
      request: { ...request, query, headers: { ...request.headers, authorization: basic } },
    },
    { title: 'of another organization', request: { ...request, body: Buffer.from(otherOrganization) } },
  ]
}

function makeTypes(fake: SalesforceFake, object: string, mode: Mode): TypesCase {
  const base = makeEntity(fake, `${object.slice(0, -3)}_base__c`, mode, {})
  fake.store.addObject(object, {
    fields: {
      [KEY]: { type: 'string', externalId: true, unique: true },
      Text__c: { type: 'string' },
      Long__c: { type: 'textarea' },
      Yes__c: { type: 'boolean' },
      Whole__c: { type: 'int' },
      Money__c: { type: 'currency', digits: 14, scale: 4 },
      Day__c: { type: 'date' },
      At__c: { type: 'datetime' },
      Mail__c: { type: 'email' },
      Choices__c: { type: 'multipicklist' },
      Nothing__c: { type: 'string' },
      Address__c: { type: 'address' },
    },
  })
  const long = 'Ünï 😀 "quoted", \'\\ \n'.repeat(500).trim()
  const key = "k:/ ' %"
  const fields = {
    [KEY]: key,
    Text__c: '<a & b> "c", d',
    Long__c: long,
    Yes__c: true,
    Whole__c: -99_999_999,
    Money__c: 1234567890.0123,
    Day__c: '2024-02-29',
    At__c: '2024-02-29T23:59:59+05:30',
    Mail__c: 'someone@company.example',
    Choices__c: 'one;two',
    Nothing__c: null,
  }
  const expected = { ...fields, At__c: '2024-02-29T18:29:59.000Z' }
  const wanted = [KEY, ...Object.keys(fields)]
  const fixed = { Id: '', IsDeleted: false, CreatedDate: '', LastModifiedDate: '', SystemModstamp: '' }
  const config: EntityConfig = {
    entity: object,
    ...(mode === 'push' ? {} : { mode }),
    options: { object, externalIdField: KEY, exclude: ['CreatedDate', 'LastModifiedDate'] },
  }
  const at = new Date('2099-01-01T00:00:00Z')
  const make = (): ReturnType<SalesforceFake['store']['get']> => {
    const row = fake.store.transaction((transaction) => transaction.insert(object, fields), { at })
    fixed.Id = String(row.Id)
    return row
  }
  return {
    entity: { ...base, config },
    insert: () => Promise.resolve(void make()),
    push() {
      const row = make()
      const note = fake.outbound.notification(row ?? {})
      return pushRequest(object, fake.outbound.envelope({ object, fields: wanted }, [note]))
    },
    key,
    get expected() {
      if (mode === 'push') {
        const { Nothing__c: _, ...there } = expected
        return { Id: fixed.Id, ...there }
      }
      return { Id: fixed.Id, IsDeleted: false, SystemModstamp: at.toISOString(), ...expected }
    },
  }
}

function faultCases(fake: SalesforceFake, entity: TestEntity): FaultCase[] {
  const { config } = entity
  const polled = (options: JsonObject = {}): EntityConfig => ({
    ...config,
    mode: 'poll',
    options: { ...config.options, ...options },
  })
  const read =
    (options: JsonObject = {}, settings?: JsonObject): FaultCase['run'] =>
    async (open) => {
      const connector = await open(settings)
      for await (const page of connector.backfill?.(polled(options), null) ?? []) if (page.records.length === 0) break
    }
  const write =
    (fields: JsonObject): FaultCase['run'] =>
    async (open) => {
      const [result] = (await (await open()).write?.(config, [{ key: 'r0001', fields, idempotencyKey: 'f' }])) ?? []
      if (result?.outcome === 'failed') throw result.error
    }
  const during =
    (begin: () => void, run: FaultCase['run'], end: () => void): FaultCase['run'] =>
    async (open) => {
      begin()
      try {
        await run(open)
      } finally {
        end()
      }
    }
  const { faults } = fake
  return [
    { title: 'a missing object', run: read({ object: 'Nothing__c' }), code: 'connector.forbidden', family: 'config' },
    { title: 'a missing field', run: read({ fields: ['Nothing__c'] }), code: 'connector.schema', family: 'config' },
    { title: 'an unknown option', run: read({ objekt: 'x' }), code: 'connector.settings', family: 'config' },
    {
      title: 'a filter with another clause',
      run: read({ where: 'Name = null LIMIT 1' }),
      code: 'connector.settings',
      family: 'config',
    },
    {
      title: 'a filter that is no SOQL',
      run: read({ where: 'Name Name' }),
      code: 'connector.settings',
      family: 'config',
    },
    {
      title: 'a value of the wrong type',
      run: write({ Amount__c: 'x' }),
      code: 'connector.rejected',
      family: 'reject',
    },
    { title: 'a value out of range', run: write({ Amount__c: 1e12 }), code: 'connector.rejected', family: 'reject' },
    {
      title: 'a text that is too long',
      run: write({ Name: 'x'.repeat(300) }),
      code: 'connector.rejected',
      family: 'reject',
    },
    {
      title: 'a field that is not writable',
      run: write({ CreatedDate: '2020-01-01T00:00:00Z' }),
      code: 'connector.rejected',
      family: 'reject',
    },
    {
      title: 'a locked record',
      run: during(
        () => (faults.lockRows = 1),
        write({ Amount__c: 5 }),
        () => (faults.lockRows = 0),
      ),
      code: 'connector.busy',
      family: 'retry',
    },
    {
      title: 'no calls left',
      run: during(
        () => (faults.throttle = { kind: 'limit', times: 1 }),
        read(),
        () => (faults.throttle = undefined),
      ),
      code: 'connector.throttled',
      family: 'retry',
    },
    {
      title: 'a service that is not there',
      run: during(
        () => (faults.throttle = { kind: 'unavailable', times: 1 }),
        read(),
        () => (faults.throttle = undefined),
      ),
      code: 'connector.busy',
      family: 'retry',
    },
    {
      title: 'tokens that are refused for good',
      run: during(
        () => (faults.refuseTokens = true),
        read(),
        () => (faults.refuseTokens = false),
      ),
      code: 'connector.auth',
      family: 'config',
    },
    {
      title: 'a bulk query that fails',
      run: during(
        () => (faults.failJobs = 'Query processing error'),
        read(),
        () => (faults.failJobs = undefined),
      ),
      code: 'connector.busy',
      family: 'retry',
    },
  ]
}

function garbledAnswers(fake: SalesforceFake, { config }: TestEntity): MalformedCase[] {
  const polled: EntityConfig = { ...config, mode: 'poll' }
  const read =
    (path: RegExp, body: string, padding = 0): MalformedCase['run'] =>
    async (open) => {
      fake.faults.garble = { path, body: body + 'x'.repeat(padding), times: 1 }
      for await (const page of (await open()).backfill?.(polled, null) ?? []) if (page.records.length === 0) break
    }
  const unexpected = { code: 'connector.unexpected', family: 'retry' }
  const csv = `"Id","${KEY}"\n"a00000000000001","k"\n`
  return [
    { title: 'a description that is no JSON', run: read(/describe$/, '{"fields": ['), ...unexpected },
    { title: 'a description without fields', run: read(/describe$/, '{}'), ...unexpected },
    { title: 'a job that is no JSON', run: read(/jobs\/query$/, '<html>Down for maintenance</html>'), ...unexpected },
    {
      title: 'a page with a quote that is not closed',
      run: read(/results$/, `${csv}"a00000000000002","k`),
      ...unexpected,
    },
    { title: 'a page whose rows differ in width', run: read(/results$/, `${csv}"a00000000000002"\n`), ...unexpected },
    { title: 'a page without Ids', run: read(/results$/, '"Name"\n"x"\n'), ...unexpected },
    {
      title: 'an answer that is too large',
      run: read(/results$/, csv, 65 * 1024 * 1024),
      code: 'connector.settings',
      family: 'config',
    },
  ]
}

function malformedCases(entity: TestEntity): MalformedCase[] {
  const object = entity.config.entity
  const push =
    (body: string | Buffer): MalformedCase['run'] =>
    async (open) =>
      (await open()).receive?.({ ...pushRequest(object, ''), body: Buffer.from(body) })
  const message = (inner: string): string =>
    `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>${inner}</e:Body></e:Envelope>`
  const entities = Array.from({ length: 20 }, (_, at) => `<!ENTITY x${at + 1} "${`&x${at};`.repeat(10)}">`).join('')
  const rejected = { code: 'connector.rejected', family: 'reject' }
  return [
    { title: 'an empty body', run: push(''), ...rejected },
    { title: 'torn XML', run: push(message('<notifications>').slice(0, -30)), ...rejected },
    { title: 'another message', run: push(message('<query xmlns="urn:partner.soap.sforce.com"/>')), ...rejected },
    {
      title: 'XML without notifications',
      run: push(message('<notifications xmlns="http://soap.sforce.com/2005/09/outbound"/>')),
      code: 'connector.push.unauthorized',
      family: 'reject',
    },
    { title: 'entities that expand', run: push(`<!DOCTYPE e [<!ENTITY x0 "x">${entities}]><e>&x20;</e>`), ...rejected },
    {
      title: 'an external entity',
      run: push('<!DOCTYPE e [<!ENTITY x SYSTEM "file:///etc/passwd">]><e>&x;</e>'),
      ...rejected,
    },
    { title: 'deep XML', run: push(message('<a>'.repeat(5000) + '</a>'.repeat(5000))), ...rejected },
    { title: 'oversize XML', run: push(message(`<a>${'x'.repeat(9 * 1024 * 1024)}</a>`)), ...rejected },
    { title: 'bytes that are no text', run: push(Buffer.from([0xff, 0xfe, 0xfd, 0x00, 0x80])), ...rejected },
  ]
}
