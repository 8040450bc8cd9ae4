import { operation } from './operation.ts'

export const followEventsOperation = operation({
  id: 'followEvents',
  method: 'GET',
  path: '/v1/events',
  tag: 'Events',
  summary: 'Follow events',
  description: [
    'Server-sent events: each has the type as `event`, its position as `id` and the CloudEvent as `data`. Without a position the stream begins now;',
    'with the header Last-Event-ID (browsers send it when they reconnect) it goes on after that event, so that nothing is missed: at least once, in order.',
    'A comment comes every 15 seconds while there is nothing to tell.',
  ].join(' '),
  permission: 'events.read',
  personal: true,
  endless: true,
  query: {
    type: {
      type: 'string',
      list: true,
      maxLength: 100,
      description: 'Types of events, or beginnings of them: `customer.updated,invoice.*`. Absent: all.',
    },
    customer: { type: 'string', format: 'uuid', list: true, description: 'Events of these customers only.' },
    filter: {
      type: 'string',
      maxLength: 2000,
      description:
        'A condition over the event, as in subscriptions: `data.customer.status == "active"`. Only events for which it is true are sent.',
    },
    after: {
      type: 'string',
      maxLength: 16,
      description: 'Same as Last-Event-ID, for clients that can not send it; `0`: from the beginning.',
    },
  },
  headers: { 'last-event-id': { description: 'The `id` of the last event that you have.' } },
  answers: {
    200: { description: 'The stream.', type: 'text/event-stream', schema: { type: 'string' } },
    400: { description: 'The position is no position of this log.' },
    404: { description: 'There is no customer of one of the ids.' },
    410: { description: 'Events after this position are no longer kept, or one of the customers was erased.' },
    503: { description: 'Too many streams are open; try again later.' },
  },
})

export const asyncApiOperation = operation({
  id: 'getAsyncApi',
  method: 'GET',
  path: '/asyncapi.json',
  tag: 'Events',
  summary: 'The events as AsyncAPI 3',
  description: 'Every event with its schema and an example, over the event stream, webhooks and the bus.',
  permission: 'public',
  answers: { 200: { description: 'The document.', schema: { type: 'object' } } },
})

export const EVENTS_OPERATIONS = [followEventsOperation, asyncApiOperation]
