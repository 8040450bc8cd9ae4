import { onText, unchanged, UNPARSABLE } from './conversion.ts'
import type { Conversion } from './conversion.ts'
import { OptionProblem } from './options.ts'
import type { ConversionDefinition } from './options.ts'

const TEXT_LENGTH_MAX = 1_000_000

interface PlainText {
  name: string
  summary: string
  expectation?: string
  convert(text: string): string | typeof UNPARSABLE
  inverse?: Conversion['inverse']
  irreversible?: string
  inline?: (variable: string) => string
}

/** A conversion of text to text that takes no options. */
function plainText(plain: PlainText): ConversionDefinition {
  const conversion: Conversion = {
    name: plain.name,
    expectation: plain.expectation ?? 'is not text',
    run: onText((text) => plain.convert(text)),
    reads: [],
    inverse: plain.inverse === undefined ? unchanged : plain.inverse,
    ...(plain.irreversible === undefined ? {} : { irreversible: plain.irreversible }),
    ...(plain.inline === undefined ? {} : { inline: plain.inline }),
  }
  return {
    name: plain.name,
    summary: plain.summary,
    example: plain.name,
    options: {},
    bare: true,
    build: () => conversion,
  }
}

const FIRST_LETTERS = /(^|[^\p{L}\p{N}\p{M}'’])(\p{L})/gu

/** First letter of each word upper, the rest lower: `mary-ann O'NEIL` -> `Mary-Ann O'neil`. */
function title(text: string): string {
  const lower = text.toLowerCase()
  if (/^[a-z]+$/.test(lower)) return lower.charAt(0).toUpperCase() + lower.slice(1)
  return lower.replace(FIRST_LETTERS, (_, before: string, letter: string) => before + letter.toUpperCase())
}

const collapseSpaces = (text: string): string => text.trim().replace(/\s+/g, ' ')

/** Linear: no repeated group is followed by something it could also match. The length limit is RFC 5321's. */
const EMAIL = /^[^\s@,;:<>()[\]"\\]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u
const EMAIL_LENGTH_MAX = 254

function email(text: string): string | typeof UNPARSABLE {
  let address = text.trim()
  if (/^mailto:/i.test(address)) address = address.slice(7)
  if (address.length > EMAIL_LENGTH_MAX || !EMAIL.test(address)) return UNPARSABLE
  if (address.includes('..') || address.startsWith('.') || address.includes('.@')) return UNPARSABLE
  return address.toLowerCase()
}

const text: ConversionDefinition = plainText({
  name: 'text',
  summary: 'Makes text of a number or a boolean, by its shortest form.',
  convert: (value) => value,
})

const replace: ConversionDefinition = {
  name: 'replace',
  summary: 'Replaces every occurrence of a plain text; no patterns.',
  example: "replace: { find: '-', with: '' }",
  options: {
    find: { type: 'text', required: true, description: 'The text looked for.' },
    with: { type: 'text', description: 'What stands there instead; nothing when absent.' },
  },
  bare: false,
  build(options) {
    const find = options.text('find') ?? ''
    const replacement = options.text('with') ?? ''
    if (find === '') throw new OptionProblem('find must not be empty', 'find')
    return {
      name: 'replace',
      expectation: `becomes longer than ${TEXT_LENGTH_MAX} characters`,
      run: onText((value) => {
        const parts = value.split(find)
        const length = value.length + (parts.length - 1) * (replacement.length - find.length)
        return length > TEXT_LENGTH_MAX ? UNPARSABLE : parts.join(replacement)
      }),
      reads: [],
      inverse: null,
      irreversible: 'what was replaced is not known afterwards',
    }
  },
}

const substring: ConversionDefinition = {
  name: 'substring',
  summary: 'A part of the text by position, for fixed-width fields; positions count from 0.',
  example: 'substring: { start: 0, length: 4 }',
  options: {
    start: {
      type: 'integer',
      required: true,
      minimum: 0,
      maximum: TEXT_LENGTH_MAX,
      description: 'First character, from 0.',
    },
    length: {
      type: 'integer',
      minimum: 1,
      maximum: TEXT_LENGTH_MAX,
      description: 'Characters at most; to the end when absent.',
    },
  },
  bare: false,
  build(options) {
    const start = options.integer('start') ?? 0
    const length = options.integer('length') ?? TEXT_LENGTH_MAX
    return {
      name: 'substring',
      expectation: 'is not text',
      run: onText((value) => value.slice(start, start + length).trim()),
      reads: [],
      inverse(value, current) {
        if (typeof value !== 'string' || typeof current !== 'string' || current.length < start) return UNPARSABLE
        const rest = current.slice(start + length)
        if (rest === '') return current.slice(0, start) + value
        return value.length > length ? UNPARSABLE : current.slice(0, start) + value.padEnd(length) + rest
      },
    }
  },
}

const stripZeros: ConversionDefinition = {
  name: 'strip-zeros',
  summary: 'Removes leading zeros; a text of zeros only becomes 0. Written back, it is padded to `length` again.',
  example: 'strip-zeros: { length: 10 }',
  options: {
    length: { type: 'integer', minimum: 1, maximum: 64, description: 'Width in the system, for writing back.' },
  },
  main: 'length',
  bare: true,
  build(options) {
    const length = options.integer('length')
    return {
      name: 'strip-zeros',
      expectation: 'is not text',
      run: onText((value) => value.replace(/^0+(?=.)/s, '')),
      reads: [],
      inverse: (value, current) =>
        typeof value === 'string'
          ? value.padStart(length ?? (typeof current === 'string' ? current.length : 0), '0')
          : UNPARSABLE,
    }
  },
}

const pad: ConversionDefinition = {
  name: 'pad',
  summary: 'Fills the text up to a width.',
  example: "pad: { length: 10, with: '0' }",
  options: {
    length: { type: 'integer', required: true, minimum: 1, maximum: 1_000, description: 'Characters at least.' },
    with: { type: 'text', description: 'One character; 0 when absent.' },
    side: { type: 'text', values: ['start', 'end'], description: 'Where to fill; start when absent.' },
  },
  main: 'length',
  bare: false,
  build(options) {
    const length = options.integer('length') ?? 1
    const filler = options.text('with') ?? '0'
    if (filler.length !== 1) throw new OptionProblem('with must be one character', 'with')
    const atEnd = options.text('side') === 'end'
    const strip = (value: string): string => {
      let from = 0
      let to = value.length
      if (atEnd) while (to > 1 && value[to - 1] === filler) to--
      else while (from < to - 1 && value[from] === filler) from++
      return value.slice(from, to)
    }
    return {
      name: 'pad',
      expectation: 'is not text',
      run: onText((value) => (atEnd ? value.padEnd(length, filler) : value.padStart(length, filler))),
      reads: [],
      inverse: (value) => (typeof value === 'string' ? strip(value) : UNPARSABLE),
    }
  },
}

const around: ConversionDefinition = {
  name: 'concat',
  summary: 'Puts fixed text before or after the value. To put several fields together, read a list and use `join`.',
  example: "concat: { before: 'AU-' }",
  options: {
    before: { type: 'text', description: 'Text put before.' },
    after: { type: 'text', description: 'Text put after.' },
  },
  bare: false,
  build(options) {
    const before = options.text('before') ?? ''
    const after = options.text('after') ?? ''
    if (before === '' && after === '') throw new OptionProblem('one of before and after is needed')
    return {
      name: 'concat',
      expectation: 'is not text',
      run: onText((value) => before + value + after),
      reads: [],
      inverse(value) {
        const fits = typeof value === 'string' && value.length >= before.length + after.length
        if (!fits || !value.startsWith(before) || !value.endsWith(after)) return UNPARSABLE
        return value.slice(before.length, value.length - after.length)
      },
    }
  },
}

export const TEXT_CONVERSIONS: readonly ConversionDefinition[] = [
  plainText({
    name: 'trim',
    summary: 'Removes white space at both ends. Values are trimmed when they are read, so this is for after a split.',
    convert: (value) => value.trim(),
    inline: (variable) => `${variable}.trim()`,
  }),
  plainText({
    name: 'upper',
    summary: 'Upper case.',
    convert: (value) => value.toUpperCase(),
    inline: (variable) => `${variable}.toUpperCase()`,
  }),
  plainText({
    name: 'lower',
    summary: 'Lower case.',
    convert: (value) => value.toLowerCase(),
    inline: (variable) => `${variable}.toLowerCase()`,
  }),
  plainText({ name: 'title', summary: 'First letter of every word upper case, the rest lower case.', convert: title }),
  plainText({
    name: 'collapse-spaces',
    summary: 'Every run of white space becomes one space.',
    convert: collapseSpaces,
  }),
  plainText({
    name: 'digits',
    summary: 'Keeps the digits 0 to 9 only.',
    convert: (value) => value.replace(/[^0-9]+/g, ''),
  }),
  plainText({
    name: 'email',
    summary: 'An e-mail address, checked and in lower case; `mailto:` is taken off.',
    expectation: 'is not an e-mail address',
    convert: email,
  }),
  text,
  replace,
  substring,
  stripZeros,
  pad,
  around,
]
