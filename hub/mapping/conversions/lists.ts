import type { Json } from '../../contracts/json.ts'
import { onText, textOf, UNPARSABLE } from './conversion.ts'
import type { Conversion, Converted } from './conversion.ts'
import { OptionProblem } from './options.ts'
import type { ConversionDefinition } from './options.ts'

const ITEMS_MAX = 10_000
const JOINED_LENGTH_MAX = 1_000_000
const NOT_A_LIST = 'is not a list'

const split: ConversionDefinition = {
  name: 'split',
  summary: 'Cuts the text at a separator: into a list, or, with `index`, into the one part asked for (-1 is the last).',
  example: "split: { by: ' ', index: 0 }",
  options: {
    by: { type: 'text', required: true, description: 'The separator, plain text.' },
    index: {
      type: 'integer',
      minimum: -100,
      maximum: 10_000,
      description: 'Which part, from 0; negative counts from the end.',
    },
    limit: { type: 'integer', minimum: 1, maximum: ITEMS_MAX, description: 'Parts at most; the last keeps the rest.' },
  },
  main: 'by',
  bare: false,
  build(options) {
    const by = options.text('by') ?? ''
    if (by === '') throw new OptionProblem('by must not be empty', 'by')
    const index = options.integer('index')
    const limit = options.integer('limit')
    const cut = (text: string): string[] => cutText(text, by, limit)
    if (index === undefined) return splitToList(by, cut)
    return {
      name: 'split',
      expectation: 'is not text',
      run: onText(limit === undefined ? partPicker(by, index) : (text) => pick(cut(text), index)?.trim()),
      reads: [],
      inverse(value, current) {
        if (typeof value !== 'string' || value.includes(by)) return UNPARSABLE
        const parts = typeof current === 'string' && current !== '' ? cut(current) : []
        const at = index < 0 ? Math.max(parts.length + index, 0) : index
        if (at > parts.length) return UNPARSABLE
        parts[at] = value
        return parts.join(by)
      },
    }
  },
}

/** Cuts without making the parts that aren't asked for, where the first or the second is asked for. */
function partPicker(by: string, index: number): (text: string) => Converted {
  if (index === 0) {
    return (text) => {
      const end = text.indexOf(by)
      return end < 0 ? text : text.slice(0, end).trim()
    }
  }
  if (index === 1) {
    return (text) => {
      const first = text.indexOf(by)
      if (first < 0) return undefined
      const second = text.indexOf(by, first + by.length)
      return text.slice(first + by.length, second < 0 ? text.length : second).trim()
    }
  }
  return (text) => pick(text.split(by, ITEMS_MAX), index)?.trim()
}

function splitToList(by: string, cut: (text: string) => string[]): Conversion {
  return {
    name: 'split',
    expectation: 'is not text',
    run: onText((text) => cut(text).map((part) => part.trim())),
    reads: [],
    inverse(value) {
      if (!Array.isArray(value)) return UNPARSABLE
      const parts: string[] = []
      for (const item of value) {
        const part = textOf(item)
        if (part === UNPARSABLE || part.includes(by)) return UNPARSABLE
        parts.push(part)
      }
      return parts.join(by)
    },
  }
}

function cutText(text: string, by: string, limit: number | undefined): string[] {
  const parts = text.split(by, ITEMS_MAX)
  if (limit === undefined || parts.length <= limit) return parts
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(by)]
}

function pick<T>(list: readonly T[], index: number): T | undefined {
  return index < 0 ? list[list.length + index] : list[index]
}

const present = (value: Json): boolean => value !== null && !(typeof value === 'string' && value.trim() === '')

