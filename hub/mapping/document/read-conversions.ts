import type { Json } from '../../contracts/json.ts'
import type { Conversion, ScopedPath } from '../conversions/conversion.ts'
import { OptionProblem } from '../conversions/options.ts'
import type { ConversionDefinition, OptionDefinition, Options } from '../conversions/options.ts'
import { CONVERSIONS } from '../conversions/registry.ts'
import {
  invalid,
  readBoolean,
  readScalar,
  readSourcePath,
  readText,
  readWord,
  refuseUnknownKeys,
  shown,
} from './reading.ts'
import type { Reading } from './reading.ts'
import type { Position } from './config-error.ts'
import type { Entry, MapTree, Tree } from './yaml-tree.ts'

const STEPS_MAX = 20

type OptionValue = Json | ScopedPath | ReadonlyMap<string, Json> | readonly Conversion[]

/** Reads `convert`: one conversion or a list of them, each a name or a map of one name to its options. */
export function readConversions(tree: Tree, reading: Reading): Conversion[] {
  const items = tree.kind === 'list' ? tree.items : [tree]
  if (items.length > STEPS_MAX) invalid(reading, tree.position, `convert has more than ${STEPS_MAX} conversions.`)
  return items.slice(0, STEPS_MAX).flatMap((item) => readConversion(item, reading) ?? [])
}

function readConversion(tree: Tree, reading: Reading): Conversion | undefined {
  if (tree.kind === 'scalar' && typeof tree.value === 'string') {
    const definition = definitionOf(tree.value, tree.position, reading)
    if (definition === undefined) return undefined
    if (definition.bare) return build(definition, new Map(), tree.position, reading)
    return invalid(
      reading,
      tree.position,
      `The conversion ${definition.name} needs its options.`,
      `Write ${definition.example}`,
    )
  }
  const [only] = tree.kind === 'map' ? tree.entries : []
  if (tree.kind !== 'map' || only === undefined || tree.entries.size !== 1) {
    return invalid(
      reading,
      tree.position,
      `A conversion is its name, or one name with its options, not ${tree.kind === 'map' ? `${tree.entries.size} names` : shown(tree)}.`,
      'Write several conversions as a list: [trim, { date: { format: yyyyMMdd } }]',
    )
  }
  const [name, entry] = only
  const definition = definitionOf(name, entry.keyPosition, reading)
  return definition === undefined ? undefined : readOptions(definition, entry, reading)
}

function definitionOf(name: string, position: Position, reading: Reading): ConversionDefinition | undefined {
  const definition = CONVERSIONS.get(name)
  if (definition === undefined) {
    reading.problems.addUnknown('mapping.conversion.unknown', 'The conversion', name, [...CONVERSIONS.keys()], position)
  }
  return definition
}

function readOptions(definition: ConversionDefinition, entry: Entry, reading: Reading): Conversion | undefined {
  const { value: tree } = entry
  const names = Object.keys(definition.options)
  const isOptions = tree.kind === 'map' && !isMainValue(definition, tree)
  if (!isOptions && definition.main === undefined) {
    const what = names.length === 0 ? 'takes no options' : `takes a map of options, not ${shown(tree)}`
    return invalid(reading, tree.position, `The conversion ${definition.name} ${what}.`, `Write ${definition.example}`)
  }
  const before = reading.problems.errors.length
  if (isOptions) refuseUnknownKeys(tree, names, `the conversion ${definition.name}`, reading)
  const given: MapTree['entries'] = isOptions ? tree.entries : new Map([[definition.main ?? '', entry]])
  const values = new Map<string, OptionValue>()
  for (const [name, option] of Object.entries(definition.options)) {
    const found = given.get(name)
    if (found !== undefined) {
      const value = readOption(option, found.value, `${definition.name}.${name}`, reading)
      if (value !== undefined) values.set(name, value)
    } else if (option.required === true) {
      reading.problems.add({
        code: 'mapping.key.missing',
        message: `The conversion ${definition.name} needs ${name}.`,
        fix: `Write ${definition.example}`,
        position: entry.keyPosition,
      })
    }
  }
  if (reading.problems.errors.length > before) return undefined
  return build(definition, values, entry.keyPosition, reading, given)
}

