import { CANONICAL_ENTITIES, isCanonicalEntity } from '../contracts/canonical.ts'
import type { HubError } from '../contracts/hub-error.ts'
import type { MappingDefaults } from './conversions/options.ts'
import { ConfigProblems } from './document/config-error.ts'
import type { Position } from './document/config-error.ts'
import { DEFAULT_POLICIES } from './document/document.ts'
import type { MappingDocument } from './document/document.ts'
import type { Path } from './document/path.ts'
import { readExpression, readPolicies } from './document/read-field.ts'
import { readFields } from './document/read-fields.ts'
import { invalid, readPlainPath, readText, refuseUnknownKeys, shown } from './document/reading.ts'
import type { Reading } from './document/reading.ts'
import { readYamlTree } from './document/yaml-tree.ts'
import type { MapTree, Tree } from './document/yaml-tree.ts'

export type ParseResult = { ok: true; document: MappingDocument } | { ok: false; errors: [HubError, ...HubError[]] }

export const DOCUMENT_KEYS = [
  'source',
  'target',
  'key',
  'sequence',
  'deletedWhen',
  'defaults',
  'policies',
  'fields',
] as const
export const DEFAULT_KEYS = ['region', 'country', 'timeZone', 'currency'] as const
export const POLICY_KEYS = ['absent', 'empty', 'unparsable'] as const

/**
 * Reads a mapping document (YAML or JSON). What is wrong with it comes back all at once, as HubErrors of the family
 * `config` with file:line:column, what was found and what is allowed; nothing is thrown.
 */
export function parseMapping(text: string, fileName: string): ParseResult {
  const problems = new ConfigProblems(fileName)
  const tree = readYamlTree(text, problems)
  const reading: Reading = { problems, defaults: {}, policies: DEFAULT_POLICIES, inItem: false }
  const document = tree === null ? undefined : readDocument(tree, fileName, reading)
  const [first, ...rest] = problems.errors
  if (first !== undefined) return { ok: false, errors: [first, ...rest] }
  if (document === undefined) throw new Error('a mapping that could not be read has told no problem')
  return { ok: true, document }
}

/** The document, or the first of its errors thrown. */
export function parseMappingOrThrow(text: string, fileName: string): MappingDocument {
  const result = parseMapping(text, fileName)
  if (result.ok) return result.document
  throw result.errors[0]
}

function readDocument(tree: Tree, fileName: string, outer: Reading): MappingDocument | undefined {
  if (tree.kind !== 'map') {
    return invalid(outer, tree.position, `A mapping is a map with ${DOCUMENT_KEYS.join(', ')}, not ${shown(tree)}.`)
  }
  refuseUnknownKeys(tree, DOCUMENT_KEYS, 'a mapping', outer)
  const missing = (['source', 'target', 'fields'] as const).filter((name) => !tree.entries.has(name))
  for (const name of missing) addMissing(name, tree.position, outer)
  const policiesTree = mapAt(tree, 'policies', POLICY_KEYS, outer)
  const reading: Reading = {
    ...outer,
    defaults: readDefaults(mapAt(tree, 'defaults', DEFAULT_KEYS, outer), outer),
    policies: policiesTree === undefined ? outer.policies : readPolicies(policiesTree, outer),
  }
  const value = (name: (typeof DOCUMENT_KEYS)[number]): Tree | undefined => tree.entries.get(name)?.value
  const sourceTree = value('source')
  const source = sourceTree === undefined ? undefined : readText(sourceTree, 'source', reading)
  const target = readTargetEntity(value('target'), reading)
  const fields = value('fields')
  if (fields !== undefined && (fields.kind !== 'map' || fields.entries.size === 0)) {
    return invalid(
      reading,
      fields.position,
      `fields must be a map of target paths to sources, not ${shown(fields)}.`,
      'Write name.given: FirstName',
    )
  }
  const root = fields?.kind === 'map' ? readFields(fields, reading) : undefined
  const deletedTree = value('deletedWhen')
  const deletedWhen =
    deletedTree === undefined ? null : (readExpression(deletedTree, 'expression deletedWhen', reading) ?? null)
  const sequenceTree = value('sequence')
  const sequence = sequenceTree === undefined ? null : (readPlainPath(sequenceTree, 'sequence', reading) ?? null)
  const key = readKey(value('key'), reading)
  if (source === undefined || target === undefined || root === undefined) return undefined
  return { fileName, source, target, key, sequence, deletedWhen, defaults: reading.defaults, root }
}

function addMissing(name: string, position: Position, reading: Reading): void {
  reading.problems.add({
    code: 'mapping.key.missing',
    message: `The mapping has no ${name}.`,
    fix: `Add ${name}; a mapping has ${DOCUMENT_KEYS.join(', ')}.`,
    position,
  })
}

function mapAt(tree: MapTree, name: string, allowed: readonly string[], reading: Reading): MapTree | undefined {
  const value = tree.entries.get(name)?.value
  if (value === undefined) return undefined
  if (value.kind !== 'map')
    return invalid(reading, value.position, `${name} must be a map with ${allowed.join(', ')}, not ${shown(value)}.`)
  refuseUnknownKeys(value, allowed, name, reading)
  return value
}

function readDefaults(tree: MapTree | undefined, reading: Reading): MappingDefaults {
  const defaults: MappingDefaults = {}
  for (const name of DEFAULT_KEYS) {
    const value = tree?.entries.get(name)?.value
    const text = value === undefined ? undefined : readText(value, `defaults.${name}`, reading)
    if (text !== undefined) defaults[name] = text
  }
  return defaults
}

function readTargetEntity(tree: Tree | undefined, reading: Reading): MappingDocument['target'] | undefined {
  const name = tree === undefined ? undefined : readText(tree, 'target', reading)
  if (name === undefined || tree === undefined) return undefined
  if (isCanonicalEntity(name)) return name
  reading.problems.addUnknown('mapping.value.unknown', 'The canonical entity', name, CANONICAL_ENTITIES, tree.position)
  return undefined
}

function readKey(tree: Tree | undefined, reading: Reading): Path[] {
  if (tree === undefined) return []
  const items = tree.kind === 'list' ? tree.items : [tree]
  return items.flatMap((item) => {
    const path = readPlainPath(item, 'key', reading)
    return path === undefined ? [] : [path]
  })
}
