import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { isJsonObject } from '../../contracts/json.ts'
import { textOf, UNPARSABLE } from '../conversions/conversion.ts'
import type { ScopedPath } from '../conversions/conversion.ts'
import { readPath } from '../conversions/scope.ts'
import { fieldsOf } from '../document/document.ts'
import type { FieldNode, ListItem, ListNode, MappingDocument, ObjectNode } from '../document/document.ts'
import { formatPath } from '../document/path.ts'
import type { Path } from '../document/path.ts'
import { fieldValue, traceField } from './interpret.ts'
import { copyJson } from './values.ts'

export interface NotInverted {
  /** Target path. */
  target: string
  reason: string
}

export interface InverseResult {
  /** Native fields to set, by the record's top-level names; only those whose value changes. */
  fields: JsonObject
  /** Changes that have no way back; the others are in `fields`. */
  notInverted: NotInverted[]
  /** Target paths that weren't asked for and read otherwise once `fields` are set: they come from the same source fields. */
  alsoChanged: string[]
}

/** A change asked of one field; null clears it. */
interface Want {
  field: FieldNode
  value: Json
}

/** Target paths that can never be written back, with the reason, for editors and documentation. */
export function irreversibleTargets(document: MappingDocument): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>()
  markRepeated(document.root, reasons)
  for (const field of fieldsOf(document.root)) {
    const reason = irreversible(field)
    if (reason !== null && !reasons.has(field.target)) reasons.set(field.target, reason)
  }
  return reasons
}

const REPEATED = 'it comes from a repeated source list'

function markRepeated(node: ObjectNode | ListNode | FieldNode, reasons: Map<string, string>): void {
  if (node.kind === 'object') for (const member of node.members.values()) markRepeated(member, reasons)
  if (node.kind !== 'list') return
  for (const item of node.items) {
    if (item.each === null) markRepeated(item.node, reasons)
    else for (const field of fieldsOf(item.node)) reasons.set(field.target, REPEATED)
  }
}

function irreversible(field: FieldNode): string | null {
  if (field.source.kind === 'expression') return 'it is the result of an expression'
  if (field.source.kind === 'constant') return 'it is a constant'
  const step = field.steps.find((one) => one.inverse === null)
  return step === undefined
    ? null
    : `the conversion ${step.name} has no inverse: ${step.irreversible ?? 'it loses what it was made of'}`
}

/**
 * Works on a copy of the record: each wanted value goes back through its conversions, is put into the copy, and counts
 * only if the mapping then reads it from there again. So no rule about what is lossy needs to be trusted.
 */
export function invertMapping(
  document: MappingDocument,
  changes: JsonObject,
  current: JsonObject | null,
): InverseResult {
  const notInverted: NotInverted[] = []
  const copied = current === null ? {} : copyJson(current)
  if (!isJsonObject(changes) || copied === UNPARSABLE || !isJsonObject(copied)) {
    return {
      fields: {},
      notInverted: [{ target: '', reason: 'the record or the change is not plain JSON' }],
      alsoChanged: [],
    }
  }
  const wants = collectWants(document.root, changes, notInverted)
  const record: JsonObject = copied
  let open = wants
  // Parts of one source field may depend on each other's order, so what fails is tried once more after the others.
  for (let round = 0; round < 2; round++) {
    const failed = open.filter((want) => invertWant(want, wants, record, document) !== null)
    open = failed
  }
  for (const want of open) {
    const reason = invertWant(want, wants, record, document)
    if (reason !== null) notInverted.push({ target: want.field.target, reason })
  }
  // A later change of the same source field may have undone an earlier one.
  for (const want of wants) {
    const told = notInverted.some((one) => one.target === want.field.target)
    if (!told && !holds(want, record))
      notInverted.push({ target: want.field.target, reason: 'another change needs the same source field' })
  }
  return {
    fields: changedFields(record, current ?? {}),
    notInverted,
    alsoChanged: alsoChanged(document, wants, record, current ?? {}),
  }
}

function changedFields(record: JsonObject, current: JsonObject): JsonObject {
  const fields: JsonObject = {}
  for (const name of Object.keys(record)) {
    const value = record[name]
    if (value !== undefined && !(Object.hasOwn(current, name) && isDeepStrictEqual(value, current[name])))
      fields[name] = value
  }
  return fields
}

