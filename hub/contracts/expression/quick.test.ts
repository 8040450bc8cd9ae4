import { evaluateExpressionSync, evaluateUnaryExpressionSync } from '@gorules/zen-engine'
import fc from 'fast-check'
import type { Json, JsonObject } from '../json.ts'
import { tokenize } from './lexer.ts'
import { FAILED, quickStandard, quickUnary, UNSURE } from './quick.ts'
import { BEYOND_LIMITS, compileZen } from './zen-expression.ts'

const RUNS = 5_000

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
const item = fc.oneof(
  { weight: 4, arbitrary: fc.record({ a: scalar, b: scalar }, { requiredKeys: [] }) },
  { weight: 1, arbitrary: scalar },
)
const context = fc.record(
  {
    a: value,
    b: value,
    c: fc.record({ d: value, e: fc.record({ f: value }, { requiredKeys: [] }) }),
    t: fc.constantFrom('12', '-3.50', '007', '1e3', ' 4 ', '2026-02-28', '2026-02-31', '2026-01-05T10:00:00Z', 'ab'),
    L: fc.array(item, { maxLength: 3 }),
    $: value,
  },
  { requiredKeys: ['$'] },
) as fc.Arbitrary<JsonObject>

const literal = scalar.map((it) => (typeof it === 'string' ? JSON.stringify(it) : String(it)))
const field = fc.constantFrom('a', 'b', 'c', 'c.d', 'c.e.f', 'c.g.h', 'z', 't')
const plain = fc.oneof({ weight: 3, arbitrary: literal }, { weight: 3, arbitrary: field })
const arithmetic = fc.constantFrom('+', '-', '*', '??')
const ofOne = fc.constantFrom('len', 'number', 'floor', 'ceil', 'abs', 'date')
const ofTwo = fc.constantFrom('contains', 'startsWith', 'endsWith')
const closure = fc.constantFrom('some', 'all', 'none', 'count', 'filter')
const itemField = fc.constantFrom('#.a', '#.b', '#', 'a', 'c.d')
const words = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> => fc.tuple(...parts).map((it) => it.join(' '))
const call = fc.oneof(
  fc.tuple(ofOne, field).map(([name, of]) => `${name}(${of})`),
  fc.tuple(ofTwo, plain, plain).map(([name, one, two]) => `${name}(${one}, ${two})`),
)
const comparison = fc.constantFrom('==', '!=', '<', '<=', '>', '>=')
const bound = fc.oneof(fc.integer({ min: -9, max: 9 }).map(String), field)
const range = fc
  .tuple(fc.constantFrom(['[', ']'], ['(', ']'], ['[', ')'], ['(', ')'], [']', '[']), bound, bound)
  .map(([[open, close], from, to]) => `${open}${from}..${to}${close}`)
const items = fc.array(plain, { minLength: 1, maxLength: 4 }).map((all) => `[${all.join(', ')}]`)
const within = fc.constantFrom('in', 'not in')
const body = fc.oneof(
  words(itemField, comparison, plain),
  words(itemField, within, items),
  words(itemField, comparison, plain, fc.constantFrom('and', 'or'), itemField, comparison, literal),
  itemField,
)
const closed = fc
  .tuple(closure, fc.constantFrom('L', 'a', 'L ?? []'), body)
  .map(([name, of, it]) => `${name}(${of}, ${it})`)
const calculation = fc.oneof(
  words(plain, arithmetic, plain),
  words(plain, arithmetic, plain, arithmetic, plain),
  fc.tuple(plain, arithmetic, plain, arithmetic, plain).map(([a, x, b, y, c]) => `${a} ${x} (${b} ${y} ${c})`),
  words(fc.constantFrom('a / 2', 'b / -4', 'a % 3', '-a', '-(a + b)', 'a / b'), arithmetic, plain),
)
const operand = fc.oneof(
  { weight: 5, arbitrary: plain },
  { weight: 1, arbitrary: call },
  { weight: 1, arbitrary: calculation },
  { weight: 1, arbitrary: closed },
)

const unaryTest = fc.oneof(
  operand,
  range,
  items,
  words(comparison, operand),
  words(within, fc.oneof(range, items, field)),
  words(fc.constantFrom('$', 'len($)', 'number($)', '$ + 1', '$.a'), comparison, plain),
  fc.tuple(ofTwo, literal).map(([name, it]) => `${name}($, ${it})`),
  words(comparison, plain).map((it) => `not($ ${it})`),
)
const joined = (one: fc.Arbitrary<string>, joins: string[]): fc.Arbitrary<string> =>
  fc
    .tuple(one, fc.array(fc.tuple(fc.constantFrom(...joins), one), { maxLength: 3 }))
    .map(([first, rest]) => [first, ...rest.map(([it, next]) => `${it} ${next}`)].join(' '))
