import { backOffMs } from './back-off.ts'

describe('pauses between attempts', () => {
  const range = { firstMs: 100, mostMs: 1_000 }

  test('they double up to the most', () => {
    expect([0, 1, 2, 3, 4, 5, 1_000_000].map((repeat) => backOffMs(range, repeat, () => 1))).toEqual([
      100, 200, 400, 800, 1_000, 1_000, 1_000,
    ])
  })

  test('the jitter takes off at most half', () => {
    expect(backOffMs(range, 2, () => 0)).toBe(200)
    expect(backOffMs(range, 2, () => 0.5)).toBe(300)
  })
})
