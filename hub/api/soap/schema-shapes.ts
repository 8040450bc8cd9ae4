import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import { typeName, xmlName } from './names.ts'
import {
  ANY,
  ANY_OBJECT,
  type Facets,
  type Member,
  type ObjectShape,
  type Shape,
  type Slot,
  type TextShape,
} from './shape.ts'

const COMPONENT = '#/components/schemas/'
const NO_FACETS: Facets = {}
const UUID = '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}'

/** `merge patch`: every member may be left out or null, objects are patched member by member, lists replaced whole. */
type Form = 'whole' | 'patch'

/** The name of the component that a schema refers to; undefined: it is no reference. */
export function componentOf(schema: JsonObject): string | undefined {
  const reference = schema['$ref']
  return typeof reference === 'string' && reference.startsWith(COMPONENT)
    ? reference.slice(COMPONENT.length)
    : undefined
}

/** Makes shapes of the schemas of one service, and keeps the types that have names. */
export class SchemaShapes {
  readonly #components: Readonly<Record<string, JsonObject>>
  /** By name of the type; in the order in which they were met, which is the same for the same operations. */
  readonly types = new Map<string, ObjectShape>()
  readonly #reading = new Set<string>()

  constructor(components: Readonly<Record<string, JsonObject>>) {
    this.#components = components
  }

  /** The place for values of a schema. Throws an Error for a reference that leads nowhere. */
  slotOf(schema: JsonObject, form: Form = 'whole'): Slot {
    const { bare, nillable } = withoutNull(schema)
    const target = this.#components[componentOf(bare) ?? '']
    if (target !== undefined) {
      const inner = withoutNull(target)
      // Types are named for objects and texts; a list or null that has a name is what it would be without one.
      if (inner.nillable || inner.bare['type'] === 'array') {
        const slot = this.slotOf(target, form)
        return { ...slot, nillable: slot.nillable || nillable }
      }
    }
    if (bare['type'] === 'array') {
      const items = isJsonObject(bare['items'] ?? null) ? (bare['items'] as JsonObject) : {}
      const item = this.slotOf(items)
      // A list in a list has no element of its own to be repeated in.
      return { shape: item.repeated ? ANY : item.shape, repeated: true, nillable }
    }
    return { shape: this.#shapeOf(bare, form), repeated: false, nillable }
  }

  /** The members that an object schema declares, as they are for one that stands by itself. */
  objectOf(schema: JsonObject, form: Form = 'whole'): ObjectShape | undefined {
    const { shape, repeated } = this.slotOf(schema, form)
    return shape.kind === 'object' && !repeated ? shape : undefined
  }

  #shapeOf(schema: JsonObject, form: Form): Shape {
    const component = componentOf(schema)
    if (component !== undefined) return this.#named(component, form)
    const { allOf, anyOf, oneOf } = schema
    const parts = Array.isArray(allOf) ? allOf.filter(isJsonObject) : []
    if (parts.length > 0)
      return this.#together([...(hasOwnForm(schema) ? [without(schema, 'allOf')] : []), ...parts], form)
    const ways = [anyOf, oneOf].find(Array.isArray)
    // Alternatives beside members say which of them must be there: the operation itself checks that.
    if (ways !== undefined && !hasOwnForm(schema)) return this.#either(ways.filter(isJsonObject), form)
    return this.#plain(schema, form)
  }

