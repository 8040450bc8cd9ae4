/**
 * Short expressions over small inputs that ask for hours or terabytes. The engine would end the process with them, so a
 * guard that fails ends the test run: that is a failure too.
 */
import type { Json, JsonObject } from '../json.ts'
import { BEYOND_LIMITS, compileZen, type Meter } from './zen-expression.ts'

const text = (length: number): string => 'x'.repeat(length)
const times = (count: number, part: string, between = ''): string => new Array(count).fill(part).join(between)
const ones = (count: number): Json[] => new Array<Json>(count).fill(1)

/** Compiles, evaluates, and answers also how long both took, in ms. */
function tried(expression: string, input: JsonObject, meter?: Meter) {
  const began = performance.now()
  const compiled = compileZen(expression)
  if (!compiled.ok) return { refused: compiled.problem, ms: performance.now() - began }
  const value = compiled.expression.evaluate((root) => input[root], meter)
  return { value, ms: performance.now() - began }
}

/** Far more than the slowest evaluation that is let through, on a machine that does much else. */
const PATIENCE_MS = 3_000

describe('A bomb', () => {
  test.each<[string, string, JsonObject]>([
    ['all pairs of the characters of a text', 'flatMap(split(a, ""), split(a, ""))', { a: text(20_000) }],
    ['a list of lists of itself', 'flatten(map(l, l))', { l: ones(5_000) }],
    ['a list of objects that each hold the list', 'map(l, {x: l})', { l: new Array<Json>(3_000).fill('abc') }],
    ['a text put together with itself, 900 times', times(900, 'a', '+'), { a: text(900_000) }],
    ['a text put together in each round', `map(l, ${times(400, 'a', '+')})`, { a: text(4_000), l: ones(1_000) }],
    ['a template of 400 copies', `\`${times(400, '${a}')}\``, { a: text(900_000) }],
    ['a template in each round', `map(l, \`${times(400, '${a}')}\`)`, { a: text(4_000), l: ones(1_000) }],
    ['a list of 900 copies in each round', `map(l, [${times(900, 'a', ',')}])`, { a: text(4_000), l: ones(1_000) }],
    [
      'an object of copies in each round',
      'map(l, {a: a, b: [a, a], c: upper(a)})',
      { a: text(90_000), l: ones(9_000) },
    ],
    ['a long text changed in each round', 'map(l, upper(a))', { a: text(90_000), l: ones(9_000) }],
    ['two lists gone over against each other', 'count(l, some(m, # == 2))', { l: ones(4_000), m: ones(4_000) }],
    ['the same under names', 'map(l as x, map(l as y, [x, y]))', { l: ones(4_000) }],
    [
      'a pattern compiled in each round',
      'count(l, matches(#, "[a-z]+@[a-z]+"))',
      { l: new Array<Json>(9_000).fill('x') },
    ],
    ['a long text that a pattern goes over', 'extract(a, "(.*)1(.{100})1")', { a: `${times(90_000, '01101')}x` }],
    ['characters of a text that are trimmed', 'map(split(a, " "), trim(a))', { a: times(90_000, 'x ') }],
    ['a list under its full name', 'map($root.l, map($root["l"], # == 2))', { l: ones(5_000) }],
    ['a sum made in each round', 'map(l, sum(m))', { l: ones(4_000), m: ones(5_000) }],
  ])('of %s is not begun', (_, expression, input) => {
    const { value, ms } = tried(expression, input)
    expect(value).toBe(BEYOND_LIMITS)
    expect(ms).toBeLessThan(PATIENCE_MS)
  })

  test.each([
    ['repeats letters a hundred times', 'matches(a, "(\\w{10}){10}")'],
    ['repeats repetitions', 'matches(a, "((a{100}){100}){100}")'],
    ['is thousands of sets', 'extract(a, "[^x]{1,2000}")'],
    ['repeats a class of Unicode', 'matches(a, "\\p{Greek}{30}")'],
  ])('of a pattern that %s is refused when it is read', (_, expression) => {
    const { refused, ms } = tried(expression, { a: 'a' })
    expect(refused).toMatch(/^the pattern is too large/)
    expect(ms).toBeLessThan(PATIENCE_MS)
  })

  test.each([
    ['a long sum', times(600, 'a', '+'), { a: 1 }, 600],
    ['signs', `${times(600, '- ')}a`, { a: 1 }, 1],
    ['negations', `${times(400, 'not ')}a`, { a: true }, true],
    ['conditions', `${times(400, 'a?1:')}2`, { a: false }, 2],
    ['members', `a${times(600, '.a')}`, { a: {} }, null],
    ['alternatives', `${times(400, 'a??')}1`, { a: null }, 1],
  ] as [string, string, JsonObject, Json][])('of %s is none: it is quick', (_, expression, input, result) => {
    const { value, ms } = tried(expression, input)
    expect(value).toBe(result)
    expect(ms).toBeLessThan(PATIENCE_MS)
  })

  test('that many evaluations make together ends where the meter has nothing left', () => {
    const compiled = compileZen('count(l, upper(#) == "A")')
    if (!compiled.ok) throw new Error(compiled.problem)
    const input: JsonObject = { l: new Array<Json>(500).fill('a') }
    const meter = { left: 20_000_000 }
    const values = Array.from({ length: 200 }, () => compiled.expression.evaluate((root) => input[root], meter))
    expect(values[0]).toBe(500)
    expect(values.at(-1)).toBe(BEYOND_LIMITS)
  })

  test('of conditions that need no engine counts on the meter too', () => {
    const compiled = compileZen('some(l, # == 2)')
    if (!compiled.ok) throw new Error(compiled.problem)
    const input: JsonObject = { l: ones(900) }
    const meter = { left: 1_000_000 }
    const values = Array.from({ length: 20 }, () => compiled.expression.evaluate((root) => input[root], meter))
    expect(values[0]).toBe(false)
    expect(values.at(-1)).toBe(BEYOND_LIMITS)
  })
})

describe('Work as rules have it', () => {
  const invoices = (count: number): Json[] =>
    Array.from({ length: count }, (_, at) => ({ number: `I-${at}`, due: '2026-03-01', account: at % 10, total: at }))

  test.each<[string, string, JsonObject, Json]>([
    ['over 1,500 records', 'count(invoices, #.total > limit)', { invoices: invoices(1_500), limit: 1_000 }, 499],
    [
      'over ten accounts and 1,500 records',
      'len(map(accounts as a, {id: a, open: filter(invoices, #.account == a)}))',
      { accounts: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], invoices: invoices(1_500) },
      10,
    ],
    ['of a sum over 1,500 records', 'sum(map(invoices, #.total * 2))', { invoices: invoices(1_500) }, 2_248_500],
    [
      'of a pattern over fifty texts',
      'count(l, matches(#, "^[A-Z]{2}[0-9]+$"))',
      { l: new Array<Json>(50).fill('AB12') },
      50,
    ],
    ['of a text of half a million characters', 'len(upper(a))', { a: text(500_000) }, 500_000],
  ])('%s is done', (_, expression, input, result) => {
    expect(tried(expression, input).value).toBe(result)
  })
})
