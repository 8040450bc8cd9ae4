/** Changes that are wrong, each with its exact answer, and each between two good ones that it must not disturb. */
import { request } from 'node:http'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { changeEvent, type RunningApi, startApi } from '../support/api.ts'
import { PUSH_WORKSPACE } from '../support/push-workspace.ts'
import { BATCH, expectProblem, expectUndisturbed, send, SINGLE } from './bad-input-support.ts'

let hub: RunningApi
beforeAll(async () => {
  hub = await startApi(PUSH_WORKSPACE)
})
afterAll(() => hub.stop())

const person = { FirstName: 'Mary', LastName: 'Smith' }
const event = (more: JsonObject): JsonObject => changeEvent('crm/Contact/bad', person, more)
/** The event without these attributes. */
const without = (...names: string[]): JsonObject =>
  Object.fromEntries(Object.entries(event({})).filter(([name]) => !names.includes(name)))

describe('POST /v1/changes refuses a request that is no JSON', () => {
  test.each<[string, string | Buffer, number, string, string]>([
    ['an empty body', '', 400, 'change.body.empty', ''],
    ['a word', 'hello', 400, 'change.json.malformed', ''],
    ['half an event', '{"specversion":"1.0","id":', 400, 'change.json.malformed', '/id'],
    ['two events in a row', '{}{}', 400, 'change.json.malformed', ''],
    ['a comment', '{"id":"1"/* one */}', 400, 'change.json.malformed', ''],
    ['single quotes', "{'id':'1'}", 400, 'change.json.malformed', ''],
    ['not a number', '{"data":{"a":NaN}}', 400, 'change.json.malformed', '/data/a'],
    ['bytes that are no UTF-8', Buffer.from('{"id":"\xff"}', 'latin1'), 400, 'change.body.not-utf8', ''],
    ['a byte order mark', '\ufeff{}', 400, 'change.json.malformed', ''],
    ['a member twice', '{"data":{"a":1,"a":2}}', 400, 'change.json.duplicate-name', '/data/a'],
    ['a list nested a million levels deep', `{"data":{"a":${'['.repeat(1e6)}`, 400, 'change.json.too-deep', '/data/a'],
    ['an object nested a million levels deep', '{"a":'.repeat(1e6), 400, 'change.json.too-deep', ''],
  ])('%s', async (_title, body, status, code, pointer) => {
    await expectUndisturbed(hub, async () => {
      const begin = performance.now()
      const answer = await send(hub, body)
      // How deep the reading went before it stopped is no part of the answer.
      const deep = code === 'change.json.too-deep'
      expectProblem(answer, status, code, deep ? String(answer.body.pointer) : pointer)
      if (deep) expect(String(answer.body.pointer).startsWith(pointer)).toBe(true)
      expect(performance.now() - begin).toBeLessThan(2_000)
    })
  })
})

describe('POST /v1/changes refuses text that can not be kept', () => {
  test.each([
    ['a NUL in the record', '"data":{"a":"x\\u0000y"}', 'change.text.nul', '/data/a'],
    ['a NUL in a name', '"data":{"a\\u0000b":1}', 'change.text.nul', '/data/a\0b'],
    ['the first half of a surrogate pair', '"data":{"a":["ok","x\\ud83d"]}', 'change.text.surrogate', '/data/a/1'],
    ['the second half of a surrogate pair', '"data":{"a":{"b":"\\udc00x"}}', 'change.text.surrogate', '/data/a/b'],
    ['a NUL in the id', '"id":"a\\u0000"', 'change.text.nul', '/id'],
  ])('%s', async (_title, member, code, pointer) => {
    await expectUndisturbed(hub, async () => {
      expectProblem(await send(hub, `{"specversion":"1.0",${member}}`), 422, code, pointer)
    })
  })
})

