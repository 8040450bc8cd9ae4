import type {
  ConnectorHarness,
  FaultCase,
  MalformedCase,
  SystemUnderTest,
  TestEntity,
  TestRecord,
  TypesCase,
} from '../../../connectors/conformance/harness.ts'
import { startProxy } from '../../../connectors/conformance/tcp-proxy.ts'
import { rest } from '../../../connectors/rest/index.ts'
import { numberText } from '../../../demo/fakes/http/exact-json.ts'
import { FakeRest } from '../../../demo/fakes/rest/index.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'

const SECRET = 'kit-client-secret'
const FIELDS = { name: 'text', note: 'text', amount: 'integer' } as const

export const restHarness: ConnectorHarness = {
  spec: rest,
  async start(): Promise<SystemUnderTest> {
    const fake = new FakeRest({
      accounts: [
        { name: 'kit', secret: SECRET },
        { name: 'nobody', secret: 'nobody-secret', mayRead: [] },
      ],
    })
    const proxy = await startProxy({ host: '127.0.0.1', port: await fake.listen() })
    const settingsOf = (port: number, clientId: string, clientSecret: string): JsonObject => ({
      baseUrl: `http://127.0.0.1:${port}/api`,
      timeoutMs: 5000,
      auth: { scheme: 'oauth2', tokenUrl: `http://127.0.0.1:${port}/oauth/token`, clientId, clientSecret },
      check: { path: '/version', version: 'version' },
    })
    const settings = settingsOf(proxy.port, 'kit', SECRET)
    let entities = 0
    return {
      settings,
      wrongPassword: settingsOf(proxy.port, 'kit', 'wrong-secret'),
      unreachable: settingsOf(1, 'kit', SECRET),
      withoutRights: settingsOf(proxy.port, 'nobody', 'nobody-secret'),
      secrets: [SECRET, 'wrong-secret', 'nobody-secret'],
      modes: ['poll'],
      impatient: { ...settings, timeoutMs: 1000 },
      proxy,
      freshEntity: (_mode, options = {}) => {
        entities += 1
        return Promise.resolve(makeEntity(fake, `e'${entities} /Ü`, options))
      },
      numberedEntity: () => {
        entities += 1
        const entity = makeEntity(fake, `numbered${entities}`, {})
        const { create, ...options } = entity.config.options as Record<string, JsonObject>
        const headers = { 'Idempotency-Key': '{{ idempotencyKey }}' }
        const config = { ...entity.config, options: { ...options, create: { ...create, headers, key: 'id' } } }
        return Promise.resolve({ ...entity, config })
      },
      types: () => Promise.resolve(typesCase(fake, `types${(entities += 1)}`)),
      faults: (entity) => faultCases(entity, settings),
      malformed: (entity) => malformedCases(fake, entity, settings),
      throttle: (_entity, { retryAfterSeconds }) => {
        fake.faults.throttled = 0
        fake.faults.throttle = { retryAfterSeconds }
        return { requests: () => fake.faults.throttled, restore: () => void (fake.faults.throttle = undefined) }
      },
      killAndRestart: async () => {
        await fake.down()
        await fake.up()
      },
      breakAfterCommit: () => void (fake.faults.dropAfterWrite = 1),
      stop: async () => {
        await proxy.close()
        await fake.close()
      },
    }
  },
}

function optionsOf(collection: string, pageSize: number, lookBack: number): JsonObject {
  const path = `/${encodeURIComponent(collection)}`
  return {
    key: ['id'],
    list: {
      path,
      query: { limit: '{{ page.size }}', cursor: '{{ page.cursor }}', updated_since: '{{ since }}' },
      records: 'data',
      total: 'meta.total',
    },
    page: { style: 'cursor', size: pageSize, at: 'meta.next_cursor' },
    changes: { fields: ['updated_at'], lookBack, order: 'ascending' },
    deleted: { path: 'deleted' },
    get: { path: `${path}/{{ key }}` },
    update: { path: `${path}/{{ key }}` },
    create: { path },
    lock: { style: 'etag' },
  }
}

function makeEntity(
  fake: FakeRest,
  name: string,
  { pageSize = 1000, lookBackSeconds = 60 }: { pageSize?: number; lookBackSeconds?: number },
): TestEntity {
  const collection = fake.addCollection(name, FIELDS)
  const put = (records: readonly TestRecord[], at?: Date): void => {
    for (const { id, ...fields } of records) {
      collection.put(id, { ...fields }, at?.toISOString())
    }
  }
  return {
    config: { entity: `entity ${name}`, mode: 'poll', options: optionsOf(name, pageSize, lookBackSeconds) },
    put: (records) => Promise.resolve(put(records)),
    putAt: (records, at) => Promise.resolve(put(records, at)),
    putInOneTransaction: (states) => Promise.resolve(put(states)),
    putLate: (records, at) => Promise.resolve({ commit: () => Promise.resolve(put(records, at)) }),
    remove: (ids) => Promise.resolve(ids.forEach((id) => void collection.remove(id))),
    oracle: () => Promise.resolve(collection.all().filter(({ deleted }) => !deleted) as unknown as TestRecord[]),
    addField: (field) => Promise.resolve(collection.addField(field, 'text')),
    dropField: (field) => Promise.resolve(collection.dropField(field)),
    fill: (count) => {
      for (let row = 1; row <= count; row += 1) {
        collection.put(`f${row}`, { name: 'x'.repeat(100), note: null, amount: row })
      }
      return Promise.resolve()
    },
    keepsAbsent: true,
  }
}