  #plain(schema: JsonObject, form: Form): Shape {
    const choices = choicesOf(schema)
    if (choices !== undefined) return { kind: 'text', base: 'string', facets: { enumeration: choices } }
    const { type, properties } = schema
    if (type === 'string') return textShape(schema)
    if (type === 'integer' || type === 'number') return { kind: type, facets: boundsOf(schema) }
    if (type === 'boolean') return { kind: 'boolean' }
    if (isJsonObject(properties ?? null)) return this.#object(schema, form)
    if (type !== 'object') return ANY
    const { additionalProperties: more } = schema
    if (more === false) return { kind: 'object', members: [], open: false }
    if (!isJsonObject(more ?? null)) return ANY_OBJECT
    const value = this.slotOf(more as JsonObject)
    return { kind: 'map', value: { ...value, nillable: value.nillable || form === 'patch' } }
  }

  #object(schema: JsonObject, form: Form): ObjectShape {
    const shape: ObjectShape = { kind: 'object', members: [], open: isOpen(schema) && form === 'whole' }
    const required = Array.isArray(schema['required']) ? schema['required'] : []
    for (const [name, member] of Object.entries(schema['properties'] as JsonObject)) {
      if (isJsonObject(member)) shape.members.push(this.#member(name, member, required.includes(name), form))
    }
    return shape
  }

  #member(name: string, schema: JsonObject, required: boolean, form: Form): Member {
    const slot = this.slotOf(schema, form)
    const text = schema['description']
    return {
      ...slot,
      name,
      element: xmlName(name),
      required: required && form === 'whole' && !slot.repeated,
      nillable: slot.nillable || form === 'patch',
      ...(typeof text === 'string' ? { text } : {}),
    }
  }

  #named(component: string, form: Form): Shape {
    const schema = this.#components[component]
    if (schema === undefined) throw new Error(`There is no schema named ${component}.`)
    const type = typeOf(component, form)
    const known = this.types.get(type)
    if (known !== undefined) return known
    if (this.#reading.has(type)) return this.#whole(type)
    this.#reading.add(type)
    const shape = this.#shapeOf(schema, form)
    this.#reading.delete(type)
    if (shape.kind === 'text' && Object.keys(shape.facets).length > 0)
      return { ...shape, type: typeOf(component, 'whole') }
    if (shape.kind !== 'object') return shape
    const named = this.#whole(type)
    // In a record that is read, a value that the caller's role does not see is nil, also where the schema wants one.
    const members = shape.members.map((member) => ({ ...member, nillable: member.nillable || member.required }))
    return Object.assign(named, { members, open: shape.open })
  }

  /** The type of that name, which is filled in when its schema has been read: it may hold itself. */
  #whole(type: string): ObjectShape {
    const known = this.types.get(type)
    if (known !== undefined) return known
    const shape: ObjectShape = { kind: 'object', type, members: [], open: false }
    this.types.set(type, shape)
    return shape
  }

  /** All of them hold: an object has the members of all. */
  #together(parts: readonly JsonObject[], form: Form): Shape {
    const shapes = parts.map((part) => this.#shapeOf(withoutNull(part).bare, form))
    const objects = shapes.filter((shape) => shape.kind === 'object')
    if (objects.length === 0) return shapes[0] ?? ANY
    return { kind: 'object', members: merged(objects), open: objects.some(({ open }) => open) }
  }

  /** One of them holds: an object may have the members of any, and must have those that all want. */
  #either(ways: readonly JsonObject[], form: Form): Shape {
    const shapes = ways.map((way) => this.#shapeOf(withoutNull(way).bare, form))
    const [first] = shapes
    if (shapes.length === 1 && first !== undefined) return first
    const objects = shapes.filter((shape) => shape.kind === 'object')
    if (objects.length === 0 || objects.length < shapes.length) return ANY
    const members = merged(objects).map((member) => ({
      ...member,
      required: objects.every((object) =>
        object.members.some(({ name, required }) => required && name === member.name),
      ),
    }))
    return { kind: 'object', members, open: objects.some(({ open }) => open) }
  }
}

/** `customer` -> `Customer`, `customer.contribution` -> `CustomerData`, both as merge patches `CustomerPatch`. */
function typeOf(component: string, form: Form): string {
  const [, record] = /^(.*)\.contribution$/.exec(component) ?? []
  if (form === 'patch') return `${typeName(record ?? component)}Patch`
  return record === undefined ? typeName(component) : `${typeName(record)}Data`
}

