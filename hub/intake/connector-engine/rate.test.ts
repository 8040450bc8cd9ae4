import { RateBudget } from './rate-budget.ts'
import { RateMeter } from './rate-meter.ts'
import { parseDuration } from './duration.ts'

const endless = new AbortController().signal

test('A budget gives a second at once, then its rate, and makes up for a page that took too much', async () => {
  let now = 0
  const budget = new RateBudget({ recordsPerSecond: 100, callsPerSecond: undefined }, () => now)
  await budget.call(endless)
  budget.records(350)
  let isFree = false
  const waiting = budget.call(endless).then(() => (isFree = true))
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(isFree).toBe(false)
  now += 2_600
  await waiting
}, 10_000)

test('Waiting for a budget ends with the signal', async () => {
  const budget = new RateBudget({ recordsPerSecond: 1, callsPerSecond: 0.01 }, () => 0)
  const stop = new AbortController()
  await budget.call(stop.signal)
  const waiting = budget.call(stop.signal)
  stop.abort()
  await expect(waiting).rejects.toThrow()
})

test('A meter tells the rate of the last ten seconds and forgets what is older', () => {
  const meter = new RateMeter()
  expect(meter.perSecond(0)).toBe(0)
  for (let second = 0; second < 20; second++) meter.add(50, second * 1_000)
  expect(meter.perSecond(19_000)).toBe(50)
  expect(meter.perSecond(24_000)).toBe(25)
  expect(meter.perSecond(60_000)).toBe(0)
})

test('Durations are written with one unit', () => {
  expect(['500ms', '1s', '5m', '1h', '1d'].map(parseDuration)).toEqual([500, 1_000, 300_000, 3_600_000, 86_400_000])
  expect(['', '1', 's', '-1s', '1.5s', '1 s', '1S', '1234567890s'].map(parseDuration)).toEqual(Array(8).fill(undefined))
})
