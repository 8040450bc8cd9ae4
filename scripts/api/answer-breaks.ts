/**
 * Whether those who read answers by an older schema can read them by a newer one: the mirror of schemas/compatibility.ts,
 * which asks the same of those who send. Pure; works on schemas without references.
 */
import { isDeepStrictEqual } from 'node:util'
import { isJsonObject, type Json, type JsonObject, listOf, objectOf } from '../../hub/contracts/json.ts'

export interface AnswerBreak {
  /** Where in the answer: `/emails/<each>/purpose`; empty: the whole. */
  path: string
  kind: 'member-removed' | 'member-not-promised' | 'type-widened' | 'enum-widened' | 'format-changed' | 'rule-changed'
  message: string
  /** Of `member-removed`: what the older schema said of the member. */
  old?: JsonObject
  /** Of `enum-widened`: the new values. */
  values?: Json[]
}

/** What readers of `old` could stumble over in answers by `now`. Members that are new are none of it. */
export function answerBreaks(old: Json | undefined, now: Json | undefined, path = ''): AnswerBreak[] {
  if (!isJsonObject(old) || Object.keys(old).length === 0 || isDeepStrictEqual(old, now)) return []
  if (!isJsonObject(now)) return [{ path, kind: 'type-widened', message: 'may be anything now' }]
  const [before, after] = [flattened(old), flattened(now)]
  return [
    ...alternativeBreaks(before, after, path),
    ...typeBreaks(before, after, path),
    ...valueBreaks(before, after, path),
    ...formatBreaks(before, after, path),
    ...memberBreaks(before, after, path),
    ...nestedBreaks(before, after, path),
  ]
}

const words = (values: readonly Json[]): string =>
  values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ')

/** `allOf` in one: what all of them say holds. */
function flattened(schema: JsonObject): JsonObject {
  const parts = listOf(schema['allOf']).filter(isJsonObject).map(flattened)
  if (parts.length === 0) return schema
  const { allOf: _, ...own } = schema
  const all = [...parts, own]
  const properties = Object.assign({}, ...all.map((part) => part['properties'] ?? {})) as JsonObject
  const required = [...new Set(all.flatMap((part) => listOf(part['required'])))]
  return { ...(Object.assign({}, ...all) as JsonObject), properties, required }
}

function alternativesOf(schema: JsonObject): Json[] {
  return [...listOf(schema['oneOf']), ...listOf(schema['anyOf'])]
}

function alternativeBreaks(old: JsonObject, now: JsonObject, path: string): AnswerBreak[] {
  const [had, has] = [alternativesOf(old), alternativesOf(now)]
  if (has.length === 0) return []
  // What had one form only: each of the new forms must do for its readers.
  const known = had.length === 0 ? [old] : had
  const strange = has.filter((one) => !known.some((other) => answerBreaks(other, one).length === 0))
  return strange.map(() => ({ path, kind: 'rule-changed', message: 'may have a form that it did not have' }))
}

function typeBreaks(old: JsonObject, now: JsonObject, path: string): AnswerBreak[] {
  const [had, has] = [listOf(old['type']), listOf(now['type'])]
  if (had.length === 0 || alternativesOf(now).length > 0) return []
  if (has.length === 0 && now['enum'] === undefined && now['const'] === undefined)
    return [{ path, kind: 'type-widened', message: `may be anything; it was ${words(had)}` }]
  const added = has.filter((type) => !had.includes(type) && !(type === 'integer' && had.includes('number')))
  return added.length === 0
    ? []
    : [{ path, kind: 'type-widened', message: `may be ${words(added)}; it was ${words(had)}` }]
}

function valuesOf(schema: JsonObject): Json[] | undefined {
  if (schema['const'] !== undefined) return [schema['const']]
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined
}

function valueBreaks(old: JsonObject, now: JsonObject, path: string): AnswerBreak[] {
  const [had, has] = [valuesOf(old), valuesOf(now)]
  if (had === undefined) return []
  if (has === undefined)
    return [{ path, kind: 'type-widened', message: `may have any value; it was one of ${words(had)}` }]
  const values = has.filter((value) => !had.some((one) => isDeepStrictEqual(one, value)))
  return values.length === 0 ? [] : [{ path, kind: 'enum-widened', message: `may be ${words(values)}`, values }]
}

function formatBreaks(old: JsonObject, now: JsonObject, path: string): AnswerBreak[] {
  const had = old['format']
  if (had === undefined || isDeepStrictEqual(had, now['format'])) return []
  return [{ path, kind: 'format-changed', message: `is no ${words([had])} any more` }]
}

function memberBreaks(old: JsonObject, now: JsonObject, path: string): AnswerBreak[] {
  const [had, has] = [objectOf(old['properties']), objectOf(now['properties'])]
  const dropped = listOf(old['required']).filter((name) => !listOf(now['required']).includes(name))
  return [
    ...Object.entries(had).flatMap(([name, schema]): AnswerBreak[] => {
      const here = `${path}/${name}`
      const successor = has[name]
      if (successor !== undefined) return answerBreaks(schema, successor, here)
      return [
        { path: here, kind: 'member-removed', message: 'is gone', ...(isJsonObject(schema) ? { old: schema } : {}) },
      ]
    }),
    // One that is gone altogether is told of above.
    ...dropped
      .filter((name) => has[String(name)] !== undefined)
      .map((name): AnswerBreak => ({
        path: `${path}/${String(name)}`,
        kind: 'member-not-promised',
        message: 'may be absent; readers could rely on it',
      })),
  ]
}

function nestedBreaks(old: JsonObject, now: JsonObject, path: string): AnswerBreak[] {
  return (['items', 'additionalProperties'] as const).flatMap((keyword) =>
    isJsonObject(old[keyword]) && now[keyword] !== undefined
      ? answerBreaks(old[keyword], now[keyword], `${path}/<each>`)
      : [],
  )
}
