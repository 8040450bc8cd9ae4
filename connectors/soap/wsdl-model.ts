/** What a WSDL says, resolved: operations with the shapes of their messages. Names are local; namespaces are URIs. */

export type SoapVersion = '1.1' | '1.2'

export interface Wsdl {
  /** Of the service that was chosen. */
  service: string
  port: string
  version: SoapVersion
  endpoint: string | undefined
  operations: ReadonlyMap<string, Operation>
  /** Types by `{namespace}name`, for xsi:type. */
  types: ReadonlyMap<string, () => XsdType>
}

export interface Operation {
  name: string
  soapAction: string
  /** Of style rpc/encoded, for which no element can be written. */
  isEncoded: boolean
  /** With the name '' where the body stays empty. */
  input: ElementSlot
  /** Undefined for one-way operations. */
  output: ElementSlot | undefined
  documentation: string | undefined
}

export type XsdType = SimpleType | ComplexType

export interface SimpleType {
  kind: 'simple'
  /** The built-in type that it comes from: `decimal`, `dateTime`, ... `list` for lists and `union` for unions, which stay text. */
  base: string
  values: readonly string[] | undefined
}

export interface ComplexType {
  kind: 'complex'
  /** In the order in which they must be written. */
  elements: readonly ElementSlot[]
  attributes: readonly AttributeSlot[]
  /** The type of the text, of complex types with simple content. */
  text: SimpleType | undefined
  /** Takes elements that it does not name (xs:any, xs:anyType). */
  open: boolean
}

export interface ElementSlot {
  name: string
  /** '' for elements without one (elementFormDefault="unqualified"). */
  namespace: string
  many: boolean
  optional: boolean
  nillable: boolean
  /** A function, because types may hold themselves. */
  type(): XsdType
}

export interface AttributeSlot {
  name: string
  namespace: string
  required: boolean
  type: SimpleType
}

export const ANY_TYPE: ComplexType = { kind: 'complex', elements: [], attributes: [], text: undefined, open: true }

export function simpleType(base: string, values?: readonly string[]): SimpleType {
  return { kind: 'simple', base, values }
}

/** The member that holds the text of an element which has attributes too. */
export const TEXT_MEMBER = '#text'
/** Attributes are members under their name behind this. */
export const ATTRIBUTE_MARK = '@'

export type Path = readonly string[]

/**
 * Follows `path` from `slot` through the WSDL. A member of a repeated element is that of each of its items.
 * @returns the slot that it ends at; `undefined` at an open type, where anything may be; or where it breaks, and what there is
 */
export function slotAt(slot: ElementSlot, path: Path): SlotFound {
  let current = slot
  for (const [index, name] of path.entries()) {
    const type = current.type()
    if (type.kind === 'simple') return { found: false, at: index, names: [] }
    const next = type.elements.find((each) => each.name === name)
    if (next === undefined) {
      if (isScalarMember(type, name)) return { found: true, slot: scalarSlot(type, name) }
      return type.open ? { found: true, slot: undefined } : { found: false, at: index, names: memberNames(type) }
    }
    current = next
  }
  return { found: true, slot: current }
}

export type SlotFound =
  { found: true; slot: ElementSlot | undefined } | { found: false; at: number; names: readonly string[] }

function isScalarMember(type: ComplexType, name: string): boolean {
  if (name === TEXT_MEMBER) return type.text !== undefined
  return type.attributes.some((each) => `${ATTRIBUTE_MARK}${each.name}` === name)
}

function scalarSlot(type: ComplexType, name: string): ElementSlot {
  const attribute = type.attributes.find((each) => `${ATTRIBUTE_MARK}${each.name}` === name)
  const scalar = attribute?.type ?? type.text ?? simpleType('string')
  return { name, namespace: '', many: false, optional: true, nillable: false, type: () => scalar }
}

export function memberNames(type: ComplexType): string[] {
  return [
    ...type.elements.map((each) => each.name),
    ...type.attributes.map((each) => `${ATTRIBUTE_MARK}${each.name}`),
    ...(type.text === undefined ? [] : [TEXT_MEMBER]),
  ]
}
