import { xmlAttribute, xmlText, writable } from '../../contracts/xml.ts'
import type { Facets, Member, ObjectShape, Shape, Slot, TextShape } from './shape.ts'
import { OTHER, VALUE_KINDS } from './shape.ts'

/** A text as content of an element of a document of the hub's own. */
export function text(value: string): string {
  return xmlText(writable(value)) ?? ''
}

/** A text as the value of an attribute between double quotes. */
export function attribute(value: string): string {
  return xmlAttribute(writable(value)) ?? ''
}

/** The element of an operation's message, which holds all its parameters. */
export interface RootElement {
  name: string
  shape: ObjectShape
}

/**
 * The XSD of all messages of a service. The same shapes give the same text, letter for letter.
 * @param types named types of objects, by name
 */
export function schemaText(
  namespace: string,
  roots: readonly RootElement[],
  types: ReadonlyMap<string, ObjectShape>,
): string {
  const writer = new SchemaWriter()
  const elements = roots.map(({ name, shape }) => writer.root(name, shape))
  const named = [...types]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, shape]) => writer.named(name, shape))
  const simple = [...writer.simple].sort(([one], [other]) => (one < other ? -1 : 1))
  return [
    `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="${attribute(namespace)}" targetNamespace="${attribute(namespace)}" elementFormDefault="qualified" attributeFormDefault="unqualified">`,
    ...elements,
    FAULT,
    ...named,
    ...simple.map(([name, shape]) => restriction(shape.base, shape.facets, name)),
    GENERIC,
    '</xs:schema>',
  ].join('\n')
}

/** Names that stand for something else in each schema: no type of a record may have them. */
const RESERVED_TYPES: ReadonlySet<string> = new Set(['Value', 'Object', 'Member', 'List', 'Null', 'Kind', 'HubFault'])

const FAULT = `<xs:element name="HubFault" type="tns:HubFault"/>
<xs:complexType name="HubFault"><xs:sequence>
<xs:element name="code" type="xs:string"><xs:annotation><xs:documentation>What is wrong, for programs; docs/errors.md lists the codes.</xs:documentation></xs:annotation></xs:element>
<xs:element name="message" type="xs:string"><xs:annotation><xs:documentation>What is wrong, for people.</xs:documentation></xs:annotation></xs:element>
<xs:element name="status" type="xs:int"><xs:annotation><xs:documentation>The HTTP status that the REST API gives the same error.</xs:documentation></xs:annotation></xs:element>
<xs:element name="pointer" type="xs:string" minOccurs="0"><xs:annotation><xs:documentation>Where: path of the element in the request, /EditCustomer/customer/emails[1]/address.</xs:documentation></xs:annotation></xs:element>
<xs:element name="fix" type="xs:string" minOccurs="0"><xs:annotation><xs:documentation>What to do about it.</xs:documentation></xs:annotation></xs:element>
<xs:element name="retryAfterMs" type="xs:long" minOccurs="0"/>
<xs:element name="requestId" type="xs:string"><xs:annotation><xs:documentation>By which an operator finds the request in the log.</xs:documentation></xs:annotation></xs:element>
<xs:element name="facts" type="tns:Object" minOccurs="0"><xs:annotation><xs:documentation>What some codes tell beyond that.</xs:documentation></xs:annotation></xs:element>
</xs:sequence></xs:complexType>`

/**
 * Any JSON as XML: for what has no schema of its own. Of the elements of a Value just one is there. XSD would say so by a
 * choice, but clients that make maps of messages (zeep) lose false, 0 and empty texts in these, so it is a sequence; and
 * `kind` says what it is to those that see no difference between an empty element and none.
 */
const GENERIC = `<xs:complexType name="Object"><xs:annotation><xs:documentation>Values by name.</xs:documentation></xs:annotation><xs:sequence>
<xs:element name="member" type="tns:Member" minOccurs="0" maxOccurs="unbounded"/>
</xs:sequence></xs:complexType>
<xs:complexType name="Member"><xs:sequence>
<xs:element name="name" type="xs:string"/>
<xs:element name="value" type="tns:Value"/>
</xs:sequence></xs:complexType>
<xs:complexType name="List"><xs:sequence>
<xs:element name="item" type="tns:Value" minOccurs="0" maxOccurs="unbounded"/>
</xs:sequence></xs:complexType>
<xs:complexType name="Null"><xs:annotation><xs:documentation>The value that says that there is none.</xs:documentation></xs:annotation><xs:sequence/></xs:complexType>
<xs:complexType name="Value"><xs:annotation><xs:documentation>Any value: just one of these elements.</xs:documentation></xs:annotation><xs:sequence>
<xs:element name="text" type="xs:string" minOccurs="0"/>
<xs:element name="number" type="xs:double" minOccurs="0"/>
<xs:element name="boolean" type="xs:boolean" minOccurs="0"/>
<xs:element name="null" type="tns:Null" minOccurs="0"/>
<xs:element name="object" type="tns:Object" minOccurs="0"/>
<xs:element name="list" type="tns:List" minOccurs="0"/>
</xs:sequence><xs:attribute name="kind" type="tns:Kind"><xs:annotation><xs:documentation>Which of them; answers have it, requests need not.</xs:documentation></xs:annotation></xs:attribute></xs:complexType>
<xs:simpleType name="Kind"><xs:restriction base="xs:string">${VALUE_KINDS.map((kind) => `<xs:enumeration value="${kind}"/>`).join('')}</xs:restriction></xs:simpleType>`

