import { pauseAfter, RETRY_PAUSES_MS, retryAfterMs } from './schedule.ts'

const HOUR = 3_600_000

describe('Pauses between attempts', () => {
  test('reach over three days, and grow', () => {
    const total = RETRY_PAUSES_MS.reduce((sum, pause) => sum + pause, 0)
    expect(total / HOUR).toBeGreaterThan(68)
    expect(total / HOUR).toBeLessThanOrEqual(73)
    expect([...RETRY_PAUSES_MS].sort((a, b) => a - b)).toEqual(RETRY_PAUSES_MS)
  })

  test('differ by a fifth in both directions, and end after the last', () => {
    expect([0, 0.5, 1].map((random) => pauseAfter(1, random, undefined))).toEqual([4_000, 5_000, 6_000])
    expect(pauseAfter(RETRY_PAUSES_MS.length, 0.5, undefined)).toBe(24 * HOUR)
    expect(pauseAfter(RETRY_PAUSES_MS.length + 1, 0.5, undefined)).toBeUndefined()
    // Asking for more time does not make the attempts endless.
    expect(pauseAfter(RETRY_PAUSES_MS.length + 1, 0.5, 1_000)).toBeUndefined()
  })

  test('are as long as the receiver asks for at least, and a day at most', () => {
    expect(pauseAfter(1, 0, 60_000)).toBe(60_000)
    expect(pauseAfter(1, 0, 1)).toBe(4_000)
    expect(pauseAfter(1, 0, 1_000 * HOUR)).toBe(24 * HOUR)
  })
})

describe('Retry-After', () => {
  const NOW = Date.parse('2026-03-01T12:00:00Z')
  test.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['Sun, 01 Mar 2026 12:01:00 GMT', 60_000],
    ['Sunday, 01-Mar-26 12:01:00 GMT', 60_000],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
    ['99999999999999999999', undefined],
  ])('%j means %j ms', (header, ms) => {
    expect(retryAfterMs(header, NOW)).toBe(ms)
  })
})
