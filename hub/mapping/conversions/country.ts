import countries from 'i18n-iso-countries'
import { onText, unchanged, UNPARSABLE } from './conversion.ts'
import { OptionProblem } from './options.ts'
import type { ConversionDefinition } from './options.ts'

/** Names that systems use and the library's lists lack. */
const MORE_NAMES: Readonly<Record<string, string>> = {
  uk: 'GB',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  usa: 'US',
  'u.s.a.': 'US',
  'u.s.': 'US',
  america: 'US',
  holland: 'NL',
  brd: 'DE',
  uae: 'AE',
  korea: 'KR',
  russia: 'RU',
}

/** English first: where two languages use one name for two countries, the earlier one counts. */
const PREFERRED_LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl']

let names: Map<string, string> | undefined

function fold(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s-]+/g, ' ')
    .trim()
}

/** Name -> alpha-2, made on first use: some 20,000 names take tens of milliseconds. */
function countryNames(): Map<string, string> {
  if (names !== undefined) return names
  const made = new Map<string, string>(Object.entries(MORE_NAMES))
  const languages = [...new Set([...PREFERRED_LANGUAGES, ...countries.getSupportedLanguages()])]
  for (const language of languages) {
    for (const [code, written] of Object.entries(countries.getNames(language, { select: 'all' }))) {
      for (const name of [written].flat()) {
        const folded = fold(name)
        if (!made.has(folded)) made.set(folded, code)
      }
    }
  }
  names = made
  return made
}

const NAME_LENGTH_MAX = 100

/** ISO 3166-1 alpha-2 of a code (alpha-2, alpha-3, numeric) or of a name in any of the library's languages. */
export function countryCodeOf(written: string): string | undefined {
  const text = written.trim()
  if (text.length > NAME_LENGTH_MAX) return undefined
  const upper = text.toUpperCase()
  if (/^[A-Z]{2}$/.test(upper) && countries.isValid(upper)) return upper
  if (/^[A-Z]{3}$/.test(upper)) {
    const code = countries.alpha3ToAlpha2(upper)
    if (code !== undefined) return code
  }
  if (/^\d{1,3}$/.test(text)) return countries.numericToAlpha2(text.padStart(3, '0'))
  return countryNames().get(fold(text))
}

type Native = 'alpha-2' | 'alpha-3' | 'numeric'

export const COUNTRY_CONVERSIONS: readonly ConversionDefinition[] = [
  {
    name: 'country',
    summary:
      'A country code (two or three letters, or numeric) or a name in any of many languages, as ISO 3166-1 alpha-2.',
    example: 'country',
    options: {
      native: {
        type: 'text',
        values: ['alpha-2', 'alpha-3', 'numeric'],
        description: 'What to write back; when absent, the kind of code that the system has now, else alpha-2.',
      },
    },
    main: 'native',
    bare: true,
    build(options, context) {
      const given = options.text('native') as Native | undefined
      if (context.defaults.country !== undefined && countryCodeOf(context.defaults.country) === undefined) {
        throw new OptionProblem('defaults.country is not a country')
      }
      return {
        name: 'country',
        expectation: 'is not a country that is known',
        run: onText((text) => countryCodeOf(text) ?? UNPARSABLE),
        reads: [],
        inverse(value, current) {
          if (typeof value !== 'string' || !countries.isValid(value)) return UNPARSABLE
          const now = typeof current === 'string' ? current.trim() : ''
          if (countryCodeOf(now) === value) return now
          const native = given ?? (/^[A-Za-z]{3}$/.test(now) ? 'alpha-3' : /^\d{3}$/.test(now) ? 'numeric' : 'alpha-2')
          if (native === 'alpha-3') return countries.alpha2ToAlpha3(value) ?? UNPARSABLE
          if (native === 'numeric') return countries.alpha2ToNumeric(value) ?? UNPARSABLE
          return unchanged(value, current, { record: {}, item: null })
        },
      }
    },
  },
]