const unary = joined(unaryTest, ['and', 'or', ','])
const condition = fc.oneof(
  operand,
  words(operand, comparison, operand),
  words(operand, comparison, operand, comparison, operand),
  words(operand, within, fc.oneof(range, items, field)),
  words(fc.constantFrom('not'), operand),
  words(operand, comparison, operand).map((it) => `not(${it})`),
)
const logic = joined(condition, ['and', 'or'])
const standard = fc.oneof(
  { weight: 4, arbitrary: logic },
  { weight: 1, arbitrary: fc.tuple(logic, operand, logic).map(([test, a, b]) => `${test} ? ${a} : ${b}`) },
  { weight: 1, arbitrary: fc.tuple(logic, logic).map(([one, two]) => `(${one}) and (${two})`) },
)

describe('simple expressions give what the engine gives', () => {
  test.each([
    ['unary tests', unary, true],
    ['standard expressions', standard, false],
  ] as const)(
    '%s, at random',
    (_, texts, isUnary) => {
      let sure = 0
      fc.assert(
        fc.property(texts, fc.array(context, { minLength: 5, maxLength: 5 }), (text, contexts) => {
          const quick = (isUnary ? quickUnary : quickStandard)(tokenize(text))
          if (quick === undefined || !compileZen(text, { kind: isUnary ? 'unary' : 'standard', dates: true }).ok) return
          for (const one of contexts) {
            const found = quick((root) => (Object.hasOwn(one, root) ? one[root] : undefined))
            if (found === UNSURE) continue
            sure++
            expect([text, one, found]).toEqual([text, one, engine(text, one, isUnary)])
          }
        }),
        { numRuns: RUNS },
      )
      expect(sure).toBeGreaterThan(RUNS * 2.5)
    },
    60_000,
  )

  test.each([
    ...[
      'd.x ? .1',
      '0.12345678901234567',
      '[1..5[',
      'a == [1..2]',
      '$root.a',
      'map(L, #)',
      '`x${a}`',
      'a.b.len()',
      'a[0]',
    ],
    ...[
      'sum(a)',
      'string(a)',
      'round(a)',
      '{ x: a }',
      'some(L as it, it.a)',
      'some([1..3], # > 1)',
      '#',
      '#.a',
      '+a',
      'a ^ 2',
    ],
  ])('%s is left to the engine', (text) => expect(quickStandard(tokenize(text))).toBeUndefined())

  test.each(['a ?? 1', 'a ? 1 : 2', '[1..2] == 3', 'some(L, #.a == 1 or #.b == 2 and $ > 1)', 'map($, #)'])(
    'the test %s is left to the engine',
    (text) => expect(quickUnary(tokenize(text))).toBeUndefined(),
  )

  test.each<[string, JsonObject]>([
    ['a + b', { a: 0.1, b: 0.2 }],
    ['a / 3', { a: 1 }],
    ['a / 3', { a: 9007199254740990 }],
    ['a / b', { a: 9007199254740991, b: 3 }],
    ['a * a', { a: 1e15 }],
    ['a / b', { a: 1, b: 0 }],
    ['len(a)', { a: 'é' }],
    ['number(a)', { a: '1e3' }],
    ['date(a)', { a: 'now' }],
    ['some(a, # == 1)', { a: Array.from({ length: 1_001 }, () => 0) }],
  ])("%s over %j may be the engine's to say, or is exact", (text, given) => {
    const found = quickStandard(tokenize(text))?.((root) => given[root])
    if (found !== UNSURE) expect(found).toEqual(engine(text, given, false))
    else expect(found).toBe(UNSURE)
  })

  test.each(['2026-02-31', '2026-13-01', '2026-00-10', '0099-01-01', 'now', '2026-1-1', 5])(
    'the date %p is left to the engine',
    (a) => {
      expect(quickStandard(tokenize('date(a)'))?.((root) => (root === 'a' ? a : undefined))).toBe(UNSURE)
    },
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
    expect(run('sum(c.list) + c.n', { c: { list: [1, 2], n: 3, big } })).toBe(6)
    expect(run('sum(c.list) + c.n', { c: { list: big, n: 3 } })).toBe(BEYOND_LIMITS)
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
