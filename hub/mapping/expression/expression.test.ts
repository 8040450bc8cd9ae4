import type { Json, JsonObject } from '../../contracts/json.ts'
import { UNPARSABLE } from '../conversions/conversion.ts'
import { compileExpression } from './expression.ts'

function run(text: string, record: JsonObject = {}): Json | undefined | 'failed' {
  const result = compileExpression(text)
  if (!result.ok) throw new Error(`${result.problem} at ${result.at}`)
  const value = result.expression.evaluate(record, record)
  return value === UNPARSABLE ? 'failed' : value
}

function problem(text: string): string {
  const result = compileExpression(text)
  return result.ok ? '' : `${result.at}: ${result.problem}`
}

const reads = (text: string): string[] => {
  const result = compileExpression(text)
  return result.ok ? result.expression.reads.map((path) => path.join('.')) : []
}

describe('expressions give values', () => {
  test.each<[string, JsonObject, unknown]>([
    ['FirstName + " " + LastName', { FirstName: 'Ada', LastName: 'L' }, 'Ada L'],
    ['`${a} of ${b}`', { a: 'x', b: 'y' }, 'x of y'],
    ['a ?? "none"', {}, 'none'],
    ["kind == 'p' ? a : null", { kind: 'q', a: 1 }, undefined],
    ['0.1 + 0.2', {}, 0.3],
    ['price * quantity', { price: 12.5, quantity: 3 }, 37.5],
    ['total / 100', { total: 1250 }, 12.5],
    ['number(a) % 7', { a: '10' }, 3],
    ['map(L, #.n)', { L: [{ n: 1 }, { n: 2 }] }, [1, 2]],
    [
      'sum(map(L, #.n * #.p))',
      {
        L: [
          { n: 1, p: 2 },
          { n: 3, p: 4 },
        ],
      },
      14,
    ],
    ['$root["odd name"]', { 'odd name': 'x' }, 'x'],
    ['a in [1..5]', { a: 3 }, true],
    ['{ x: a }', { a: 1 }, { x: 1 }],
    ["extract(a, '([0-9]+)')[1]", { a: 'no 12' }, '12'],
  ])('%s over %j', (text, record, expected) => {
    expect(run(text, record)).toEqual(expected)
  })
})

describe('an expression tells which fields it reads', () => {
  test.each([
    ['a.b[0].c + d', ['a.b.0.c', 'd']],
    ['{ x: a, "y": b }', ['a', 'b']],
    ['cond ? x : y', ['cond', 'x', 'y']],
    ['map(L as one, one.n + z)', ['L', 'z']],
    ['`${a.b} c`', ['a.b']],
    ["'quoted' + len(n)", ['n']],
    ['$root["odd name"].x', ['odd name.x']],
    ['filter(L, # == a and not b)', ['L', 'a', 'b']],
  ])('%s', (text, expected) => {
    expect(reads(text)).toEqual(expected)
  })
})

describe('what could end the process, never end, or answer differently each time is refused', () => {
  test.each([
    ['a ^ b', 'powers'],
    ['a % b', 'after %'],
    ['a % 0', 'after %'],
    ['a / (b - c)', 'after /'],
    ['a / 0', 'after /'],
    ['a * b * c * d * e', 'at most 3'],
    ['rand(10)', 'rand is not available'],
    ['d()', 'd is not available'],
    ['date("now")', 'date is not available'],
    ['a.format("%Q")', '.format() are not allowed'],
    ['x = 5', 'assignments'],
    ['x = a + a; x + x', 'assignments'],
    ['map([1..1000000000], #)', 'ranges'],
    ['map(L, map(L, map(L, #)))', 'at most 2 deep'],
    ['matches(a, b)', 'the pattern must be written out'],
    ['extract(a, "x" + b)', 'the pattern must be written out'],
    ['number(a + b)', 'no texts put together'],
    ['number(`${a}${b}`)', 'no texts put together'],
    ['number("99999999999999999999")', 'too large'],
    ['a + 99999999999999999999', 'too large'],
    ['a.__proto__', '__proto__ is not allowed'],
    ['$root["constructor"]', 'constructor is not allowed'],
    ['$root', 'after $root'],
    ['a + ', 'nexpected'],
    ['(a', ''],
    ['foo(a)', 'foo is not available'],
    ['é', 'write unusual field names as $root'],
    ['"open', 'not closed'],
    ['', 'empty'],
    ['('.repeat(50) + '1' + ')'.repeat(50), 'deeper than 40'],
    ['1+'.repeat(2_000) + '1', 'longer than 2000'],
  ])('%s', (text, expected) => {
    const found = problem(text)
    expect(found).not.toBe('')
    expect(found).toContain(expected)
  })
})

describe('records that the engine would die of make the expression fail, and nothing else', () => {
  const deep = JSON.parse(`${'{"a":'.repeat(3_000)}1${'}'.repeat(3_000)}`) as JsonObject

  test.each<[string, string, JsonObject]>([
    ['a number beyond decimals', 'a', { a: 1e300 }],
    ['a number nearer to zero than decimals reach', 'a', { a: 1e-300 }],
    ['an infinity', 'a', { a: Number.POSITIVE_INFINITY }],
    ['a result beyond 64 bits', 'a', { a: 1e20 }],
    ['a sum that overflows', 'a + a', { a: 7e28 }],
    ['a product that overflows', 'a * a', { a: 1e15 }],
    ['a division by next to nothing', 'a / b', { a: 1e8, b: 1e-12 }],
    ['a text that is a huge number', 'number(a)', { a: '99999999999999999999' }],
    ['a sum of a long list', 'sum(L)', { L: [1e15, 1e15] }],
    ['a record nested thousands deep', 'a', deep],
    ['a list too long', 'len(map(L, #))', { L: Array.from({ length: 20_000 }, () => 1) }],
    ['a text too long', 'upper(a)', { a: 'x'.repeat(2_000_000) }],
    [
      'closures over much text',
      'map(L, T + #)',
      { L: Array.from({ length: 5_000 }, () => 'y'), T: 'x'.repeat(100_000) },
    ],
  ])('%s', (_, text, record) => {
    expect(run(text, record)).toBe('failed')
  })

  test('dividing by zero is null in the language, so the field is absent', () => {
    expect(run('a / b', { a: 1, b: 0 })).toBeUndefined()
  })

  test('a key that is a prototype comes out of no expression', () => {
    expect(run('{ ["__proto__"]: { polluted: true } }')).toEqual({})
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})
