import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { clip } from './config-error.ts'
import type { Position, ConfigProblems } from './config-error.ts'
import { FORBIDDEN_NAMES } from './path.ts'

/** A YAML document with the place of every key and value, free of all that YAML can do beyond JSON. */
export type Tree = MapTree | ListTree | ScalarTree

export interface MapTree {
  kind: 'map'
  position: Position
  entries: Map<string, Entry>
}

export interface Entry {
  keyPosition: Position
  value: Tree
}

export interface ListTree {
  kind: 'list'
  position: Position
  items: Tree[]
}

export interface ScalarTree {
  kind: 'scalar'
  position: Position
  value: string | number | boolean | null
  /** As written: `007` stays `007`, although its value is the number 7. */
  text: string
}

const BYTES_MAX = 1_048_576
const DEPTH_MAX = 24
const NODES_MAX = 100_000
const TOO_DEEP = `The document is nested deeper than ${DEPTH_MAX} levels.`

interface Walk {
  problems: ConfigProblems
  place(offset: number): Position
  nodes: number
}

/**
 * Reads YAML 1.2 (and so JSON). Aliases, anchors, tags, merge keys, several documents, keys that aren't scalars,
 * duplicate keys and names that reach prototypes are refused: a mapping needs none of them, and each has been a way
 * to make a small file huge or a harmless one dangerous. Answers null when `problems` has got something.
 */
export function readYamlTree(text: string, problems: ConfigProblems): Tree | null {
  const start: Position = { line: 1, column: 1 }
  if (Buffer.byteLength(text) > BYTES_MAX) {
    problems.add({
      code: 'mapping.yaml.too-large',
      message: `The document is larger than ${BYTES_MAX} bytes.`,
      position: start,
    })
    return null
  }
  const lineCounter = new LineCounter()
  const place = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  let parsed: ReturnType<typeof parseDocument>
  try {
    parsed = parseDocument(text, { lineCounter, uniqueKeys: false, merge: false, prettyErrors: false, version: '1.2' })
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    problems.add({ code: 'mapping.yaml.too-deep', message: TOO_DEEP, position: start })
    return null
  }
  for (const error of [...parsed.errors, ...parsed.warnings]) {
    if (/call stack/i.test(error.message)) {
      // The parser goes down with the nesting until its stack ends, which it reports like a fault of the text.
      problems.add({ code: 'mapping.yaml.too-deep', message: TOO_DEEP, position: start })
      return null
    }
    problems.add({
      code: 'mapping.yaml.invalid',
      message: `The document is not valid YAML: ${error.message}`,
      position: place(error.pos[0]),
    })
  }
  if (problems.errors.length > 0) return null
  const walk: Walk = { problems, place, nodes: 0 }
  const tree = toTree(parsed.contents, 0, walk, start)
  return problems.errors.length > 0 ? null : tree
}

function toTree(node: unknown, depth: number, walk: Walk, near: Position): Tree {
  const position = positionOf(node, walk, near)
  const nothing: ScalarTree = { kind: 'scalar', position, value: null, text: '' }
  if (node === null || node === undefined) return nothing
  if (++walk.nodes > NODES_MAX) {
    if (walk.nodes === NODES_MAX + 1) {
      walk.problems.add({
        code: 'mapping.yaml.too-large',
        message: `The document has more than ${NODES_MAX} values.`,
        position,
      })
    }
    return nothing
  }
  if (depth > DEPTH_MAX) {
    walk.problems.add({
      code: 'mapping.yaml.too-deep',
      message: TOO_DEEP,
      position,
    })
    return nothing
  }
  if (refused(node, position, walk)) return nothing
  if (isMap(node)) return toMap(node.items, depth, walk, position)
  if (isSeq(node)) {
    return { kind: 'list', position, items: node.items.map((item) => toTree(item, depth + 1, walk, position)) }
  }
  if (isScalar(node)) return toScalar(node.value, node.source, position, walk)
  return nothing
}

