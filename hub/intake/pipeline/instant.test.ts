import { instantText } from './instant.ts'

describe('Moments', () => {
  test.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000000Z'],
    ['2026-01-02T03:04:05.1+02:00', '2026-01-02T01:04:05.100000Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.999999Z'],
    ['2017-01-01T00:59:60.7+01:00', '2016-12-31T23:59:59.999999Z'],
    ['2026-01-02T03:04:05.123456789Z', '2026-01-02T03:04:05.123456Z'],
  ])('%s is stored as %s', (given, stored) => {
    expect(instantText(given)).toBe(stored)
  })

  test('what is no moment is none', () => {
    expect(instantText('yesterday')).toBeNull()
  })
})