function alsoChanged(
  document: MappingDocument,
  wants: readonly Want[],
  record: JsonObject,
  current: JsonObject,
): string[] {
  const wanted = new Set(wants.map((want) => want.field))
  const targets: string[] = []
  for (const field of fieldsOf(document.root)) {
    if (wanted.has(field) || Object.keys(current).length === 0) continue
    const before = fieldValue(field, current, current)
    if (!isDeepStrictEqual(before, fieldValue(field, record, record))) targets.push(field.target)
  }
  return targets
}

const holds = (want: Want, record: JsonObject): boolean =>
  isDeepStrictEqual(fieldValue(want.field, record, record) ?? null, want.value)

function collectWants(node: ObjectNode, changes: JsonObject, notInverted: NotInverted[], prefix = ''): Want[] {
  const wants: Want[] = []
  for (const [name, value] of Object.entries(changes)) {
    const target = prefix === '' ? formatPath([name]) : `${prefix}.${formatPath([name])}`
    const member = node.members.get(name)
    if (member === undefined) notInverted.push({ target, reason: 'the mapping has no field for it' })
    else if (member.kind === 'field') wants.push({ field: member, value })
    else if (member.kind === 'list') wants.push(...listWants(member, value, notInverted))
    else if (isJsonObject(value)) wants.push(...collectWants(member, value, notInverted, target))
    else if (value === null) wants.push(...clearing(member))
    else notInverted.push({ target, reason: 'it must be an object' })
  }
  return wants
}

/** Clears everything below a node that can be cleared; constants go with their group. */
function clearing(node: ObjectNode | FieldNode): Want[] {
  return [...fieldsOf(node)]
    .filter((field) => field.source.kind !== 'constant')
    .map((field) => ({ field, value: null }))
}

/** A list is given whole: its items find their places by the constants of the items (purpose: home), else by order. */
function listWants(list: ListNode, value: Json, notInverted: NotInverted[]): Want[] {
  if (value !== null && !Array.isArray(value)) {
    notInverted.push({ target: list.target, reason: 'it must be a list' })
    return []
  }
  if (list.items.some((item) => item.each !== null)) {
    notInverted.push({ target: list.target, reason: REPEATED })
    return []
  }
  const left = [...(value ?? [])]
  const wants: Want[] = []
  for (const item of list.items) {
    const at = left.findIndex((one) => suits(item, one))
    const found = at < 0 ? undefined : left.splice(at, 1)[0]
    if (found === undefined) wants.push(...clearing(item.node))
    else wants.push(...itemWants(item, found, notInverted))
  }
  for (const extra of left) {
    const what = isJsonObject(extra) && typeof extra['purpose'] === 'string' ? ' of this purpose' : ''
    notInverted.push({ target: list.target, reason: `the system has no place for another item${what}` })
  }
  return wants
}

function suits(item: ListItem, value: Json): boolean {
  if (item.node.kind === 'field') return !isJsonObject(value)
  if (!isJsonObject(value)) return false
  for (const [name, member] of item.node.members) {
    const constant = member.kind === 'field' && member.source.kind === 'constant' ? member.source.value : undefined
    if (constant !== undefined && Object.hasOwn(value, name) && !isDeepStrictEqual(value[name], constant)) return false
  }
  return true
}

function itemWants(item: ListItem, value: Json, notInverted: NotInverted[]): Want[] {
  if (item.node.kind === 'field') return [{ field: item.node, value }]
  if (!isJsonObject(value)) return []
  const whole: JsonObject = {}
  for (const [name, member] of item.node.members) {
    if (member.kind !== 'field' || member.source.kind !== 'constant') whole[name] = null
  }
  for (const [name, one] of Object.entries(value))
    if (whole[name] !== undefined || !item.node.members.has(name)) whole[name] = one
  return collectWants(item.node, whole, notInverted, item.target)
}

/** Null: done, or nothing to do. Otherwise why not; the record is then as it was. */
function invertWant(want: Want, wants: readonly Want[], record: JsonObject, document: MappingDocument): string | null {
  const { field, value } = want
  if (holds(want, record)) return null
  const never = irreversible(field)
  if (never !== null) return never
  const { source } = field
  const paths: readonly ScopedPath[] =
    source.kind === 'path'
      ? [source.from]
      : source.kind === 'ref'
        ? source.key
        : source.kind === 'paths'
          ? source.from
          : []
  if (value === null) return clear(field, paths, wants, record, document)
  const native = nativeValue(field, value, record)
  if (native === UNPARSABLE) return 'this value has no counterpart in the system'
  const parts: Json[] | null = source.kind === 'path' ? [native] : partsOf(native, paths.length, source.kind)
  if (parts?.length !== paths.length) return `the value does not fall into the ${paths.length} fields it is made of`
  const before = paths.map((from) => readPath(from.path, record))
  const beside = setBeside(field, value, record)
  for (const [index, from] of paths.entries()) {
    if (!writePath(record, from.path, likeBefore(parts[index] ?? null, before[index])))
      return `${formatPath(from.path)} has no place in the record`
  }
  if (holds(want, record)) return null
  paths.forEach((from, index) => writePath(record, from.path, before[index]))
  for (const from of beside) writePath(record, from.path, undefined)
  return 'the system would not give this value back as it is'
}

