import { EVENT_CATALOGUE, type EventKind, type EventMember } from '../../contracts/event-catalogue.ts'
import { CANONICAL_ENTITIES, type CanonicalEntity } from '../../contracts/canonical.ts'
import { CANONICAL_SCHEMAS } from '../../contracts/generated/schemas.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { extended, type SchemaExtensions } from '../../contracts/schema-forms.ts'
import { canonicalComponents, localized } from '../openapi/document.ts'
import { CHANGE } from '../operations/changes.ts'
import { reference } from '../openapi/operation-object.ts'

/**
 * What the hub sends and takes as messages, as an AsyncAPI 3.0 document: the catalogue of events, with the very schemas
 * that records are checked against, over the event stream, webhooks and the bus.
 */
export function asyncApiDocument(version: string, extensions: SchemaExtensions = {}): JsonObject {
  const types = EVENT_CATALOGUE.map(({ type }) => type)
  const webhookTypes = [...types, TEST.type]
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Omnihub events',
      version,
      description:
        'Every event is a CloudEvent 1.0: at least once, with the same `id` when it comes again, and the events of one customer in the order of its versions.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/cloudevents+json',
    servers: SERVERS,
    channels: {
      eventStream: eventStream(types),
      webhook: webhook(webhookTypes),
      events: eventsExchange(types),
      intake: INTAKE,
    },
    operations: operationsOf(types, webhookTypes),
    components: {
      schemas: {
        ...canonicalComponents(extensions),
        ...Object.fromEntries(
          OTHER_ENTITIES.map((entity) => [recordName(entity), recordOfEvent(entity, extensions[entity])]),
        ),
        ...Object.fromEntries([...EVENT_CATALOGUE, TEST].map((kind) => [`event.${kind.type}`, eventSchema(kind)])),
        change: CHANGE_SCHEMA,
      },
      messages: {
        ...Object.fromEntries([...EVENT_CATALOGUE, TEST].map((kind) => [kind.type, eventMessage(kind)])),
        ...Object.fromEntries([...EVENT_CATALOGUE, TEST].map((kind) => [`webhook.${kind.type}`, signedMessage(kind)])),
        change: CHANGE_MESSAGE,
      },
      messageTraits: { signed: { headers: SIGNATURE_HEADERS } },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key: `omni_<id>_<secret>`.' },
        broker: { type: 'userPassword', description: 'The broker’s own accounts.' },
      },
    },
  }
}

const SERVERS: JsonObject = {
  hub: {
    host: '{hub}',
    protocol: 'https',
    description: 'The hub, for the event stream.',
    variables: { hub: { default: '127.0.0.1:8080', description: 'Host and port of the hub.' } },
    security: [{ $ref: '#/components/securitySchemes/bearer' }],
  },
  broker: {
    host: '{broker}',
    protocol: 'amqp',
    protocolVersion: '0.9.1',
    description: 'The RabbitMQ of AMQP_URL.',
    variables: { broker: { default: '127.0.0.1:5672', description: 'Host and port of the broker.' } },
    security: [{ $ref: '#/components/securitySchemes/broker' }],
  },
}

/** What the hub sends to try a webhook out; it is in no stream. */
const TEST: EventKind = {
  type: 'subscription.test',
  summary: 'Sent on request, to try a webhook out.',
  subject: 'subscription id',
  data: { subscription: { of: 'subscription', description: 'The subscription: its `id`.' } },
}

const messageAt = (name: string): JsonObject => ({ $ref: `#/components/messages/${name}` })
const messagesOf = (types: readonly string[], prefix = ''): JsonObject =>
  Object.fromEntries(types.map((type) => [type, messageAt(prefix + type)]))

function eventStream(types: readonly string[]): JsonObject {
  return {
    address: '/v1/events',
    title: 'Event stream',
    description:
      'Server-sent events: `event` is the type, `id` the number of the event, `data` the CloudEvent. Goes on after Last-Event-ID.',
    servers: [{ $ref: '#/servers/hub' }],
    messages: messagesOf(types),
  }
}

function webhook(types: readonly string[]): JsonObject {
  return {
    address: null,
    title: 'Webhook',
    description:
      'Posted to the URL of a subscription (POST /v1/subscriptions), signed by the Standard Webhooks scheme; any 2xx takes the event.',
    messages: messagesOf(types, 'webhook.'),
  }
}

function eventsExchange(types: readonly string[]): JsonObject {
  return {
    address: '{type}',
    title: 'omnihub.events',
    description: 'A topic exchange; the routing key is the type. Bind a durable queue of your own: `customer.*`, `#`.',
    servers: [{ $ref: '#/servers/broker' }],
    parameters: { type: { description: 'The type of the event.', examples: ['customer.updated', 'invoice.created'] } },
    messages: messagesOf(types),
    bindings: { amqp: exchange('omnihub.events') },
  }
}

