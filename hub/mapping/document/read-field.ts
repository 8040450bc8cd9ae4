import type { Json } from '../../contracts/json.ts'
import type { Conversion, ScopedPath } from '../conversions/conversion.ts'
import { compileExpression } from '../expression/expression.ts'
import { copyJson } from '../engine/values.ts'
import { UNPARSABLE } from '../conversions/conversion.ts'
import { ABSENT_POLICIES, EMPTY_POLICIES, UNPARSABLE_POLICIES } from './document.ts'
import type { FieldNode, FieldSource, Policies } from './document.ts'
import { readConversions } from './read-conversions.ts'
import { invalid, readBoolean, readSourcePath, readText, readWord, refuseUnknownKeys, shown } from './reading.ts'
import type { Reading } from './reading.ts'
import { treeToJson } from './yaml-tree.ts'
import type { MapTree, ScalarTree, Tree } from './yaml-tree.ts'

const SOURCE_KEYS = ['from', 'constant', 'expression', 'ref'] as const
export const FIELD_KEYS = [
  ...SOURCE_KEYS,
  'convert',
  'default',
  'absent',
  'empty',
  'unparsable',
  'keepSpaces',
  'absentWhen',
] as const
const REF_KEYS = ['entity', 'key', 'system', 'convert'] as const

/** Whether a map says where a value comes from, and isn't a group of target fields. */
export function isFieldTree(tree: Tree): boolean {
  return tree.kind === 'scalar' || (tree.kind === 'map' && FIELD_KEYS.some((key) => tree.entries.has(key)))
}

/** Reads one field: a source path, or a map with `from`, `constant`, `expression` or `ref`. */
export function readField(tree: Tree, target: string, reading: Reading): FieldNode | undefined {
  const base = {
    kind: 'field',
    target,
    ...reading.policies,
    default: undefined,
    keepSpaces: false,
    absentWhen: null,
    position: tree.position,
  } as const
  if (tree.kind === 'scalar') {
    if (tree.value === null)
      return invalid(reading, tree.position, `The field ${target} has no source.`, `Write ${target}: FieldName`)
    const from = readSourcePath(tree, `The source of ${target},`, reading)
    return from === undefined ? undefined : { ...base, source: { kind: 'path', from }, steps: [] }
  }
  if (tree.kind === 'list')
    return invalid(reading, tree.position, `The field ${target} must be a path or a map, not a list.`)
  refuseUnknownKeys(tree, FIELD_KEYS, `the field ${target}`, reading)
  const source = readSource(tree, target, reading)
  if (source === undefined) return undefined
  const convert = tree.entries.get('convert')?.value ?? refConvert(tree)
  const { steps, fallback } = splitDefault(
    convert === undefined ? [] : readConversions(convert, reading),
    convert,
    reading,
  )
  const policies = readPolicies(tree, reading)
  const given = tree.entries.get('default')
  const value = given === undefined ? fallback : readConstant(given.value, `default of ${target}`, reading)
  if (policies.absent === 'default' && value === undefined) {
    invalid(reading, tree.position, `The field ${target} has absent: default and no default.`, 'Add default: <value>.')
  }
  const absent = value === undefined ? policies.absent : 'default'
  return { ...base, ...policies, absent, default: value, source, steps, ...readTextRules(tree, target, reading) }
}

function readTextRules(tree: MapTree, target: string, reading: Reading): Pick<FieldNode, 'keepSpaces' | 'absentWhen'> {
  const keep = tree.entries.get('keepSpaces')
  const when = tree.entries.get('absentWhen')?.value
  const texts = when === undefined ? [] : when.kind === 'list' ? when.items : [when]
  const absentWhen = new Set(texts.flatMap((text) => readText(text, `absentWhen of ${target}`, reading) ?? []))
  return {
    keepSpaces: keep !== undefined && readBoolean(keep.value, `keepSpaces of ${target}`, reading) === true,
    absentWhen: absentWhen.size === 0 ? null : absentWhen,
  }
}

export function readPolicies(tree: MapTree, reading: Reading): Policies {
  const word = <Word extends string>(name: string, words: readonly Word[], otherwise: Word): Word => {
    const entry = tree.entries.get(name)
    return entry === undefined ? otherwise : (readWord(entry.value, name, words, reading) ?? otherwise)
  }
  return {
    absent: word('absent', ABSENT_POLICIES, reading.policies.absent),
    empty: word('empty', EMPTY_POLICIES, reading.policies.empty),
    unparsable: word('unparsable', UNPARSABLE_POLICIES, reading.policies.unparsable),
  }
}

/** `default` as the last conversion is the field's default; anywhere else it would never be reached. */
function splitDefault(
  steps: Conversion[],
  tree: Tree | undefined,
  reading: Reading,
): { steps: Conversion[]; fallback: Json | undefined } {
  const at = steps.findIndex((step) => step.name === 'default')
  if (at < 0) return { steps, fallback: undefined }
  if (at < steps.length - 1 && tree !== undefined)
    invalid(reading, tree.position, 'The conversion default must be the last one.')
  const value = steps[at]?.run('', {}, null)
  return { steps: steps.slice(0, at), fallback: value === UNPARSABLE ? undefined : value }
}