/** Sets what conversions look at beside their value, where the record has nothing there; answers what it has set. */
function setBeside({ steps }: FieldNode, value: Json, record: JsonObject): ScopedPath[] {
  return steps.flatMap((step) =>
    (step.beside?.(value) ?? []).flatMap(({ from, value: other }) => {
      const isThere = from.scope === 'item' || (readPath(from.path, record) ?? null) !== null
      return !isThere && writePath(record, from.path, other) ? [from] : []
    }),
  )
}

function clear(
  field: FieldNode,
  paths: readonly ScopedPath[],
  wants: readonly Want[],
  record: JsonObject,
  document: MappingDocument,
): string | null {
  const names = new Set(paths.map((from) => formatPath(from.path)))
  for (const other of fieldsOf(document.root)) {
    if (other === field || other.source.kind !== 'path' || !names.has(formatPath(other.source.from.path))) continue
    const cleared = wants.some((want) => want.field === other && want.value === null)
    if (!cleared && fieldValue(other, record, record) !== undefined)
      return `${other.target} comes from the same source field and stays`
  }
  for (const from of paths) {
    if (readPath(from.path, record) !== undefined && !writePath(record, from.path, null))
      return 'it has no place in the record'
  }
  return fieldValue(field, record, record) === undefined ? null : 'it has a default and cannot be cleared'
}

/** Back through the conversions, last first. */
function nativeValue(field: FieldNode, value: Json, record: JsonObject): Json | typeof UNPARSABLE {
  const { inputs } = traceField(field, record, record)
  let native: Json = value
  if (field.source.kind === 'ref') {
    if (!isJsonObject(value) || value['entity'] !== field.source.entity || value['key'] === undefined) return UNPARSABLE
    native = value['key']
  }
  for (let index = field.steps.length - 1; index >= 0; index--) {
    const earlier = field.steps[index]?.inverse?.(native, inputs[index], { record, item: record })
    if (earlier === undefined || earlier === UNPARSABLE) return UNPARSABLE
    native = earlier
  }
  return native
}

function partsOf(native: Json, count: number, kind: 'ref' | 'paths' | 'constant' | 'expression'): Json[] | null {
  if (kind === 'paths') return Array.isArray(native) ? native : null
  if (typeof native !== 'string') return null
  if (count === 1) return [native]
  return native.split(':').map((part) => part.replaceAll('%3A', ':').replaceAll('%25', '%'))
}

/** Text goes back as a number where the system has a number there and nothing is lost. */
function likeBefore(value: Json, before: Json | undefined): Json {
  if (typeof before !== 'number' || typeof value !== 'string') return value
  const number = Number(value)
  return textOf(number) === value ? number : value
}

/** Sets (undefined: removes) the value at a path of the record, making objects on the way; false where it can't. */
function writePath(record: JsonObject, path: Path, value: Json | undefined): boolean {
  let holder: Json[] | JsonObject = record
  for (const [depth, segment] of path.entries()) {
    const isLast = depth === path.length - 1
    const existing: Json | undefined = readPath([segment], holder)
    if (isLast) return assign(holder, segment, value)
    if (existing !== undefined && existing !== null && typeof existing !== 'object') return false
    if (existing !== undefined && existing !== null) {
      holder = existing
      continue
    }
    const made: Json[] | JsonObject = typeof path[depth + 1] === 'number' ? [] : {}
    if (!assign(holder, segment, made)) return false
    holder = made
  }
  return false
}

function assign(holder: Json[] | JsonObject, segment: string | number, value: Json | undefined): boolean {
  if (Array.isArray(holder)) {
    if (typeof segment !== 'number' || segment > holder.length) return false
    if (value === undefined) holder.splice(segment, 1)
    else holder[segment] = value
    return true
  }
  if (typeof segment === 'number') return false
  if (value === undefined) Reflect.deleteProperty(holder, segment)
  else Object.defineProperty(holder, segment, { value, writable: true, enumerable: true, configurable: true })
  return true
}
