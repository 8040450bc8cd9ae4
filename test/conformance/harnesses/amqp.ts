import amqplib, { type ChannelModel } from 'amqplib'
import { amqp } from '../../../connectors/amqp/index.ts'
import type {
  Ability,
  ConnectorHarness,
  FaultCase,
  SpoiledCase,
  SystemUnderTest,
  TestEntity,
  TestRecord,
} from '../../../connectors/conformance/harness.ts'
import { startProxy } from '../../../connectors/conformance/tcp-proxy.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'
import { startRabbitmq } from '../../../scripts/servers/rabbitmq.ts'
import { REQUIREMENTS } from '../../../scripts/servers/packages.ts'
import { type BrokerNode, control } from '../../support/test-broker.ts'

const LACKS: Partial<Record<Ability, string>> = {
  losePosition: 'the broker itself keeps what was not acknowledged',
  throttle: 'a broker holds publishers back without words',
  retryAfter: 'a broker holds publishers back without words',
  replay: 'a queue forgets what was acknowledged',
  precondition: 'a message can not be refused; it carries the expected values for the system to compare',
  badWrite: 'a message takes any field; the system judges it later',
  addField: 'a message has the fields that it has: nobody adds one to all',
  dropField: 'a message has the fields that it has: nobody drops one of all',
  totalEstimate: 'a queue has no snapshot',
}

/** A RabbitMQ of its own, because it is killed in between. */
export const amqpHarness: ConnectorHarness = {
  spec: amqp,
  packages: [REQUIREMENTS.rabbitmq],
  async start(): Promise<SystemUnderTest> {
    const server = await startRabbitmq()
    const direct = new URL(server.url)
    const proxy = await startProxy({ host: direct.hostname, port: Number(direct.port) })
    await control(
      server.facts as unknown as BrokerNode,
      `ok = rabbit_auth_backend_internal:add_user(<<"nobody">>, <<"nobody-secret">>, <<"kit">>).`,
    )
    const address = (change: Partial<Pick<URL, 'username' | 'password' | 'port'>>): string =>
      Object.assign(new URL(server.url), { port: String(proxy.port), ...change }).href
    const admin = new Admin(server.url)
    const open: LegacyMessages[] = []
    return {
      settings: { url: address({}) },
      lacks: LACKS,
      wrongPassword: { url: address({ password: 'wrong-secret' }) },
      unreachable: { url: address({ port: '1' }) },
      withoutRights: { url: address({ username: 'nobody', password: 'nobody-secret' }) },
      impatient: { timeoutMs: 1000, heartbeatSeconds: 1 },
      secrets: [direct.password, 'wrong-secret', 'nobody-secret'],
      modes: ['log'],
      proxy,
      // The body of a message that the hub writes; the broker has it when the line breaks behind it.
      commitWords: '"type":"omnihub.write"',
      async freshEntity(_, options = {}) {
        const system = new LegacyMessages(admin, `e'${open.length + 1} Ü`)
        open.push(system)
        await system.makeQueues()
        return entityOf(system, options.pageSize ?? 500)
      },
      async types() {
        const system = new LegacyMessages(admin, `types ${open.length + 1}`)
        open.push(system)
        await system.makeQueues()
        const key = "k:/ ' % 😀"
        const record = {
          id: key,
          money: '12345678901234567890.0123456789',
          list: [1, { n: null }],
          empty: '',
          __proto__x: true,
        }
        return {
          entity: entityOf(system, 500),
          insert: () => system.publish([record]),
          expected: record,
          key,
        }
      },
      faults: (entity) => faultCases(entity, admin),
      spoiled: (entity) => spoiledMessages(open.find(({ name }) => name === entity.config.entity)),
      async killAndRestart() {
        await server.kill9()
        await server.restart()
      },
      async stop() {
        await proxy.close()
        await server.stop()
      },
    }
  },
}

/** Each piece of work on a connection of its own: nothing to mend after the broker was killed. */
class Admin {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async with<T>(work: (model: ChannelModel) => Promise<T>): Promise<T> {
    const model = await amqplib.connect(this.#url)
    model.on('error', () => undefined)
    try {
      return await work(model)
    } finally {
      await model.close().catch(() => undefined)
    }
  }
}

/** A system that tells its changes to one queue and takes writes from another; it knows a repeat by its message id. */
class LegacyMessages {
  readonly name: string
  readonly #admin: Admin
  readonly #rows = new Map<string, JsonObject>()
  readonly #done = new Set<string>()
  #number = 0

  constructor(admin: Admin, name: string) {
    this.#admin = admin
    this.name = name
  }

  get #out(): string {
    return `${this.name} out`
  }