const exchange = (name: string): JsonObject => ({
  is: 'routingKey',
  exchange: { name, type: 'topic', durable: true, autoDelete: false, vhost: '/' },
  bindingVersion: '0.3.0',
})

const INTAKE: JsonObject = {
  address: '{system}',
  title: 'omnihub.intake',
  description:
    'Changes from systems that speak AMQP: the routing key is the name of the system, the body is that of POST /v1/changes.',
  servers: [{ $ref: '#/servers/broker' }],
  parameters: { system: { description: 'Name of a system of the hub.', examples: ['crm'] } },
  messages: { change: messageAt('change') },
  bindings: { amqp: exchange('omnihub.intake') },
}

function operationsOf(types: readonly string[], webhookTypes: readonly string[]): JsonObject {
  const inChannel = (channel: string, names: readonly string[]): JsonObject[] =>
    names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` }))
  const operation = (action: string, channel: string, names: readonly string[], more: JsonObject): JsonObject => ({
    action,
    channel: { $ref: `#/channels/${channel}` },
    messages: inChannel(channel, names),
    ...more,
  })
  const post = { http: { method: 'POST', bindingVersion: '0.3.0' } }
  const get = { http: { method: 'GET', bindingVersion: '0.3.0' } }
  return {
    streamEvents: operation('send', 'eventStream', types, {
      summary: 'Answer those who follow the stream',
      bindings: get,
    }),
    postWebhook: operation('send', 'webhook', webhookTypes, { summary: 'Post to subscribers', bindings: post }),
    publishEvents: operation('send', 'events', types, { summary: 'Publish to the bus' }),
    takeChanges: operation('receive', 'intake', ['change'], { summary: 'Take changes of systems' }),
  }
}

const SIGNATURE_HEADERS: JsonObject = {
  type: 'object',
  required: ['webhook-id', 'webhook-timestamp', 'webhook-signature'],
  properties: {
    'webhook-id': { type: 'string', description: 'The `id` of the event: the same at each attempt.' },
    'webhook-timestamp': { type: 'string', description: 'Seconds since 1970: the time of the attempt.' },
    'webhook-signature': {
      type: 'string',
      description:
        '`v1,` and the HMAC-SHA256 of `<id>.<timestamp>.<body>` in base64; during a rotation two, with a space between.',
    },
    'omnihub-event-number': { type: 'string', description: 'The number of the event in the log, for a replay.' },
  },
}

function eventMessage(kind: EventKind): JsonObject {
  const { type, summary } = kind
  return {
    name: type,
    title: type,
    summary,
    contentType: 'application/cloudevents+json',
    payload: reference(`event.${type}`),
    examples: [{ name: type, payload: exampleOf(kind) }],
  }
}

function signedMessage(kind: EventKind): JsonObject {
  return { ...eventMessage(kind), traits: [{ $ref: '#/components/messageTraits/signed' }] }
}

const isOfCustomers = ({ type }: EventKind): boolean => type.startsWith('customer.')

/** The event as a whole: the envelope of CloudEvents 1.0 and its data. */
function eventSchema(kind: EventKind): JsonObject {
  const { type, summary, subject, data } = kind
  const names = Object.keys(data)
  const ofCustomer: JsonObject = isOfCustomers(kind)
    ? {
        sequence: { type: 'string', description: 'The version of the customer.' },
        sequencetype: { const: 'Integer' },
      }
    : {}
  return {
    title: type,
    description: summary,
    type: 'object',
    required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'data'],
    properties: {
      specversion: { const: '1.0' },
      id: { type: 'string', format: 'uuid', description: 'The same when the event comes again.' },
      source: { const: '/omnihub' },
      type: { const: type },
      subject: { type: 'string', description: `${subject.charAt(0).toUpperCase()}${subject.slice(1)}.` },
      time: { type: 'string', format: 'date-time' },
      datacontenttype: { const: 'application/json' },
      ...ofCustomer,
      customerid: { type: 'string', format: 'uuid', description: 'The customer that it is about, where there is one.' },
      data: {
        type: 'object',
        properties: Object.fromEntries(names.map((name) => [name, memberSchema(data[name])])),
      },
    },
  }
}

const OTHER_ENTITIES = CANONICAL_ENTITIES.filter((entity) => entity !== 'customer')

function recordName(entity: CanonicalEntity): string {
  return entity === 'customer' ? entity : `event-record.${entity}`
}

/** Records other than customers are told of as their one source has them: references are not looked up yet. */
function recordOfEvent(entity: CanonicalEntity, extension: JsonObject | undefined): JsonObject {
  const { $schema: _schema, $id: _id, examples: _examples, ...said } = CANONICAL_SCHEMAS[entity]
  const schema = extension === undefined ? said : extended(said, extension)
  const text = (description: string): JsonObject => ({ type: 'string', description })
  const source = {
    type: 'object',
    description: 'The record that it was made of.',
    required: ['system', 'entity', 'key'],
    properties: { system: { type: 'string' }, entity: { type: 'string' }, key: { type: 'string' } },
  }
  return localized({
    ...schema,
    title: `${String(said['title'])} in an event`,
    required: ['id', 'updatedAt', 'source', ...((said['required'] ?? []) as string[])],
    properties: {
      id: text("The hub's id of the record."),
      ...(schema['properties'] as JsonObject),
      updatedAt: { ...text('When its source changed it.'), format: 'date-time' },
      source,
    },
  }) as JsonObject
}

