/** What in the present API breaks callers of the published one. Pure: documents in, findings out. */
import { isJsonObject, type Json, type JsonObject, objectOf } from '../../hub/contracts/json.ts'
import { breakingChanges } from '../../schemas/compatibility.ts'
import { type AnswerBreak, answerBreaks } from './answer-breaks.ts'

/** What must be done first for a change to be allowed. */
export type Way = 'deprecate' | 'announce' | 'beside'

export interface Finding {
  /** Of the operation or event. */
  id: string
  /** Which part of it: `parameter include`, `answer 200 /emails/<each>`. */
  where: string
  message: string
  way: Way
}

/** A new value in answers that callers were told of beforehand: schemas/published/api/notices.json. */
export interface Notice {
  /** As a finding has them: `getCustomer: answer 200 /status`. */
  at: string
  values: Json[]
  /** The day on which callers were told, `2026-03-14`. */
  announced: string
}

export interface CompatibilityOptions {
  /** `2026-03-14` */
  today: string
  notices?: readonly Notice[]
}

/** How long before a new value callers must have been told. */
export const NOTICE_DAYS = 30

/** Findings in the order of the published document; empty: whoever worked with the published API works with this one. */
export function apiBreaks(published: JsonObject, current: JsonObject, options: CompatibilityOptions): Finding[] {
  const present = new Map(operationsOf(current).map((operation) => [operation.address, operation]))
  return operationsOf(published).flatMap(({ id, address, spec }) => {
    const now = present.get(address)
    const say = (where: string, message: string, way: Way): Finding => ({ id, where, message, way })
    if (now === undefined)
      return isOver(spec, options.today) ? [] : [say('operation', `${address} is gone`, 'deprecate')]
    const pair: Pair = {
      old: spec,
      now: now.spec,
      inOld: (schema) => withoutReferences(schema, published),
      inNow: (schema) => withoutReferences(schema, current),
      say,
      ...options,
    }
    return distinct([
      ...(now.id === id ? [] : [say('operationId', `is ${now.id}; clients call it ${id}`, 'beside')]),
      ...roleBreaks(pair),
      ...parameterBreaks(pair),
      ...bodyBreaks(pair),
      ...responseBreaks(pair),
    ])
  })
}

