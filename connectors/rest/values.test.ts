import fc from 'fast-check'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { parseRaw } from './raw-json.ts'
import { isThere, unwrapped, valueRules, wrapped } from './values.ts'

const RULES = valueRules(
  [
    { wrapper: { $decimal: '{{ value }}' }, fields: ['limit', 'terms.rate'], as: 'text' },
    { wrapper: { __type: 'Date', iso: '{{ value }}' }, as: 'value' },
    { wrapper: { type: 'int64', data: { n: '{{ value }}' } }, as: 'number' },
    { as: 'number', fields: ['big'] },
  ],
  '/settings/values',
)

const read = (text: string): unknown => unwrapped(parseRaw(text), RULES)
const write = (value: JsonObject, present: string): string =>
  JSON.stringify(wrapped(value, [], parseRaw(present), RULES))

describe('wrapped values', () => {
  test.each([
    ['{"a":{"$decimal":"12.30"}}', { a: '12.30' }],
    ['{"a":[{"__type":"Date","iso":"2020-01-01"},1]}', { a: ['2020-01-01', 1] }],
    ['{"a":{"type":"int64","data":{"n":9007199254740993}}}', { a: '9007199254740993' }],
    ['{"a":{"$decimal":null}}', { a: null }],
    // Not of the form: one member more, another constant, an object as value.
    ['{"a":{"$decimal":"1","b":2}}', { a: { $decimal: '1', b: 2 } }],
    ['{"a":{"__type":"Time","iso":"x"}}', { a: { __type: 'Time', iso: 'x' } }],
    ['{"a":{"$decimal":{"$decimal":"1"}}}', { a: { $decimal: '1' } }],
    ['{"a":12345678901234567890,"b":1.10}', { a: '12345678901234567890', b: 1.1 }],
    ['{"__proto__":{"$decimal":"1"}}', Object.fromEntries([['__proto__', '1']])],
  ])('%s are read as the plain value', (text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  test.each<[string, JsonObject, string, string]>([
    ['as the present value is', { a: '5.00' }, '{"a":{"$decimal":"1.00"}}', '{"a":{"$decimal":"5.00"}}'],
    ['as a rule names the field', { limit: 5 }, '{}', '{"limit":{"$decimal":"5"}}'],
    [
      'also inside of an object',
      { terms: { rate: '2' } },
      '{"terms":{"x":1}}',
      '{"terms":{"x":1,"rate":{"$decimal":"2"}}}',
    ],
    [
      'in lists',
      { d: ['2021-01-01'] },
      '{"d":[{"__type":"Date","iso":"2020-01-01"}]}',
      '{"d":[{"__type":"Date","iso":"2021-01-01"}]}',
    ],
    ['as numbers with all digits', { big: '9007199254740993' }, '{}', '{"big":9007199254740993}'],
    ['as numbers where one is', { n: '1.10' }, '{"n":5}', '{"n":1.10}'],
    [
      'in a wrapped number',
      { n: '7' },
      '{"n":{"type":"int64","data":{"n":1}}}',
      '{"n":{"type":"int64","data":{"n":7}}}',
    ],
    ['as null', { limit: null }, '{"limit":{"$decimal":"1"}}', '{"limit":null}'],
    ['as text where text is', { t: '5' }, '{"t":"4"}', '{"t":"5"}'],
    ['as they are, where they are no number', { n: 'many' }, '{"n":5}', '{"n":"many"}'],
    [
      'beside members that stay',
      { o: { b: 2 } },
      '{"o":{"a":12345678901234567890}}',
      '{"o":{"a":12345678901234567890,"b":2}}',
    ],
  ])('are written %s', (_, value, present, expected) => {
    expect(write(value, present)).toBe(expected)
  })

  test('are there already where the system says the same in other words', () => {
    const there = (value: JsonObject, present: string): boolean => isThere(value, parseRaw(present), RULES)
    expect(there({ a: '12.3' }, '{"a":{"$decimal":"12.300"}}')).toBe(true)
    expect(there({ a: '9007199254740993' }, '{"a":9007199254740993}')).toBe(true)
    expect(there({ a: '9007199254740993' }, '{"a":9007199254740992}')).toBe(false)
    expect(there({ a: '12.3' }, '{"a":"12.30"}')).toBe(false)
    expect(there({ a: null }, '{}')).toBe(true)
    expect(there({ a: '' }, '{}')).toBe(false)
    expect(there({ o: { x: 1 } }, '{"o":{"x":1,"y":2}}')).toBe(true)
    expect(there({ l: [1, 2] }, '{"l":[1]}')).toBe(false)
    expect(there({ a: '-0.00' }, '{"a":0}')).toBe(true)
  })

  test('written over themselves change nothing, whatever the document', () => {
    const decimal = fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.nat(99))
      .map(([a, b]) => ({ $decimal: `${a}.${b}` }))
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), decimal)
    const document = fc.dictionary(
      fc.string({ minLength: 1 }),
      fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.string(), leaf)),
    )
    fc.assert(
      fc.property(document, (raw) => {
        const text = JSON.stringify(raw)
        const plain = unwrapped(parseRaw(text), RULES) as JsonObject
        expect(isThere(plain, parseRaw(text), RULES)).toBe(true)
        const { limit: _, terms: __, big: ___, ...others } = plain
        const again = wrapped(others, [], parseRaw(text), RULES)
        expect(unwrapped(again, RULES)).toEqual(plain)
      }),
      { numRuns: 300 },
    )
  })

  test.each([
    [[{ wrapper: { a: 'x' } }], '/v/0/wrapper'],
    [[{ wrapper: { a: '{{ value }}', b: '{{ value }}' } }], '/v/0/wrapper'],
    [[{ as: 'text', fields: ['a'] }], '/v/0'],
    [[{ as: 'number' }], '/v/0'],
    [[{ wrapper: { a: '{{ value }}' }, fields: ['a', 'b..c'] }], '/v/0/fields/1'],
  ])('described as %j are refused with a pointer', (given, where) => {
    expect(() => valueRules(given as JsonObject[], '/v')).toThrow(
      expect.objectContaining({ code: 'connector.settings', where }) as Error,
    )
  })
})

test('JSON that is deeper than any record is an unexpected answer', () => {
  const deep = '{"a":'.repeat(150) + '1' + '}'.repeat(150)
  expect(() => parseRaw(deep)).toThrow(expect.objectContaining({ code: 'connector.unexpected' }) as Error)
})
