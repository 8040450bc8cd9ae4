import type { Json } from '../../contracts/json.ts'
import { onText, textOf, unchanged, UNPARSABLE } from './conversion.ts'
import type { Converted } from './conversion.ts'
import { OptionProblem } from './options.ts'
import type { ConversionDefinition } from './options.ts'

const lookup: ConversionDefinition = {
  name: 'lookup',
  summary: 'Translates by a table. A value that the table lacks is unparsable, or becomes `otherwise` (null: absent).',
  example: 'lookup: { table: { A: active, C: closed }, otherwise: inactive }',
  options: {
    table: {
      type: 'table',
      required: true,
      description: 'Source value, as written in the system, to canonical value.',
    },
    otherwise: { type: 'scalar', description: 'For any other value; null makes it absent.' },
    ignoreCase: { type: 'boolean', description: 'Compare without regard to case.' },
  },
  bare: false,
  build(options) {
    const given = options.table('table') ?? new Map<string, Json>()
    const ignoreCase = options.flag('ignoreCase')
    const table = ignoreCase ? foldedTable(given) : given
    const otherwise: Converted = options.has('otherwise') ? (options.scalar('otherwise') ?? undefined) : UNPARSABLE
    const back = inverseTable(given)
    return {
      name: 'lookup',
      expectation: 'is not in the lookup table',
      run: onText((text) => {
        const found = table.get(ignoreCase ? text.toLowerCase() : text)
        if (found !== undefined) return found ?? undefined
        return otherwise
      }),
      reads: [],
      // Several source values may mean the same; the one the system has now stays if it already means the value.
      inverse(value, current) {
        const now = current === undefined ? UNPARSABLE : textOf(current)
        if (now !== UNPARSABLE && table.get(ignoreCase ? now.toLowerCase() : now) === value) return now
        const keys = back.get(value as string | number | boolean)
        return keys?.length === 1 ? (keys[0] ?? UNPARSABLE) : UNPARSABLE
      },
    }
  },
}

function foldedTable(given: ReadonlyMap<string, Json>): Map<string, Json> {
  const folded = new Map<string, Json>()
  for (const [key, value] of given) {
    const lower = key.toLowerCase()
    if (folded.has(lower) && folded.get(lower) !== value) {
      throw new OptionProblem(`the table gives two values for ${JSON.stringify(lower)} when case is ignored`, 'table')
    }
    folded.set(lower, value)
  }
  return folded
}

function inverseTable(table: ReadonlyMap<string, Json>): Map<Json, string[]> {
  const back = new Map<Json, string[]>()
  for (const [key, value] of table) {
    const keys = back.get(value)
    if (keys === undefined) back.set(value, [key])
    else keys.push(key)
  }
  return back
}

const TRUE_WORDS = ['true', 't', 'yes', 'y', '1', 'x', 'on']
const FALSE_WORDS = ['false', 'f', 'no', 'n', '0', 'off']

const boolean: ConversionDefinition = {
  name: 'boolean',
  summary: `True or false of words, in any case: ${TRUE_WORDS.join(', ')} and ${FALSE_WORDS.join(', ')}, or words of your own.`,
  example: 'boolean: { true: [J], false: [N] }',
  options: {
    true: { type: 'texts', description: 'Words that mean true, instead of the usual ones.' },
    false: { type: 'texts', description: 'Words that mean false, instead of the usual ones.' },
  },
  bare: true,
  build(options) {
    const trueWords = options.texts('true') ?? TRUE_WORDS
    const falseWords = options.texts('false') ?? FALSE_WORDS
    const words = new Map<string, boolean>()
    for (const word of trueWords) words.set(word.toLowerCase(), true)
    for (const word of falseWords) {
      if (words.has(word.toLowerCase()))
        throw new OptionProblem(`${JSON.stringify(word)} means both true and false`, 'false')
      words.set(word.toLowerCase(), false)
    }
    const own = options.has('true') || options.has('false')
    return {
      name: 'boolean',
      expectation: 'is not one of the words for true and false',
      run: (value) => {
        if (typeof value === 'boolean') return value
        const text = textOf(value)
        return text === UNPARSABLE ? UNPARSABLE : (words.get(text.trim().toLowerCase()) ?? UNPARSABLE)
      },
      reads: [],
      inverse(value, current) {
        if (typeof value !== 'boolean') return UNPARSABLE
        if (typeof current === 'string')
          return matchingWord(current, value, words) ?? (value ? trueWords[0] : falseWords[0])
        if (typeof current === 'number') return value ? 1 : 0
        return own ? (value ? trueWords[0] : falseWords[0]) : value
      },
    }
  },
}

/** The counterpart of the word that the system uses now: where it says `no`, true is `yes` and not `true`. */
function matchingWord(current: string, value: boolean, words: ReadonlyMap<string, boolean>): string | undefined {
  if (words.get(current.toLowerCase()) === value) return current
  const here = current.toLowerCase()
  const [from, to] = value ? [FALSE_WORDS, TRUE_WORDS] : [TRUE_WORDS, FALSE_WORDS]
  const pairs: Record<string, string> = { x: '', on: 'off', off: 'on' }
  const word = pairs[here] ?? (from.includes(here) ? to[from.indexOf(here)] : undefined)
  if (word === undefined || word === '' || words.get(word) !== value) return undefined
  return current === current.toUpperCase() ? word.toUpperCase() : word
}

const constant: ConversionDefinition = {
  name: 'constant',
  summary: 'A fixed value wherever there is any value at all.',
  example: 'constant: true',
  options: { value: { type: 'scalar', required: true, description: 'The value.' } },
  main: 'value',
  bare: false,
  build(options) {
    const value = options.scalar('value') ?? null
    return {
      name: 'constant',
      expectation: 'is never wrong',
      run: () => value ?? undefined,
      reads: [],
      inverse: (wanted, current) => (wanted === value && current !== undefined ? current : UNPARSABLE),
    }
  },
}

const fallback: ConversionDefinition = {
  name: 'default',
  summary: 'A value for when the conversions before it found none (an empty text, a missing part, a lookup to null).',
  example: 'default: unknown',
  options: { value: { type: 'scalar', required: true, description: 'The value.' } },
  main: 'value',
  bare: false,
  build(options) {
    const value = options.scalar('value') ?? null
    if (value === null) throw new OptionProblem('the default must not be null', 'value')
    return {
      name: 'default',
      expectation: 'is never wrong',
      run: (given) => (given === '' ? value : given),
      reads: [],
      inverse: unchanged,
    }
  },
}

export const LOOKUP_CONVERSIONS: readonly ConversionDefinition[] = [lookup, boolean, constant, fallback]
