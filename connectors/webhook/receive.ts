import { createHash } from 'node:crypto'
import type { PushAnswer, PushRequest, PushResult, SourceRecord } from '../../hub/contracts/connector.ts'
import { isJsonObject, type Json, type JsonObject } from '../../hub/contracts/json.ts'
import { rejectedError, unauthorizedPushError } from '../shared/errors.ts'
import { parseExactJson } from '../shared/exact-json.ts'
import { isTooDeep, JSON_DEPTH_MAX } from '../shared/json-depth.ts'
import { type JsonPath, valueAt } from '../shared/json-path.ts'
import { holds } from '../shared/json-predicate.ts'
import { joinKey } from '../shared/record-key.ts'
import { isSame, verifySignature } from './signature.ts'
import type { Challenge, EventReading, WebhookSettings } from './settings.ts'

const EVENTS_MAX = 10_000
const ECHO_MAX = 1024

/**
 * Reads a push. Throws `connector.push.unauthorized` before anything of the body is looked at for its meaning, and
 * `connector.rejected`, with a pointer into the body, for what the rules can't read: all of a push is taken or none of it.
 * @param now wall clock, ms
 */
export function receiveWebhook(request: PushRequest, settings: WebhookSettings, now: number): PushResult {
  const isGet = request.method === 'GET'
  const verify = (): void => verifySignature(request, settings.signature, now)
  // Most challenges are found by what is in the body: it is read first, but nothing of it counts before the proof.
  const unproven = documentOf(request, isGet ? null : readBody(request, true))
  const challenge = settings.challenges.find(({ when }) => holds(when, unproven))
  if (challenge !== undefined) {
    if (challenge.isSigned) verify()
    return { records: [], answer: challengeAnswer(challenge, unproven, settings.secrets) }
  }
  verify()
  if (isGet)
    throw rejectedError('A push comes by POST.', {
      fix: 'The system asks for something that no challenge of the settings is.',
    })
  const body = readBody(request, false)
  const records = readEvents(documentOf(request, body), settings, request)
  return { records, answer: settings.answer }
}

function documentOf({ method, headers, query }: PushRequest, body: Json): JsonObject {
  return { method, headers, query, body, event: body }
}

/** @param quiet what can't be read is null */
function readBody({ headers, body }: PushRequest, quiet: boolean): Json {
  const type = headers['content-type'] ?? ''
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body)
    if (/^application\/x-www-form-urlencoded\b/i.test(type)) return Object.fromEntries(new URLSearchParams(text))
    const value = parseExactJson(text)
    if (isTooDeep(value)) throw new RangeError('too deep')
    return value
  } catch (error) {
    if (quiet) return null
    if (error instanceof RangeError) {
      throw rejectedError(`The body of the push is deeper than ${JSON_DEPTH_MAX} levels.`, { where: '' })
    }
    // The parser's own message quotes the text, which may hold personal data.
    throw rejectedError('The body of the push is no JSON in UTF-8.', { where: '' })
  }
}

function challengeAnswer(challenge: Challenge, document: JsonObject, secrets: readonly Buffer[]): PushAnswer {
  if (challenge.token !== undefined) {
    const token = Buffer.from(scalar(document, challenge.token) ?? '')
    const matches = secrets.filter((secret) => isSame(token, secret))
    if (matches.length === 0) throw unauthorizedPushError('the token of the challenge is another')
  }
  const text = scalar(document, challenge.echo)
  if (text === undefined || text.length > ECHO_MAX) {
    throw rejectedError('The challenge has no text to answer, or too long a one.', { where: pointer(challenge.echo) })
  }
  const headers = { 'x-content-type-options': 'nosniff' }
  if (challenge.member === undefined)
    return { status: 200, contentType: 'text/plain; charset=utf-8', body: text, headers }
  return { status: 200, contentType: 'application/json', body: JSON.stringify({ [challenge.member]: text }), headers }
}

