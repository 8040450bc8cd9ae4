import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { HubError } from '../contracts/hub-error.ts'
import { type ChangeLimits, type ChangeRequest, parseChanges } from './cloudevents.ts'
import { isExact } from '../contracts/json-scan.ts'

const RECEIVED = '2026-02-03T04:05:06.000Z'
const SINGLE = 'application/cloudevents+json'
const BATCH = 'application/cloudevents-batch+json'

function event(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    specversion: '1.0',
    id: 'e-1',
    source: '/systems/crm',
    type: 'omnihub.change.upserted',
    subject: 'Contact/003A1',
    time: '2026-03-01T09:30:00Z',
    data: { Id: '003A1', Email: 'a@example.com' },
    ...changes,
  }
}

interface Options {
  contentType?: string
  headers?: ChangeRequest['headers']
  limits?: Partial<ChangeLimits>
  systems?: Set<string>
  onlySystem?: string
}

function parse(body: unknown, options: Options = {}) {
  const text = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const { contentType = Array.isArray(body) ? BATCH : SINGLE, headers, ...rules } = options
  const request: ChangeRequest = { contentType, body: text, ...(headers === undefined ? {} : { headers }) }
  return parseChanges(request, { receivedAt: RECEIVED, ...rules })
}

function refused(
  body: unknown,
  options: Options = {},
): { code: string; where: string | undefined; status: number; error: HubError } {
  try {
    parse(body, options)
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown
    return { code: thrown.code, where: thrown.where, status: thrown.status, error: thrown }
  }
  throw new Error('It was accepted.')
}

describe('A well-formed request', () => {
  test('gives the change that the event describes', () => {
    expect(parse(event({ sequence: '17', sequencetype: 'Integer' }))).toEqual([
      {
        system: 'crm',
        entity: 'Contact',
        key: '003A1',
        id: 'e-1',
        kind: 'upsert',
        time: '2026-03-01T09:30:00Z',
        sequence: '17',
        sequenceType: 'Integer',
        data: { Id: '003A1', Email: 'a@example.com' },
      },
    ])
  })

  test('gives the changes of a batch in their order, and none for an empty batch', () => {
    expect(parse([event({ id: 'a' }), event({ id: 'b' })]).map(({ id }) => id)).toEqual(['a', 'b'])
    expect(parse([])).toEqual([])
  })

  test('may name its media type in any case and with parameters', () => {
    expect(parse(event(), { contentType: 'Application/CloudEvents+JSON; charset=utf-8' })).toHaveLength(1)
  })

  test('decodes entity and key, so that a key may hold any character', () => {
    const [change] = parse(event({ subject: 'Price%20List/a%2Fb%25%20%F0%9F%98%80' }))
    expect(change).toMatchObject({ entity: 'Price List', key: 'a/b% 😀' })
  })

  test('gets the time of acceptance where the event has none', () => {
    expect(parse(event({ time: undefined }))[0]?.time).toBe(RECEIVED)
  })

  test('may delete without a record, or with the last one', () => {
    expect(parse(event({ type: 'omnihub.change.deleted', data: undefined }))[0]).toMatchObject({
      kind: 'delete',
      data: null,
    })
    expect(parse(event({ type: 'omnihub.change.deleted', data: null }))[0]?.data).toBeNull()
    expect(parse(event({ type: 'omnihub.change.deleted' }))[0]?.data).toMatchObject({ Id: '003A1' })
  })

  test('may carry extension attributes, which the hub leaves alone', () => {
    expect(parse(event({ traceparent: '00-ab-cd-01', dataschema: 'https://example.com/s' }))).toHaveLength(1)
  })

  test('may come in binary mode, with the attributes as headers', () => {
    const headers = {
      'ce-specversion': '1.0',
      'ce-id': 'e-1',
      'ce-source': '/systems/crm',
      'ce-type': 'omnihub.change.upserted',
      'ce-subject': 'Contact/a%2520b',
      'ce-time': '2026-03-01T09:30:00Z',
    }
    const [change] = parse({ Id: 1 }, { contentType: 'application/json', headers })
    expect(change).toMatchObject({ key: 'a b', data: { Id: 1 } })
    const fault = refused('{"a":{"b":"\\u0000"}}', { contentType: 'application/json', headers })
    expect(fault).toMatchObject({ code: 'change.text.nul', where: '/data/a/b' })
  })
})

