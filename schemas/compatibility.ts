/**
 * Whether a schema still takes every document that its published version took, and still has every member that readers
 * may rely on. Pure; works on schemas without references (see `dereferenced` in hub/contracts/schema-forms.ts).
 *
 * Keywords that it can't weigh (`allOf`, `if`, `not`, ...) must stay as they are: a check that guesses is none.
 */
import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type Json, type JsonObject, listOf, objectOf } from '../hub/contracts/json.ts'

export type BreakKind =
  | 'property-removed'
  | 'property-required'
  | 'property-not-promised'
  | 'type-narrowed'
  | 'enum-narrowed'
  | 'format-narrowed'
  | 'pattern-narrowed'
  | 'bound-narrowed'
  | 'additional-properties-tightened'
  | 'rule-changed'

export interface Break {
  /** Where in a document: `/emails/<each>/purpose`; empty for the document itself. */
  path: string
  kind: BreakKind
  /** Completes "<entity> <path>: ...". */
  message: string
}

export interface CompareOptions {
  /** Whether readers rely on `required` members (what the hub answers), so that dropping one is a break too. */
  requiredIsPromise?: boolean
}

const WORDS = new Set([
  'title',
  'description',
  'examples',
  'default',
  'deprecated',
  '$comment',
  '$schema',
  '$id',
  '$defs',
])
const LOWER_BOUNDS = ['minLength', 'minItems', 'minProperties', 'minimum', 'exclusiveMinimum']
const UPPER_BOUNDS = ['maxLength', 'maxItems', 'maxProperties', 'maximum', 'exclusiveMaximum']
const WEIGHED = new Set([
  ...LOWER_BOUNDS,
  ...UPPER_BOUNDS,
  ...['type', 'enum', 'const', 'format', 'pattern', 'required', 'properties', 'additionalProperties', 'items'],
  'propertyNames',
])

/** What in `current` breaks documents or readers of `published`; in the order of the published schema. Empty: compatible. */
export function breakingChanges(published: JsonObject, current: JsonObject, options: CompareOptions = {}): Break[] {
  return compare(published, current, '', options)
}

function compare(old: Json, now: Json, path: string, options: CompareOptions): Break[] {
  if (now === true || isDeepStrictEqual(old, now)) return []
  if (!isJsonObject(old)) old = {}
  if (!isJsonObject(now)) return [{ path, kind: 'rule-changed', message: 'takes no value any more' }]
  return [
    ...typeBreaks(old, now, path),
    ...valueBreaks(old, now, path),
    ...textBreaks(old, now, path),
    ...boundBreaks(old, now, path),
    ...requiredBreaks(old, now, path, options),
    ...propertyBreaks(old, now, path, options),
    ...additionalBreaks(old, now, path, options),
    ...nestedBreaks(old, now, path, options),
    ...otherBreaks(old, now, path),
  ]
}

const words = (values: readonly Json[]): string =>
  values.map((it) => (typeof it === 'string' ? it : JSON.stringify(it))).join(', ')

function typeBreaks(old: JsonObject, now: JsonObject, path: string): Break[] {
  const wanted = listOf(now['type'])
  if (wanted.length === 0) return []
  const had = listOf(old['type'])
  if (had.length === 0)
    return [{ path, kind: 'type-narrowed', message: `takes ${words(wanted)} only; it took any type` }]
  const lost = had.filter((type) => !wanted.includes(type) && !(type === 'integer' && wanted.includes('number')))
  return lost.length === 0 ? [] : [{ path, kind: 'type-narrowed', message: `no longer takes the type ${words(lost)}` }]
}

/** `const` is an enum of one. */
function allowed(schema: JsonObject): Json[] | undefined {
  if (schema['const'] !== undefined) return [schema['const']]
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined
}

function valueBreaks(old: JsonObject, now: JsonObject, path: string): Break[] {
  const wanted = allowed(now)
  if (wanted === undefined) return []
  const had = allowed(old)
  if (had === undefined)
    return [{ path, kind: 'enum-narrowed', message: `takes ${words(wanted)} only; it took any value` }]
  const lost = had.filter((value) => !wanted.some((it) => isDeepStrictEqual(it, value)))
  return lost.length === 0 ? [] : [{ path, kind: 'enum-narrowed', message: `no longer takes ${words(lost)}` }]
}

function textBreaks(old: JsonObject, now: JsonObject, path: string): Break[] {
  return (['format', 'pattern'] as const).flatMap((keyword): Break[] => {
    const wanted = now[keyword]
    if (wanted === undefined || isDeepStrictEqual(wanted, old[keyword])) return []
    return [{ path, kind: `${keyword}-narrowed`, message: `wants the ${keyword} ${words([wanted])}, which it did not` }]
  })
}

