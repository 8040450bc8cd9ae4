import type { SettingSchema, SettingsSchema } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { type JsonPath, parsePath } from '../shared/json-path.ts'
import { type JsonPredicate, parsePredicate, PREDICATE_PROPERTIES } from '../shared/json-predicate.ts'
import { readSettings } from '../shared/settings.ts'
import { type Scheme, SIGNATURE_SCHEMA, signatureScheme } from './signature-settings.ts'

export interface EventRule {
  when: JsonPredicate[]
  /** undefined: the event is of no interest. */
  read: EventReading | undefined
}

export interface EventReading {
  entity: { name: string } | { path: JsonPath }
  key: JsonPath[]
  data: JsonPath
  deleted: JsonPredicate | undefined
  time: JsonPath | undefined
  sequence: JsonPath | undefined
  version: JsonPath | undefined
}

export interface Challenge {
  when: JsonPredicate
  /** Place of a text that must be one of the secrets, instead of a signature. */
  token: JsonPath | undefined
  isSigned: boolean
  echo: JsonPath
  /** Answered as JSON under this name; undefined: as plain text. */
  member: string | undefined
}

export interface WebhookSettings {
  signature: Scheme
  secrets: Buffer[]
  challenges: Challenge[]
  deliveryId: JsonPath | undefined
  /** Path of the list of events in the body; undefined: the body is one event. */
  events: JsonPath | undefined
  rules: EventRule[]
  answer: { status: number; body: string; contentType: string }
}

const text = (title: string, description: string): SettingSchema => ({ type: 'string', title, description })
const PLACES = 'Paths begin with event (one event), body, headers (lower-case) or query.'

const predicate = (title: string, description: string): SettingSchema => ({
  type: 'object',
  title,
  description: `${description} ${PLACES}`,
  properties: PREDICATE_PROPERTIES,
  required: ['path'],
  additionalProperties: false,
})

const rule: SettingSchema = {
  type: 'object',
  title: 'Rule',
  description: 'What an event is, if all of `when` holds.',
  properties: {
    when: {
      type: 'array',
      title: 'When',
      description: 'Questions that must all hold. Absent: it is for every event.',
      items: predicate('Question', 'A question about the push.'),
    },
    ignore: { type: 'boolean', title: 'Ignore', description: 'true: such events are taken and have no effect.' },
    entity: text('Entity', 'The entity whose record this is.'),
    entityAt: text('Entity at', `Path of the name of the entity, instead. ${PLACES}`),
    key: {
      type: 'array',
      items: { type: 'string' },
      title: 'Key',
      description: `Paths of the values that name the record. ${PLACES}`,
    },
    data: text('Data', 'Path of the record. Default event.'),
    deleted: predicate('Deleted', 'Where it holds, the record was deleted.'),
    time: text('Time', 'Path of the time of the change: ISO 8601, or seconds or milliseconds since 1970.'),
    sequence: text(
      'Sequence',
      'Path of an integer that grows with every change of a record: orders pushes that overtake each other.',
    ),
    version: text(
      'Version',
      'Path of what tells one change from another. Default: the delivery id and the place of the event in it.',
    ),
  },
  additionalProperties: false,
}

const challenge: SettingSchema = {
  type: 'object',
  title: 'Challenge',
  description:
    'A request by which the system finds out whether the address is right; it is answered and changes nothing.',
  properties: {
    when: predicate('When', 'Tells that a request is one.'),
    echo: text('Echo', 'Path of the text that is answered, at most 1,024 characters.'),
    member: text('Member', 'The text is answered as JSON, {"<member>": text}. Absent: as plain text.'),
    token: text('Token', 'Path of a text that must be one of the secrets; there is no signature then.'),
    unsigned: {
      type: 'boolean',
      title: 'Unsigned',
      description: 'true: the system neither signs it nor sends a token.',
    },
  },
  required: ['when', 'echo'],
  additionalProperties: false,
}