  makeQueues(): Promise<void> {
    return this.#admin.with(async (model) => {
      const channel = await model.createChannel()
      await channel.assertQueue(this.name, { durable: true })
      await channel.assertQueue(this.#out, { durable: true })
    })
  }

  async put(records: readonly TestRecord[]): Promise<void> {
    await this.take()
    await this.publish(records.map((record) => this.#set({ ...record })))
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#rows.delete(id)
    await this.publish(ids.map((id) => ({ id, gone: true })))
  }

  async rows(): Promise<TestRecord[]> {
    await this.take()
    return [...this.#rows.values()].map((row) => ({ ...row, id: String(row.id as string) }))
  }

  publish(documents: readonly JsonObject[]): Promise<void> {
    return this.#admin.with(async (model) => {
      const channel = await model.createConfirmChannel()
      for (const document of documents) {
        const messageId = `${process.pid}-${Date.now()}-${(this.#number += 1)}`
        channel.sendToQueue(this.name, Buffer.from(JSON.stringify(document)), { persistent: true, messageId })
        if (this.#number % 1_000 === 0) await channel.waitForConfirms()
      }
      await channel.waitForConfirms()
    })
  }

  /** A message that nobody can read. */
  spoil(body: string, messageId: string | undefined): Promise<void> {
    return this.#admin.with(async (model) => {
      const channel = await model.createConfirmChannel()
      channel.sendToQueue(this.name, Buffer.from(body, 'latin1'), {
        persistent: true,
        ...(messageId === undefined ? {} : { messageId }),
      })
      await channel.waitForConfirms()
    })
  }

  /** How many messages the connector has put aside with a reason. */
  rejected(): Promise<number> {
    return this.#admin.with(async (model) => {
      const channel = await model.createChannel()
      const { messageCount } = await channel.assertQueue(`${this.name}.rejected`, { durable: true })
      return messageCount
    })
  }

  /** Does what the hub has written, each once, and tells of it like of any other change. */
  async take(): Promise<void> {
    const changed = await this.#admin.with(async (model) => {
      const channel = await model.createChannel()
      const rows: JsonObject[] = []
      for (;;) {
        const message = await channel.get(this.#out)
        if (message === false) return rows
        const id = String(message.properties.messageId)
        const { data } = JSON.parse(message.content.toString()) as { data: { key: string; fields: JsonObject } }
        if (!this.#done.has(id)) rows.push(this.#set({ id: data.key, ...data.fields }))
        this.#done.add(id)
        channel.ack(message)
      }
    })
    if (changed.length > 0) await this.publish(changed)
  }

  #set(record: JsonObject): JsonObject {
    const id = String(record.id as string)
    const row = { ...this.#rows.get(id), ...record }
    this.#rows.set(id, row)
    return row
  }
}

function entityOf(system: LegacyMessages, pageSize: number): TestEntity {
  const options = {
    queue: system.name,
    keys: ['id'],
    deletedWhen: { path: 'gone', value: true },
    pageSize,
    outExchange: '',
    outRoutingKey: `${system.name} out`,
  }
  return {
    config: { entity: system.name, mode: 'log', options },
    put: (records) => system.put(records),
    remove: (ids) => system.remove(ids),
    oracle: () => system.rows(),
    fill: (count) =>
      system.publish(
        Array.from({ length: count }, (_, i) => ({ id: `f${i + 1}`, name: 'x'.repeat(100), amount: i + 1 })),
      ),
    keepsAbsent: true,
  }
}

/** Messages that can't be read, each put aside into the queue of rejected ones. */
function spoiledMessages(system: LegacyMessages | undefined): SpoiledCase[] {
  const bodies: [string, string, string | undefined][] = [
    ['no JSON', '<customer/>', 'spoiled 1'],
    ['JSON that ends in the middle', '{"id": "x", "name":', 'spoiled 2'],
    ['no key', '{"name": "x"}', 'spoiled 3'],
    ['no object', '["x"]', 'spoiled 4'],
    ['no message id', '{"id": "x"}', undefined],
    ['bytes that are no text', '{"id": "\xff\xfe"}', 'spoiled 6'],
    ['JSON that nests too deep', `{"id": ${'['.repeat(100_000)}`, 'spoiled 7'],
    ['20 MiB that are no JSON', 'x'.repeat(20 * 1024 * 1024), 'spoiled 8'],
  ]
  return bodies.map(([title, body, messageId], index) => ({
    title,
    spoil: () => system?.spoil(body, messageId) ?? Promise.reject(new Error('there is no such system')),
    told: async () => (await system?.rejected()) === index + 1,
  }))
}

function faultCases(entity: TestEntity, admin: Admin): FaultCase[] {
  const { config } = entity
  const check =
    (options: JsonObject): FaultCase['run'] =>
    async (open) =>
      (await open()).check([{ ...config, options: { ...config.options, ...options } }])
  const write =
    (options: JsonObject): FaultCase['run'] =>
    async (open) => {
      const entityConfig = { ...config, options: { ...config.options, ...options } }
      const [result] =
        (await (await open()).write?.(entityConfig, [{ key: 'k', fields: {}, idempotencyKey: 'f' }])) ?? []
      if (result?.outcome === 'failed') throw result.error
    }
  const schema = { code: 'connector.schema', family: 'config' }
  const settings = { code: 'connector.settings', family: 'config' }
  return [
    { title: 'a queue that is not there', run: check({ queue: 'nowhere' }), ...schema },
    { title: 'an exchange that is not there', run: check({ outExchange: 'nowhere' }), ...schema },
    { title: 'an unknown option', run: check({ que: 'x' }), ...settings },
    { title: 'a routing key that reaches no queue', run: write({ outRoutingKey: 'nobody' }), ...schema },
    {
      title: 'a queue that somebody holds for himself',
      run: (open) =>
        admin.with(async (model) => {
          await (await model.createChannel()).assertQueue('held', { exclusive: true })
          return check({ queue: 'held' })(open)
        }),
      code: 'connector.busy',
      family: 'retry',
    },
    { title: 'no broker address', run: (open) => open({ url: 'http://127.0.0.1' }), ...settings },
  ]
}
