import type { JsonObject } from '../../contracts/json.ts'
import { SUBSCRIPTION_STATES } from '../../store/subscription-queries.ts'
import { operation, type ParamSpec } from './operation.ts'
import { PAGE, pageSchema } from './shared.ts'

const TAG = 'Subscriptions'
const ID = {
  id: { type: 'string', format: 'uuid', description: 'Id of the subscription.' },
} as const satisfies Record<string, ParamSpec>
const UNKNOWN = { 404: { description: 'There is no such subscription, or it is not yours.' } } as const

const WISH: JsonObject = {
  url: { type: 'string', minLength: 1, maxLength: 2048, description: 'Where events are posted to; https.' },
  types: {
    type: 'array',
    minItems: 1,
    maxItems: 100,
    items: { type: 'string', minLength: 1, maxLength: 100 },
    description: 'Types of events, or beginnings of them: `customer.*`, `invoice.created`; `*`: all.',
  },
  filter: {
    type: ['string', 'null'],
    minLength: 1,
    maxLength: 2000,
    description:
      'A condition over the event, in the expression language of the hub. Only events for which it is true are sent.',
  },
  description: { type: ['string', 'null'], maxLength: 500, description: 'For whoever reads the list later.' },
}

const MOMENT: JsonObject = { type: ['string', 'null'], format: 'date-time' }
const SUBSCRIPTION_PROPERTIES: JsonObject = {
  id: { type: 'string', format: 'uuid' },
  ...WISH,
  owner: { type: 'string', description: 'Id of the API key that made it; the subscription ends with it.' },
  state: { type: 'string', enum: [...SUBSCRIPTION_STATES] },
  disabled: {
    type: ['object', 'null'],
    description:
      'Why and since when the hub sends nothing: `gone` (it answered 410), `failed` (nothing was taken for three days), `owner-revoked`, `filter`.',
    properties: { reason: { type: 'string' }, at: { type: 'string', format: 'date-time' } },
  },
  position: { type: 'integer', description: 'Number of the last event that was looked at.' },
  waiting: { type: 'integer', description: 'Events that were looked at and are still to be delivered.' },
  failing: {
    type: ['object', 'null'],
    description: 'The attempts since the last success.',
    properties: {
      since: MOMENT,
      attempts: { type: 'integer' },
      problem: { type: ['string', 'null'] },
      nextAttemptAt: MOMENT,
    },
  },
  lastDeliveredAt: MOMENT,
  formerSecretUntil: { ...MOMENT, description: 'Until then the secret before the present one signs too.' },
  createdAt: { type: 'string', format: 'date-time' },
  updatedAt: { type: 'string', format: 'date-time' },
}
const SUBSCRIPTION: JsonObject = { type: 'object', properties: SUBSCRIPTION_PROPERTIES }
const WITH_SECRET: JsonObject = {
  type: 'object',
  properties: {
    ...SUBSCRIPTION_PROPERTIES,
    secret: { type: 'string', description: 'Signs what is sent (`whsec_...`). Shown this once.' },
  },
}

export const createSubscriptionOperation = operation({
  id: 'createSubscription',
  method: 'POST',
  path: '/v1/subscriptions',
  tag: TAG,
  summary: 'Subscribe to events',
  description:
    'Events from now on are posted to the URL as CloudEvents, signed by the Standard Webhooks scheme: at least once, those of one customer in order. Any 2xx within 15 seconds takes an event; anything else is tried again for three days.',
  permission: 'subscriptions.manage',
  body: {
    description: 'Where to, and which events.',
    types: ['application/json'],
    schema: { type: 'object', additionalProperties: false, required: ['url', 'types'], properties: WISH },
  },
  answers: {
    201: { description: 'Made. The secret is shown this once.', schema: WITH_SECRET },
    409: { description: 'The key has as many subscriptions as it may.' },
    422: { description: 'The URL may not be called, a type is unknown, or the filter is wrong; `pointer` says which.' },
  },
})

export const listSubscriptionsOperation = operation({
  id: 'listSubscriptions',
  method: 'GET',
  path: '/v1/subscriptions',
  tag: TAG,
  summary: 'List subscriptions',
  description: 'Those of the key that asks; for an admin all.',
  permission: 'subscriptions.manage',
  query: PAGE,
  answers: { 200: { description: 'A page of subscriptions, by id.', schema: pageSchema(SUBSCRIPTION) } },
})

export const getSubscriptionOperation = operation({
  id: 'getSubscription',
  method: 'GET',
  path: '/v1/subscriptions/{id}',
  tag: TAG,
  summary: 'Read a subscription',
  description: 'With how its receiver does. Never with a secret.',
  permission: 'subscriptions.manage',
  params: ID,
  answers: { 200: { description: 'The subscription.', schema: SUBSCRIPTION }, ...UNKNOWN },
})