describe('POST /v1/changes refuses wrong attributes', () => {
  test.each<[string, JsonObject, number, string, string]>([
    ['no specversion', without('specversion'), 422, 'change.specversion.unsupported', '/specversion'],
    ['another specversion', event({ specversion: '0.3' }), 422, 'change.specversion.unsupported', '/specversion'],
    [
      'a specversion that is a number',
      event({ specversion: 1 }),
      422,
      'change.specversion.unsupported',
      '/specversion',
    ],
    ['no id', without('id'), 422, 'change.id.invalid', '/id'],
    ['an empty id', event({ id: '' }), 422, 'change.id.invalid', '/id'],
    ['an id that is a number', event({ id: 7 }), 422, 'change.id.invalid', '/id'],
    ['an id of 257 characters', event({ id: 'x'.repeat(257) }), 422, 'change.id.invalid', '/id'],
    ['no source', without('source'), 422, 'change.source.invalid', '/source'],
    ['a source that is a bare name', event({ source: 'crm' }), 422, 'change.source.invalid', '/source'],
    ['a source that climbs', event({ source: '/systems/../crm' }), 422, 'change.source.invalid', '/source'],
    ['a source that is badly encoded', event({ source: '/systems/%zz' }), 422, 'change.source.invalid', '/source'],
    [
      'a source of a system that is not there',
      event({ source: '/systems/nobody' }),
      422,
      'change.system.unknown',
      '/source',
    ],
    [
      'a source that names a member of objects',
      event({ source: '/systems/constructor' }),
      422,
      'change.system.unknown',
      '/source',
    ],
    ['no type', without('type'), 422, 'change.type.unknown', '/type'],
    ['another type', event({ type: 'omnihub.change.created' }), 422, 'change.type.unknown', '/type'],
    ['no subject', without('subject'), 422, 'change.subject.invalid', '/subject'],
    ['a subject without a key', event({ subject: 'Contact' }), 422, 'change.subject.invalid', '/subject'],
    ['a subject with an empty key', event({ subject: 'Contact/' }), 422, 'change.subject.invalid', '/subject'],
    ['a subject with an empty entity', event({ subject: '/1' }), 422, 'change.subject.invalid', '/subject'],
    ['a subject of three parts', event({ subject: 'Contact/1/2' }), 422, 'change.subject.invalid', '/subject'],
    [
      'a subject that is badly encoded',
      event({ subject: 'Contact/%e0%a4' }),
      422,
      'change.subject.invalid',
      '/subject',
    ],
    ['a NUL hidden in the subject', event({ subject: 'Contact/a%00b' }), 422, 'change.subject.invalid', '/subject'],
    [
      'a key of 513 characters',
      event({ subject: `Contact/${'k'.repeat(513)}` }),
      422,
      'change.subject.invalid',
      '/subject',
    ],
    ['a time in words', event({ time: 'yesterday' }), 422, 'change.time.invalid', '/time'],
    ['a time without an offset', event({ time: '2026-03-01T09:30:00' }), 422, 'change.time.invalid', '/time'],
    ['the 30th of February', event({ time: '2026-02-30T00:00:00Z' }), 422, 'change.time.invalid', '/time'],
    ['a time before the year 1', event({ time: '0001-01-01T00:00:00+00:01' }), 422, 'change.time.invalid', '/time'],
    ['a time after the year 9999', event({ time: '9999-12-31T23:59:59-00:01' }), 422, 'change.time.invalid', '/time'],
    ['a time that is a number', event({ time: 1_700_000_000 }), 422, 'change.time.invalid', '/time'],
    ['an empty sequence', event({ sequence: '' }), 422, 'change.sequence.invalid', '/sequence'],
    [
      'a sequence that is a number and not said to be one',
      event({ sequence: 5 }),
      422,
      'change.sequence.invalid',
      '/sequence',
    ],
    [
      'an integer sequence in words',
      event({ sequence: 'five', sequencetype: 'Integer' }),
      422,
      'change.sequence.invalid',
      '/sequence',
    ],
    [
      'an integer sequence with a fraction',
      event({ sequence: 1.5, sequencetype: 'Integer' }),
      422,
      'change.sequence.invalid',
      '/sequence',
    ],
    [
      'a sequencetype without a sequence',
      event({ sequencetype: 'Integer' }),
      422,
      'change.sequence.invalid',
      '/sequence',
    ],
    [
      'another sequencetype',
      event({ sequence: '1', sequencetype: 'Float' }),
      422,
      'change.sequencetype.unknown',
      '/sequencetype',
    ],
    ['an attribute that CloudEvents can not have', event({ Sequence: '1' }), 422, 'change.attribute.name', '/Sequence'],
    [
      'records in XML',
      event({ datacontenttype: 'text/xml' }),
      422,
      'change.datacontenttype.unsupported',
      '/datacontenttype',
    ],
    ['an upsert without a record', without('data'), 422, 'change.data.missing', '/data'],
    ['a record that is a list', event({ data: [] }), 422, 'change.data.not-object', '/data'],
    ['a record that is a text', event({ data: 'Mary' }), 422, 'change.data.not-object', '/data'],
    ['a record in base64', event({ data_base64: 'e30=' }), 422, 'change.data.base64', '/data_base64'],
  ])('%s', async (_title, body, status, code, pointer) => {
    await expectUndisturbed(hub, async () => {
      expectProblem(await send(hub, body), status, code, pointer)
    })
  })

  test('an event that is no object, in a batch and alone; a batch that is no list', async () => {
    await expectUndisturbed(hub, async () => {
      expectProblem(await send(hub, '[null]', { headers: BATCH }), 422, 'change.event.not-object', '/0')
      expectProblem(await send(hub, '"event"'), 422, 'change.event.not-object', '')
      expectProblem(await send(hub, '{}', { headers: BATCH }), 422, 'change.batch.not-array', '')
    })
  })

  test('one wrong event among 500: none of them is accepted, and the answer says which it is', async () => {
    const batch = Array.from({ length: 500 }, (_, i) => changeEvent(`crm/Contact/batch-${i}`, person))
    await expectUndisturbed(hub, async () => {
      const answer = await send(hub, [...batch.slice(0, 321), event({ id: '' }), ...batch.slice(321)])
      expectProblem(answer, 422, 'change.id.invalid', '/321/id')
      expect(answer.body.errors).toHaveLength(1)
    })
  })

  test('more than 10,000 events in one batch', async () => {
    await expectUndisturbed(hub, async () => {
      expectProblem(await send(hub, `[${'{},'.repeat(10_000)}{}]`, { headers: BATCH }), 413, 'change.batch.too-many')
    })
  })
})

