import { HubError } from '../../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import { MASK } from '../../security/masking.ts'
import {
  ANY_OBJECT,
  type Member,
  type ObjectShape,
  OTHER,
  type Shape,
  type Slot,
  type TextShape,
  type VALUE_KINDS,
} from './shape.ts'
import { text } from './xsd.ts'

const NIL = ' xsi:nil="true"'

/**
 * Writes JSON as elements. Characters that XML has no way to write (controls that a system sent) become U+FFFD. What a role
 * does not see comes as the mask only where the type allows any text; else the element is left out, or nil where it must be
 * there, and its path is in `masked`.
 */
export class MessageWriter {
  readonly masked: string[] = []
  readonly #parts: string[] = []

  /** The elements of an object's members, without an element around them. */
  members(value: JsonObject, members: readonly Member[], path: string): void {
    for (const member of members) {
      const own = Object.hasOwn(value, member.name) ? value[member.name] : undefined
      if (own !== undefined) this.member(member, own, path)
      // What a role does not see may be gone altogether; the element must be there all the same.
      else if (member.required && member.nillable) this.#nil(member.element)
    }
  }

  member(member: Member, value: Json, path: string): void {
    const place = `${path}/${member.element}`
    // null and absent are the same in answers; where anything may stand, null is one of the things that may.
    if (value === null && member.shape.kind !== 'any' && !member.required) return
    if (!member.repeated || !Array.isArray(value)) this.#one(member.element, member, value, place)
    else for (const [at, item] of value.entries()) this.#one(member.element, member, item, `${place}[${at + 1}]`)
  }

  /** Members that no schema names. */
  others(value: JsonObject, path: string): void {
    if (Object.keys(value).length > 0) this.#one(OTHER, { shape: ANY_OBJECT, ...PLAIN }, value, `${path}/${OTHER}`)
  }

  /** An object of which nothing is known. */
  object(element: string, value: JsonObject): void {
    this.#one(element, { shape: ANY_OBJECT, ...PLAIN }, value, element)
  }

  /** A text in an element of its own. */
  text(element: string, value: string): void {
    this.#parts.push(`<${element}>${text(value)}</${element}>`)
  }

  toString(): string {
    return this.#parts.join('')
  }

  #nil(element: string): void {
    this.#parts.push(`<${element}${NIL}/>`)
  }

  #one(element: string, slot: Slot & Partial<Pick<Member, 'required'>>, value: Json, path: string): void {
    const { shape } = slot
    if (value === null && (shape.kind !== 'any' || slot.nillable)) this.#nil(element)
    else if (value === MASK && !holdsMask(shape)) {
      this.masked.push(path)
      if (slot.required !== false) this.#nil(element)
    } else {
      const kind = shape.kind === 'any' ? ` kind="${kindOf(value)}"` : ''
      this.#parts.push(`<${element}${kind}>`)
      this.#content(shape, value, path)
      this.#parts.push(`</${element}>`)
    }
  }

  #content(shape: Shape, value: Json, path: string): void {
    if (shape.kind === 'any') this.#any(value, path)
    else if (shape.kind === 'object') this.#object(shape, objectAt(value, path), path)
    else if (shape.kind === 'map') this.#map(shape.value, objectAt(value, path), path)
    else if (typeof value === 'object') throw unfit(path)
    else this.#parts.push(text(String(value)))
  }

  #object(shape: ObjectShape, value: JsonObject, path: string): void {
    this.members(value, shape.members, path)
    const own = new Set(shape.members.map(({ name }) => name))
    const others = Object.entries(value).filter(([name]) => !own.has(name))
    if (others.length === 0) return
    if (!shape.open) throw unfit(`${path}/${others[0]?.[0] ?? ''}`)
    this.others(Object.fromEntries(others), path)
  }

  #map(slot: Slot, value: JsonObject, path: string): void {
    for (const [name, content] of Object.entries(value)) {
      this.#parts.push(`<member><name>${text(name)}</name>`)
      const items = slot.repeated && Array.isArray(content) ? content : [content]
      for (const item of items) this.#one('value', slot, item, `${path}/member[name='${name}']/value`)
      this.#parts.push('</member>')
    }
  }

  #any(value: Json, path: string): void {
    const kind = kindOf(value)
    if (value === null) this.#parts.push('<null/>')
    else if (Array.isArray(value)) {
      this.#parts.push('<list>')
      for (const item of value) this.#one('item', { shape: { kind: 'any' }, ...PLAIN }, item, path)
      this.#parts.push('</list>')
    } else if (isJsonObject(value)) {
      this.#parts.push('<object>')
      this.#map(ANY_OBJECT.value, value, path)
      this.#parts.push('</object>')
    } else this.text(kind, String(value))
  }
}

function kindOf(value: Json): (typeof VALUE_KINDS)[number] {
  if (value === null) return 'null'
  if (typeof value === 'object') return Array.isArray(value) ? 'list' : 'object'
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean'
}

const PLAIN = { repeated: false, nillable: false } as const

/** Whether the mask is a value of the type: for a plain text it says more than a missing element. */
function holdsMask(shape: Shape): boolean {
  return shape.kind === 'any' || (shape.kind === 'text' && shape.base === 'string' && admitsMask(shape))
}

function admitsMask({ facets }: TextShape): boolean {
  const { enumeration, pattern, minLength = 0, maxLength = Infinity } = facets
  return enumeration === undefined && pattern === undefined && minLength <= MASK.length && maxLength >= MASK.length
}

function objectAt(value: Json, path: string): JsonObject {
  if (!isJsonObject(value)) throw unfit(path)
  return value
}

/** The hub's fault: an operation answers something else than it declares. */
export function unfit(path: string): HubError {
  return new HubError({
    code: 'soap.answer.unfit',
    family: 'bug',
    message: 'The hub has an answer that does not fit the schema of the service; its log has the details.',
    internal: `The answer does not fit at ${path}.`,
  })
}