class SchemaWriter {
  /** Simple types that were used, by name. */
  readonly simple = new Map<string, TextShape>()

  root(name: string, shape: ObjectShape): string {
    return `<xs:element name="${attribute(name)}">${this.#complex(shape)}</xs:element>`
  }

  named(name: string, shape: ObjectShape): string {
    if (RESERVED_TYPES.has(name)) throw new Error(`The name ${name} is taken in every schema of the SOAP services.`)
    return this.#complex(shape, name)
  }

  #complex(shape: ObjectShape, name?: string): string {
    const named = name === undefined ? '' : ` name="${attribute(name)}"`
    const other = shape.open ? [`<xs:element name="${OTHER}" type="tns:Object" minOccurs="0"/>`] : []
    const members = [...shape.members.map((member) => this.#member(member)), ...other]
    const sequence = members.length === 0 ? '<xs:sequence/>' : `<xs:sequence>\n${members.join('\n')}\n</xs:sequence>`
    return `<xs:complexType${named}>${sequence}</xs:complexType>`
  }

  #member(member: Member): string {
    const times = `${member.required ? '' : ' minOccurs="0"'}${member.repeated ? ' maxOccurs="unbounded"' : ''}`
    const note = member.text === undefined ? '' : annotation(member.text)
    return this.#element(member.element, member, times, note)
  }

  #element(name: string, { shape, nillable }: Slot, times: string, note: string): string {
    const start = `<xs:element name="${attribute(name)}"`
    const end = `${times}${nillable ? ' nillable="true"' : ''}`
    const type = this.#typeOf(shape)
    if (type !== undefined) {
      return note === '' ? `${start} type="${type}"${end}/>` : `${start} type="${type}"${end}>${note}</xs:element>`
    }
    return `${start}${end}>${note}${this.#inner(shape)}</xs:element>`
  }

  /** The type's name where it has one. */
  #typeOf(shape: Shape): string | undefined {
    if (shape.kind === 'any') return 'tns:Value'
    if (shape.kind === 'boolean') return 'xs:boolean'
    if (shape.kind === 'map') return isAnyMap(shape.value) ? 'tns:Object' : undefined
    if (shape.kind === 'object') return shape.type === undefined ? undefined : `tns:${shape.type}`
    if (shape.kind === 'text' && shape.type !== undefined) {
      this.simple.set(shape.type, shape)
      return `tns:${shape.type}`
    }
    return Object.keys(shape.facets).length === 0 ? `xs:${baseOf(shape)}` : undefined
  }

  #inner(shape: Shape): string {
    if (shape.kind === 'object') return this.#complex(shape)
    if (shape.kind === 'map') return this.#map(shape.value)
    if (shape.kind === 'any' || shape.kind === 'boolean') return ''
    return restriction(baseOf(shape), shape.facets)
  }

  #map(value: Slot): string {
    const times = value.repeated ? ' minOccurs="0" maxOccurs="unbounded"' : ''
    const inner = `<xs:element name="name" type="xs:string"/>\n${this.#element('value', value, times, '')}`
    const member = `<xs:element name="member" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>\n${inner}\n</xs:sequence></xs:complexType></xs:element>`
    return `<xs:complexType><xs:sequence>\n${member}\n</xs:sequence></xs:complexType>`
  }
}

function isAnyMap({ shape, repeated, nillable }: Slot): boolean {
  return shape.kind === 'any' && !repeated && !nillable
}

function baseOf(shape: Exclude<Shape, { kind: 'object' | 'map' | 'any' | 'boolean' }>): string {
  if (shape.kind === 'text') return shape.base
  // All whole numbers of the API fit into 64 bits, and generated clients have a type for these.
  return shape.kind === 'integer' ? 'long' : 'double'
}

function restriction(base: string, facets: Facets, name?: string): string {
  const { enumeration = [], ...single } = facets
  const lines = [
    ...enumeration.map((value) => `<xs:enumeration value="${attribute(value)}"/>`),
    ...Object.entries(single).map(([facet, value]) => `<xs:${facet} value="${attribute(String(value))}"/>`),
  ]
  const named = name === undefined ? '' : ` name="${attribute(name)}"`
  return `<xs:simpleType${named}><xs:restriction base="xs:${base}">${lines.join('')}</xs:restriction></xs:simpleType>`
}

function annotation(value: string): string {
  return `<xs:annotation><xs:documentation>${text(value)}</xs:documentation></xs:annotation>`
}
