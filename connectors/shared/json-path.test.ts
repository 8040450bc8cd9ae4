import type { JsonObject } from '../../hub/contracts/json.ts'
import { parsePath, valueAt, withValueAt } from './json-path.ts'
import { holds, parsePredicate } from './json-predicate.ts'

const at = (document: JsonObject, path: string): unknown => valueAt(document, parsePath(path, '/x'))

describe('a path into a document', () => {
  test('goes through members and lists', () => {
    const document = { data: { items: [{ id: 1 }, { id: 2 }] }, '@odata.next': 'x', 'a\\b': 0, n: null }
    expect(at(document, 'data.items.1.id')).toBe(2)
    expect(at(document, '@odata\\.next')).toBe('x')
    expect(at(document, 'a\\\\b')).toBe(0)
    expect(at(document, 'n')).toBeNull()
  })

  test('leads nowhere where the document itself has no such member', () => {
    for (const path of ['toString', '__proto__', 'a.length', 'a.-1', 'a.x', 'a.5', 't.0']) {
      expect(at({ a: [1], t: 'text' }, path)).toBeUndefined()
    }
  })

  test.each(['', '.', 'a.', '.a', 'a..b', 'a\\', 'a\\b', Array(40).fill('a').join('.')])('%j is none', (text) => {
    expect(() => parsePath(text, '/options/key')).toThrow(
      expect.objectContaining({ code: 'connector.settings', where: '/options/key' }) as Error,
    )
  })

  test('changes a copy', () => {
    const document = { a: { b: 1, c: 2 } }
    expect(withValueAt(document, ['a', 'b'], 3)).toEqual({ a: { b: 3, c: 2 } })
    expect(withValueAt(document, ['a', 'b'], undefined)).toEqual({ a: { c: 2 } })
    expect(withValueAt(document, ['x', 'y'], null)).toEqual({ a: { b: 1, c: 2 }, x: { y: null } })
    expect(Object.keys(withValueAt({}, ['__proto__'], 1))).toEqual(['__proto__'])
    expect(document).toEqual({ a: { b: 1, c: 2 } })
  })
})

describe('a question about a place', () => {
  const ask = (question: JsonObject, document: JsonObject): boolean => holds(parsePredicate(question, '/x'), document)

  test.each<[JsonObject, JsonObject, boolean]>([
    [{ path: 'e' }, { e: [] }, false],
    [{ path: 'e' }, { e: [1] }, true],
    [{ path: 'e' }, { e: null }, false],
    [{ path: 'e' }, { e: false }, false],
    [{ path: 'e' }, { e: 0 }, true],
    [{ path: 'e' }, {}, false],
    [{ path: 'e', is: [1, 'x'] }, { e: '1' }, true],
    [{ path: 'e', is: [null] }, { e: null }, true],
    [{ path: 'e', is: [null] }, {}, false],
    [{ path: 'e', is: ['[object Object]'] }, { e: {} }, false],
    [{ path: 'e', contains: ['lock'] }, { e: 'a deadlock' }, true],
    [{ path: 'e', contains: ['lock'] }, { e: ['lock'] }, false],
  ])('%j of %j is %s', (question, document, expected) => {
    expect(ask(question, document)).toBe(expected)
  })

  test.each<[JsonObject, string]>([
    [{ path: 'a', is: [1], contains: ['x'] }, '/x/contains'],
    [{ path: 'a', is: [{}] }, '/x/is'],
    [{ path: 'a..b' }, '/x/path'],
  ])('%j is refused', (question, where) => {
    expect(() => parsePredicate(question, '/x')).toThrow(expect.objectContaining({ where }) as Error)
  })
})
