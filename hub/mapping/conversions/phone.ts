import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js'
import type { CountryCode } from 'libphonenumber-js'
import { onText, unchanged, UNPARSABLE } from './conversion.ts'
import type { Conversion } from './conversion.ts'
import { countryCodeOf } from './country.ts'
import { OptionProblem } from './options.ts'
import type { ConversionDefinition, Options } from './options.ts'
import { readScoped } from './scope.ts'

/** Longer than any number with punctuation; beyond it the library isn't asked. */
const PHONE_LENGTH_MAX = 64

function regionOf(text: string, option: string | undefined): CountryCode {
  const region = text.toUpperCase()
  if (!isSupportedCountry(region)) {
    throw new OptionProblem('the region is not an ISO 3166-1 alpha-2 code with a numbering plan, such as AU', option)
  }
  return region
}

function buildPhone(options: Options, fallback: string | undefined): Conversion {
  const stated = options.text('region')
  const regionText = stated ?? fallback
  const region =
    regionText === undefined ? undefined : regionOf(regionText, stated === undefined ? undefined : 'region')
  const from = options.path('regionFrom')
  const strict = options.flag('strict')
  const found = (value: string): CountryCode | undefined => {
    const code = countryCodeOf(value)
    return code !== undefined && isSupportedCountry(code) ? code : region
  }
  return {
    name: 'phone',
    expectation:
      region === undefined && from === undefined
        ? 'is not an international phone number'
        : 'is not a phone number of its region',
    run: onText((text, record, item) => {
      if (text.length > PHONE_LENGTH_MAX) return UNPARSABLE
      const written = from === undefined ? undefined : readScoped(from, record, item)
      const number = parsePhoneNumberFromString(text, typeof written === 'string' ? found(written) : region)
      if (number === undefined) return UNPARSABLE
      return (strict ? number.isValid() : number.isPossible()) ? number.number : UNPARSABLE
    }),
    reads: from === undefined ? [] : [from],
    inverse: unchanged,
  }
}

export const PHONE_CONVERSIONS: readonly ConversionDefinition[] = [
  {
    name: 'phone',
    summary: 'A phone number, national or international, as E.164. An extension is dropped.',
    example: 'phone: { region: AU }',
    options: {
      region: { type: 'text', description: 'ISO 3166-1 alpha-2 region of national numbers; else the default region.' },
      regionFrom: {
        type: 'path',
        description: 'The field that holds the region or country; where it is absent, `region` counts.',
      },
      strict: {
        type: 'boolean',
        description: 'Ask for a number in use by the numbering plan, not only one of a possible length.',
      },
    },
    main: 'region',
    bare: true,
    build: (options, context) => buildPhone(options, context.defaults.region),
  },
]
