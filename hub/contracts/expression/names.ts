/** Where a value stands in a JSON document: names of members and indices of items, from the outside in. */
export type Segment = string | number
export type Path = readonly Segment[]

/** Names that would reach an object's prototype. They're refused in documents and expressions, whatever a record may contain. */
export const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor'])

/** Functions of expressions that go over a list, and what they do with each of its items. */
export const CLOSURES: ReadonlySet<string> = new Set([
  'all',
  'none',
  'some',
  'one',
  'filter',
  'map',
  'flatMap',
  'count',
])

/** Words of expressions that name no field. */
export const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'true', 'false', 'null', 'as'])
