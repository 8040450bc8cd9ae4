import { isExact } from '../../contracts/json-scan.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import type { HubError } from '../../contracts/hub-error.ts'
import { attributeOf, type XmlElement } from '../../contracts/xml.ts'
import { nearestName } from '../../mapping/document/config-error.ts'
import { ANY, ANY_OBJECT, type Member, type ObjectShape, OTHER, type Shape, type Slot, VALUE_KINDS } from './shape.ts'
import { soapError } from './soap-error.ts'

export const XSI = 'http://www.w3.org/2001/XMLSchema-instance'
const NAME_SHOWN = 60

/**
 * Reads the element of an operation's message into JSON, by member. Elements may stand in any order: clients that build
 * them from maps can not keep one, and nothing depends on it. Everything else is strict: what the schema does not have, or has
 * once and is there twice, is refused with its path, so that no value is ever dropped in silence.
 */
export function readMessage(element: XmlElement, shape: ObjectShape, namespace: string): JsonObject {
  return new MessageReader(namespace).object(element, shape, `/${element.name}`)
}

class MessageReader {
  readonly #namespace: string

  constructor(namespace: string) {
    this.#namespace = namespace
  }

  object(element: XmlElement, shape: ObjectShape, path: string): JsonObject {
    const groups = this.#childrenByName(element, shape, path)
    const entries: [string, Json][] = []
    for (const member of shape.members) {
      const found = groups.get(member.element)
      if (found !== undefined) entries.push([member.name, this.#slot(found, member, `${path}/${member.element}`)])
      else if (member.required) throw missing(`${path}/${member.element}`)
    }
    const other = shape.open ? groups.get(OTHER)?.[0] : undefined
    if (other !== undefined) entries.push(...this.#others(other, shape, `${path}/${OTHER}`))
    return Object.fromEntries(entries)
  }

  #others(element: XmlElement, shape: ObjectShape, path: string): [string, Json][] {
    const entries = Object.entries(this.#value(element, ANY_OBJECT, path) as JsonObject)
    const declared = entries.find(([name]) => shape.members.some((member) => member.name === name))
    if (declared !== undefined) throw repeated(`${path}/${shown(declared[0])}`)
    return entries
  }

  #childrenByName(
    element: XmlElement,
    shape: ObjectShape,
    path: string,
    attribute?: string,
  ): Map<string, XmlElement[]> {
    this.#checkAttributes(element, path, attribute)
    if (element.text.trim() !== '') throw invalid(path, 'must hold elements and no text')
    const known = [...shape.members.map((member) => member.element), ...(shape.open ? [OTHER] : [])]
    const groups = new Map<string, XmlElement[]>()
    for (const child of element.children) {
      if (!known.includes(child.name)) throw unknownElement(child, path, known)
      if (child.namespace !== this.#namespace) throw wrongNamespace(child, path, this.#namespace)
      const group = groups.get(child.name)
      if (group === undefined) groups.set(child.name, [child])
      else group.push(child)
    }
    return groups
  }

  #slot(elements: readonly XmlElement[], slot: Slot, path: string): Json {
    const [first] = elements
    if (first === undefined) throw missing(path)
    if (!slot.repeated) {
      if (elements.length > 1) throw repeated(path)
      return this.#nillable(first, slot, path)
    }
    // One nil element says that there is no list, as null does.
    if (elements.length === 1 && slot.nillable && isNil(first)) return this.#nillable(first, slot, path)
    return elements.map((element, at) => this.#value(element, slot.shape, `${path}[${at + 1}]`))
  }

  #nillable(element: XmlElement, { shape, nillable }: Slot, path: string): Json {
    if (!isNil(element)) return this.#value(element, shape, path)
    if (!nillable) throw invalid(path, 'can not be nil')
    if (element.children.length > 0 || element.text.trim() !== '') throw invalid(path, 'is nil and must be empty')
    return null
  }

  #value(element: XmlElement, shape: Shape, path: string): Json {
    if (shape.kind === 'object') return this.object(element, shape, path)
    if (shape.kind === 'map') return this.#map(element, shape.value, path)
    if (shape.kind === 'any') return this.#any(element, path)
    this.#checkAttributes(element, path)
    return scalar(element, shape, path)
  }

  #map(element: XmlElement, value: Slot, path: string): JsonObject {
    const content: Member = { ...value, name: 'value', element: 'value', required: !value.repeated }
    const entry: ObjectShape = { kind: 'object', open: false, members: [NAME, content] }
    const values = new Map<string, Json>()
    const all = this.#childrenByName(element, MAP, path).get('member') ?? []
    for (const [at, one] of all.entries()) {
      const read = this.object(one, entry, `${path}/member[${at + 1}]`)
      const key = String(read['name'])
      if (values.has(key)) throw repeated(`${path}/member[${at + 1}]/name`)
      values.set(key, read['value'] ?? (value.repeated ? [] : null))
    }
    // `Object.fromEntries` makes a member of any name, `__proto__` too: the operation's own guard refuses that one.
    return Object.fromEntries(values)
  }

