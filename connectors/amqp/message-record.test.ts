import type { JsonObject } from '../../hub/contracts/json.ts'
import { type IncomingMessage, recordOf } from './message-record.ts'
import { amqpOptions } from './options.ts'

function options(given: JsonObject = {}) {
  return amqpOptions({ entity: 'Customer', mode: 'log', options: { queue: 'crm', keys: ['id'], ...given } })
}

function message(content: string | Buffer, others: Partial<IncomingMessage> = {}): IncomingMessage {
  return { content: Buffer.from(content), messageId: 'm1', timestamp: undefined, ...others }
}

test('a message is a record, with its id as the version', () => {
  expect(recordOf(message('{"id":7,"name":"Ada","big":9007199254740993}'), options())).toEqual({
    entity: 'Customer',
    key: '7',
    kind: 'upsert',
    version: 'm1',
    data: { id: 7, name: 'Ada', big: '9007199254740993' },
  })
})

test('record, key, delete, sequence and time stand where the options say', () => {
  const given = options({
    record: 'payload.after',
    keys: ['payload.region', 'payload.no'],
    deletedWhen: { path: 'op', value: 'd' },
    sequence: 'seq',
    sequenceType: 'Integer',
    time: 'at',
  })
  const body = { op: 'u', seq: 12, at: '2024-01-02T03:04:05Z', payload: { region: 'a:b', no: 1, after: { x: null } } }
  expect(recordOf(message(JSON.stringify(body)), given)).toEqual({
    entity: 'Customer',
    key: 'a%3Ab:1',
    kind: 'upsert',
    version: 'm1',
    sequence: '12',
    sequenceType: 'Integer',
    time: '2024-01-02T03:04:05Z',
    data: { x: null },
  })
  expect(recordOf(message(JSON.stringify({ ...body, op: 'd', payload: { region: 'a', no: 1 } })), given)).toMatchObject(
    {
      kind: 'delete',
      data: null,
    },
  )
})

test('the time of the message counts where the options name none', () => {
  expect(recordOf(message('{"id":1}', { timestamp: 1_700_000_000 }), options())).toMatchObject({
    time: '2023-11-14T22:13:20.000Z',
  })
})

test('the content is the version where the options say so', () => {
  const given = options({ versionFrom: 'content' })
  const [one, same, other] = ['{"id":1}', '{"id":1}', '{"id":1,"a":2}'].map((text) =>
    recordOf(message(text, { messageId: undefined }), given),
  )
  expect(one).toEqual(same)
  expect(one).not.toEqual(other)
})

test.each<[string, IncomingMessage, JsonObject, string]>([
  ['no JSON', message('{"id":'), {}, 'no JSON'],
  ['nothing', message(''), {}, 'no JSON'],
  ['bytes that are not UTF-8', message(Buffer.from([0x22, 0xff, 0x22])), {}, 'UTF-8'],
  ['no object', message('[1]'), {}, 'no key'],
  ['no key', message('{"no":1}'), {}, 'no key at id'],
  ['an empty key', message('{"id":""}'), {}, 'no key'],
  ['a key that is an object', message('{"id":{}}'), {}, 'no key'],
  ['no record', message('{"id":1,"r":5}'), { record: 'r' }, 'no record'],
  ['no message id', message('{"id":1}', { messageId: undefined }), {}, 'no message id'],
  [
    'a sequence that is no number',
    message('{"id":1,"s":"x"}'),
    { sequence: 's', sequenceType: 'Integer' },
    'whole number',
  ],
  ['too deep nesting', message(`{"id":1,"x":${'['.repeat(100)}${']'.repeat(100)}}`), {}, 'deeper'],
  ['too much', message(Buffer.alloc(9 * 1024 * 1024, ' ')), {}, 'larger'],
])('%s is told', (_, incoming, given, why) => {
  expect(recordOf(incoming, options(given))).toContain(why)
})

test.each<[JsonObject, string]>([
  [{ queue: undefined as unknown as string, keys: ['id'] }, 'queue'],
  [{ keys: [] }, 'keys'],
  [{ keys: ['a..b'] }, 'keys/0'],
  [{ deletedWhen: { path: 'x' } }, 'deletedWhen'],
  [{ outRoutingKey: 'x' }, 'outRoutingKey'],
  [{ sequenceType: 'float' }, 'sequenceType'],
])('the options %j are refused at %s', (given, where) => {
  expect(() => options(given)).toThrow(
    expect.objectContaining({ code: 'connector.settings', where: `/entities/Customer/options/${where}` }),
  )
})