describe('Each attribute at fault is named with its place', () => {
  test.each([
    ['specversion missing', { specversion: undefined }, 'change.specversion.unsupported', '/specversion'],
    ['specversion 0.3', { specversion: '0.3' }, 'change.specversion.unsupported', '/specversion'],
    ['specversion a number', { specversion: 1 }, 'change.specversion.unsupported', '/specversion'],
    ['id missing', { id: undefined }, 'change.id.invalid', '/id'],
    ['id empty', { id: '' }, 'change.id.invalid', '/id'],
    ['id a number', { id: 7 }, 'change.id.invalid', '/id'],
    ['id of 257 characters', { id: 'x'.repeat(257) }, 'change.id.invalid', '/id'],
    ['source missing', { source: undefined }, 'change.source.invalid', '/source'],
    ['source a URL', { source: 'https://crm.example.com' }, 'change.source.invalid', '/source'],
    ['source without a name', { source: '/systems/' }, 'change.source.invalid', '/source'],
    ['source with two names', { source: '/systems/crm/eu' }, 'change.source.invalid', '/source'],
    ['source that climbs', { source: '/systems/..%2Fcrm' }, 'change.source.invalid', '/source'],
    ['type missing', { type: undefined }, 'change.type.unknown', '/type'],
    ['type of another family', { type: 'customer.updated' }, 'change.type.unknown', '/type'],
    ['subject missing', { subject: undefined }, 'change.subject.invalid', '/subject'],
    ['subject without a key', { subject: 'Contact' }, 'change.subject.invalid', '/subject'],
    ['subject with an empty key', { subject: 'Contact/' }, 'change.subject.invalid', '/subject'],
    ['subject with an empty entity', { subject: '/1' }, 'change.subject.invalid', '/subject'],
    ['subject with a bare slash in the key', { subject: 'Contact/a/b' }, 'change.subject.invalid', '/subject'],
    ['subject with a broken escape', { subject: 'Contact/%E0%A4%A' }, 'change.subject.invalid', '/subject'],
    [
      'subject with half a surrogate pair, escaped',
      { subject: 'Contact/%ED%A0%80' },
      'change.subject.invalid',
      '/subject',
    ],
    ['subject with an escaped NUL', { subject: 'Contact/%00' }, 'change.subject.invalid', '/subject'],
    [
      'subject with a key of 513 characters',
      { subject: `Contact/${'k'.repeat(513)}` },
      'change.subject.invalid',
      '/subject',
    ],
    ['time without an offset', { time: '2026-03-01T09:30:00' }, 'change.time.invalid', '/time'],
    ['time as a date', { time: '2026-03-01' }, 'change.time.invalid', '/time'],
    ['time on 30 February', { time: '2026-02-30T00:00:00Z' }, 'change.time.invalid', '/time'],
    ['time on 29 February 1900', { time: '1900-02-29T00:00:00Z' }, 'change.time.invalid', '/time'],
    ['time on the 0th', { time: '2026-01-00T00:00:00Z' }, 'change.time.invalid', '/time'],
    ['time at 24:00', { time: '2026-01-01T24:00:00Z' }, 'change.time.invalid', '/time'],
    ['time in the year 0', { time: '0000-01-01T00:00:00Z' }, 'change.time.invalid', '/time'],
    ['time before the year 1 in UTC', { time: '0001-01-01T00:00:00+00:01' }, 'change.time.invalid', '/time'],
    ['time after the year 9999 in UTC', { time: '9999-12-31T23:59:60.5-00:01' }, 'change.time.invalid', '/time'],
    ['time as a number', { time: 1700000000 }, 'change.time.invalid', '/time'],
    ['sequence empty', { sequence: '' }, 'change.sequence.invalid', '/sequence'],
    ['sequence a number to be compared as text', { sequence: 9 }, 'change.sequence.invalid', '/sequence'],
    ['sequence not an integer', { sequence: '1.5', sequencetype: 'Integer' }, 'change.sequence.invalid', '/sequence'],
    ['sequencetype without a sequence', { sequencetype: 'Integer' }, 'change.sequence.invalid', '/sequence'],
    ['sequencetype unknown', { sequence: '1', sequencetype: 'Float' }, 'change.sequencetype.unknown', '/sequencetype'],
    ['data missing', { data: undefined }, 'change.data.missing', '/data'],
    ['data null', { data: null }, 'change.data.missing', '/data'],
    ['data a list', { data: [1] }, 'change.data.not-object', '/data'],
    ['data a text', { data: '{}' }, 'change.data.not-object', '/data'],
    ['data in base64', { data: undefined, data_base64: 'e30=' }, 'change.data.base64', '/data_base64'],
    ['data of another type', { datacontenttype: 'text/xml' }, 'change.datacontenttype.unsupported', '/datacontenttype'],
    ['an attribute misspelt', { Sequence: '1' }, 'change.attribute.name', '/Sequence'],
  ])('%s', (_title, changes, code, where) => {
    expect(refused(event(changes))).toMatchObject({ code, where, status: 422 })
    expect(refused([event(), event(changes)])).toMatchObject({ code, where: `/1${where}` })
  })

  test('a leap day and a leap second are moments', () => {
    expect(parse(event({ time: '2024-02-29T23:59:60.123456+05:30' }))).toHaveLength(1)
    expect(parse(event({ time: '2000-02-29T00:00:00z' }))).toHaveLength(1)
    expect(parse(event({ time: '0001-01-01T00:00:00-15:59' }))).toHaveLength(1)
    expect(parse(event({ time: '9999-12-31T23:59:60.999Z' }))).toHaveLength(1)
  })

  test('a long integer is an integer, however it is written', () => {
    const body = JSON.stringify(event({ sequencetype: 'Integer', sequence: 0 }))
    expect(parse(body.replace('"sequence":0', '"sequence":42'))[0]?.sequence).toBe('42')
    expect(parse(event({ sequencetype: 'Integer', sequence: '9'.repeat(40) }))[0]?.sequence).toBe('9'.repeat(40))
    expect(refused(body.replace('"sequence":0', '"sequence":12345678901234567890')).code).toBe(
      'change.sequence.invalid',
    )
  })

  test('an attribute that is a number stays one, also where a double can not hold it', () => {
    const body = JSON.stringify(event({ id: 0 })).replace('"id":0', '"id":12345678901234567890')
    expect(refused(body)).toMatchObject({ code: 'change.id.invalid', where: '/id' })
  })

  test('an event that is not an object', () => {
    expect(refused('[1]', { contentType: BATCH })).toMatchObject({ code: 'change.event.not-object', where: '/0' })
    expect(refused('"x"')).toMatchObject({ code: 'change.event.not-object', where: '' })
    expect(refused('null')).toMatchObject({ code: 'change.event.not-object' })
  })
})

