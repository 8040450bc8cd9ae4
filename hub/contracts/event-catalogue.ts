import { CANONICAL_ENTITIES } from './canonical.ts'

/**
 * Every type of event that the hub sends: what subscriptions and filters are checked against and what the AsyncAPI
 * document and docs/channel-developers/events.md tell of. An event that is not here is not sent.
 */
export interface EventKind {
  /** `customer.updated`: the CloudEvents type and the routing key on the bus. */
  type: string
  summary: string
  /** What `subject` names. */
  subject: string
  /** Members of `data`, by name. */
  data: Readonly<Record<string, EventMember>>
}

export type EventMember =
  | { of: 'record'; entity: (typeof CANONICAL_ENTITIES)[number] }
  | {
      of: 'customer-id' | 'customer-ids' | 'moment' | 'paths' | 'references' | 'fates' | 'subscription' | 'event'
      description: string
    }

const CUSTOMER: EventMember = { of: 'record', entity: 'customer' }
const customerId = (description: string): EventMember => ({ of: 'customer-id', description })

const CUSTOMER_EVENTS: readonly EventKind[] = [
  {
    type: 'customer.created',
    summary: 'A customer is new.',
    subject: 'customer id',
    data: { customer: CUSTOMER },
  },
  {
    type: 'customer.updated',
    summary: 'The golden record of a customer has a new version.',
    subject: 'customer id',
    data: {
      customer: CUSTOMER,
      changed: { of: 'paths', description: 'Paths that differ from the version before: `name.given`, `emails`.' },
    },
  },
  {
    type: 'customer.joined',
    summary: 'Two customers turned out to be one.',
    subject: 'id of the customer that survives',
    data: {
      customer: CUSTOMER,
      joined: customerId('The customer that was taken in.'),
      into: customerId('The customer that survives.'),
    },
  },
  {
    type: 'customer.split',
    summary: 'A part of a customer turned out to be somebody else.',
    subject: 'id of the customer that was split',
    data: {
      customer: CUSTOMER,
      from: customerId('The customer that was split.'),
      into: customerId('The part that left.'),
    },
  },
  {
    type: 'customer.erased',
    summary: 'A customer was erased: whoever holds data of it has to delete it too. It passes every filter.',
    subject: 'customer id',
    data: {
      erasure: customerId('Id of the erasure.'),
      customers: { of: 'customer-ids', description: 'The customer and all that had been joined into it.' },
      erasedAt: { of: 'moment', description: 'When.' },
      references: {
        of: 'references',
        description: 'Records of systems that are to be deleted and not confirmed yet: `system`, `entity`, `key`.',
      },
      records: {
        of: 'fates',
        description:
          'Records of other entities, at most 1000: `entity`, `id` (of the hub) and `fate`, erased or kept-without-person.',
      },
    },
  },
]

/** Whoever asked for less must hear of these all the same. */
export function passesFilters(type: string): boolean {
  return type === 'customer.erased'
}

const VERBS = { created: 'is new', updated: 'has changed', deleted: 'was deleted' }

const RECORD_EVENTS: readonly EventKind[] = CANONICAL_ENTITIES.filter((entity) => entity !== 'customer').flatMap(
  (entity) =>
    Object.entries(VERBS).map(([verb, what]) => ({
      type: `${entity}.${verb}`,
      summary: `A record of the entity ${entity} ${what}.`,
      subject: 'record id',
      data: { [entity]: { of: 'record', entity } as const },
    })),
)

const NOTICE: EventMember = {
  of: 'subscription',
  description: 'The subscription: `id`, `owner` (id of its API key), `host`, and `reason`.',
}

const SUBSCRIPTION_EVENTS: readonly EventKind[] = [
  {
    type: 'subscription.disabled',
    summary: 'The hub has disabled a webhook subscription; its events wait until it is active again.',
    subject: 'subscription id',
    data: { subscription: NOTICE },
  },
  {
    type: 'subscription.event-failed',
    summary: 'One event could not be delivered to a webhook that otherwise works, and is not tried again.',
    subject: 'subscription id',
    data: { subscription: NOTICE, event: { of: 'event', description: 'The event: `id`, `type`, `number`.' } },
  },
]

export const EVENT_CATALOGUE: readonly EventKind[] = [...CUSTOMER_EVENTS, ...RECORD_EVENTS, ...SUBSCRIPTION_EVENTS]

/** `customer.updated`; or the beginning of types up to a dot, `customer.*`; or `*`: all. */
export function matchesType(pattern: string, type: string): boolean {
  if (pattern === '*') return true
  return pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type
}
