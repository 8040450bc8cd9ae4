import { setTimeout as sleep } from 'node:timers/promises'
import { Turns } from './turns.ts'

describe('Turns', () => {
  test('of one name come one after the other, in order, and a failure holds up nobody', async () => {
    const turns = new Turns()
    const told: string[] = []
    const work = (name: string, ms: number) => async () => {
      told.push(`${name} begins`)
      await sleep(ms)
      told.push(`${name} ends`)
      if (name === 'b') throw new Error('no')
      return name
    }
    const all = await Promise.allSettled([
      turns.take('x', work('a', 5)),
      turns.take('x', work('b', 1)),
      turns.take('x', work('c', 1)),
    ])
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(told).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
    await expect(turns.take('x', work('d', 0))).resolves.toBe('d')
  })

  test('of other names do not wait', async () => {
    const turns = new Turns()
    let isFree = false
    const long = turns.take('x', () => sleep(1_000, undefined, { ref: false }).then(() => 'late'))
    await turns.take('y', () => Promise.resolve((isFree = true)))
    expect(isFree).toBe(true)
    void long
  })
})
