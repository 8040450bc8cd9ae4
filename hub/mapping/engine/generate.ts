import type { Json, JsonObject } from '../../contracts/json.ts'
import { UNPARSABLE } from '../conversions/conversion.ts'
import type { ScopedPath } from '../conversions/conversion.ts'
import type { FieldNode, ListItem, ListNode, MappingDocument, ObjectNode, TargetNode } from '../document/document.ts'
import { absentProblem, emptyProblem, unparsableProblem } from './problem.ts'
import type { MappingProblem } from './problem.ts'
import { attributeName, rawAttribute } from './raw-attributes.ts'
import { copyJson, itemsOf, readPath, sourceReader } from './runtime.ts'

/**
 * Makes one JavaScript function of a mapping: straight code whose property names are literals, so that the engine's
 * inline caches work, and that makes no object but the result. Measured against closures in bench/mapping.ts.
 *
 * Every text from the mapping enters the code through `literal`, that is JSON.stringify, and only as a property name;
 * values, tables, conversions and messages are handed over as arguments. So there is nothing to break out of.
 */
export interface Generated {
  code: string
  names: string[]
  values: unknown[]
}

/** Gives the document, or adds to `errors`. */
export type Run = (record: JsonObject, errors: MappingProblem[]) => JsonObject

export function generate(document: MappingDocument): Generated {
  const writer = new Writer()
  writer.line('const d = {};')
  writer.line('let v, raw;')
  if (usesAttributes(document.root)) writer.line('let attributes;')
  writeMembers(writer, document.root, { object: 'd', item: 'r', found: null, top: true })
  if (usesAttributes(document.root)) {
    // What the mapping itself puts into attributes counts more than what was kept.
    writer.line('if (attributes !== undefined) d.attributes = Object.assign(attributes, d.attributes);')
  }
  writer.line('return d;')
  return {
    code: `"use strict"; return function mapRecord(r, errors) {\n${writer.text()}\n}`,
    names: writer.names,
    values: writer.values,
  }
}

/** Compiles what `generate` made. */
export function instantiate(generated: Generated): Run {
  const make = new Function(...generated.names, generated.code) as (...values: unknown[]) => Run
  return make(...generated.values)
}

const literal = (text: string | number): string => JSON.stringify(text)

function usesAttributes(node: TargetNode): boolean {
  if (node.kind === 'field') return node.unparsable === 'keep-raw-in-attributes'
  if (node.kind === 'object') return [...node.members.values()].some(usesAttributes)
  return node.items.some((item) => usesAttributes(item.node))
}

/** Where the code being written stands. */
interface Place {
  /** Variable of the object that gets the members. */
  object: string
  /** Variable of the source item; `r`, the record, outside repeated lists. */
  item: string
  /** Variable to set when a value of the source was found; null where nobody asks. */
  found: string | null
  top: boolean
}

class Writer {
  readonly names: string[] = []
  readonly values: unknown[] = []
  private readonly lines: string[] = []
  private readonly known = new Map<unknown, string>()
  private count = 0

  line(text: string): void {
    this.lines.push(text)
  }

  text(): string {
    return this.lines.join('\n')
  }

  variable(prefix: string): string {
    return `${prefix}${this.count++}`
  }

  /** Hands a value over to the code: the name by which it's known there. */
  constant(value: unknown, prefix: string): string {
    const existing = this.known.get(value)
    if (existing !== undefined) return existing
    const name = this.variable(prefix)
    this.names.push(name)
    this.values.push(value)
    this.known.set(value, name)
    return name
  }
}

function writeMembers(writer: Writer, object: ObjectNode, place: Place): void {
  for (const [name, node] of object.members) {
    if (node.kind === 'field')
      writeField(writer, node, place, (value) => `${place.object}[${literal(name)}] = ${value};`)
    else if (node.kind === 'list') writeList(writer, node, name, place)
    else writeObject(writer, node, name, place)
  }
}

/** A nested object appears in the result only when one of its members does. */
function writeObject(writer: Writer, node: ObjectNode, name: string, place: Place): void {
  const inner = writer.variable('o')
  writer.line(`let ${inner};`)
  for (const [member, child] of node.members) {
    if (child.kind === 'field') {
      writeField(writer, child, place, (value) => `(${inner} ??= {})[${literal(member)}] = ${value};`)
      continue
    }
    const holder = writer.variable('h')
    writer.line(`const ${holder} = {};`)
    const within = { ...place, object: holder }
    if (child.kind === 'list') writeList(writer, child, member, within)
    else writeObject(writer, child, member, within)
    writer.line(
      `if (${holder}[${literal(member)}] !== undefined) (${inner} ??= {})[${literal(member)}] = ${holder}[${literal(member)}];`,
    )
  }
  writer.line(`if (${inner} !== undefined) ${place.object}[${literal(name)}] = ${inner};`)
}