function typesCase(fake: FakeRest, name: string): TypesCase {
  const collection = fake.addCollection(name, {})
  const entity = makeEntity(fake, `${name}-base`, {})
  const at = new Date().toISOString()
  const plain = {
    micros: '2024-02-29T18:29:59.999999Z',
    local: '2024-02-29T23:59:59.000001',
    yes: true,
    tiny: 1e-7,
    list: ['a,"b', null, '', 'ü'],
    inner: { z: null, deep: [[1, 2], []] },
    emoji: '😀',
    nothing: null,
    empty: '',
  }
  return {
    entity: { ...entity, config: { ...entity.config, options: optionsOf(name, 100, 60) } },
    insert: () => {
      const numbers = {
        big: numberText('9007199254740993'),
        money: numberText('-1234567890123456789012345678.0123456789'),
      }
      collection.put("k:/ ' %", { ...plain, ...numbers }, at)
      return Promise.resolve()
    },
    key: "k:/ ' %",
    expected: {
      deleted: false,
      ...plain,
      big: '9007199254740993',
      money: '-1234567890123456789012345678.0123456789',
      id: "k:/ ' %",
      updated_at: at,
    },
  }
}

function faultCases({ config }: TestEntity, settings: JsonObject): FaultCase[] {
  const options = config.options as Record<string, JsonObject>
  const read =
    (more: JsonObject): FaultCase['run'] =>
    async (open) => {
      const given = { ...config, options: { ...options, ...more } }
      for await (const page of (await open(settings)).backfill?.(given, null) ?? [])
        if (page.records.length === 0) break
    }
  const write =
    (fields: JsonObject): FaultCase['run'] =>
    async (open) => {
      const [result] = (await (await open()).write?.(config, [{ key: 'r0001', fields, idempotencyKey: 'f' }])) ?? []
      if (result?.outcome === 'failed') throw result.error
    }
  const noLock: FaultCase['run'] = async (open) => {
    const { lock: _, ...unlocked } = options
    const writes = [{ key: 'r0001', fields: { amount: 8 }, idempotencyKey: 'f' }]
    const [result] = (await (await open()).write?.({ ...config, options: unlocked }, writes)) ?? []
    if (result?.outcome === 'failed') throw result.error
  }
  return [
    {
      title: 'no such list',
      run: read({ list: { ...options.list, path: '/nowhere' } }),
      code: 'connector.schema',
      family: 'config',
    },
    {
      title: 'no records there',
      run: read({ list: { ...options.list, records: 'items' } }),
      code: 'connector.schema',
      family: 'config',
    },
    {
      title: 'a parameter that there is not',
      run: read({
        list: { ...options.list, query: { limit: 5, cursor: '{{ page.cursor }}', since: '{{ since }}', q: 1 } },
      }),
      code: 'connector.schema',
      family: 'config',
    },
    { title: 'an unknown option', run: read({ lits: {} }), code: 'connector.settings', family: 'config' },
    { title: 'a value of the wrong type', run: write({ amount: 'x' }), code: 'connector.rejected', family: 'reject' },
    { title: 'a field that there is not', run: write({ other: 1 }), code: 'connector.rejected', family: 'reject' },
    { title: 'no lock where one is demanded', run: noLock, code: 'connector.rejected', family: 'reject' },
  ]
}

function malformedCases(fake: FakeRest, { config }: TestEntity, settings: JsonObject): MalformedCase[] {
  const answered =
    (body: string, headers: Record<string, string> = {}, more: JsonObject = {}): MalformedCase['run'] =>
    async (open) => {
      const connector = await open({ ...settings, ...more, auth: { scheme: 'bearer', token: SECRET } })
      fake.faults.answer = { status: 200, headers, body }
      try {
        for await (const page of connector.backfill?.(config, null) ?? []) if (page.records.length === 0) break
      } finally {
        fake.faults.answer = undefined
      }
    }
  const [unexpected, schema] = [
    { code: 'connector.unexpected', family: 'retry' },
    { code: 'connector.schema', family: 'config' },
  ]
  const large = `{"data":["${'x'.repeat(2_000_000)}"]}`
  return [
    { title: 'torn JSON', run: answered('{"data":[{"id":"a"'), ...unexpected },
    {
      title: 'HTML',
      run: answered('<html><body>Log in</body></html>', { 'content-type': 'text/html' }),
      ...unexpected,
    },
    { title: 'very deep JSON', run: answered('{"data":'.repeat(200_000)), ...unexpected },
    { title: 'a list of no records', run: answered('{"data":[1,2]}'), ...schema },
    {
      title: 'an unknown charset',
      run: answered('{"data":[]}', { 'content-type': 'application/json; charset=none' }),
      ...unexpected,
    },
    {
      title: 'an unknown content encoding',
      run: answered('{"data":[]}', { 'content-encoding': 'zip' }),
      ...unexpected,
    },
    {
      title: 'an answer that is too large',
      run: answered(large, {}, { maxBytes: 1_000_000 }),
      code: 'connector.settings',
      family: 'config',
    },
  ]
}
