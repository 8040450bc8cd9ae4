/** How the conformance kit tries this connector: a system to start, and the hands to change it behind its back. */
import {
  type ConnectorHarness,
  type FaultCase,
  type MalformedCase,
  startProxy,
  type SystemUnderTest,
  type TestEntity,
  type TestRecord,
} from '../../../../connectors/conformance/authoring.ts'
import type { JsonObject } from '../../../../connectors/authoring.ts'
import { ExampleSystem } from './example-system.ts'
import { connector } from './index.ts'

const TOKEN = 'the-token-of-the-kit'

export const harness: ConnectorHarness = {
  spec: connector,
  async start(): Promise<SystemUnderTest> {
    const system = new ExampleSystem(TOKEN)
    await system.start()
    const proxy = await startProxy({ host: '127.0.0.1', port: system.port })
    const settings: JsonObject = { url: `http://127.0.0.1:${proxy.port}`, token: TOKEN }
    let entities = 0
    const nextName = (): string => `Entity ${String((entities += 1)).padStart(2, '0')}`
    return {
      settings,
      wrongPassword: { ...settings, token: 'wrong-token' },
      unreachable: { ...settings, url: 'http://127.0.0.1:1' },
      withoutRights: { ...settings, token: 'no-rights-token' },
      secrets: [TOKEN, 'wrong-token', 'no-rights-token'],
      modes: ['poll'],
      lacks: { absent: 'the example has a value for every field of a record' },
      proxy,
      commitWords: 'PUT ',
      freshEntity: (_mode, options = {}) => Promise.resolve(entityOf(system, nextName(), options)),
      types: () => Promise.resolve(typesOf(system, nextName())),
      faults,
      malformed: (entity) => malformed(system, entity),
      throttle(_entity, { retryAfterSeconds }) {
        const before = system.requests
        system.retryAfterSeconds = retryAfterSeconds
        return {
          requests: () => system.requests - before,
          restore: () => void (system.retryAfterSeconds = undefined),
        }
      },
      async killAndRestart() {
        await system.stop()
        await system.start()
      },
      async stop() {
        await proxy.close()
        await system.stop()
      },
    }
  },
}

function entityOf(system: ExampleSystem, name: string, options: JsonObject): TestEntity {
  const entity = system.create(name)
  const { fields, records } = entity
  const put = (given: readonly TestRecord[], changed?: string): void => {
    const at = changed ?? system.now()
    for (const { id, ...values } of given) system.store(entity, id, { ...values }, at)
  }
  return {
    config: { entity: name, mode: 'poll', options: { ...options } },
    put: (given) => Promise.resolve(put(given)),
    putAt: (given, watermark) => Promise.resolve(put(given, watermark.toISOString())),
    putLate: (given, watermark) =>
      Promise.resolve({ commit: () => Promise.resolve(put(given, watermark.toISOString())) }),
    remove: (ids) => Promise.resolve(ids.forEach((id) => records.delete(id))),
    oracle: () => Promise.resolve([...records.values()].map(({ data }) => data as unknown as TestRecord)),
    addField(field) {
      fields.add(field)
      for (const { data } of records.values()) data[field] = null
      return Promise.resolve()
    },
    dropField(field) {
      fields.delete(field)
      for (const record of records.values()) record.data = without(record.data, field)
      return Promise.resolve()
    },
    fill(count) {
      for (let n = 1; n <= count; n += 1) {
        system.store(entity, `f${String(n).padStart(6, '0')}`, { name: 'x'.repeat(100), amount: n })
      }
      return Promise.resolve()
    },
  }
}

function without(data: JsonObject, field: string): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([name]) => name !== field))
}

function typesOf(system: ExampleSystem, name: string): Awaited<ReturnType<NonNullable<SystemUnderTest['types']>>> {
  const entity = entityOf(system, name, {})
  const key = "k:/ ' %"
  const stored = system.entities.get(name)
  const store = (values: JsonObject): void => stored && system.store(stored, key, values)
  const data = { yes: true, decimal: '1234567890123456789012345678.0123456789', text: '😀 ü', list: [1, null, ''] }
  return {
    entity,
    insert: () => Promise.resolve(store({ name: null, note: '', amount: -5, ...data })),
    key,
    expected: { name: null, note: '', amount: -5, id: key, ...data },
  }
}

function faults(entity: TestEntity): FaultCase[] {
  const read =
    (name: string, options: JsonObject): FaultCase['run'] =>
    async (open) => {
      const config = { entity: name, options }
      for await (const page of (await open()).backfill?.(config, null) ?? []) if (page.records.length === 0) break
    }
  const write =
    (fields: JsonObject): FaultCase['run'] =>
    async (open) => {
      const writes = [{ key: 'r0001', fields, idempotencyKey: 'fault' }]
      const [result] = (await (await open()).write?.(entity.config, writes)) ?? []
      if (result?.outcome === 'failed') throw result.error
    }
  return [
    { title: 'a missing record type', run: read('nowhere', {}), code: 'connector.schema', family: 'config' },
    {
      title: 'an unknown option',
      run: read(entity.config.entity, { pagesize: 1 }),
      code: 'connector.settings',
      family: 'config',
    },
    { title: 'a value of the wrong type', run: write({ amount: 'x' }), code: 'connector.rejected', family: 'reject' },
  ]
}

function malformed(system: ExampleSystem, entity: TestEntity): MalformedCase[] {
  const answered =
    (body: string): MalformedCase['run'] =>
    async (open) => {
      const connector = await open()
      system.nextBody = body
      for await (const page of connector.backfill?.(entity.config, null) ?? []) if (page.records.length === 0) break
    }
  const unexpected = { code: 'connector.unexpected', family: 'retry' }
  return [
    { title: 'JSON that ends in the middle', run: answered('{"records": [{"key": "r'), ...unexpected },
    { title: 'an answer of another form', run: answered('[1, 2, 3]'), ...unexpected },
    {
      title: 'an answer that is far too large',
      run: answered(`{"records": "${'x'.repeat(17 * 1024 * 1024)}"}`),
      code: 'connector.settings',
      family: 'config',
    },
  ]
}
