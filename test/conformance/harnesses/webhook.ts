import { createHmac } from 'node:crypto'
import type {
  ConnectorHarness,
  ForgedRequest,
  MalformedCase,
  SystemUnderTest,
  TestEntity,
  TestRecord,
} from '../../../connectors/conformance/harness.ts'
import { webhook } from '../../../connectors/webhook/index.ts'
import type { PushRequest } from '../../../hub/contracts/connector.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'

const SECRET = 'kit-webhook-secret-1'
const OLD_SECRET = 'kit-webhook-secret-0'

const SETTINGS: JsonObject = {
  signature: {
    scheme: 'hmac',
    secrets: [SECRET, OLD_SECRET],
    header: 'X-Signature',
    prefix: 'sha256=',
    timestampHeader: 'X-Timestamp',
    signed: '{{ timestamp }}.{{ header.x-delivery }}.{{ body }}',
  },
  deliveryId: 'headers.x-delivery',
  list: 'body.events',
  rules: [
    { when: [{ path: 'event.type', is: ['ping'] }], ignore: true },
    {
      when: [{ path: 'event.type', contains: ['record.'] }],
      entityAt: 'event.of',
      key: ['event.record.id'],
      data: 'event.record',
      deleted: { path: 'event.type', is: ['record.deleted'] },
      time: 'event.at',
      sequence: 'event.number',
    },
  ],
}

/** The system only pushes: there is nothing that could be asked, and so nothing to start. */
export const webhookHarness: ConnectorHarness = {
  spec: webhook,
  start(): Promise<SystemUnderTest> {
    let entities = 0
    const sender = new Sender()
    const onlyPushes = 'the system only pushes, and is never asked'
    return Promise.resolve({
      settings: SETTINGS,
      lacks: {
        wrongPassword: onlyPushes,
        unreachable: onlyPushes,
        withoutRights: onlyPushes,
        version: onlyPushes,
        network: onlyPushes,
        restart: onlyPushes,
        throttle: onlyPushes,
        faults: onlyPushes,
      },
      secrets: [SECRET, OLD_SECRET],
      modes: ['push'],
      freshEntity: () => Promise.resolve(makeEntity(sender, `entity '${(entities += 1)} Ü`)),
      types: () => {
        const entity = makeEntity(sender, `types${(entities += 1)}`)
        const body = `{"events":[{"type":"record.changed","of":${JSON.stringify(entity.config.entity)},"number":1,"at":"2026-01-01T00:00:00Z","record":${TYPES}}]}`
        return Promise.resolve({
          entity,
          insert: () => Promise.resolve(),
          push: () => sender.signed(body),
          key: "k:/ ' %",
          expected: EXPECTED,
        })
      },
      malformed: (entity) => malformedCases(sender, entity),
      stop: () => Promise.resolve(),
    })
  },
}

class Sender {
  number = 0

  signed(body: string | Buffer, { secret = SECRET, at = Date.now() } = {}): PushRequest {
    this.number += 1
    const delivery = `delivery-${this.number}`
    const timestamp = String(Math.floor(at / 1000))
    const bytes = Buffer.from(body)
    const signature = createHmac('sha256', secret).update(`${timestamp}.${delivery}.`).update(bytes).digest('hex')
    const headers = {
      'content-type': 'application/json',
      'x-delivery': delivery,
      'x-timestamp': timestamp,
      'x-signature': `sha256=${signature}`,
    }
    return { method: 'POST', headers, query: {}, body: bytes }
  }

  events(events: readonly JsonObject[]): PushRequest {
    return this.signed(JSON.stringify({ events: [{ type: 'ping' }, ...events] }))
  }
}

function makeEntity(sender: Sender, name: string): TestEntity {
  const records = new Map<string, TestRecord>()
  let number = 0
  const eventOf = (type: string, record: JsonObject): JsonObject => {
    number += 1
    return { type, of: name, number, at: Date.now(), record }
  }
  return {
    config: { entity: name, options: {} },
    put: (given) => {
      for (const record of given) records.set(record.id, { ...records.get(record.id), ...record })
      return Promise.resolve()
    },
    oracle: () => Promise.resolve([...records.values()]),
    fill: () => Promise.resolve(),
    push: (given) => sender.events(given.map((record) => eventOf('record.changed', { ...record }))),
    pushDelete: (ids) => sender.events(ids.map((id) => eventOf('record.deleted', { id }))),
    forge: (request) => forgeries(sender, request),
    keepsAbsent: true,
  }
}

