import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '../../contracts/json.ts'
import { mergePatch } from './merge-patch.ts'

/** The examples of RFC 7396, appendix A, whose target and patch are objects. */
const EXAMPLES: [JsonObject, JsonObject, JsonObject][] = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
]

describe('A JSON Merge Patch', () => {
  test.each(EXAMPLES)('makes %j with %j into %j, as RFC 7396 says', (target, patch, result) => {
    const before = structuredClone(target)
    expect(mergePatch(target, patch)).toEqual(result)
    expect(target).toEqual(before)
  })

  test('treats __proto__ as a name like any other', () => {
    const patch = JSON.parse('{"__proto__": {"polluted": true}}') as JsonObject
    const result = mergePatch({}, patch)
    expect(Object.keys(result)).toEqual(['__proto__'])
    expect(({} as JsonObject)['polluted']).toBeUndefined()
  })
})
