import fc from 'fast-check'
import { HubError } from '../../hub/contracts/hub-error.ts'
import type { Json } from '../../hub/contracts/json.ts'
import { matches, meaningOf } from './faults.ts'
import { fillTemplate, placeholdersOf } from './template.ts'
import { earlier, loadWatermark, readWatermark, storeWatermark, writeWatermark } from './watermark.ts'
import { simpleType } from './wsdl-model.ts'
import { lexicalOf, valueOf } from './xsd-values.ts'

test.each<[string, string, Json]>([
  ['string', ' a\n', ' a\n'],
  ['token', ' a ', 'a'],
  ['int', ' +7 ', 7],
  ['int', 'seven', 'seven'],
  ['int', '', ''],
  ['long', '9007199254740993', '9007199254740993'],
  ['long', '7', '7'],
  ['decimal', '+12.50', '12.50'],
  ['decimal', '-.5', '-.5'],
  ['integer', '123456789012345678901234567890', '123456789012345678901234567890'],
  ['boolean', '1', true],
  ['boolean', 'false', false],
  ['boolean', 'yes', 'yes'],
  ['double', '1e-7', 1e-7],
  ['double', 'INF', 'INF'],
  ['double', 'NaN', 'NaN'],
  ['dateTime', '2024-02-29T23:59:59.999999+05:30', '2024-02-29T18:29:59.999999Z'],
  ['dateTime', '2024-01-01T00:00:00-14:00', '2024-01-01T14:00:00Z'],
  ['dateTime', '2024-02-29T23:59:59', '2024-02-29T23:59:59'],
  ['dateTime', '2024-02-30T00:00:00+99:99', '2024-02-30T00:00:00+99:99'],
  ['dateTime', '12024-01-01T00:00:00+01:00', '12024-01-01T00:00:00+01:00'],
  ['date', '2024-02-29', '2024-02-29'],
  ['base64Binary', 'AP\n 86', 'AP86'],
])('an xsd:%s %j is read as %j', (base, text, expected) => {
  expect(valueOf(simpleType(base), text)).toEqual(expected)
})

test('every decimal and every whole number keeps its digits', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.nat(), (whole, fraction) => {
      const text = `${whole}.${fraction}`
      expect(valueOf(simpleType('decimal'), text)).toBe(text)
      expect(valueOf(simpleType('integer'), String(whole))).toBe(String(whole))
      expect(lexicalOf(simpleType('integer'), String(whole), '')).toBe(String(whole))
    }),
  )
})

test.each<[string, Json]>([
  ['int', 2_147_483_648],
  ['int', '1.0'],
  ['int', true],
  ['int', ''],
  ['unsignedByte', -1],
  ['long', '9223372036854775808'],
  ['positiveInteger', 0],
  ['decimal', 1e21],
  ['decimal', 'NaN'],
  ['boolean', 'yes'],
  ['dateTime', '2024-01-01'],
  ['date', '01.01.2024'],
  ['base64Binary', 'ä'],
  ['string', { a: 1 }],
])('an xsd:%s can not be written as %j', (base, value) => {
  expect(() => lexicalOf(simpleType(base), value, '/x')).toThrow(HubError)
})

describe('a template', () => {
  const template = {
    filter: { since: '{since}' },
    page: '{page}',
    text: 'p{page}',
    list: ['{token}', 1],
    fixed: { a: null },
  }

  test('is filled with values of their own types, and what has none is left out', () => {
    expect(fillTemplate(template, { page: 2 })).toEqual({ page: 2, text: 'p2', list: [1], fixed: { a: null } })
    expect(fillTemplate(template, { page: 1, since: 's', token: 't' })).toEqual({
      filter: { since: 's' },
      page: 1,
      text: 'p1',
      list: ['t', 1],
      fixed: { a: null },
    })
    expect(placeholdersOf(template)).toEqual(['since', 'page', 'token'])
  })

  test('leaves braces that are no placeholders as they are', () => {
    expect(fillTemplate({ a: '{"x": 1}', b: '{}' }, {})).toEqual({ a: '{"x": 1}', b: '{}' })
  })
})

describe('a watermark', () => {
  test.each([
    ['2024-05-06T07:08:09.123456Z', '2024-05-06T07:08:09.123Z'],
    ['2024-05-06T07:08:09Z', '2024-05-06T07:08:09Z'],
    ['2024-05-06T07:08:09', '2024-05-06T07:08:09'],
    ['2024-05-06T07:08:09+02:00', '2024-05-06T05:08:09Z'],
    ['2024-05-06', '2024-05-06'],
    ['12345678901234567890', '12345678901234567890'],
  ])('%s is asked for as %s, never later', (text, asked) => {
    const mark = readWatermark(text)
    expect(mark && writeWatermark(mark)).toBe(asked)
    expect(mark && loadWatermark(storeWatermark(mark))).toEqual(mark)
  })

  test.each(['', 'soon', '2024-13-99T99:99:99Z', '1.5'])('%j is none', (text) =>
    expect(readWatermark(text)).toBeUndefined(),
  )

  test('goes back by milliseconds, or by one for a counter', () => {
    const [time, counter] = [readWatermark('2024-01-01T00:00:00.0005Z'), readWatermark('7')]
    expect(time && writeWatermark(earlier(time, 1))).toBe('2023-12-31T23:59:59.999Z')
    expect(counter && writeWatermark(earlier(counter, 1))).toBe('6')
  })
})

describe('the meaning of a fault', () => {
  const fault = (codes: string[], text = ''): Parameters<typeof meaningOf>[0] => ({ codes, text, detail: undefined })

  test('is that of the first rule that fits, then of its codes, the inner ones first', () => {
    const rules = [
      { code: 'Client.Busy*', means: 'throttle' },
      { text: '*locked*', means: 'retry' },
    ] as const
    expect(meaningOf(fault(['Client.BusyNow', 'Client', 'BusyNow']), 500, rules)).toBe('throttle')
    expect(meaningOf(fault(['Client'], 'The record is LOCKED by x'), 500, rules)).toBe('retry')
    expect(meaningOf(fault(['Sender', 'FailedAuthentication']), 400, rules)).toBe('auth')
    expect(meaningOf(fault(['Client']), 403, [])).toBe('forbidden')
    expect(meaningOf(fault(['Client']), 500, [{ means: 'retry' }])).toBe('reject')
    expect(meaningOf(fault(['Own']), 500, [])).toBe('retry')
  })

  test.each([
    ['a*c', 'abc', true],
    ['a*c', 'ab', false],
    ['*', '', true],
    ['a*a', 'a', false],
    ['*b*', 'aBc', true],
    ['', '', true],
    ['', 'x', false],
    ['a*b*c', 'a-c-b-c', true],
  ])('the pattern %j on %j: %s', (pattern, text, expected) => expect(matches(pattern, text)).toBe(expected))

  test('is found at once, whatever the pattern', () => {
    const startedAt = performance.now()
    matches(`${'a*'.repeat(500)}b`, 'a'.repeat(100_000))
    expect(performance.now() - startedAt).toBeLessThan(500)
  })
})