describe('Who speaks for which system', () => {
  test('a system that nobody described is refused by name', () => {
    expect(refused(event({ source: '/systems/crn' }), { systems: new Set(['crm']) })).toMatchObject({
      code: 'change.system.unknown',
      where: '/source',
      status: 422,
    })
  })

  test('a system may not send changes in the name of another', () => {
    const mixed = [event(), event({ source: '/systems/erp' })]
    expect(refused(mixed, { onlySystem: 'crm' })).toMatchObject({
      code: 'change.system.forbidden',
      where: '/1/source',
      status: 403,
    })
    expect(parse(event(), { onlySystem: 'crm' })).toHaveLength(1)
  })
})

describe('A batch is taken as a whole or not at all', () => {
  test('and the answer lists each fault with its place', () => {
    const { error } = refused([event(), event({ id: '' }), event(), event({ subject: 'x', time: 'now' })])
    expect(error).toMatchObject({ code: 'change.id.invalid', where: '/1/id' })
    const errors = error.facts?.['errors'] as { pointer: string; code: string; detail: string; fix: string }[]
    expect(errors.map(({ pointer }) => pointer)).toEqual(['/1/id', '/3/subject', '/3/time'])
    expect(errors[1]).toEqual({
      code: 'change.subject.invalid',
      pointer: '/3/subject',
      detail: expect.stringContaining('entity'),
      fix: expect.stringContaining('percent-encoded'),
    })
  })

  test('up to a hundred of them', () => {
    const { error } = refused(Array.from({ length: 500 }, () => event({ id: '' })))
    expect(error.facts?.['errors']).toHaveLength(100)
  })

  test('a batch that is one event, and an event that is a batch, are told apart', () => {
    expect(refused(event(), { contentType: BATCH })).toMatchObject({ code: 'change.batch.not-array' })
    expect(refused([event()], { contentType: SINGLE })).toMatchObject({ code: 'change.event.not-object' })
  })
})