function boundBreaks(old: JsonObject, now: JsonObject, path: string): Break[] {
  const narrowed = (keyword: string, isLower: boolean): Break[] => {
    const wanted = now[keyword]
    if (typeof wanted !== 'number') return []
    const had = typeof old[keyword] === 'number' ? old[keyword] : isLower ? lowest(keyword) : Infinity
    if (isLower ? wanted <= had : wanted >= had) return []
    return [
      {
        path,
        kind: 'bound-narrowed',
        message: `${keyword} is ${wanted}; it was ${Number.isFinite(had) ? had : 'open'}`,
      },
    ]
  }
  return [...LOWER_BOUNDS.flatMap((it) => narrowed(it, true)), ...UPPER_BOUNDS.flatMap((it) => narrowed(it, false))]
}

/** No count is below zero, so that a bound of zero is none. */
function lowest(keyword: string): number {
  return keyword === 'minimum' || keyword === 'exclusiveMinimum' ? -Infinity : 0
}

function requiredBreaks(old: JsonObject, now: JsonObject, path: string, options: CompareOptions): Break[] {
  const had = listOf(old['required'])
  const wanted = listOf(now['required'])
  const added = wanted.filter((name) => !had.includes(name))
  const dropped = options.requiredIsPromise === true ? had.filter((name) => !wanted.includes(name)) : []
  return [
    ...added.map((name): Break => ({
      path: `${path}/${String(name)}`,
      kind: 'property-required',
      message: 'is required; it was not',
    })),
    ...dropped.map((name): Break => ({
      path: `${path}/${String(name)}`,
      kind: 'property-not-promised',
      message: 'may be absent; readers could rely on it',
    })),
  ]
}

function propertyBreaks(old: JsonObject, now: JsonObject, path: string, options: CompareOptions): Break[] {
  const had = objectOf(old['properties'])
  const has = objectOf(now['properties'])
  const kept = Object.entries(had).flatMap(([name, schema]): Break[] => {
    const here = `${path}/${name}`
    const successor = has[name]
    if (successor === undefined) return [{ path: here, kind: 'property-removed', message: 'is gone' }]
    return compare(schema, successor, here, options)
  })
  // Where other members were taken before, a new property narrows what a member of that name may be.
  const open = old['additionalProperties'] ?? true
  const added = Object.entries(has).filter(([name]) => had[name] === undefined)
  return [
    ...kept,
    ...(open === false ? [] : added.flatMap(([name, it]) => compare(open, it, `${path}/${name}`, options))),
  ]
}

function additionalBreaks(old: JsonObject, now: JsonObject, path: string, options: CompareOptions): Break[] {
  const had = old['additionalProperties'] ?? true
  const has = now['additionalProperties'] ?? true
  if (had === false || has === true) return []
  const kind = 'additional-properties-tightened'
  if (has === false) return [{ path, kind, message: 'no longer takes other members' }]
  if (had === true) return [{ path, kind, message: 'no longer takes any value for other members' }]
  return compare(had, has, `${path}/<each>`, options)
}

function nestedBreaks(old: JsonObject, now: JsonObject, path: string, options: CompareOptions): Break[] {
  return (['items', 'propertyNames'] as const).flatMap((keyword) => {
    const has = now[keyword]
    return has === undefined ? [] : compare(old[keyword] ?? true, has, `${path}/<each>`, options)
  })
}

function otherBreaks(old: JsonObject, now: JsonObject, path: string): Break[] {
  const names = new Set([...Object.keys(old), ...Object.keys(now)])
  return [...names]
    .filter((name) => !WORDS.has(name) && !WEIGHED.has(name) && !isDeepStrictEqual(old[name], now[name]))
    .map((name): Break => ({ path, kind: 'rule-changed', message: `"${name}" is not what it was` }))
}

/** Whether two schemas say the same, words aside: `title`, `description`, `examples` and the like may differ. */
export function sameRules(one: JsonObject, other: JsonObject): boolean {
  return isDeepStrictEqual(withoutWords(one), withoutWords(other))
}

function withoutWords(schema: Json, isNames = false): Json {
  if (Array.isArray(schema)) return schema.map((member) => withoutWords(member))
  if (!isJsonObject(schema)) return schema
  const kept = Object.entries(schema).filter(([name]) => isNames || !WORDS.has(name))
  return Object.fromEntries(kept.map(([name, it]) => [name, withoutWords(it, !isNames && name === 'properties')]))
}

/** `1.10` as numbers. Throws an Error when it is no version. */
export function parseVersion(text: string): { major: number; minor: number } {
  const match = /^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$/.exec(text)
  if (match === null) throw new Error(`${text} is no version: write major.minor, such as 1.0`)
  return { major: Number(match[1]), minor: Number(match[2]) }
}

/**
 * The published version that a schema of version `current` has to be compatible with: the newest of the same major part
 * that isn't newer than it. Undefined: a new major part, which may break with the past.
 */
export function predecessor(current: string, published: readonly string[]): string | undefined {
  const { major, minor } = parseVersion(current)
  const candidates = published.filter((text) => {
    const it = parseVersion(text)
    return it.major === major && it.minor <= minor
  })
  return candidates.sort((a, b) => parseVersion(b).minor - parseVersion(a).minor)[0]
}