function writeList(writer: Writer, list: ListNode, name: string, place: Place): void {
  const items = writer.variable('l')
  writer.line(`let ${items};`)
  for (const item of list.items) {
    if (item.each === null) {
      writer.line('{')
      writeItem(writer, item, items, place)
      writer.line('}')
    } else {
      const one = writer.variable('i')
      writer.line(`for (const ${one} of ${writer.constant(itemsOf, 'f')}(${readAny(writer, item.each, place)})) {`)
      writeItem(writer, item, items, { ...place, item: one })
      writer.line('}')
    }
  }
  writer.line(`if (${items} !== undefined) ${place.object}[${literal(name)}] = ${items};`)
  if (place.found !== null) writer.line(`if (${items} !== undefined) ${place.found} = true;`)
}

function writeItem(writer: Writer, item: ListItem, items: string, place: Place): void {
  const { node } = item
  if (node.kind === 'field') {
    writeField(writer, node, { ...place, found: null, top: false }, (value) => `(${items} ??= []).push(${value});`)
    return
  }
  const object = writer.variable('o')
  const found = item.require === null ? writer.variable('q') : null
  writer.line(`const ${object} = {};`)
  if (found !== null) writer.line(`let ${found} = false;`)
  writeMembers(writer, node, { object, item: place.item, found, top: false })
  // An item of constants only is wanted as it stands.
  const condition =
    item.require !== null
      ? item.require.map((member) => `${object}[${literal(member)}] !== undefined`).join(' && ') || 'true'
      : constantOnly(node)
        ? 'true'
        : found
  writer.line(`if (${condition}) (${items} ??= []).push(${object});`)
}

function constantOnly(node: TargetNode): boolean {
  if (node.kind === 'field') return node.source.kind === 'constant'
  if (node.kind === 'object') return [...node.members.values()].every(constantOnly)
  return node.items.every((item) => constantOnly(item.node))
}

/** Names that every object has by inheritance; reading them needs a look whether the record has them itself. */
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype))

/** An expression that reads a path. One step from the record is read in place, longer paths step by step. */
function readAny(writer: Writer, from: ScopedPath, place: Place): string {
  const root = from.scope === 'item' ? place.item : 'r'
  const [first] = from.path
  if (root === 'r' && from.path.length === 1 && typeof first === 'string' && !INHERITED.has(first))
    return `r[${literal(first)}]`
  return `${writer.constant(readPath, 'f')}(${writer.constant(from.path, 'p')}, ${root})`
}

/** Sets `v` to the value of a path; nested paths as straight code, each step looking at what it steps into. */
function writeRead(writer: Writer, from: ScopedPath, place: Place): void {
  const plain = from.path.every((segment) => typeof segment === 'number' || !INHERITED.has(segment))
  if (!plain || from.path.length === 0) {
    writer.line(`v = ${readAny(writer, from, place)};`)
    return
  }
  writer.line(`v = ${from.scope === 'item' ? place.item : 'r'};`)
  from.path.forEach((segment, index) => {
    const checked = index > 0 || from.scope === 'item'
    if (typeof segment === 'number') writer.line(`v = Array.isArray(v) ? v[${literal(segment)}] : undefined;`)
    else if (!checked) writer.line(`v = v[${literal(segment)}];`)
    else
      writer.line(`v = typeof v === "object" && v !== null && !Array.isArray(v) ? v[${literal(segment)}] : undefined;`)
  })
}

type Assign = (value: string) => string

