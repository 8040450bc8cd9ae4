import { KeyGate } from './key-gate.ts'

describe('The gate between the workers of a process', () => {
  test('lets lanes of one batch share locks, and holds back those that meet another batch', () => {
    const gate = new KeyGate()
    const first = gate.admit([
      { name: 'a', locks: [1, 2] },
      { name: 'b', locks: [2, 3] },
    ])
    expect([...first.admitted]).toEqual(['a', 'b'])
    const second = gate.admit([
      { name: 'c', locks: [3] },
      { name: 'd', locks: [4] },
    ])
    expect([...second.admitted]).toEqual(['d'])
  })

  test('a lane that was held back holds nothing itself', () => {
    const gate = new KeyGate()
    gate.admit([{ name: 'a', locks: [1] }])
    gate.admit([{ name: 'b', locks: [1, 2] }])
    expect([...gate.admit([{ name: 'c', locks: [2] }]).admitted]).toEqual(['c'])
  })

  test('wakes those who wait when a batch is done', async () => {
    const gate = new KeyGate()
    const first = gate.admit([{ name: 'a', locks: [1] }])
    expect(gate.admit([{ name: 'b', locks: [1] }]).admitted.size).toBe(0)
    const waited = gate.released()
    first.release()
    await waited
    expect([...gate.admit([{ name: 'b', locks: [1] }]).admitted]).toEqual(['b'])
  })
})