/** Each name once. Where two say different things of one name, the later is the closer description. */
function merged(objects: readonly ObjectShape[]): Member[] {
  const members = new Map<string, Member>()
  for (const object of objects) for (const member of object.members) members.set(member.name, member)
  return [...members.values()]
}

function without(schema: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([each]) => each !== name))
}

function hasOwnForm(schema: JsonObject): boolean {
  return isJsonObject(schema['properties'] ?? null)
}

function isOpen({ additionalProperties, unevaluatedProperties }: JsonObject): boolean {
  return additionalProperties !== false && unevaluatedProperties !== false
}

/** `type: [string, null]`, or an alternative that is null: the schema without it. */
function withoutNull(schema: JsonObject): { bare: JsonObject; nillable: boolean } {
  const { type } = schema
  if (Array.isArray(type)) {
    const others = type.filter((one) => one !== 'null')
    const nillable = others.length < type.length
    const [only = ''] = others
    // A text, a number or a boolean, whichever: only its form says which.
    const bare = others.length === 1 ? { ...schema, type: only } : without(schema, 'type')
    return { bare, nillable }
  }
  for (const name of ['oneOf', 'anyOf']) {
    const ways = schema[name]
    if (!Array.isArray(ways)) continue
    const others = ways.filter((way) => !(isJsonObject(way) && way['type'] === 'null'))
    if (others.length === ways.length) continue
    const [only] = others
    const bare = others.length === 1 && isJsonObject(only) ? only : { ...schema, [name]: others }
    return { bare, nillable: true }
  }
  return { bare: schema, nillable: type === 'null' }
}

function choicesOf(schema: JsonObject): string[] | undefined {
  const { enum: choices, const: only } = schema
  const all = Array.isArray(choices) ? choices.filter((choice) => choice !== null) : only === undefined ? [] : [only]
  return all.length > 0 && all.every((choice): choice is string => typeof choice === 'string') ? all : undefined
}

const BASES: Readonly<Record<string, TextShape['base']>> = { date: 'date', 'date-time': 'dateTime', decimal: 'decimal' }

function textShape(schema: JsonObject): TextShape {
  const { format, pattern } = schema
  const base = BASES[String(format)] ?? 'string'
  const written = format === 'uuid' ? UUID : typeof pattern === 'string' ? xsdPattern(pattern) : undefined
  const facets: Facets = {
    ...(written === undefined ? {} : { pattern: written }),
    ...(base === 'string' ? { ...numberOf(schema, 'minLength'), ...numberOf(schema, 'maxLength') } : {}),
  }
  return { kind: 'text', base, facets }
}

function boundsOf(schema: JsonObject): Facets {
  const { minimum, maximum } = schema
  if (minimum === undefined && maximum === undefined) return NO_FACETS
  return {
    ...(typeof minimum === 'number' ? { minInclusive: minimum } : {}),
    ...(typeof maximum === 'number' ? { maxInclusive: maximum } : {}),
  }
}

function numberOf(schema: JsonObject, name: 'minLength' | 'maxLength'): Facets {
  const value: Json | undefined = schema[name]
  return typeof value === 'number' ? { [name]: value } : NO_FACETS
}

/**
 * A pattern of JSON Schema as one of XSD, which is always for the whole text. Undefined for what XSD has no way to say: the
 * operation itself checks the pattern in any case.
 */
export function xsdPattern(pattern: string): string | undefined {
  const [, inner] = /^\^(.*)\$$/s.exec(pattern) ?? []
  if (inner === undefined) return undefined
  const written = inner.replaceAll('\\/', '/')
  const isPlain = /^(?:[\w ,:;@%/+*?.|{}()[\]!#=<>~"'-]|\\[\\.+*?|()[\]{}^-]|\[\^)*$/.test(written)
  const isOwn = /\(\?|[*+?}][?+]|\|\||^\||\|$/.test(written)
  return isPlain && !isOwn ? written : undefined
}