function writeField(writer: Writer, field: FieldNode, place: Place, assign: Assign): void {
  const found: Assign = (value) =>
    place.found === null ? assign(value) : `{ ${assign(value)} ${place.found} = true; }`
  if (field.source.kind === 'constant' && field.steps.length === 0) {
    const { value } = field.source
    const handed = writer.constant(value, 'k')
    writer.line(assign(typeof value === 'object' ? `${writer.constant(copyJson, 'f')}(${handed})` : handed))
    return
  }
  const label = writer.variable('field')
  const out: Outcomes = {
    absent: `{ ${absentAction(writer, field, assign)} break ${label}; }`,
    empty: emptyAction(writer, field, found, assign, label),
    unparsable: (step) => `{ ${unparsableAction(writer, field, step)} break ${label}; }`,
  }
  writer.line(`${label}: {`)
  writeSource(writer, field, place, out)
  field.steps.forEach((_, index) => {
    writeStep(writer, field, index, place, out)
  })
  writer.line(found(resultOf(writer, field)))
  writer.line('}')
}

interface Outcomes {
  absent: string
  empty: string
  unparsable(step: number | undefined): string
}

function writeSource(writer: Writer, field: FieldNode, place: Place, out: Outcomes): void {
  const unparsable = writer.constant(UNPARSABLE, 'u')
  if (field.source.kind === 'path') writeRead(writer, field.source.from, place)
  else writer.line(`v = ${writer.constant(sourceReader(field), 's')}(r, ${place.item});`)
  if (field.source.kind !== 'path') writer.line(`if (v === ${unparsable}) ${out.unparsable(undefined)}`)
  if (field.unparsable === 'keep-raw-in-attributes') writer.line('raw = v;')
  writer.line('if (typeof v === "string") {')
  if (field.keepSpaces) writer.line(`if (v.trim() === "") ${out.empty}`)
  else writer.line(`v = v.trim(); if (v === "") ${out.empty}`)
  writer.line(`} else if (v === undefined || v === null) ${out.absent}`)
  if (field.absentWhen !== null) {
    writer.line(
      `if (${writer.constant(field.absentWhen, 'w')}.has(typeof v === "number" ? String(v) : v)) ${out.absent}`,
    )
  }
  if (field.steps.length === 0) {
    writer.line(
      `if (typeof v === "object" || typeof v === "number") { v = ${writer.constant(copyJson, 'f')}(v); if (v === ${unparsable}) ${out.unparsable(undefined)} }`,
    )
  }
}

function writeStep(writer: Writer, field: FieldNode, index: number, place: Place, out: Outcomes): void {
  const step = field.steps[index]
  if (step === undefined) return
  const unparsable = writer.constant(UNPARSABLE, 'u')
  const { run } = step
  const call = `v = ${writer.constant(run, 'c')}(v, r, ${place.item});`
  if (step.inline === undefined) writer.line(call)
  else writer.line(`if (typeof v === "string") v = ${step.inline('v')}; else ${call}`)
  writer.line(
    `if (typeof v !== "string") { if (v === ${unparsable}) ${out.unparsable(index)} if (v === undefined || v === null) ${out.absent} }`,
  )
  writer.line(`else if (v === "") ${out.empty}`)
}

function resultOf(writer: Writer, field: FieldNode): string {
  const { source } = field
  if (source.kind !== 'ref') return 'v'
  const system = source.system === null ? '' : `system: ${writer.constant(source.system, 'k')}, `
  return `{ ${system}entity: ${writer.constant(source.entity, 'k')}, key: typeof v === "string" ? v : String(v) }`
}

function absentAction(writer: Writer, field: FieldNode, assign: Assign): string {
  if (field.absent === 'error') return `errors.push(${writer.constant(absentProblem(field), 'e')});`
  if (field.absent === 'default') return assign(defaultOf(writer, field.default ?? null))
  return ''
}

function defaultOf(writer: Writer, value: Json): string {
  const handed = writer.constant(value, 'k')
  return typeof value === 'object' ? `${writer.constant(copyJson, 'f')}(${handed})` : handed
}

function emptyAction(writer: Writer, field: FieldNode, found: Assign, assign: Assign, label: string): string {
  if (field.empty === 'error') return `{ errors.push(${writer.constant(emptyProblem(field), 'e')}); break ${label}; }`
  if (field.empty === 'keep') return `{ ${found('""')} break ${label}; }`
  return `{ ${absentAction(writer, field, assign)} break ${label}; }`
}

function unparsableAction(writer: Writer, field: FieldNode, step: number | undefined): string {
  if (field.unparsable === 'error') return `errors.push(${writer.constant(unparsableProblem(field, step), 'e')});`
  if (field.unparsable === 'omit') return ''
  const keep = writer.constant(rawAttribute, 'f')
  return `raw = ${keep}(raw); if (raw !== undefined) (attributes ??= {})[${literal(attributeName(field))}] = raw;`
}