function refConvert(tree: MapTree): Tree | undefined {
  const ref = tree.entries.get('ref')?.value
  return ref?.kind === 'map' ? ref.entries.get('convert')?.value : undefined
}

function readSource(tree: MapTree, target: string, reading: Reading): FieldSource | undefined {
  const given = SOURCE_KEYS.filter((key) => tree.entries.has(key))
  const [key] = given
  const value = key === undefined ? undefined : tree.entries.get(key)?.value
  if (key === undefined || value === undefined || given.length > 1) {
    const found = given.length === 0 ? 'none' : given.join(' and ')
    return invalid(
      reading,
      tree.position,
      `The field ${target} needs exactly one of ${SOURCE_KEYS.join(', ')}; it has ${found}.`,
    )
  }
  if (key === 'from') return readFrom(value, target, reading)
  if (key === 'ref') return readRef(value, target, reading)
  if (key === 'expression') return readExpressionSource(value, target, reading)
  const constant = readConstant(value, `constant of ${target}`, reading)
  return constant === undefined ? undefined : { kind: 'constant', value: constant }
}

function readFrom(tree: Tree, target: string, reading: Reading): FieldSource | undefined {
  const name = `from of ${target}`
  if (tree.kind !== 'list') {
    const from = readSourcePath(tree, name, reading)
    return from === undefined ? undefined : { kind: 'path', from }
  }
  if (tree.items.length === 0) return invalid(reading, tree.position, `${name} is an empty list.`)
  return { kind: 'paths', from: tree.items.flatMap((item) => readSourcePath(item, name, reading) ?? []) }
}

function readConstant(tree: Tree, name: string, reading: Reading): Json | undefined {
  const value = copyJson(treeToJson(tree))
  if (value !== UNPARSABLE && value !== null) return value
  return invalid(reading, tree.position, `The ${name} must be a value, not ${shown(tree)}.`)
}

function readExpressionSource(tree: Tree, target: string, reading: Reading): FieldSource | undefined {
  const expression = readExpression(tree, `expression of ${target}`, reading)
  return expression === undefined
    ? undefined
    : { kind: 'expression', expression, scope: reading.inItem ? 'item' : 'record' }
}

export function readExpression(
  tree: Tree,
  name: string,
  reading: Reading,
): Extract<FieldSource, { kind: 'expression' }>['expression'] | undefined {
  const text = readText(tree, `The ${name}`, reading)
  if (text === undefined) return undefined
  const result = compileExpression(text)
  if (result.ok) return result.expression
  reading.problems.add({
    code: 'mapping.expression.invalid',
    message: `The ${name} is wrong at character ${result.at + 1}: ${result.problem}.`,
    position: expressionPosition(tree as ScalarTree, result.at),
    facts: { character: result.at + 1 },
  })
  return undefined
}

/** On one line the column of the fault can be told; a folded text keeps the place where it starts. */
function expressionPosition(tree: ScalarTree, at: number): ScalarTree['position'] {
  const quoted = tree.text !== tree.value && /^['"]/.test(tree.text) ? 1 : 0
  return tree.text.includes('\n')
    ? tree.position
    : { line: tree.position.line, column: tree.position.column + at + quoted }
}

function readRef(tree: Tree, target: string, reading: Reading): FieldSource | undefined {
  if (tree.kind !== 'map') {
    return invalid(
      reading,
      tree.position,
      `ref of ${target} must be a map, not ${shown(tree)}.`,
      'Write ref: { entity: Contact, key: AccountId }',
    )
  }
  refuseUnknownKeys(tree, REF_KEYS, `the ref of ${target}`, reading)
  const entityTree = tree.entries.get('entity')?.value
  const keyTree = tree.entries.get('key')?.value
  if (entityTree === undefined || keyTree === undefined) {
    reading.problems.add({
      code: 'mapping.key.missing',
      message: `ref of ${target} needs ${entityTree === undefined ? 'entity' : 'key'}.`,
      fix: 'Write ref: { entity: Contact, key: AccountId }',
      position: tree.position,
    })
    return undefined
  }
  const entity = readText(entityTree, `entity of ${target}`, reading)
  const systemTree = tree.entries.get('system')?.value
  const system = systemTree === undefined ? null : (readText(systemTree, `system of ${target}`, reading) ?? null)
  const key = readPaths(keyTree, `key of ${target}`, reading)
  return entity === undefined || key.length === 0 ? undefined : { kind: 'ref', entity, system, key }
}

function readPaths(tree: Tree, name: string, reading: Reading): ScopedPath[] {
  const items = tree.kind === 'list' ? tree.items : [tree]
  return items.flatMap((item) => readSourcePath(item, name, reading) ?? [])
}
