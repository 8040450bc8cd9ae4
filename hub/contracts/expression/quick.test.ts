import { evaluateExpressionSync, evaluateUnaryExpressionSync } from '@gorules/zen-engine'
import fc from 'fast-check'
import type { Json, JsonObject } from '../json.ts'
import { tokenize } from './lexer.ts'
import { FAILED, quickStandard, quickUnary } from './quick.ts'
import { BEYOND_LIMITS, compileZen } from './zen-expression.ts'

/** What the engine answers; FAILED where it throws on types. A text it cannot parse throws here too. */
function engine(text: string, context: JsonObject, isUnary: boolean): unknown {
  try {
    return isUnary ? evaluateUnaryExpressionSync(text, context) : evaluateExpressionSync(text, context)
  } catch (thrown) {
    const message = String(thrown)
    if (/"type":"(vmError|valueCastError)"/.test(message)) return FAILED
    throw new Error(`the engine does not read ${text}: ${message.slice(0, 200)}`, { cause: thrown })
  }
}

const scalar = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(0.5, -0.25, 1.1, 2.675, 0.1, 1e9, 123456.789),
  fc.constantFrom('a', 'b', 'Ab', '', 'é', '5', 'true'),
  fc.boolean(),
  fc.constant(null),
)
const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.record({ a: scalar }) },
)
const context = fc.record(
  { a: value, b: value, c: fc.record({ d: value, e: fc.record({ f: value }, { requiredKeys: [] }) }), $: value },
  { requiredKeys: ['$'] },
) as fc.Arbitrary<JsonObject>

const literal = scalar.map((it) => (typeof it === 'string' ? JSON.stringify(it) : String(it)))
const field = fc.constantFrom('a', 'b', 'c', 'c.d', 'c.e.f', 'c.g.h', 'z')
const operand = fc.oneof({ weight: 3, arbitrary: literal }, { weight: 2, arbitrary: field })
const bound = fc.oneof(fc.integer({ min: -9, max: 9 }).map(String), field)
const range = fc
  .tuple(fc.constantFrom(['[', ']'], ['(', ']'], ['[', ')'], ['(', ')'], [']', '[']), bound, bound)
  .map(([[open, close], from, to]) => `${open}${from}..${to}${close}`)
const items = fc.array(operand, { minLength: 1, maxLength: 4 }).map((all) => `[${all.join(', ')}]`)
const comparison = fc.constantFrom('==', '!=', '<', '<=', '>', '>=')
const within = fc.constantFrom('in', 'not in')

const unaryTest = fc.oneof(
  operand,
  range,
  items,
  fc.tuple(comparison, operand).map((it) => it.join(' ')),
  fc.tuple(within, fc.oneof(range, items, field)).map((it) => it.join(' ')),
)
const joined = (one: fc.Arbitrary<string>, joins: string[]): fc.Arbitrary<string> =>
  fc
    .tuple(one, fc.array(fc.tuple(fc.constantFrom(...joins), one), { maxLength: 3 }))
    .map(([first, rest]) => [first, ...rest.map(([join, next]) => `${join} ${next}`)].join(' '))
const unary = joined(unaryTest, ['and', 'or', ','])
const condition = fc.oneof(
  operand,
  fc.tuple(operand, comparison, operand).map((it) => it.join(' ')),
  fc.tuple(operand, comparison, operand, comparison, operand).map((it) => it.join(' ')),
  fc.tuple(operand, within, fc.oneof(range, items, field)).map((it) => it.join(' ')),
)
const standard = joined(condition, ['and', 'or'])

