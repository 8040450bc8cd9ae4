import { LookBackMemory } from './look-back.ts'

function delivered(memory: LookBackMemory, key: string, state: string): number | 'known' {
  const compared = memory.compare(key, state)
  memory.remember(key, compared)
  return compared.known ? 'known' : compared.times
}

describe('the memory of the look-back window', () => {
  test('knows what it was given, also after it has been stored', () => {
    const memory = new LookBackMemory()
    expect(delivered(memory, 'a', 'A')).toBe(0)
    const stored = LookBackMemory.parse(memory.toString())
    expect(stored.compare('a', 'A').known).toBe(true)
    expect(stored.compare('a', 'B').known).toBe(false)
    expect(stored.compare('b', 'A').known).toBe(false)
  })

  test('tells a state that came back from the first time it was there', () => {
    let memory = new LookBackMemory()
    const turns = ['A', 'B', 'A', 'B'].map((state) => {
      const turn = delivered(memory, 'a', state)
      memory = LookBackMemory.parse(memory.toString())
      return turn
    })
    expect(turns).toEqual([0, 1, 2, 3])
    expect(delivered(memory, 'a', 'B')).toBe('known')
  })

  test('stays below the 64 KiB of a checkpoint, and forgets what is too much', () => {
    const memory = new LookBackMemory()
    for (let index = 0; index < 5000; index += 1) delivered(memory, `key ${index}`, 'state')
    expect(memory.toString().length).toBeLessThan(60_000)
    const known = Array.from({ length: 5000 }, (_, index) => memory.compare(`key ${index}`, 'state').known)
    expect(known.filter(Boolean)).toHaveLength(3000)
  })

  test('of two passes has the newer word about each record', () => {
    const [before, now] = [new LookBackMemory(), new LookBackMemory()]
    delivered(before, 'a', 'A')
    delivered(before, 'b', 'B')
    now.remember('a', before.compare('a', 'A2'))
    const both = before.with(now)
    expect(both.compare('a', 'A2').known).toBe(true)
    expect(both.compare('b', 'B').known).toBe(true)
  })
})
