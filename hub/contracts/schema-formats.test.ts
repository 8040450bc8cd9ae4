import { describe, expect, test } from '@jest/globals'
import countries from 'i18n-iso-countries'
import fc from 'fast-check'
import type { JsonObject } from './json.ts'
import { COMMON_SCHEMA } from './generated/schemas.ts'
import { COUNTRY_CODES } from './iso-countries.ts'
import { CURRENCY_CODES } from './iso-currencies.ts'
import { SCHEMA_FORMATS } from './schema-formats.ts'

const accepts = (format: string, text: string): boolean => SCHEMA_FORMATS[format]?.accepts(text) ?? false

const CASES: Record<string, { good: string[]; bad: string[] }> = {
  date: {
    good: ['2026-03-14', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'],
    bad: [
      '',
      '2023-02-29',
      '1900-02-29',
      '2026-13-01',
      '2026-00-10',
      '2026-04-31',
      '2026-4-3',
      '0000-01-01',
      '2026-03-14 ',
      '20260314',
      '２０２６-03-14',
    ],
  },
  'date-time': {
    good: [
      '2026-03-14T09:26:53Z',
      '2026-03-14T09:26:53.123456789Z',
      '2026-03-14T23:59:59-11:00',
      '2026-03-14T09:26:53+05:45',
    ],
    bad: [
      '2026-03-14T09:26:53',
      '2026-03-14 09:26:53Z',
      '2026-03-14t09:26:53z',
      '2026-03-14T24:00:00Z',
      '2026-03-14T09:60:00Z',
      '2016-12-31T23:59:60Z',
      '2026-03-14T09:26Z',
      '2026-03-14T09:26:53.Z',
      '2026-03-14T09:26:53.1234567890Z',
      '2026-03-14T09:26:53+24:00',
      '2026-02-30T09:26:53Z',
      '2026-03-14T09:26:53+0500',
    ],
  },
  email: {
    good: [
      'a@b.co',
      'mary.smith+tag@mail.example.com',
      "o'brien@example.ie",
      'x_y-z@sub.sub.example.museum',
      'zoë@müller.example',
      '用户@例子.世界',
      `${'l'.repeat(64)}@example.com`,
    ],
    bad: [
      '',
      'a',
      '@b.co',
      'a@',
      'a@b',
      'a@@b.co',
      'a b@c.de',
      '.a@b.co',
      'a.@b.co',
      'a..b@c.de',
      'a@-b.co',
      'a@b-.co',
      'a@b..co',
      'a@b.co.',
      'a@1.2.3.4',
      'Mary <a@b.co>',
      'a@b.co\n',
      'a,b@c.de',
      `${'l'.repeat(65)}@example.com`,
      `a@${'d'.repeat(64)}.com`,
      `a@${'d.'.repeat(126)}com`,
      'a\ud800@b.co',
    ],
  },
  e164: {
    good: ['+61255501234', '+1234567', '+123456789012345'],
    bad: [
      '',
      '+',
      '61255501234',
      '+0255501234',
      '+123456',
      '+1234567890123456',
      '+61 255501234',
      '+6125550123a',
      '++6125550123',
      '+６１255501234',
    ],
  },
  decimal: {
    good: ['0', '-0.5', '12.34', '100', '9'.repeat(28), '0.0000000001'],
    bad: ['', '.5', '5.', '+5', '1e3', '1,5', '01', '--1', 'NaN', '9'.repeat(29), '0.00000000001', ' 1', '1\n'],
  },
  country: { good: ['AU', 'XK'], bad: ['au', 'AUS', 'ZZ', 'EU', 'UK', '', 'AU '] },
  currency: { good: ['AUD', 'DEM', 'CLF'], bad: ['aud', 'ZZZ', '', '€', 'AU'] },
  language: {
    good: ['en', 'en-AU', 'zh-Hant-TW', 'es-419', 'gsw', 'de-CH-1996', 'EN-au', 'sr-Latn-RS-x-private'],
    bad: ['', 'en_AU', 'german', 'e', 'en-', 'en--AU', '-en', 'en AU', `en-x-${'a'.repeat(40)}`],
  },
  'time-zone': {
    good: [
      'Australia/Sydney',
      'UTC',
      'Etc/GMT+5',
      'America/Argentina/Buenos_Aires',
      'Asia/Kolkata',
      'Asia/Calcutta',
      'EST5EDT',
    ],
    bad: [
      '',
      '+10:00',
      'Sydney',
      'Australia/Atlantis',
      'europe/berlin',
      'Europe/Berlin ',
      '/Europe',
      `A${'a'.repeat(70)}`,
    ],
  },
  code: { good: ['tax-id', 'a', 'vat2'], bad: ['', 'Tax', '2a', '-a', 'a_b', 'a'.repeat(65)] },
  'attribute-name': { good: ['tier', 'A-1_b'], bad: ['', '__proto__', 'a.b', '1a', 'a b', 'a'.repeat(65)] },
}

describe.each(Object.keys(SCHEMA_FORMATS))('format %s', (format) => {
  test.each((CASES[format]?.good ?? []).map((text) => [text]))('takes %j', (text) => {
    expect(accepts(format, text)).toBe(true)
  })
  test.each((CASES[format]?.bad ?? []).map((text) => [text]))('refuses %j', (text) => {
    expect(accepts(format, text)).toBe(false)
  })
  test('answers any text at once and without a throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => typeof accepts(format, text) === 'boolean'),
    )
    const started = performance.now()
    for (const part of ['a', '-', '.', '0', '@', 'a.', 'a-', '+', 'A/']) accepts(format, part.repeat(100_000))
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('formats and the world', () => {
  test('dates are those that the calendar of JavaScript has', () => {
    fc.assert(
      fc.property(fc.nat(9999), fc.nat(13), fc.nat(32), (year, month, day) => {
        const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
        const parsed = new Date(`${text}T00:00:00Z`)
        const real = !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text) && year > 0
        expect(accepts('date', text)).toBe(real)
      }),
    )
  })

  test('countries are those that mappings know', () => {
    expect([...COUNTRY_CODES].sort()).toEqual(Object.keys(countries.getAlpha2Codes()).sort())
  })

  test('currencies are at least those that the runtime knows', () => {
    expect(Intl.supportedValuesOf('currency').filter((code) => !CURRENCY_CODES.has(code))).toEqual([])
  })

  test('whatever a format takes matches the pattern published beside it', () => {
    const parts = Object.values(COMMON_SCHEMA['$defs'] as JsonObject) as JsonObject[]
    const published = parts.filter((part) => part['format'] !== undefined && part['pattern'] !== undefined)
    expect(published.length).toBeGreaterThanOrEqual(6)
    for (const part of published) {
      const pattern = new RegExp(String(part['pattern']), 'u')
      for (const text of CASES[String(part['format'])]?.good ?? []) expect(text).toMatch(pattern)
      fc.assert(
        fc.property(fc.stringMatching(pattern), (text) => !accepts(String(part['format']), text) || pattern.test(text)),
      )
    }
  })
})