  #any(element: XmlElement, path: string): Json {
    const groups = this.#childrenByName(element, ANY_FORMS, path, 'kind')
    const [[name, found] = [], ...others] = groups
    const [inner] = found ?? []
    if (name === undefined || inner === undefined || others.length > 0 || (found?.length ?? 0) > 1)
      throw invalid(path, `must hold just one of ${VALUE_KINDS.join(', ')}`)
    const place = `${path}/${name}`
    const kind = attributeOf(element, 'kind')
    if (kind !== undefined && kind !== name) throw invalid(path, `says that it is a ${shown(kind)} and is none`)
    if (name === 'object') return this.#map(inner, ANY_OBJECT.value, place)
    if (name === 'list') {
      const items = this.#childrenByName(inner, LIST, place).get('item') ?? []
      return items.map((item, at) => this.#any(item, `${place}/item[${at + 1}]`))
    }
    if (name === 'null') {
      if (inner.children.length > 0 || inner.text.trim() !== '') throw invalid(place, 'must be empty')
      return null
    }
    return this.#value(inner, ANY_SHAPES[name] ?? TEXT, place)
  }

  /** Attributes of other namespaces are other people's (ids, types); one of ours there is not, but for xsi:nil. */
  #checkAttributes(element: XmlElement, path: string, own?: string): void {
    for (const name in element.attributes) {
      if (!name.startsWith('{') && name !== own) {
        const message = `The element has an attribute that it does not have in the schema: \`${shown(name)}\`.`
        throw soapError('soap.attribute.unknown', message, { where: path })
      }
    }
  }
}

const SLOT: Slot = { shape: ANY, repeated: false, nillable: false }
const TEXT: Shape = { kind: 'text', base: 'string', facets: {} }
const ANY_SHAPES: Readonly<Record<string, Shape>> = {
  text: TEXT,
  number: { kind: 'number', facets: {} },
  boolean: { kind: 'boolean' },
}
const ANY_FORMS: ObjectShape = {
  kind: 'object',
  members: VALUE_KINDS.map((name) => ({ ...SLOT, name, element: name, required: false })),
  open: false,
}
const LIST = elementsOf('item')
const MAP = elementsOf('member')
const NAME: Member = { ...SLOT, shape: TEXT, name: 'name', element: 'name', required: true }

function elementsOf(name: string): ObjectShape {
  const member: Member = { ...SLOT, repeated: true, name, element: name, required: false }
  return { kind: 'object', members: [member], open: false }
}

function isNil(element: XmlElement): boolean {
  const nil = attributeOf(element, 'nil', XSI)?.trim()
  return nil === 'true' || nil === '1'
}

type Scalar = Exclude<Shape, { kind: 'object' | 'map' | 'any' }>

function scalar(element: XmlElement, shape: Scalar, path: string): Json {
  if (element.children.length > 0) throw invalid(path, 'must hold text and no elements')
  // A value that is written in pieces may be read as one piece by somebody else on its way.
  if (element.commented === true) throw invalid(path, 'has a comment in its value')
  if (shape.kind === 'text') return shape.base === 'string' ? element.text : collapsed(element.text)
  const text = collapsed(element.text)
  if (shape.kind === 'boolean') {
    if (text === 'true' || text === '1') return true
    if (text === 'false' || text === '0') return false
    throw invalid(path, 'must be true or false')
  }
  return shape.kind === 'integer' ? integer(text, path) : double(text, path)
}

/** White space around values that are no texts means nothing (XSD 1.0 part 2, 4.3.6). */
function collapsed(text: string): string {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')
}

function integer(text: string, path: string): number {
  const value = /^[+-]?\d{1,24}$/.test(text) ? Number(text) : NaN
  if (!Number.isSafeInteger(value)) throw invalid(path, 'must be a whole number of at most 16 digits')
  return value === 0 ? 0 : value
}

function double(text: string, path: string): number {
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)([Ee][+-]?\d{1,3})?$/.test(text) && text.length <= 400
  const value = isNumber ? Number(text) : NaN
  if (!Number.isFinite(value)) throw invalid(path, 'must be a number')
  const asJson = text.replace(/^\+/, '').replace(/^(-?)\./, '$10.')
  if (!isExact(asJson)) throw invalid(path, 'has more digits than programs keep: send it as a text')
  return value
}

function shown(name: string): string {
  return name.slice(0, NAME_SHOWN)
}

function missing(path: string): HubError {
  return soapError('soap.element.missing', 'An element that the operation needs is missing.', { where: path })
}

function repeated(path: string): HubError {
  return soapError('soap.element.repeated', 'The element is there more than once.', { where: path })
}

function invalid(path: string, what: string): HubError {
  return soapError('soap.value.invalid', `The element ${what}.`, { where: path })
}

function unknownElement(child: XmlElement, path: string, known: readonly string[]): HubError {
  const name = shown(child.name)
  const nearest = nearestName(name, known)
  const all = known.length === 0 ? 'It has no elements.' : `It has: ${known.slice(0, 40).join(', ')}.`
  return soapError('soap.element.unknown', 'The schema has no element of this name here.', {
    where: `${path}/${name}`,
    fix: nearest === undefined ? all : `Did you mean \`${nearest}\`? ${all}`,
  })
}

function wrongNamespace(child: XmlElement, path: string, namespace: string): HubError {
  return soapError('soap.element.namespace', 'The element is in another namespace than that of the service.', {
    where: `${path}/${shown(child.name)}`,
    fix: `All elements of a request are in ${namespace}.`,
  })
}