function readEvents(document: JsonObject, settings: WebhookSettings, request: PushRequest): SourceRecord[] {
  const { events, deliveryId } = settings
  const list = events === undefined ? [document.body ?? null] : valueAt(document, events)
  const at = events === undefined ? '' : pointer(events)
  if (!Array.isArray(list)) throw rejectedError('The push has no list of events where the settings say.', { where: at })
  if (list.length > EVENTS_MAX) {
    throw rejectedError(`The push has more than ${EVENTS_MAX} events.`, { where: at })
  }
  const delivery = (deliveryId === undefined ? undefined : scalar(document, deliveryId)) ?? bodyHash(request)
  return list.flatMap((event, place): SourceRecord[] => {
    const where = events === undefined ? '' : `${at}/${place}`
    if (!isJsonObject(event)) throw rejectedError('An event is no object.', { where })
    const scope = { ...document, event }
    const rule = settings.rules.find(({ when }) => when.every((question) => holds(question, scope)))
    if (rule === undefined) {
      throw rejectedError('An event is of a kind that the settings do not know.', {
        where,
        fix: 'Add a rule for it, with `ignore: true` where it is of no interest.',
      })
    }
    if (rule.read === undefined) return []
    return [readEvent(scope, rule.read, `${delivery}~${place}`, where)]
  })
}

function readEvent(scope: JsonObject, reading: EventReading, delivery: string, where: string): SourceRecord {
  const place = (path: JsonPath): string =>
    path[0] === 'event' ? where + pointer(['body', ...path.slice(1)]) : pointer(path)
  const entity = 'name' in reading.entity ? reading.entity.name : scalar(scope, reading.entity.path)
  if (entity === undefined || entity === '') {
    throw rejectedError('An event does not say of what entity it is.', {
      where: place('path' in reading.entity ? reading.entity.path : []),
    })
  }
  const parts = reading.key.map((path) => {
    const part = scalar(scope, path)
    if (part !== undefined && part !== '') return part
    throw rejectedError('An event does not say which record it is about.', { where: place(path) })
  })
  const isDeleted = reading.deleted !== undefined && holds(reading.deleted, scope)
  const data = isDeleted ? null : valueAt(scope, reading.data)
  if (data !== null && !isJsonObject(data))
    throw rejectedError('The record of an event is no object.', { where: place(reading.data) })
  const record: SourceRecord = {
    entity,
    key: joinKey(parts),
    kind: isDeleted ? 'delete' : 'upsert',
    version: (reading.version === undefined ? undefined : scalar(scope, reading.version)) ?? delivery,
    data,
  }
  const time = reading.time === undefined ? undefined : timeText(scalar(scope, reading.time))
  if (time !== undefined) record.time = time
  if (reading.sequence !== undefined) {
    const sequence = scalar(scope, reading.sequence)
    if (sequence === undefined || !/^-?\d{1,80}$/.test(sequence)) {
      throw rejectedError('The sequence of an event is no integer.', { where: place(reading.sequence) })
    }
    record.sequence = sequence
    record.sequenceType = 'Integer'
  }
  return record
}

/** ISO 8601 as it is; seconds or milliseconds since 1970 as ISO 8601. */
function timeText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (!/^\d{9,14}(\.\d+)?$/.test(text)) return Number.isNaN(Date.parse(text)) ? undefined : text
  const number = Number(text)
  const ms = number > 99_999_999_999 ? number : number * 1000
  return ms <= 8.64e15 ? new Date(ms).toISOString() : undefined
}

function scalar(document: JsonObject, path: JsonPath): string | undefined {
  const value = valueAt(document, path)
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value)
}

/** JSON pointer into the body of a push; a place outside of it is told by its own name. */
function pointer(path: JsonPath): string {
  const names = path[0] === 'body' || path[0] === 'event' ? path.slice(1) : path
  return names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function bodyHash({ body }: PushRequest): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22)
}