describe('POST /v1/changes refuses what is too large or of another kind', () => {
  test('a body whose announced length is too large is refused before it is read', async () => {
    await expectUndisturbed(hub, async () => {
      const answer = await send(hub, ' '.repeat(11 * 1024 * 1024), { headers: BATCH })
      expectProblem(answer, 413, 'request.body.too-large')
    })
  })

  test('a body of unannounced length ends at the same limit', async () => {
    await expectUndisturbed(hub, async () => {
      const { status, body } = await stream(hub, 12)
      expect(status).toBe(413)
      expect(JSON.parse(body)).toMatchObject({ status: 413, code: 'request.body.too-large' })
    })
  })

  test.each([
    ['text/xml', 415, 'request.content-type.unsupported'],
    ['application/json', 415, 'change.content-type.unsupported'],
    ['', 415, 'request.content-type.unsupported'],
    ['application/cloudevents+json-batch', 415, 'request.content-type.unsupported'],
  ])('the content type "%s"', async (contentType, status, code) => {
    await expectUndisturbed(hub, async () => {
      const answer = await send(hub, Buffer.from('{}'), { headers: { 'content-type': contentType } })
      expectProblem(answer, status, code)
    })
  })

  test.each(['GET', 'PUT', 'PATCH', 'DELETE'])('the method %s', async (method) => {
    await expectUndisturbed(hub, async () => {
      const answer = await hub.ask('/v1/changes', { method })
      expectProblem(answer, 405, 'request.method-not-allowed')
      expect(answer.headers.get('allow')).toBe('POST')
    })
  })

  test('a query parameter', async () => {
    await expectUndisturbed(hub, async () => {
      const answer = await hub.ask('/v1/changes?dry-run=1', {
        method: 'POST',
        headers: SINGLE,
        body: JSON.stringify(event({})),
      })
      expectProblem(answer, 400, 'request.query.unknown', '?dry-run')
    })
  })
})

/** Sends megabytes of spaces in chunks, without saying how many will come. */
function stream(api: RunningApi, megabytes: number): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${api.adminKey}`, 'transfer-encoding': 'chunked', ...BATCH }
    const call = request(`${api.url}/v1/changes`, { method: 'POST', headers }, (answer) => {
      let body = ''
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()))
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, body })
      })
    })
    // The server closes after its answer; the bytes that were still on their way break off.
    call.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error)
    })
    for (let i = 0; i < megabytes; i++) call.write(' '.repeat(1024 * 1024))
    call.end()
  })
}
