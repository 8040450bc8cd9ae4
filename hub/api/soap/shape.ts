/**
 * What a JSON Schema becomes before it becomes XSD: the few forms that both JSON and XML can have. The same shape writes
 * the schema, reads messages and writes them, so that the three never disagree.
 */
export type Shape = TextShape | NumberShape | BooleanShape | ObjectShape | MapShape | AnyShape

export interface Facets {
  enumeration?: readonly string[]
  /** As XSD writes patterns: without anchors. */
  pattern?: string
  minLength?: number
  maxLength?: number
  minInclusive?: number
  maxInclusive?: number
}

/** A text in JSON; `base` says which type of XSD it has. */
export interface TextShape {
  kind: 'text'
  base: 'string' | 'date' | 'dateTime' | 'decimal'
  facets: Facets
  /** Name of the simple type, where it is one that many share. */
  type?: string
}

export interface NumberShape {
  kind: 'integer' | 'number'
  facets: Facets
}

export interface BooleanShape {
  kind: 'boolean'
}

export interface ObjectShape {
  kind: 'object'
  /** Name of the complex type, where it is one that many share. */
  type?: string
  members: Member[]
  /** It may hold members that nobody declared: they come in the element `other`. */
  open: boolean
}

/** Any names, all with values of one shape: `<member><name/><value/></member>`. */
export interface MapShape {
  kind: 'map'
  value: Slot
}

/** Any JSON: `<text/>`, `<number/>`, `<boolean/>`, `<null/>`, `<object/>` or `<list/>`. */
export interface AnyShape {
  kind: 'any'
}

/** A place for a value. */
export interface Slot {
  shape: Shape
  /** The value is a list: the element is repeated. */
  repeated: boolean
  /** null is a value of it, written as xsi:nil. */
  nillable: boolean
}

export interface Member extends Slot {
  /** In JSON. */
  name: string
  /** In XML. */
  element: string
  required: boolean
  /** What it means, for people. */
  text?: string
}

/** The forms of any value, as its elements are called. */
export const VALUE_KINDS = ['text', 'number', 'boolean', 'null', 'object', 'list'] as const
export const ANY: AnyShape = { kind: 'any' }
/** An object of which nothing is known. */
export const ANY_OBJECT: MapShape = { kind: 'map', value: { shape: ANY, repeated: false, nillable: false } }
/** Where the members of an object come that its schema does not name. */
export const OTHER = 'other'