/** A body that is taken as several media types is the same for each. */
function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.where}: ${finding.message}`, finding])).values()]
}

/** The same for events: those that are sent no longer, and what their readers could stumble over. */
export function eventBreaks(published: JsonObject, current: JsonObject, options: CompatibilityOptions): Finding[] {
  const schemasOf = (document: JsonObject): JsonObject => objectOf(objectOf(document['components'])['schemas'])
  const now = schemasOf(current)
  return Object.entries(schemasOf(published))
    .filter(([name]) => name.startsWith('event.'))
    .flatMap(([name, schema]) => {
      const say: Say = (where, message, way) => ({ id: name, where, message, way })
      const successor = now[name]
      if (successor === undefined) return [say('event', 'is not sent any more', 'deprecate')]
      const breaks = answerBreaks(withoutReferences(schema, published), withoutReferences(successor, current))
      return breaks.flatMap((one) => answerFinding(one, 'event', { say, id: name, ...options }))
    })
}

type Say = (where: string, message: string, way: Way) => Finding

interface Pair extends CompatibilityOptions {
  old: JsonObject
  now: JsonObject
  inOld(schema: Json | undefined): JsonObject
  inNow(schema: Json | undefined): JsonObject
  say: Say
}

export interface DocumentOperation {
  id: string
  method: string
  path: string
  /** `GET /v1/customers` */
  address: string
  spec: JsonObject
}

/** In the order of the document. */
export function operationsOf(document: JsonObject): DocumentOperation[] {
  return Object.entries(objectOf(document['paths'])).flatMap(([path, item]) =>
    Object.entries(objectOf(item)).map(([name, operation]) => {
      const [method, spec] = [name.toUpperCase(), objectOf(operation)]
      return { id: String(spec['operationId']), method, path, address: `${method} ${path}`, spec }
    }),
  )
}

/** Deprecated, told since when, and the day has come. */
function isOver(spec: JsonObject, today: string): boolean {
  const sunset = spec['x-sunset']
  return spec['deprecated'] === true && typeof sunset === 'string' && sunset <= today
}

function roleBreaks({ old, now, say }: Pair): Finding[] {
  const [had, has] = [list(old['x-roles']), list(now['x-roles'])]
  // Without roles anybody may call it.
  if (had.length === 0) return has.length === 0 ? [] : [say('permission', 'needs a key; it needed none', 'beside')]
  const lost = has.length === 0 ? [] : had.filter((role) => !has.includes(role))
  return lost.length === 0 ? [] : [say('permission', `is not for the role ${lost.join(', ')} any more`, 'beside')]
}

function parameterBreaks({ old, now, inOld, inNow, say, today }: Pair): Finding[] {
  const keyOf = (one: JsonObject): string => `${String(one['in'])} ${String(one['name'])}`
  const had = list(old['parameters']).map(objectOf)
  const has = new Map(
    list(now['parameters'])
      .map(objectOf)
      .map((one) => [keyOf(one), one]),
  )
  const known = new Set(had.map(keyOf))
  const added = [...has].filter(([key, one]) => !known.has(key) && one['required'] === true)
  return [
    ...added.map(([, one]) => say(`parameter ${String(one['name'])}`, 'is new and required', 'beside')),
    ...had.flatMap((one): Finding[] => {
      const where = `parameter ${String(one['name'])}`
      const successor = has.get(keyOf(one))
      if (successor === undefined) return isOver(one, today) ? [] : [say(where, 'is gone', 'deprecate')]
      const [before, after] = [inOld(one['schema']), inNow(successor['schema'])]
      const wasDefault = before['default']
      return [
        ...(successor['required'] === true && one['required'] !== true
          ? [say(where, 'is required; it was not', 'beside')]
          : []),
        ...(wasDefault !== undefined && wasDefault !== after['default']
          ? [say(where, `has another default; it was ${String(wasDefault)}`, 'beside')]
          : []),
        ...breakingChanges(before, after).map(({ message }) => say(where, message, 'beside')),
      ]
    }),
  ]
}

function bodyBreaks({ old, now, inOld, inNow, say }: Pair): Finding[] {
  const [had, has] = [objectOf(old['requestBody']), objectOf(now['requestBody'])]
  const mustNow = has['required'] === true
  if (Object.keys(had).length === 0) return mustNow ? [say('body', 'is new and required', 'beside')] : []
  const [before, after] = [objectOf(had['content']), objectOf(has['content'])]
  return [
    ...(mustNow && had['required'] !== true ? [say('body', 'is required; it was not', 'beside')] : []),
    ...Object.entries(before).flatMap(([type, media]): Finding[] => {
      const successor = after[type]
      if (successor === undefined) return [say('body', `is not taken as ${type} any more`, 'deprecate')]
      const [schema, next] = [inOld(objectOf(media)['schema']), inNow(objectOf(successor)['schema'])]
      return breakingChanges(schema, next).map(({ path, message }) => say(`body ${path || '/'}`, message, 'beside'))
    }),
  ]
}

function responseBreaks(pair: Pair): Finding[] {
  const { old, now, say } = pair
  const has = objectOf(now['responses'])
  return Object.entries(objectOf(old['responses'])).flatMap(([status, answer]): Finding[] => {
    const successor = has[status]
    // Who needs no key is not refused for one.
    if (['401', '403', '429'].includes(status) && list(now['x-roles']).length === 0) return []
    if (successor === undefined) return [say(`answer ${status}`, 'is not given any more', 'beside')]
    return [
      ...namedBreaks(pair, status, objectOf(answer), objectOf(successor)),
      ...contentBreaks(pair, status, objectOf(answer), objectOf(successor)),
    ]
  })
}

/** Headers and codes that programs look at. */
function namedBreaks({ say }: Pair, status: string, old: JsonObject, now: JsonObject): Finding[] {
  const headers = Object.keys(objectOf(old['headers'])).filter((name) => objectOf(now['headers'])[name] === undefined)
  const codes = list(old['x-error-codes']).filter((code) => !list(now['x-error-codes']).includes(code))
  return [
    ...headers.map((name) => say(`answer ${status}`, `has no header ${name} any more`, 'beside')),
    ...codes.map((code) => say(`answer ${status}`, `has no code ${String(code)} any more`, 'beside')),
  ]
}

function contentBreaks(pair: Pair, status: string, old: JsonObject, now: JsonObject): Finding[] {
  const { inOld, inNow, say } = pair
  const after = objectOf(now['content'])
  return Object.entries(objectOf(old['content'])).flatMap(([type, media]): Finding[] => {
    const where = `answer ${status}`
    const successor = after[type]
    if (successor === undefined) return [say(where, `is not given as ${type} any more`, 'beside')]
    const breaks = answerBreaks(inOld(objectOf(media)['schema']), inNow(objectOf(successor)['schema']))
    return breaks.flatMap((one) => answerFinding(one, where, { ...pair, id: String(pair.old['operationId']) }))
  })
}

function answerFinding(
  one: AnswerBreak,
  where: string,
  { say, id, today, notices = [] }: CompatibilityOptions & { say: Say; id: string },
): Finding[] {
  const { kind, path, message, old, values = [] } = one
  const place = `${where} ${path || '/'}`
  if (kind === 'member-removed')
    return old !== undefined && isOver(old, today) ? [] : [say(place, message, 'deprecate')]
  if (kind !== 'enum-widened') return [say(place, message, 'beside')]
  const told = notices.filter(
    ({ at, announced }) => at === `${id}: ${place}` && daysBetween(announced, today) >= NOTICE_DAYS,
  )
  const untold = values.filter((value) => !told.some((notice) => notice.values.includes(value)))
  return untold.length === 0 ? [] : [say(place, `may be ${untold.map(String).join(', ')}`, 'announce')]
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000
}

/** Deprecations that give callers less time than promised; `today` plays no part in it. */
export function hastyDeprecations(document: JsonObject, daysMin: number): string[] {
  return operationsOf(document).flatMap(({ id, spec }) =>
    [spec, ...list(spec['parameters']).map(objectOf)].flatMap((one) => {
      if (one['deprecated'] !== true) return []
      const days = daysBetween(String(one['x-since']), String(one['x-sunset']))
      const name = one === spec ? id : `${id}: parameter ${String(one['name'])}`
      return days >= daysMin ? [] : [`${name}: from \`since\` to \`sunset\` there must be at least ${daysMin} days`]
    }),
  )
}

const DEPTH_MAX = 30

/** A schema with what its references name in their places; what stands beside a reference wins. */
function withoutReferences(schema: Json | undefined, document: JsonObject, depth = 0): JsonObject {
  return inlined(schema ?? {}, objectOf(objectOf(document['components'])['schemas']), depth) as JsonObject
}

function inlined(schema: Json, components: JsonObject, depth: number): Json {
  if (depth > DEPTH_MAX) throw new Error('a schema of the API refers to itself, which this check can not follow')
  if (Array.isArray(schema)) return schema.map((one) => inlined(one, components, depth + 1))
  if (!isJsonObject(schema)) return schema
  const { $ref: reference, ...beside } = schema
  const own = Object.fromEntries(
    Object.entries(beside).map(([name, one]) => [name, inlined(one, components, depth + 1)]),
  )
  if (typeof reference !== 'string') return own
  const target = components[reference.split('/').at(-1) ?? ''] ?? {}
  return { ...(inlined(target, components, depth + 1) as JsonObject), ...own }
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}