describe('simple expressions give what the engine gives', () => {
  test.each([
    ['unary tests', unary, true],
    ['standard expressions', standard, false],
  ] as const)('%s, at random', (_, texts, isUnary) => {
    let simple = 0
    fc.assert(
      fc.property(texts, fc.array(context, { minLength: 5, maxLength: 5 }), (text, contexts) => {
        const quick = (isUnary ? quickUnary : quickStandard)(tokenize(text))
        if (quick === undefined) return
        simple++
        for (const one of contexts) {
          const found = quick((root) => (Object.hasOwn(one, root) ? one[root] : undefined))
          expect([text, one, found]).toEqual([text, one, engine(text, one, isUnary)])
        }
      }),
      { numRuns: 4_000 },
    )
    expect(simple).toBeGreaterThan(3_000)
  })

  test.each([
    'a + 1',
    'len(a)',
    'not a',
    'a ?? b',
    'a ? 1 : 2',
    'a[0]',
    '"x" + a',
    '(a > 1)',
    '0.12345678901234567',
    '[1..5[',
    'a == [1..2]',
    '$root.a',
    'map(a, #)',
    '`x${a}`',
    'a.b.len()',
  ])('%s is left to the engine', (text) => expect(quickStandard(tokenize(text))).toBeUndefined())

  test.each(['$ > 5', 'not(1)', 'contains($, "a")', '> a + 1', 'startsWith($, "x") or > 5', '> 5 < 6', '[1..2] == 3'])(
    'the test %s is left to the engine',
    (text) => expect(quickUnary(tokenize(text))).toBeUndefined(),
  )
})

describe('an expression', () => {
  const run = (text: string, given: JsonObject, options: Parameters<typeof compileZen>[1] = {}): unknown => {
    const compiled = compileZen(text, options)
    if (!compiled.ok) throw new Error(compiled.problem)
    return compiled.expression.evaluate((root) => given[root])
  }

  test('hands over to the engine only the members that it reads', () => {
    const big = Array.from({ length: 20_000 }, () => 1)
    expect(run('len(c.list) + c.n', { c: { list: [1, 2], n: 3, big } })).toBe(5)
    expect(run('len(c.list) + c.n', { c: { list: big, n: 3 } })).toBe(BEYOND_LIMITS)
  })

  test('takes a value that is no object where members are read as the engine does', () => {
    expect(run('len(c.list)', { c: 'text' })).toBe(FAILED)
    expect(run('(c.n ?? 1) + 1', { c: [1] })).toBe(2)
  })

  test('reads dates only where it may, and never the clock', () => {
    expect(() => run('date(a)', { a: '2026-01-01' })).toThrow('date is not available')
    expect(run('(date(b) - date(a)) / 86400', { a: '2026-01-05', b: '2026-02-01' }, { dates: true })).toBe(27)
    expect(run('date(a)', { a: 'now' }, { dates: true })).toBe(BEYOND_LIMITS)
    expect(run('date(a)', { a: 'soon' }, { dates: true })).toBe(FAILED)
    for (const text of [
      'date()',
      'date("now")',
      'date(a + b)',
      'date(lower(a))',
      'date(`n${a}`)',
      'date(a) * b',
      'date(a) / b',
    ])
      expect(compileZen(text, { dates: true }).ok).toBe(false)
    const ofSums = 'sum(map(L, date(#))) + sum(map(L, date(#)))'
    expect(compileZen(ofSums, { dates: true })).toMatchObject({ ok: false, problem: 'too many sums over dates' })
  })

  test('cannot list the members of an object, whose order the engine changes each time', () => {
    expect(compileZen('keys(a)')).toMatchObject({ ok: false })
    expect(compileZen('values(a)')).toMatchObject({ ok: false })
  })

  test('as a unary test has a value under test, and compares it', () => {
    expect(run('contains($, "b")', { $: 'abc' }, { kind: 'unary' })).toBe(true)
    expect(run('> a * 2', { $: 5, a: 2 }, { kind: 'unary' })).toBe(true)
    expect(run('> 5', {}, { kind: 'unary' })).toBe(FAILED)
    expect(compileZen('> ', { kind: 'unary' })).toMatchObject({ ok: false })
    expect(compileZen('-', { kind: 'unary' })).toMatchObject({ ok: false })
    expect(compileZen('$ + 1')).toMatchObject({ ok: false, problem: '$ stands for nothing here' })
  })
})
