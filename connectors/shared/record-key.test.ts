import fc from 'fast-check'
import { joinKey, splitKey } from './record-key.ts'

describe('the key of a record', () => {
  test('with one column is its value as it is', () => {
    expect(joinKey(["a:/ ' %"])).toBe("a:/ ' %")
    expect(splitKey("a:/ ' %", 1)).toEqual(["a:/ ' %"])
  })

  test('with several columns joins them, and no part can imitate the joint', () => {
    expect(joinKey(['a:b', 'c'])).toBe('a%3Ab:c')
    expect(joinKey(['a', 'b:c'])).toBe('a:b%3Ac')
    expect(joinKey(['%3A', '%'])).toBe('%253A:%25')
  })

  test('can be taken apart again, whatever the parts are', () => {
    const parts = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 })
    fc.assert(fc.property(parts, (given) => expect(splitKey(joinKey(given), given.length)).toEqual(given)))
  })

  test('of another number of parts is none of this table', () => {
    expect(splitKey('a:b', 3)).toBeUndefined()
    expect(splitKey('', 2)).toBeUndefined()
  })
})
