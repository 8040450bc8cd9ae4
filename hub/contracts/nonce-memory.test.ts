import { NonceMemory } from './nonce-memory.ts'

describe('A nonce', () => {
  test('is good for one message, which may be delivered again, until it is forgotten', () => {
    const memory = new NonceMemory({ max: 10, whenFull: 'refuse' })
    expect(memory.see('a', 'one', 0, 100)).toBe('new')
    expect(memory.see('a', 'one', 50, 100)).toBe('same')
    expect(memory.see('a', 'two', 99, 100)).toBe('other')
    expect(memory.see('b', 'one', 99, 100)).toBe('new')
    expect(memory.see('a', 'two', 100, 100)).toBe('new')
  })

  test('is not taken where no more can be remembered, or makes the oldest be forgotten', () => {
    const [strict, lenient] = (['refuse', 'forget'] as const).map((whenFull) => new NonceMemory({ max: 2, whenFull }))
    for (const memory of [strict, lenient]) for (const nonce of ['a', 'b']) memory?.see(nonce, '', 0, 100)
    expect([strict?.see('c', '', 1, 100), strict?.see('a', '', 1, 100)]).toEqual(['full', 'same'])
    expect([lenient?.see('c', '', 1, 100), lenient?.see('b', '', 1, 100), lenient?.see('a', '', 1, 100)]).toEqual([
      'new',
      'same',
      'new',
    ])
    expect(strict?.see('c', '', 100, 100)).toBe('new')
  })
})