function refused(node: unknown, position: Position, walk: Walk): boolean {
  if (isAlias(node)) {
    walk.problems.add({
      code: 'mapping.yaml.alias',
      message: `The alias *${clip(node.source)} is not allowed.`,
      fix: 'Write the value out where it is needed.',
      position,
    })
    return true
  }
  const { anchor, tag } = node as { anchor?: string; tag?: string }
  if (anchor !== undefined) {
    walk.problems.add({
      code: 'mapping.yaml.alias',
      message: `The anchor &${clip(anchor)} is not allowed.`,
      fix: 'Remove it, and write the value out where it is needed.',
      position,
    })
    return true
  }
  // The parser names the tags of plain maps, lists and scalars itself; only what was written in the text is refused.
  if (tag !== undefined && !STANDARD_TAGS.has(tag)) {
    walk.problems.add({
      code: 'mapping.yaml.tag',
      message: `The tag ${clip(tag)} is not allowed.`,
      fix: 'Remove it.',
      position,
    })
    return true
  }
  return false
}

const STANDARD_TAGS = new Set(
  ['map', 'seq', 'str', 'int', 'float', 'bool', 'null'].map((name) => `tag:yaml.org,2002:${name}`),
)

function toMap(pairs: readonly unknown[], depth: number, walk: Walk, position: Position): MapTree {
  const entries = new Map<string, Entry>()
  for (const pair of pairs as readonly { key: unknown; value: unknown }[]) {
    const keyPosition = positionOf(pair.key, walk, position)
    const name = keyText(pair.key)
    if (name === null) {
      walk.problems.add({ code: 'mapping.key.invalid', message: 'A key must be plain text.', position: keyPosition })
    } else if (FORBIDDEN_NAMES.has(name)) {
      walk.problems.add({
        code: 'mapping.key.forbidden',
        message: `The key ${name} is not allowed.`,
        position: keyPosition,
      })
    } else if (entries.has(name)) {
      walk.problems.add({
        code: 'mapping.key.duplicate',
        message: `The key ${JSON.stringify(clip(name))} stands twice; the first is on line ${entries.get(name)?.keyPosition.line}.`,
        fix: 'Remove one of them.',
        position: keyPosition,
      })
    } else {
      entries.set(name, { keyPosition, value: toTree(pair.value, depth + 1, walk, keyPosition) })
    }
  }
  return { kind: 'map', position, entries }
}

/** Keys are taken as written: a lookup table's `01` and `1` are two keys. */
function keyText(key: unknown): string | null {
  if (!isScalar(key) || isAlias(key)) return null
  const { anchor } = key as { anchor?: string }
  if (anchor !== undefined || typeof key.value === 'object') return key.source ?? null
  return key.source ?? String(key.value)
}

function toScalar(value: unknown, source: string | undefined, position: Position, walk: Walk): ScalarTree {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') {
    return { kind: 'scalar', position, value, text: source ?? String(value ?? '') }
  }
  if (typeof value === 'number' && Number.isFinite(value)) {
    return { kind: 'scalar', position, value, text: source ?? String(value) }
  }
  walk.problems.add({
    code: 'mapping.value.invalid',
    message: 'The value is not text, a finite number, true, false or null.',
    position,
  })
  return { kind: 'scalar', position, value: null, text: '' }
}

function positionOf(node: unknown, walk: Walk, near: Position): Position {
  const range = (node as { range?: readonly number[] | null } | null | undefined)?.range
  return range?.[0] === undefined ? near : walk.place(range[0])
}

/** The tree as plain JSON; names that could reach a prototype have been refused before. */
export function treeToJson(tree: Tree): Json {
  if (tree.kind === 'scalar') return tree.value
  if (tree.kind === 'list') return tree.items.map(treeToJson)
  const object: JsonObject = {}
  for (const [name, entry] of tree.entries) object[name] = treeToJson(entry.value)
  return object
}
