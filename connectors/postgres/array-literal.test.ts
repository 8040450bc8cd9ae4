import fc from 'fast-check'
import type { Json } from '../../hub/contracts/json.ts'
import { arrayLiteral, parseArrayLiteral } from './array-literal.ts'

const asIs = (text: string): Json => text

describe("PostgreSQL's text of an array", () => {
  test.each<[string, Json]>([
    ['{}', []],
    ['{1,2}', ['1', '2']],
    ['{NULL,"NULL",null}', [null, 'NULL', 'null']],
    ['{"a\\"b","c\\\\d","e,f","{g}",""}', ['a"b', 'c\\d', 'e,f', '{g}', '']],
    [
      '{{1,2},{3,4}}',
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ],
    ['[0:1]={5,6}', ['5', '6']],
  ])('%s is read', (text, expected) => {
    expect(parseArrayLiteral(text, ',', asIs)).toEqual(expected)
  })

  test('of boxes is parted by semicolons', () => {
    expect(parseArrayLiteral('{(1,1),(0,0);(2,2),(0,0)}', ';', asIs)).toEqual(['(1,1),(0,0)', '(2,2),(0,0)'])
  })

  test('is written so that it reads as the same', () => {
    const items = fc.array(
      fc.oneof(
        fc.constant(null),
        fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
      ),
    )
    fc.assert(fc.property(items, (given) => expect(parseArrayLiteral(arrayLiteral(given), ',', asIs)).toEqual(given)))
  })

  test.each(['{1', '{"a', 'x', '{"a\\'])('%s is no array', (text) => {
    expect(() => parseArrayLiteral(text, ',', asIs)).toThrow(/array literal/)
  })
})
