import fc from 'fast-check'
import { parseExactJson } from './exact-json.ts'

describe('JSON from a database', () => {
  test.each([
    ['9007199254740993', '9007199254740993'],
    ['-12345678901234567890', '-12345678901234567890'],
    ['0.1000000000000000055', '0.1000000000000000055'],
    ['1e400', '1e400'],
    ['9007199254740991', 9007199254740991],
    ['0.1', 0.1],
    ['1e3', 1000],
    ['1.50E+2', 150],
    ['29.74574437345759', 29.74574437345759],
    ['999.79610531095012', '999.79610531095012'],
    ['0.30000000000000004', 0.30000000000000004],
    ['-0.00000000000000000012', -1.2e-19],
  ])('the number %s loses no digit', (text, expected) => {
    expect(parseExactJson(`{"a":[${text}]}`)).toEqual({ a: [expected] })
  })

  test('is otherwise what JSON.parse makes of it', () => {
    // Integers beyond 2^53 are the one thing that a double may print and that comes as text all the same.
    const isUnsafe = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value)
    const safe = fc.jsonValue({ maxDepth: 4 }).filter((value) => {
      let found = false
      JSON.stringify(value, (_name, each: unknown) => {
        found ||= isUnsafe(each)
        return each
      })
      return !found
    })
    fc.assert(
      fc.property(safe, (given) =>
        expect(parseExactJson(JSON.stringify(given))).toEqual(JSON.parse(JSON.stringify(given))),
      ),
      {
        numRuns: 500,
      },
    )
  })

  test('keeps a member called __proto__ as a plain member', () => {
    const value = parseExactJson('{"__proto__": 12345678901234567890}') as object
    expect(Object.keys(value)).toEqual(['__proto__'])
  })
})
