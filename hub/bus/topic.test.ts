import { topicMatcher } from './topic.ts'

describe('topic patterns', () => {
  test.each([
    ['customer.updated', 'customer.updated', true],
    ['customer.updated', 'customer.update', false],
    ['customer.updated', 'customer.updated.twice', false],
    ['customer.*', 'customer.updated', true],
    ['customer.*', 'customer', false],
    ['customer.*', 'customer.address.updated', false],
    ['*.updated', 'customer.updated', true],
    ['*', 'customer', true],
    ['#', 'customer', true],
    ['#', 'customer.address.updated', true],
    ['customer.#', 'customer', true],
    ['customer.#', 'customer.address.updated', true],
    ['customer.#', 'customers', false],
    ['#.updated', 'updated', true],
    ['#.updated', 'customer.address.updated', true],
    ['#.updated', 'customer.updated.twice', false],
    ['a.#.b.#.c', 'a.b.c', true],
    ['a.#.b.#.c', 'a.x.b.y.z.c', true],
    ['a.#.b.#.c', 'a.c', false],
    ['#.#', 'a', true],
    ['*.#', 'a', true],
    ['#.*', 'a.b', true],
  ])('%s and %s: %s', (pattern, key, expected) => {
    expect(topicMatcher(pattern)(key)).toBe(expected)
  })

  test('a pattern of many hashes is decided at once', () => {
    const matches = topicMatcher(`${'#.a.'.repeat(40)}b`)
    const begin = performance.now()
    expect(matches(Array.from({ length: 120 }, () => 'a').join('.'))).toBe(false)
    expect(performance.now() - begin).toBeLessThan(200)
  })
})