describe('A request that can not be read', () => {
  test.each([
    ['nothing', ''],
    ['half an object', '{"specversion":"1.0"'],
    ['a trailing comma', '{"a":1,}'],
    ['a comment', '{"a":1}//'],
    ['two values', '{}{}'],
    ['a leading zero', '{"a":01}'],
    ['a bare word', '{"a":NaN}'],
    ['a wrong escape', '{"a":"\\x"}'],
    ['a raw line break in a text', '{"a":"\n"}'],
    ['a text without an end', '{"a":"b'],
    ['a lone backslash at the end', '{"a":"\\'],
    ['brackets that do not match', '[{]}'],
    ['a mark of byte order', '\ufeff{}'],
    ['only spaces', '   '],
  ])('%s is refused', (_title, text) => {
    const { code, status } = refused(text)
    expect(code).toBe(text === '' ? 'change.body.empty' : 'change.json.malformed')
    expect(status).toBe(400)
  })

  test('says where it stops being JSON', () => {
    const { error } = refused('[{"id": "a"},\n {"id": oops}]', { contentType: BATCH })
    expect(error).toMatchObject({ where: '/1/id', message: expect.stringContaining('line 2, column 9') })
  })

  test('never repeats what was in it', () => {
    const { error } = refused('{"Name": Jane Doe}')
    expect(JSON.stringify([error.message, error.facts, error.where])).not.toContain('Jane')
  })

  test('bytes that are not UTF-8 are refused', () => {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])
    expect(refused(body)).toMatchObject({ code: 'change.body.not-utf8', status: 400 })
  })

  test('another content type is refused, also plain JSON without the headers of binary mode', () => {
    for (const contentType of ['application/json', 'text/plain', 'application/xml', '']) {
      expect(refused(event(), { contentType })).toMatchObject({ code: 'change.content-type.unsupported', status: 415 })
    }
  })

  test('more bytes or events than allowed are refused before they are read', () => {
    expect(refused(event(), { limits: { bodyBytesMax: 10 } })).toMatchObject({
      code: 'change.body.too-large',
      status: 413,
    })
    expect(refused([event(), event()], { limits: { eventsMax: 1 } })).toMatchObject({
      code: 'change.batch.too-many',
      status: 413,
    })
  })
})

describe('A record that would do harm', () => {
  test('a million levels deep is refused at once, and takes no memory', () => {
    const deep = `${JSON.stringify(event()).slice(0, -1)},"x":${'['.repeat(1e6)}${']'.repeat(1e6)}}`
    const started = performance.now()
    expect(refused(deep)).toMatchObject({ code: 'change.json.too-deep', status: 400 })
    expect(refused(`[${'{"a":'.repeat(1e6)}`, { contentType: BATCH })).toMatchObject({ code: 'change.json.too-deep' })
    expect(performance.now() - started).toBeLessThan(500)
  })

  test('may be nested to the limit and not beyond, alone and in a batch', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) })
    expect(parse(event({ data: nested(64) }))).toHaveLength(1)
    expect(parse([event({ data: nested(64) })])).toHaveLength(1)
    expect(refused(event({ data: nested(65) })).where).toMatch(/^\/data(\/a){64}$/)
    expect(refused([event({ data: nested(65) })]).where).toMatch(/^\/0\/data(\/a){64}$/)
  })

  test('NUL and halves of surrogate pairs are refused in values and in names', () => {
    const cases: [string, string, string][] = [
      ['{"a":"x\\u0000y"}', 'change.text.nul', '/data/a'],
      ['{"a":[1,"\\ud800"]}', 'change.text.surrogate', '/data/a/1'],
      ['{"a":"\\udc00\\ud800"}', 'change.text.surrogate', '/data/a'],
      ['{"a":"\\ud800\\ud83d\\ude00"}', 'change.text.surrogate', '/data/a'],
      ['{"n\\u0000":1}', 'change.text.nul', '/data/n\0'],
    ]
    for (const [data, code, where] of cases) {
      const body = JSON.stringify(event({ data: 'DATA' })).replace('"DATA"', () => data)
      expect(refused(body)).toMatchObject({ code, where, status: 422 })
    }
  })

  test('escaped emoji and backslashes before a u are no fault', () => {
    const body = JSON.stringify(event({ data: 'DATA' })).replace(
      '"DATA"',
      () => '{"a":"\\ud83d\\ude00","b":"\\\\u0000"}',
    )
    expect(parse(body)[0]?.data).toEqual({ a: '😀', b: '\\u0000' })
  })

  test('a member given twice is refused, at the top and deep inside', () => {
    expect(refused('{"id":"a","id":"b"}')).toMatchObject({ code: 'change.json.duplicate-name', where: '/id' })
    const body = JSON.stringify([event({ data: { list: ['DATA'] } })]).replace(
      '"DATA"',
      () => '{"a":1,"b":{},"\\u0061":2}',
    )
    expect(refused(body, { contentType: BATCH })).toMatchObject({
      code: 'change.json.duplicate-name',
      where: '/0/data/list/0/a',
    })
  })

  test('names that would poison a prototype are plain members', () => {
    const body = JSON.stringify(event({ data: 'DATA' })).replace(
      '"DATA"',
      () => '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    )
    const [change] = parse(body)
    expect(Object.hasOwn(change?.data ?? {}, '__proto__')).toBe(true)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(refused('{"__proto__":{"specversion":"1.0"}}').code).toBe('change.attribute.name')
  })

  test('a text or a number longer than the limit is refused', () => {
    const limits = { stringLengthMax: 100 }
    expect(parse(event({ data: { a: 'é'.repeat(100) } }), { limits })).toHaveLength(1)
    expect(refused(event({ data: { a: 'é'.repeat(101) } }), { limits })).toMatchObject({
      code: 'change.text.too-long',
      where: '/data/a',
    })
    const number = JSON.stringify(event({ data: 'DATA' })).replace('"DATA"', () => `{"n":${'1'.repeat(101)}}`)
    expect(refused(number, { limits })).toMatchObject({ code: 'change.text.too-long', where: '/data/n' })
  })
})

