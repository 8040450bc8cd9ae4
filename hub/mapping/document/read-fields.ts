import { clip } from './config-error.ts'
import { ESSENTIAL_MEMBERS } from './document.ts'
import type { FieldNode, ListItem, ListNode, ObjectNode, TargetNode } from './document.ts'
import { formatPath, parsePath } from './path.ts'
import type { Path } from './path.ts'
import { isFieldTree, readField } from './read-field.ts'
import { invalid, readSourcePath, readText, shown } from './reading.ts'
import type { Reading } from './reading.ts'
import type { Entry, MapTree, Tree } from './yaml-tree.ts'

const LIST_ITEMS_MAX = 100
const FIELDS_MAX = 2_000
/** Keys of a list's item that aren't members of it. */
const ITEM_KEYS = new Set(['each', 'require'])

interface Placing {
  reading: Reading
  fields: number
}

/** Reads `fields`: target paths to where their values come from. */
export function readFields(tree: MapTree, reading: Reading): ObjectNode {
  return readMembers(tree, '', { reading, fields: 0 })
}

function readMembers(tree: MapTree, prefix: string, placing: Placing): ObjectNode {
  const object: ObjectNode = { kind: 'object', members: new Map() }
  for (const [name, entry] of tree.entries) {
    const path = readTarget(name, entry, placing.reading)
    if (path === undefined) continue
    const node = readNode(entry.value, join(prefix, path), placing)
    if (node !== undefined) place(object, path, node, prefix, entry, placing)
  }
  return object
}

const join = (prefix: string, path: Path): string =>
  prefix === '' ? formatPath(path) : `${prefix}.${formatPath(path)}`

function readTarget(name: string, entry: Entry, reading: Reading): Path | undefined {
  const result = parsePath(name)
  if (result.ok) return result.path
  reading.problems.add({
    code: 'mapping.path.invalid',
    message: `The target ${JSON.stringify(clip(name))} is not a path: ${result.problem}.`,
    fix: 'Write a path such as name.given or emails[0].address.',
    position: entry.keyPosition,
  })
  return undefined
}

function readNode(tree: Tree, target: string, placing: Placing): TargetNode | undefined {
  if (tree.kind === 'list') return readList(tree.items, target, placing)
  if (tree.kind === 'map' && !isFieldTree(tree)) {
    if (tree.entries.size === 0) return invalid(placing.reading, tree.position, `The field ${target} has no source.`)
    return readMembers(tree, target, placing)
  }
  if (++placing.fields === FIELDS_MAX + 1)
    invalid(placing.reading, tree.position, `The mapping has more than ${FIELDS_MAX} fields.`)
  return placing.fields > FIELDS_MAX ? undefined : readField(tree, target, placing.reading)
}

function readList(trees: readonly Tree[], target: string, placing: Placing): ListNode {
  const list: ListNode = { kind: 'list', target, items: [] }
  if (trees.length > LIST_ITEMS_MAX) {
    const position = trees[LIST_ITEMS_MAX]?.position ?? { line: 1, column: 1 }
    invalid(placing.reading, position, `The list ${target} has more than ${LIST_ITEMS_MAX} items.`)
  }
  trees.slice(0, LIST_ITEMS_MAX).forEach((tree, index) => {
    const item = readItem(tree, `${target}[${index}]`, memberName(target), placing)
    if (item !== undefined) list.items.push(item)
  })
  return list
}

const memberName = (target: string): string => target.slice(target.lastIndexOf('.') + 1)

function readItem(tree: Tree, target: string, listName: string, placing: Placing): ListItem | undefined {
  const { reading } = placing
  if (tree.kind === 'list') return invalid(reading, tree.position, `${target} must not be a list inside a list.`)
  const eachTree = tree.kind === 'map' ? tree.entries.get('each')?.value : undefined
  const requireTree = tree.kind === 'map' ? tree.entries.get('require')?.value : undefined
  const each = eachTree === undefined ? null : readSourcePath(eachTree, `each of ${target}`, reading)
  if (each === undefined) return undefined
  const inside: Placing = { reading: { ...reading, inItem: reading.inItem || each !== null }, fields: placing.fields }
  const node = readNode(withoutItemKeys(tree), target, inside)
  placing.fields = inside.fields
  if (node === undefined || node.kind === 'list') return undefined
  const require =
    requireTree === undefined ? essentialOf(node, listName) : readRequire(requireTree, node, target, reading)
  return { target, each, require, node }
}