export const editSubscriptionOperation = operation({
  id: 'editSubscription',
  method: 'PATCH',
  path: '/v1/subscriptions/{id}',
  tag: TAG,
  summary: 'Change, pause or resume a subscription',
  description:
    'A JSON Merge Patch. `state: paused` holds events back, `state: active` goes on where it stopped, also after the hub has disabled it: nothing is skipped. Types and filter hold for events that were not looked at yet.',
  permission: 'subscriptions.manage',
  params: ID,
  body: {
    description: 'What is to change.',
    types: ['application/merge-patch+json', 'application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: { ...WISH, state: { type: 'string', enum: ['active', 'paused'] } },
    },
  },
  answers: {
    200: { description: 'As it is now.', schema: SUBSCRIPTION },
    ...UNKNOWN,
    422: { description: 'The URL may not be called, a type is unknown, or the filter is wrong; `pointer` says which.' },
  },
})

export const deleteSubscriptionOperation = operation({
  id: 'deleteSubscription',
  method: 'DELETE',
  path: '/v1/subscriptions/{id}',
  tag: TAG,
  summary: 'End a subscription',
  description: 'What waits is dropped, and the log of its deliveries with it.',
  permission: 'subscriptions.manage',
  params: ID,
  answers: { 204: { description: 'It is gone.' }, ...UNKNOWN },
})

export const rotateSubscriptionSecretOperation = operation({
  id: 'rotateSubscriptionSecret',
  method: 'POST',
  path: '/v1/subscriptions/{id}/rotate-secret',
  tag: TAG,
  summary: 'Give a subscription a new secret',
  description:
    'Until the overlap ends, messages carry a signature by each of the two secrets, so that a receiver can change at leisure. A secret that leaked is ended at once with `overlapSeconds: 0`.',
  permission: 'subscriptions.manage',
  params: ID,
  body: {
    description: 'How long the secret before signs too.',
    types: ['application/json'],
    required: false,
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: { overlapSeconds: { type: 'integer', minimum: 0, maximum: 604_800, default: 86_400 } },
    },
  },
  answers: { 200: { description: 'The new secret, shown this once.', schema: WITH_SECRET }, ...UNKNOWN },
})

export const replaySubscriptionOperation = operation({
  id: 'replaySubscription',
  method: 'POST',
  path: '/v1/subscriptions/{id}/replay',
  tag: TAG,
  summary: 'Deliver from an earlier place on',
  description:
    'From now on the subscription is at this place: what waits is dropped, and every event after the place is delivered, again where it was already, with the id that it had. A later place skips what lies before it.',
  permission: 'subscriptions.manage',
  params: ID,
  body: {
    description:
      'Number of the last event that you have (`after`), or the moment from which on you miss some (`since`).',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        after: { type: 'integer', minimum: 0, maximum: 999_999_999_999_999 },
        since: {
          type: 'string',
          maxLength: 40,
          pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)$',
        },
      },
      oneOf: [{ required: ['after'] }, { required: ['since'] }],
    },
  },
  answers: {
    202: { description: 'It begins there.', schema: SUBSCRIPTION },
    ...UNKNOWN,
    410: { description: 'Events after this place are no longer kept.' },
    422: { description: 'There is no event of this number yet, or this is no moment.' },
  },
})

export const testSubscriptionOperation = operation({
  id: 'testSubscription',
  method: 'POST',
  path: '/v1/subscriptions/{id}/test',
  tag: TAG,
  summary: 'Send a test event',
  description:
    'Sends one event of the type `subscription.test` now, signed like all others, whatever the state of the subscription, and answers how that ended.',
  permission: 'subscriptions.manage',
  params: ID,
  answers: {
    200: {
      description: 'How it ended: `delivered` tells.',
      schema: {
        type: 'object',
        properties: {
          delivered: { type: 'boolean' },
          eventId: { type: 'string' },
          status: { type: ['integer', 'null'], description: 'What the receiver answered; null: nothing.' },
          durationMs: { type: 'integer' },
          problem: { type: ['string', 'null'] },
        },
      },
    },
    ...UNKNOWN,
  },
})

export const listDeliveriesOperation = operation({
  id: 'listDeliveries',
  method: 'GET',
  path: '/v1/subscriptions/{id}/deliveries',
  tag: TAG,
  summary: 'How attempts ended',
  description: 'The newest attempts first: about 500, of 14 days at most. Without the events themselves.',
  permission: 'subscriptions.manage',
  params: ID,
  query: PAGE,
  answers: {
    200: {
      description: 'A page of attempts.',
      schema: pageSchema({
        type: 'object',
        properties: {
          no: { type: 'integer' },
          event: {
            type: 'object',
            properties: { id: { type: 'string' }, type: { type: 'string' }, number: { type: ['integer', 'null'] } },
          },
          attempt: { type: 'integer' },
          at: { type: 'string', format: 'date-time' },
          durationMs: { type: 'integer' },
          status: { type: ['integer', 'null'] },
          outcome: { type: 'string', enum: ['delivered', 'retrying', 'failed', 'disabled'] },
          problem: { type: ['string', 'null'] },
        },
      }),
    },
    ...UNKNOWN,
  },
})

export const SUBSCRIPTION_OPERATIONS = [
  createSubscriptionOperation,
  listSubscriptionsOperation,
  getSubscriptionOperation,
  editSubscriptionOperation,
  deleteSubscriptionOperation,
  rotateSubscriptionSecretOperation,
  replaySubscriptionOperation,
  testSubscriptionOperation,
  listDeliveriesOperation,
]
