import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { attributeOf, resolveQName, type XmlElement } from '../shared/xml.ts'
import {
  ANY_TYPE,
  ATTRIBUTE_MARK,
  type ComplexType,
  type ElementSlot,
  TEXT_MEMBER,
  type Wsdl,
  type XsdType,
} from './wsdl-model.ts'
import { valueOf } from './xsd-values.ts'
import { XSD } from './xsd-reader.ts'

export const XSI = 'http://www.w3.org/2001/XMLSchema-instance'

export interface DecodeOptions {
  types: Wsdl['types']
  /** Texts as they were written, instead of numbers, booleans and times in UTC. */
  raw?: boolean
}

/**
 * An element as JSON, by what the WSDL says of it:
 * - absent: no member; xsi:nil: null; empty: '' (of a type with text) or {} (of one with elements);
 * - what may repeat is a list, also where there is one;
 * - attributes are members `@name`, the text beside them `#text`;
 * - xsi:type is followed where the WSDL has the type;
 * - what the WSDL does not name is read as text, or as an object or list by how often it comes.
 */
export function decodeElement(element: XmlElement, slot: ElementSlot, options: DecodeOptions): Json {
  return decodeAs(element, slot.type(), options)
}

function decodeAs(element: XmlElement, declared: XsdType, options: DecodeOptions): Json {
  if (isNil(element)) return null
  const type = actualType(element, declared, options)
  if (type.kind === 'simple') return options.raw ? element.text : valueOf(type, element.text)
  if (type === ANY_TYPE) return decodeUnknown(element, options)
  return decodeComplex(element, type, options)
}

function decodeComplex(element: XmlElement, type: ComplexType, options: DecodeOptions): JsonObject {
  const members: [string, Json][] = []
  for (const slot of type.attributes) {
    const text = attributeOf(element, slot.name, slot.namespace)
    if (text === undefined) continue
    members.push([`${ATTRIBUTE_MARK}${slot.name}`, options.raw ? text : valueOf(slot.type, text)])
  }
  if (type.text) members.push([TEXT_MEMBER, options.raw ? element.text : valueOf(type.text, element.text)])
  for (const [name, same] of byName(element.children)) {
    const slot = slotFor(type, same)
    const values = same.map((each) => (slot ? decodeElement(each, slot, options) : decodeUnknown(each, options)))
    const [only] = values
    members.push([name, slot?.many !== true && values.length === 1 && only !== undefined ? only : values])
  }
  // fromEntries makes plain members of all names, also of `__proto__`.
  return Object.fromEntries(members)
}

/** By namespace too, where the message has the one that the WSDL says; many services get it wrong, and a name is clear enough. */
function slotFor(type: ComplexType, [element]: readonly XmlElement[]): ElementSlot | undefined {
  const named = type.elements.filter((each) => each.name === element?.name)
  return named.find((each) => each.namespace === element?.namespace) ?? named[0]
}

function byName(elements: readonly XmlElement[]): Map<string, XmlElement[]> {
  const groups = new Map<string, XmlElement[]>()
  for (const element of elements) {
    const group = groups.get(element.name)
    if (group) group.push(element)
    else groups.set(element.name, [element])
  }
  return groups
}

function decodeUnknown(element: XmlElement, options: DecodeOptions): Json {
  if (isNil(element)) return null
  if (element.children.length === 0) {
    const type = actualType(element, ANY_TYPE, options)
    return type.kind === 'simple' && !options.raw ? valueOf(type, element.text) : element.text
  }
  const members = [...byName(element.children)].map(([name, same]): [string, Json] => {
    const values = same.map((each) => decodeUnknown(each, options))
    const [only] = values
    return [name, values.length === 1 && only !== undefined ? only : values]
  })
  return Object.fromEntries(members)
}

function actualType(element: XmlElement, declared: XsdType, { types }: DecodeOptions): XsdType {
  const text = attributeOf(element, 'type', XSI)
  const name = text === undefined ? undefined : resolveQName(element, text)
  if (name === undefined) return declared
  if (name.namespace === XSD) {
    return declared.kind === 'complex' && declared !== ANY_TYPE
      ? declared
      : { kind: 'simple', base: name.name, values: undefined }
  }
  return types.get(`{${name.namespace}}${name.name}`)?.() ?? declared
}

export function isNil(element: XmlElement): boolean {
  const nil = attributeOf(element, 'nil', XSI)?.trim()
  return nil === 'true' || nil === '1'
}