function withoutItemKeys(tree: Tree): Tree {
  if (tree.kind !== 'map') return tree
  return { ...tree, entries: new Map([...tree.entries].filter(([name]) => !ITEM_KEYS.has(name))) }
}

function essentialOf(node: ObjectNode | FieldNode, listName: string): readonly string[] | null {
  const essential =
    node.kind === 'object' ? ESSENTIAL_MEMBERS[listName]?.filter((name) => node.members.has(name)) : undefined
  return essential === undefined || essential.length === 0 ? null : essential
}

function readRequire(tree: Tree, node: ObjectNode | FieldNode, target: string, reading: Reading): readonly string[] {
  const members = node.kind === 'object' ? [...node.members.keys()] : []
  const names = (tree.kind === 'list' ? tree.items : [tree]).flatMap((item) => {
    const name = readText(item, `require of ${target}`, reading)
    if (name === undefined || members.includes(name)) return name ?? []
    reading.problems.addUnknown('mapping.value.unknown', `The member of ${target},`, name, members, item.position)
    return []
  })
  return names
}

/** Puts a node where its path says, making the objects and lists on the way. */
function place(root: ObjectNode, path: Path, node: TargetNode, prefix: string, entry: Entry, placing: Placing): void {
  let object = root
  for (let depth = 0; depth < path.length; depth++) {
    const name = String(path[depth])
    const index = path[depth + 1]
    const here = join(prefix, path.slice(0, depth + 1))
    const last = depth === path.length - 1
    const existing = object.members.get(name)
    if (typeof index === 'number') {
      const list: TargetNode = existing ?? { kind: 'list', target: here, items: [] }
      const next =
        list.kind === 'list' && indexedItem(list, index, here, name, depth + 2 === path.length ? node : undefined)
      if (!next || list.kind !== 'list') return twice(here, entry, placing)
      object.members.set(name, list)
      if (depth + 2 === path.length) return
      object = next
      depth++
    } else if (last) {
      if (existing === undefined) object.members.set(name, node)
      else if (existing.kind === 'object' && node.kind === 'object') mergeObjects(existing, node, here, entry, placing)
      else twice(here, entry, placing)
      return
    } else {
      if (existing !== undefined && existing.kind !== 'object') return twice(here, entry, placing)
      const next: ObjectNode = existing ?? { kind: 'object', members: new Map() }
      object.members.set(name, next)
      object = next
    }
  }
}

function mergeObjects(into: ObjectNode, from: ObjectNode, target: string, entry: Entry, placing: Placing): void {
  for (const [name, member] of from.members) place(into, [name], member, target, entry, placing)
}

/** The item that `emails[0].` leads to; false when something else is there. */
function indexedItem(
  list: ListNode,
  index: number,
  target: string,
  name: string,
  whole: TargetNode | undefined,
): ObjectNode | false {
  const itemTarget = `${target}[${index}]`
  const existing = list.items.find((item) => item.target === itemTarget)
  if (whole !== undefined || existing?.node.kind === 'field') {
    if (existing !== undefined || whole === undefined || whole.kind === 'list') return false
    list.items.push({ target: itemTarget, each: null, require: null, node: whole })
    sortItems(list)
    return { kind: 'object', members: new Map() }
  }
  if (existing !== undefined) return existing.each === null ? existing.node : false
  const node: ObjectNode = { kind: 'object', members: new Map() }
  list.items.push({ target: itemTarget, each: null, require: ESSENTIAL_MEMBERS[name] ?? null, node })
  sortItems(list)
  return node
}

const indexOf = (item: ListItem): number => Number(/\[(\d+)\]$/.exec(item.target)?.[1] ?? 0)

function sortItems(list: ListNode): void {
  list.items.sort((a, b) => indexOf(a) - indexOf(b))
}

function twice(target: string, entry: Entry, placing: Placing): void {
  placing.reading.problems.add({
    code: 'mapping.target.duplicate',
    message: `The target ${target} is set twice, or once as a value and once as a group (${shown(entry.value)}).`,
    fix: 'Keep one of them.',
    position: entry.keyPosition,
  })
}