describe('Numbers', () => {
  const dataOf = (json: string) => {
    const body = JSON.stringify([event(), event({ data: 'DATA' })]).replace('"DATA"', () => `{"n":${json}}`)
    return parse(body, { contentType: BATCH })[1]?.data?.['n']
  }

  test('that a double holds stay numbers', () => {
    for (const text of [
      '0',
      '-0',
      '1',
      '-12.5',
      '0.1',
      '9007199254740991',
      '1e3',
      '1.50',
      '123456789012345000000',
      '1E-7',
      '0e99999',
    ]) {
      expect(dataOf(text)).toBe(Number(text))
    }
  })

  test('that a double does not hold arrive as their text', () => {
    for (const text of [
      '9007199254740993',
      '-12345678901234567890',
      '0.1234567890123456789',
      '1e400',
      '1e-400',
      '3.14159265358979323846E+2',
    ]) {
      expect(dataOf(text)).toBe(text)
    }
  })

  test('inside a text are left alone', () => {
    expect(dataOf('"12345678901234567890 1e999"')).toBe('12345678901234567890 1e999')
  })

  test('are exact just where writing the double out gives the same decimal', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (held) => isExact(String(held))),
      { numRuns: 2000 },
    )
    fc.assert(fc.property(fc.bigInt(-(10n ** 20n), 10n ** 20n), (n) => BigInt(String(dataOf(String(n)))) === n))
  })
})

test('Nobody who pushes can say that a change is an echo of a write by the hub', () => {
  const marked = { ...event(), writtenby: 'w', omnihubwrittenby: 'w' }
  expect(parse(JSON.stringify(marked))[0]).not.toHaveProperty('writtenBy')
})

test('Any JSON value as a record arrives as it was sent', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 5 })), (data) => {
      const text = JSON.stringify(event({ data }))
      fc.pre(!/\\u0000/.test(text))
      expect(parse(text)[0]?.data).toEqual(JSON.parse(JSON.stringify(data)))
    }),
    { numRuns: 500 },
  )
})

test('Whatever the bytes are, the answer is changes or a precise refusal', () => {
  const valid = JSON.stringify([event(), event({ data: { a: [1, { b: 'é\ud83d\ude00' }, 1e30] } })])
  fc.assert(
    fc.property(fc.nat(valid.length), fc.nat(12), fc.string({ unit: 'binary', maxLength: 8 }), (at, cut, put) => {
      const bytes = Buffer.from(valid.slice(0, at) + put + valid.slice(at + cut))
      try {
        parse(bytes, { contentType: BATCH })
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(HubError)
        expect((thrown as HubError).code).toMatch(/^change\./)
      }
    }),
    { numRuns: 3000 },
  )
})