function forgeries(sender: Sender, request: PushRequest): ForgedRequest[] {
  const { headers, body } = request
  const other = sender.signed('{"events":[]}').headers
  const without = (name: string): PushRequest => {
    return { ...request, headers: Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name)) }
  }
  const withHeader = (name: string, value: string): PushRequest => ({
    ...request,
    headers: { ...headers, [name]: value },
  })
  return [
    { title: 'no signature', request: without('x-signature') },
    { title: 'no time', request: without('x-timestamp') },
    { title: 'no delivery id, which is signed', request: without('x-delivery') },
    { title: "another body's signature", request: withHeader('x-signature', other['x-signature'] ?? '') },
    {
      title: 'a signature without its prefix',
      request: withHeader('x-signature', (headers['x-signature'] ?? '').slice(7)),
    },
    { title: 'a torn signature', request: withHeader('x-signature', (headers['x-signature'] ?? '').slice(0, -2)) },
    { title: 'no hex', request: withHeader('x-signature', 'sha256=zz') },
    { title: 'another delivery id', request: withHeader('x-delivery', 'delivery-x') },
    { title: 'another time', request: withHeader('x-timestamp', String(Math.floor(Date.now() / 1000) - 1)) },
    { title: "a stranger's secret", request: sender.signed(body, { secret: 'stranger' }) },
    { title: 'an old push', request: sender.signed(body, { at: Date.now() - 3_600_000 }) },
    { title: 'a push of the future', request: sender.signed(body, { at: Date.now() + 3_600_000 }) },
    { title: 'one byte more', request: { ...request, body: Buffer.concat([body, Buffer.from(' ')]) } },
    { title: 'by GET', request: { ...request, method: 'GET', body: Buffer.alloc(0) } },
  ]
}

function malformedCases(sender: Sender, { config }: TestEntity): MalformedCase[] {
  const event = { type: 'record.changed', of: config.entity, number: 1, record: { id: 'a' } }
  const text = (...events: unknown[]): string => JSON.stringify({ events })
  const cases: [string, string | Buffer][] = [
    ['nothing', ''],
    ['torn JSON', text(event).slice(0, -5)],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['no list', '{"events":{}}'],
    ['an event that is no object', text(event, 7)],
    ['an unknown kind of event', text(event, { ...event, type: 'other' })],
    ['an event without an entity', text(event, { ...event, of: '' })],
    ['an event without a key', text(event, { ...event, record: {} })],
    ['a record that is no object', text(event, { ...event, record: null })],
    ['a sequence that is none', text(event, { ...event, number: 'x' })],
    ['JSON that is far too deep', '{"events":'.repeat(100_000) + '1' + '}'.repeat(100_000)],
    ['more events than can be', text(...Array.from({ length: 10_001 }, () => event))],
    ['eight megabytes of nothing', `{"events":[${' '.repeat(8_000_000)}`],
  ]
  return cases.map(([title, body]) => ({
    title,
    run: async (open) => (await open()).receive?.(sender.signed(body)),
    code: 'connector.rejected',
    family: 'reject',
  }))
}

const TYPES =
  '{"id":"k:/ \' %","big":9007199254740993,"money":-1234567890123456789012345678.0123456789,"tiny":1e-7,"yes":true,' +
  '"micros":"2024-02-29T18:29:59.999999Z","local":"2024-02-29T23:59:59.000001","list":["a,\\"b",null,"","ü"],' +
  '"inner":{"z":null,"deep":[[1,2],[]]},"emoji":"😀","nothing":null,"empty":"","__proto__":"x"}'

const EXPECTED = Object.fromEntries([
  ['id', "k:/ ' %"],
  ['big', '9007199254740993'],
  ['money', '-1234567890123456789012345678.0123456789'],
  ['tiny', 1e-7],
  ['yes', true],
  ['micros', '2024-02-29T18:29:59.999999Z'],
  ['local', '2024-02-29T23:59:59.000001'],
  ['list', ['a,"b', null, '', 'ü']],
  ['inner', { z: null, deep: [[1, 2], []] }],
  ['emoji', '😀'],
  ['nothing', null],
  ['empty', ''],
  ['__proto__', 'x'],
]) as JsonObject
