import { type ODataVersion, type Property } from './model.ts'
import { literal } from './values.ts'

/** A path with its query options, percent-encoded; options without a value are left out. */
export function withQuery(path: string, options: Readonly<Record<string, string | undefined>>): string {
  const query = Object.entries(options)
    .filter((option): option is [string, string] => option[1] !== undefined && option[1] !== '')
    .map(([name, value]) => `${encodeName(name)}=${encodeURIComponent(value)}`)
  return query.length === 0 ? path : `${path}?${query.join('&')}`
}

/** Option names keep their `$` and `!`: SAP does not know them otherwise. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replaceAll('%24', '$')
}

export interface OrderedField {
  property: Property
  value: string
}

/** Records that come strictly after (`gt`) or before (`lt`) a place, in the order of the fields. */
export function beyond(version: ODataVersion, fields: readonly OrderedField[], operator: 'gt' | 'lt'): string {
  const [first, ...rest] = fields
  if (first === undefined) return ''
  const { property, value } = first
  const text = literal(version, property, value)
  const further = `${property.name} ${operator} ${text}`
  if (rest.length === 0) return further
  return `(${further} or (${property.name} eq ${text} and ${beyond(version, rest, operator)}))`
}

export function equal(version: ODataVersion, fields: readonly OrderedField[]): string {
  return fields.map(({ property, value }) => `${property.name} eq ${literal(version, property, value)}`).join(' and ')
}

/** Filters that must all be met; those that are empty are none. */
export function allOf(...filters: readonly (string | undefined)[]): string | undefined {
  const given = filters.filter((filter): filter is string => filter !== undefined && filter !== '')
  return given.length < 2 ? given[0] : given.map((filter) => `(${filter})`).join(' and ')
}

/** `('1')` or `(A='1',B=2)`, percent-encoded, to be put behind the name of the set. */
export function keyPredicate(version: ODataVersion, fields: readonly OrderedField[]): string {
  const parts = fields.map(({ property, value }) => [
    property.name,
    encodeURIComponent(literal(version, property, value)),
  ])
  const [only] = parts
  if (parts.length === 1 && only) return `(${only[1] ?? ''})`
  return `(${parts.map(([name, value]) => `${name ?? ''}=${value ?? ''}`).join(',')})`
}

/** `$expand` of paths such as `a` and `a/b`: flat in V2, nested in V4. */
export function expandOption(version: ODataVersion, paths: readonly string[]): string | undefined {
  if (paths.length === 0) return undefined
  if (version === '2') return [...new Set(paths)].join(',')
  return nested(paths.map((path) => path.split('/')))
}

function nested(paths: readonly (readonly string[])[]): string {
  const below = new Map<string, string[][]>()
  for (const [head = '', ...rest] of paths) {
    const list = below.get(head) ?? []
    if (rest.length > 0) list.push(rest)
    below.set(head, list)
  }
  return [...below].map(([name, rest]) => (rest.length === 0 ? name : `${name}($expand=${nested(rest)})`)).join(',')
}
