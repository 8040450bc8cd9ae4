import { readWatermark, writeWatermark, type WatermarkFormat } from './watermark.ts'

const AT = BigInt(Date.UTC(2024, 1, 29, 23, 59, 58, 123)) * 1000n

describe('a time of change', () => {
  test.each<[unknown, WatermarkFormat, bigint]>([
    ['2024-02-29T23:59:58.123Z', 'isoMillis', AT],
    ['2024-02-29T23:59:58.123456789Z', 'isoMillis', AT + 456n],
    ['2024-03-01T05:29:58,123+05:30', 'isoMillis', AT],
    ['2024-03-01T05:29:58.123+0530', 'isoMillis', AT],
    ['2024-03-01 00:59:58.123 +01', 'isoMillis', AT],
    ['2024-02-29 23:59:58.123', 'isoMillis', AT],
    [1_709_251_198.123, 'epochSeconds', AT],
    ['1709251198.123', 'isoSeconds', AT],
    [1_709_251_198_123, 'epochMillis', AT],
    ['2024-02-29', 'date', BigInt(Date.UTC(2024, 1, 29)) * 1000n],
    ['9007199254740993', 'counter', 9007199254740993n],
  ])('%j is read', (value, format, expected) => {
    expect(readWatermark(value as string, format)).toBe(expected)
  })

  test.each([['soon'], [''], [null], [{}], ['2024-13-01T00:00:00Z'], ['2024-02-29T23:59:58.123 nowhere'], [undefined]])(
    '%j is none',
    (value) => {
      expect(readWatermark(value as string, 'isoMillis')).toBeUndefined()
    },
  )

  test.each<[WatermarkFormat, string]>([
    ['isoMicros', '2024-02-29T23:59:58.123456Z'],
    ['isoMillis', '2024-02-29T23:59:58.123Z'],
    ['isoSeconds', '2024-02-29T23:59:58Z'],
    ['date', '2024-02-29'],
    ['epochSeconds', '1709251198'],
    ['epochMillis', '1709251198123'],
  ])('is written as %s, never later than it is', (format, expected) => {
    const text = writeWatermark(AT + 456n, format)
    expect(text).toBe(expected)
    expect(readWatermark(text, format)).toBeLessThanOrEqual(AT + 456n)
  })

  test('beyond what can be written stays within four digits of a year', () => {
    expect(writeWatermark(-1n, 'isoMillis')).toBe('1970-01-01T00:00:00.000Z')
    expect(writeWatermark(10n ** 20n, 'isoSeconds')).toBe('9999-12-31T00:00:00Z')
  })
})