/** `each: { lookup: ... }` gives the conversions themselves, and not a map of options. */
function isMainValue(definition: ConversionDefinition, tree: MapTree): boolean {
  const main = definition.main === undefined ? undefined : definition.options[definition.main]
  return (
    main?.type === 'conversions' && [...tree.entries.keys()].every((name) => !Object.hasOwn(definition.options, name))
  )
}

function readOption(option: OptionDefinition, tree: Tree, name: string, reading: Reading): OptionValue | undefined {
  switch (option.type) {
    case 'text':
      return option.values === undefined
        ? readShortText(tree, name, reading)
        : readWord(tree, name, option.values, reading)
    case 'texts': {
      const items = tree.kind === 'list' ? tree.items : [tree]
      return items.flatMap((item) => readText(item, name, reading) ?? [])
    }
    case 'integer':
      return readInteger(option, tree, name, reading)
    case 'boolean':
      return readBoolean(tree, name, reading)
    case 'scalar':
      return readScalar(tree, name, reading)
    case 'path':
      return readSourcePath(tree, name, reading)
    case 'table':
      return readTable(tree, name, reading)
    case 'conversions':
      return readConversions(tree, reading)
  }
}

/** What conversions repeat is short, so that no value can become endless by it. */
const OPTION_LENGTH_MAX = 1_000

function readShortText(tree: Tree, name: string, reading: Reading): string | undefined {
  const text = readText(tree, name, reading)
  if (text === undefined || text.length <= OPTION_LENGTH_MAX) return text
  return invalid(reading, tree.position, `${name} is longer than ${OPTION_LENGTH_MAX} characters.`)
}

function readInteger(option: OptionDefinition, tree: Tree, name: string, reading: Reading): number | undefined {
  const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = option
  const value = tree.kind === 'scalar' ? tree.value : null
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum) return value
  return invalid(
    reading,
    tree.position,
    `${name} must be a whole number from ${minimum} to ${maximum}, not ${shown(tree)}.`,
  )
}

function readTable(tree: Tree, name: string, reading: Reading): Map<string, Json> | undefined {
  if (tree.kind !== 'map' || tree.entries.size === 0) {
    return invalid(
      reading,
      tree.position,
      `${name} must map source values to canonical ones, not ${shown(tree)}.`,
      'Write { A: active, C: closed }',
    )
  }
  const table = new Map<string, Json>()
  for (const [key, entry] of tree.entries) {
    const value = readScalar(entry.value, `${name}.${key}`, reading)
    if (value !== undefined) table.set(key, value)
  }
  return table
}

function build(
  definition: ConversionDefinition,
  values: ReadonlyMap<string, OptionValue>,
  position: Position,
  reading: Reading,
  entries: MapTree['entries'] = new Map(),
): Conversion | undefined {
  try {
    return definition.build(optionsOf(values), { defaults: reading.defaults })
  } catch (thrown) {
    if (!(thrown instanceof OptionProblem)) throw thrown
    const at = thrown.option === undefined ? undefined : entries.get(thrown.option)?.value.position
    return invalid(reading, at ?? position, `The conversion ${definition.name}: ${thrown.message}.`, thrown.fix)
  }
}

/** The reader above has checked each value against the type that its name has, so the narrowing here can't be wrong. */
function optionsOf(values: ReadonlyMap<string, OptionValue>): Options {
  return {
    has: (name) => values.has(name),
    text: (name) => values.get(name) as string | undefined,
    texts: (name) => values.get(name) as readonly string[] | undefined,
    integer: (name) => values.get(name) as number | undefined,
    flag: (name) => values.get(name) === true,
    scalar: (name) => values.get(name) as Json | undefined,
    path: (name) => values.get(name) as ScopedPath | undefined,
    table: (name) => values.get(name) as ReadonlyMap<string, Json> | undefined,
    conversions: (name) => values.get(name) as readonly Conversion[] | undefined,
  }
}
