import type { EntityConfig, SettingsSchema } from '../../hub/contracts/connector.ts'
import { isJsonObject, type Json } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { type JsonPath, parsePath } from '../shared/json-path.ts'
import { readSettings } from '../shared/settings.ts'

/** How the messages of one entity are read and written: its options in config/systems/<name>.yaml, checked. */
export interface AmqpOptions {
  entity: string
  /** undefined: nothing is read. */
  queue: string | undefined
  /** Where messages go that can't be read. */
  rejectedQueue: string
  record: JsonPath
  keys: JsonPath[]
  deletedWhen: { path: JsonPath; value: string } | undefined
  sequence: JsonPath | undefined
  sequenceType: 'text' | 'Integer'
  time: JsonPath | undefined
  versionFrom: 'message-id' | 'content'
  pageSize: number
  out: { exchange: string; routingKey: string } | undefined
}

export const AMQP_OPTIONS: SettingsSchema = {
  type: 'object',
  properties: {
    queue: {
      type: 'string',
      title: 'Queue',
      description: 'Queue that holds the messages of the system; the owner of the broker makes and binds it.',
    },
    rejectedQueue: {
      type: 'string',
      title: 'Rejected queue',
      description:
        'Where messages go that can not be read, with the reason. By default <queue>.rejected; made on demand.',
    },
    record: {
      type: 'string',
      title: 'Record',
      description: 'Path of the record in the message, such as payload.customer. Absent: the whole message.',
    },
    keys: {
      type: 'array',
      items: { type: 'string' },
      title: 'Keys',
      description: 'Paths of the values that name the record, in the message.',
    },
    deletedWhen: {
      type: 'object',
      title: 'Deleted when',
      description: 'Messages that say that the record is gone: {path, value}.',
    },
    sequence: {
      type: 'string',
      title: 'Sequence',
      description: 'Path of a value that grows with each change of a record. Absent: the order of the queue counts.',
    },
    sequenceType: {
      type: 'string',
      enum: ['text', 'Integer'],
      default: 'text',
      title: 'Sequence type',
      description: 'How two sequences are compared: as text, or as whole numbers.',
    },
    time: { type: 'string', title: 'Time', description: 'Path of the time of the change, ISO 8601.' },
    versionFrom: {
      type: 'string',
      enum: ['message-id', 'content'],
      default: 'message-id',
      title: 'Version from',
      description:
        'What tells a repeat of a message from a new one: its message id, or its content (then the same content later on is no change).',
    },
    pageSize: {
      type: 'integer',
      default: 500,
      minimum: 1,
      maximum: 10_000,
      title: 'Page size',
      description: 'Messages taken at a time at most, over all queues of the system.',
    },
    outExchange: {
      type: 'string',
      title: 'Out exchange',
      description: 'Exchange that takes messages for the system; empty: the default one. Absent: nothing is written.',
    },
    outRoutingKey: {
      type: 'string',
      title: 'Out routing key',
      description: 'Routing key of the messages for the system; with the default exchange the name of its queue.',
    },
  },
  additionalProperties: false,
}

/** Throws `connector.settings` with a pointer into the options. */
export function amqpOptions(config: EntityConfig): AmqpOptions {
  const where = `/entities/${config.entity}/options`
  const given = readSettings(AMQP_OPTIONS, config.options, where)
  const text = (name: string): string | undefined => given[name] as string | undefined
  const path = (name: string): JsonPath | undefined => {
    const value = text(name)
    return value === undefined ? undefined : parsePath(value, `${where}/${name}`)
  }
  const [queue, outExchange, outRoutingKey] = [text('queue'), text('outExchange'), text('outRoutingKey')]
  if (queue === undefined && outExchange === undefined) {
    throw settingsError('Neither "queue" nor "outExchange" is there.', { where: `${where}/queue` })
  }
  if (outExchange === undefined && outRoutingKey !== undefined) {
    throw settingsError('"outRoutingKey" needs "outExchange".', { where: `${where}/outRoutingKey` })
  }
  const keys = ((given.keys ?? []) as string[]).map((key, place) => parsePath(key, `${where}/keys/${place}`))
  if (queue !== undefined && keys.length === 0) {
    throw settingsError('At least one path must name the record.', { where: `${where}/keys` })
  }
  return {
    entity: config.entity,
    queue,
    rejectedQueue: text('rejectedQueue') ?? `${queue ?? config.entity}.rejected`,
    record: path('record') ?? [],
    keys,
    deletedWhen: deletedWhen(given.deletedWhen, `${where}/deletedWhen`),
    sequence: path('sequence'),
    sequenceType: given.sequenceType as AmqpOptions['sequenceType'],
    time: path('time'),
    versionFrom: given.versionFrom as AmqpOptions['versionFrom'],
    pageSize: given.pageSize as number,
    out: outExchange === undefined ? undefined : { exchange: outExchange, routingKey: outRoutingKey ?? '' },
  }
}

function deletedWhen(given: Json | undefined, where: string): AmqpOptions['deletedWhen'] {
  if (given === undefined) return undefined
  const { path, value, ...others } = isJsonObject(given) ? given : {}
  const isScalar = ['string', 'number', 'boolean'].includes(typeof value)
  if (typeof path === 'string' && isScalar && Object.keys(others).length === 0) {
    return { path: parsePath(path, `${where}/path`), value: String(value) }
  }
  throw settingsError('The option "deletedWhen" must be {path, value}.', { where })
}
