import type { Json } from '../../contracts/json.ts'
import type { ScopedPath } from '../conversions/conversion.ts'
import type { MappingDefaults } from '../conversions/options.ts'
import { clip } from './config-error.ts'
import type { ConfigProblems, Position } from './config-error.ts'
import type { Policies } from './document.ts'
import { parsePath } from './path.ts'
import type { Path } from './path.ts'
import type { MapTree, Tree } from './yaml-tree.ts'

/** What the readers of a mapping's parts share. */
export interface Reading {
  problems: ConfigProblems
  defaults: MappingDefaults
  policies: Policies
  /** Whether a list's source items are being read, so that paths are relative to the item. */
  inItem: boolean
}

/** Keys that aren't among those allowed, each with the nearest allowed one. */
export function refuseUnknownKeys(tree: MapTree, allowed: readonly string[], what: string, reading: Reading): void {
  for (const [name, entry] of tree.entries) {
    if (!allowed.includes(name)) {
      reading.problems.addUnknown('mapping.key.unknown', `The key of ${what},`, name, allowed, entry.keyPosition)
    }
  }
}

export function invalid(reading: Reading, position: Position, message: string, fix?: string): undefined {
  reading.problems.add({ code: 'mapping.value.invalid', message, position, ...(fix === undefined ? {} : { fix }) })
  return undefined
}

/** A value as a message may show it: what the engineer wrote, shortened. */
export function shown(tree: Tree): string {
  if (tree.kind === 'scalar') return tree.text === '' ? 'nothing' : JSON.stringify(clip(tree.text))
  return tree.kind === 'list' ? 'a list' : 'a map'
}

export function readText(tree: Tree, name: string, reading: Reading): string | undefined {
  if (tree.kind === 'scalar' && typeof tree.value === 'string') return tree.value
  // A number or a word such as 0123 or yes is taken as written where text is wanted.
  if (tree.kind === 'scalar' && tree.value !== null) return tree.text
  return invalid(reading, tree.position, `${name} must be text, not ${shown(tree)}.`)
}

export function readScalar(tree: Tree, name: string, reading: Reading): Json | undefined {
  if (tree.kind === 'scalar') return tree.value
  return invalid(reading, tree.position, `${name} must be a text, a number, true, false or null, not ${shown(tree)}.`)
}

export function readBoolean(tree: Tree, name: string, reading: Reading): boolean | undefined {
  if (tree.kind === 'scalar' && typeof tree.value === 'boolean') return tree.value
  return invalid(reading, tree.position, `${name} must be true or false, not ${shown(tree)}.`)
}

export function readWord<Word extends string>(
  tree: Tree,
  name: string,
  words: readonly Word[],
  reading: Reading,
): Word | undefined {
  const text = tree.kind === 'scalar' ? tree.text : undefined
  const word = words.find((one) => one === tree_value(tree))
  if (word !== undefined) return word
  if (text === undefined)
    return invalid(reading, tree.position, `${name} must be one of ${words.join(', ')}, not ${shown(tree)}.`)
  reading.problems.addUnknown('mapping.value.unknown', `The value of ${name},`, text, words, tree.position)
  return undefined
}

const tree_value = (tree: Tree): Json => (tree.kind === 'scalar' ? tree.value : null)

export function readPlainPath(tree: Tree, name: string, reading: Reading): Path | undefined {
  const text = readText(tree, name, reading)
  if (text === undefined) return undefined
  const result = parsePath(text)
  if (result.ok) return result.path
  const position = { line: tree.position.line, column: tree.position.column + result.at }
  reading.problems.add({
    code: 'mapping.path.invalid',
    message: `${name} ${JSON.stringify(clip(text))} is not a path: ${result.problem}.`,
    fix: 'Write a path such as address.city, phones[0].number or "odd.name".',
    position,
  })
  return undefined
}

/**
 * A source path. Inside a repeated list it is relative to the list's item: `$item` is the item itself, and `$root.`
 * leads back to the record.
 */
export function readSourcePath(tree: Tree, name: string, reading: Reading): ScopedPath | undefined {
  const path = readPlainPath(tree, name, reading)
  if (path === undefined) return undefined
  if (!reading.inItem) return { path, scope: 'record' }
  if (path[0] === '$root' && path.length > 1) return { path: path.slice(1), scope: 'record' }
  return { path: path[0] === '$item' ? path.slice(1) : path, scope: 'item' }
}
