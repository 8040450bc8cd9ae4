import { RateMeter } from './rate-meter.ts'
import { parseDuration } from './duration.ts'

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