function memberSchema(member: EventMember | undefined): JsonObject {
  if (member === undefined) return {}
  if (member.of === 'record') return reference(recordName(member.entity))
  const { description } = member
  if (member.of === 'customer-id') return { type: 'string', format: 'uuid', description }
  if (member.of === 'customer-ids') return { type: 'array', items: { type: 'string', format: 'uuid' }, description }
  if (member.of === 'moment') return { type: 'string', format: 'date-time', description }
  if (member.of === 'references') return listOf(['system', 'entity', 'key'], description)
  if (member.of === 'fates') return listOf(['entity', 'id', 'fate'], description)
  if (member.of === 'paths') return { type: 'array', items: { type: 'string' }, description }
  const names = member.of === 'event' ? ['id', 'type', 'number'] : ['id', 'owner', 'host', 'reason']
  const properties = names.map((name): [string, JsonObject] => [
    name,
    { type: name === 'number' ? 'integer' : 'string' },
  ])
  return { type: 'object', description, required: ['id'], properties: Object.fromEntries(properties) }
}

/** A list of objects with these texts. */
function listOf(names: readonly string[], description: string): JsonObject {
  const properties = Object.fromEntries(names.map((name): [string, JsonObject] => [name, { type: 'string' }]))
  return { type: 'array', description, items: { type: 'object', required: [...names], properties } }
}

const AN_ID = '0191e2a0-7b1c-7000-8000-2b8f4f1f6c11'
const ANOTHER_ID = '0191e2a0-7b1c-7000-8000-9f572b8f4f1f'
const A_TIME = '2026-03-14T09:26:53.000Z'

function exampleOf(kind: EventKind): JsonObject {
  const { type, data } = kind
  return {
    specversion: '1.0',
    id: '0191e2a0-8c2d-7000-8000-123456789012',
    source: '/omnihub',
    type,
    subject: AN_ID,
    time: A_TIME,
    datacontenttype: 'application/json',
    ...(isOfCustomers(kind) ? { sequence: '7', sequencetype: 'Integer', customerid: AN_ID } : {}),
    data: Object.fromEntries(Object.entries(data).map(([name, member]) => [name, exampleMember(member)])),
  }
}

function exampleMember(member: EventMember): Json {
  switch (member.of) {
    case 'record':
      return exampleRecord(member.entity)
    case 'customer-id':
      return ANOTHER_ID
    case 'customer-ids':
      return [AN_ID]
    case 'moment':
      return A_TIME
    case 'references':
      return [{ system: 'crm', entity: 'Contact', key: '003A1' }]
    case 'fates':
      return [{ entity: 'interaction', id: ANOTHER_ID, fate: 'erased' }]
    case 'paths':
      return ['name.given', 'emails']
    case 'event':
      return { id: '0191e2a0-8c2d-7000-8000-123456789013', type: 'customer.updated', number: 4711 }
    case 'subscription':
      return { id: AN_ID, owner: 'abcdefghijkl', host: 'hooks.example.com', reason: 'failed' }
  }
}

/** The example of what one source says, with what the hub adds. */
function exampleRecord(entity: CanonicalEntity): JsonObject {
  const [example] = CANONICAL_SCHEMAS[entity]['examples'] as JsonObject[]
  if (entity !== 'customer') {
    const source = { system: 'billing', entity: 'Record', key: '4711' }
    return { id: AN_ID, ...example, updatedAt: A_TIME, source }
  }
  const sources = [{ system: 'crm', entity: 'Contact', key: '003A1' }]
  return { id: AN_ID, ...example, sources, version: 7, createdAt: A_TIME, updatedAt: A_TIME }
}

const CHANGE_SCHEMA: JsonObject = {
  title: 'Change',
  description: 'One upsert or delete of one record of a system, as a CloudEvent; or an array of them.',
  ...CHANGE,
}

const CHANGE_MESSAGE: JsonObject = {
  name: 'change',
  title: 'Change',
  summary: 'One change of one record of a system.',
  contentType: 'application/cloudevents+json',
  payload: reference('change'),
  examples: [
    {
      name: 'upsert',
      payload: {
        specversion: '1.0',
        id: '4711',
        source: '/systems/crm',
        type: 'omnihub.change.upserted',
        subject: 'Contact/003A1',
        time: A_TIME,
        data: { Id: '003A1', FirstName: 'Mary', LastName: 'Smith' },
      },
    },
  ],
}