const join: ConversionDefinition = {
  name: 'join',
  summary: 'Makes one text of a list; absent and empty items are left out.',
  example: "join: ', '",
  options: { by: { type: 'text', description: 'What stands between; a space when absent.' } },
  main: 'by',
  bare: true,
  build(options) {
    const by = options.text('by') ?? ' '
    return {
      name: 'join',
      expectation: `is not a list of texts, of ${JOINED_LENGTH_MAX} characters at most in all`,
      run(value) {
        const items = Array.isArray(value) ? value : [value]
        let joined: string | undefined
        for (const item of items) {
          if (!present(item)) continue
          const text = textOf(item)
          if (text === UNPARSABLE) return UNPARSABLE
          joined = joined === undefined ? text : joined + by + text
          if (joined.length > JOINED_LENGTH_MAX) return UNPARSABLE
        }
        return joined
      },
      reads: [],
      inverse: (value) => (typeof value === 'string' && by !== '' ? value.split(by) : UNPARSABLE),
    }
  },
}

/** A conversion of a list without options; a single value counts as a list of one. */
function listConversion(
  name: string,
  summary: string,
  convert: (list: Json[]) => Converted,
  inverse: Conversion['inverse'] = null,
): ConversionDefinition {
  const conversion: Conversion = {
    name,
    expectation: NOT_A_LIST,
    run: (value) => convert(Array.isArray(value) ? value : [value]),
    reads: [],
    inverse,
    ...(inverse === null ? { irreversible: 'the other items of the list are not known' } : {}),
  }
  return { name, summary, example: name, options: {}, bare: true, build: () => conversion }
}

const each: ConversionDefinition = {
  name: 'each',
  summary: 'Converts every item of a list; items that become absent are left out.',
  example: 'each: [trim, lower]',
  options: { convert: { type: 'conversions', required: true, description: 'The conversions of one item.' } },
  main: 'convert',
  bare: false,
  build(options) {
    const steps = options.conversions('convert') ?? []
    const reversible = steps.every((step) => step.inverse !== null)
    return {
      name: 'each',
      expectation: `is not a list (of ${ITEMS_MAX} items at most) whose every item can be converted`,
      run(value, record, item) {
        const list = Array.isArray(value) ? value : [value]
        if (list.length > ITEMS_MAX) return UNPARSABLE
        const converted: Json[] = []
        for (const one of list) {
          const result = runSteps(steps, one, record, item)
          if (result === UNPARSABLE) return UNPARSABLE
          if (result !== undefined && present(result)) converted.push(result)
        }
        return converted
      },
      reads: steps.flatMap((step) => step.reads),
      inverse: reversible ? (value, current, scope) => inverseEach(steps, value, current, scope) : null,
      ...(reversible ? {} : { irreversible: 'one of its conversions cannot be inverted' }),
    }
  },
}

type InverseArguments = Parameters<NonNullable<Conversion['inverse']>>

function inverseEach(
  steps: readonly Conversion[],
  value: Json,
  current: InverseArguments[1],
  scope: InverseArguments[2],
): Converted {
  if (!Array.isArray(value)) return UNPARSABLE
  const result: Json[] = []
  for (const [index, item] of value.entries()) {
    const now = Array.isArray(current) ? current[index] : undefined
    let native: Json = item
    for (const step of steps.toReversed()) {
      const earlier: Converted = step.inverse?.(native, now, scope)
      if (earlier === undefined || earlier === UNPARSABLE) return UNPARSABLE
      native = earlier
    }
    result.push(native)
  }
  return result
}

/** Runs conversions one after the other; null counts as absent. */
export function runSteps(
  steps: readonly Conversion[],
  value: Json,
  record: Parameters<Conversion['run']>[1],
  item: Json,
): Converted {
  let result: Converted = value
  for (const step of steps) {
    if (result === undefined || result === null || result === UNPARSABLE) break
    result = step.run(result, record, item)
  }
  return result === null ? undefined : result
}

export const LIST_CONVERSIONS: readonly ConversionDefinition[] = [
  split,
  join,
  each,
  listConversion(
    'first',
    'The first item that is neither absent nor empty.',
    (list) => list.find(present),
    (value) => value,
  ),
  listConversion('last', 'The last item that is neither absent nor empty.', (list) => list.findLast(present)),
  listConversion(
    'compact',
    'Leaves absent and empty items out.',
    (list) => list.filter(present),
    (value) => value,
  ),
]
