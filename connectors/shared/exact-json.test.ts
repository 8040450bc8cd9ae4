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
    ['-0.00000000000000000012', -1.2e-19],
  ])('the number %s loses no digit', (text, expected) => {
    expect(parseExactJson(`{"a":[${text}]}`)).toEqual({ a: [expected] })
  })

  test('is otherwise what JSON.parse makes of it', () => {
    const value = fc.jsonValue({ maxDepth: 4 })
    fc.assert(
      fc.property(value, (given) => {
        const text = JSON.stringify(given)
        fc.pre(!/\d{16}|\.\d{15}|e[+-]?\d/i.test(text))
        expect(parseExactJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  test('keeps a member called __proto__ as a plain member', () => {
    const value = parseExactJson('{"__proto__": 12345678901234567890}') as object
    expect(Object.keys(value)).toEqual(['__proto__'])
  })
})