export const WEBHOOK_SETTINGS: SettingsSchema = {
  type: 'object',
  properties: {
    signature: SIGNATURE_SCHEMA,
    challenges: { type: 'array', title: 'Challenges', description: 'Requests that are no events.', items: challenge },
    deliveryId: text(
      'Delivery id',
      'Path of what stays the same when a push is repeated, as headers.webhook-id. Default: a hash of the body.',
    ),
    list: text('List', 'Path of the list of events in the body, as body.events. Absent: the body is one event.'),
    rules: {
      type: 'array',
      title: 'Rules',
      description: 'What events are; the first rule that fits decides. An event that none fits is refused.',
      items: rule,
    },
    answer: {
      type: 'object',
      title: 'Answer',
      description: 'What the system is answered once its push is durable.',
      properties: {
        status: {
          type: 'integer',
          minimum: 200,
          maximum: 204,
          default: 200,
          title: 'Status',
          description: 'HTTP status.',
        },
        body: { ...text('Body', 'Text.'), default: '' },
        contentType: { ...text('Content type', 'Of the body.'), default: 'text/plain; charset=utf-8' },
      },
      additionalProperties: false,
    },
  },
  required: ['signature', 'rules'],
  additionalProperties: false,
}

const ROOTS = ['event', 'body', 'headers', 'query', 'method']

/** Throws `connector.settings` with a pointer. */
export function webhookSettings(given: JsonObject): WebhookSettings {
  const settings = readSettings(WEBHOOK_SETTINGS, given, '/settings')
  const signature = signatureScheme(settings.signature as JsonObject)
  const rules = (settings.rules as JsonObject[]).map((each, place) => eventRule(each, `/settings/rules/${place}`))
  if (rules.length === 0) throw settingsError('Without rules nothing could be pushed.', { where: '/settings/rules' })
  const answer = (settings.answer ?? { status: 200, body: '', contentType: 'text/plain; charset=utf-8' }) as JsonObject
  return {
    signature,
    secrets: ((settings.signature as JsonObject).secrets as string[]).map((secret) => Buffer.from(secret)),
    challenges: ((settings.challenges ?? []) as JsonObject[]).map((each, place) => {
      return challengeOf(each, `/settings/challenges/${place}`)
    }),
    deliveryId: optional(settings.deliveryId, '/settings/deliveryId'),
    events: optional(settings.list, '/settings/list'),
    rules,
    answer: {
      status: Number(answer.status),
      body: String(answer.body),
      contentType: String(answer.contentType),
    },
  }
}

function rooted(text: unknown, where: string): JsonPath {
  const path = parsePath(String(text), where)
  if (ROOTS.includes(path[0] ?? '')) return path
  throw settingsError('The path begins nowhere.', { where, fix: `Let it begin with ${ROOTS.join(', ')}.` })
}

function optional(text: unknown, where: string): JsonPath | undefined {
  return text === undefined ? undefined : rooted(text, where)
}

function question(given: unknown, where: string): JsonPredicate {
  rooted((given as JsonObject).path, `${where}/path`)
  return parsePredicate(given as JsonObject, where)
}

function eventRule(given: JsonObject, where: string): EventRule {
  const when = ((given.when ?? []) as JsonObject[]).map((each, place) => question(each, `${where}/when/${place}`))
  if (given.ignore === true) {
    const other = Object.keys(given).find((name) => name !== 'when' && name !== 'ignore')
    if (other === undefined) return { when, read: undefined }
    throw settingsError(`What is ignored has no "${other}".`, { where: `${where}/${other}` })
  }
  const { entity, entityAt, key } = given
  if ((entity === undefined) === (entityAt === undefined)) {
    throw settingsError('A rule has either "entity" or "entityAt".', { where: `${where}/entity` })
  }
  const paths = ((key ?? []) as string[]).map((path, place) => rooted(path, `${where}/key/${place}`))
  if (paths.length === 0) throw settingsError('A rule names the key of the record.', { where: `${where}/key` })
  return {
    when,
    read: {
      entity: entity === undefined ? { path: rooted(entityAt, `${where}/entityAt`) } : { name: String(entity) },
      key: paths,
      data: given.data === undefined ? ['event'] : rooted(given.data, `${where}/data`),
      deleted: given.deleted === undefined ? undefined : question(given.deleted, `${where}/deleted`),
      time: optional(given.time, `${where}/time`),
      sequence: optional(given.sequence, `${where}/sequence`),
      version: optional(given.version, `${where}/version`),
    },
  }
}

function challengeOf(given: JsonObject, where: string): Challenge {
  const { token, unsigned } = given
  if (token !== undefined && unsigned === true) {
    throw settingsError('A challenge with a token is not "unsigned".', { where: `${where}/unsigned` })
  }
  return {
    when: question(given.when, `${where}/when`),
    token: optional(token, `${where}/token`),
    isSigned: token === undefined && unsigned !== true,
    echo: rooted(given.echo, `${where}/echo`),
    member: given.member === undefined ? undefined : String(given.member),
  }
}
