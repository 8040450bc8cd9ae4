import type { JsonObject } from '../../contracts/json.ts'
import { NO_SYSTEM, NOT_THE_HUB, SYSTEM, SYSTEM_STATE } from './admin-run.ts'
import { operation } from './operation.ts'

/** Operations of /admin/v1 by which somebody sees to it that a system and the hub agree. */

const COUNT: JsonObject = { type: 'integer' }
const SIDE: JsonObject = {
  type: 'object',
  properties: {
    count: COUNT,
    hash: {
      type: 'string',
      description:
        'Sum modulo 2^256 of the SHA-256 of each record (its key, a NUL character and its data as RFC 8785 canonical JSON), in hexadecimal digits: the same for the same records in any order.',
    },
  },
}

const RECONCILIATION: JsonObject = {
  type: 'object',
  properties: {
    no: COUNT,
    system: { type: 'string' },
    entity: { type: 'string' },
    kind: {
      type: 'string',
      enum: ['drift', 'certificate'],
      description: 'certificate: at the end of a backfill, the proof that it is complete.',
    },
    state: { type: 'string', enum: ['running', 'done', 'failed'] },
    repair: { type: 'boolean' },
    requestedBy: { type: ['string', 'null'], description: 'null: on schedule, or at the end of a backfill.' },
    startedAt: { type: 'string', format: 'date-time' },
    finishedAt: { type: ['string', 'null'], format: 'date-time' },
    report: {
      type: 'object',
      properties: {
        matches: { type: 'boolean', description: 'Both sides have the very same records.' },
        system: SIDE,
        hub: SIDE,
        missing: { type: 'integer', description: 'The system has them, the hub has not.' },
        differing: { type: 'integer', description: 'Both have them, with other data.' },
        extra: { type: 'integer', description: 'The hub has them, the system has not.' },
        parked: { type: 'integer', description: 'They differ because a change of theirs is parked.' },
        changedMeanwhile: {
          type: 'integer',
          description: 'They differed only while live changes were on their way; not counted as wrong.',
        },
        repaired: { type: 'integer', description: 'Accepted anew as the system has them.' },
        read: { type: 'integer', description: 'Records read from the system.' },
        examples: {
          type: 'array',
          description: 'At most 100 of those that differ.',
          items: { type: 'object', properties: { key: { type: 'string' }, what: { type: 'string' } } },
        },
      },
    },
  },
}

export const reconcileSystemOperation = operation({
  id: 'reconcileSystem',
  method: 'POST',
  path: '/admin/v1/systems/{system}/reconciliations',
  tag: 'Systems',
  summary: 'Compare a system with the hub',
  description: [
    'Reads everything that the system has, beside live changes and within its rate budget, and compares it with what the hub has.',
    'A difference counts only if it is still there after the changes in flight have been applied. The progress is in the status of the system.',
  ].join(' '),
  permission: 'systems.operate',
  params: SYSTEM,
  body: {
    description: 'What to compare.',
    types: ['application/json'],
    required: false,
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        entities: {
          type: 'array',
          minItems: 1,
          maxItems: 1000,
          items: { type: 'string', minLength: 1, maxLength: 256 },
          description: 'Absent: all that the hub reads of the system.',
        },
        repair: { type: 'boolean', description: 'Accept what differs anew, as the system has it. Absent: only tell.' },
      },
    },
  },
  answers: {
    200: { description: 'Ordered.', schema: SYSTEM_STATE },
    ...NO_SYSTEM,
    409: { description: 'The system can not be read: it only pushes, it is paused, or its connector reads no whole.' },
  },
})

export const listReconciliationsOperation = operation({
  id: 'listReconciliations',
  method: 'GET',
  path: '/admin/v1/systems/{system}/reconciliations',
  tag: 'Systems',
  summary: 'Comparisons of a system with the hub',
  description: 'The youngest first; the last 20 of each entity are kept.',
  permission: 'operations.read',
  params: SYSTEM,
  query: {
    entity: { type: 'string', maxLength: 256, description: 'Of this entity only.' },
    limit: { type: 'integer', minimum: 1, maximum: 200, default: 20, description: 'How many at most.' },
  },
  answers: {
    200: {
      description: 'The comparisons.',
      schema: { type: 'object', properties: { items: { type: 'array', items: RECONCILIATION } } },
    },
    ...NO_SYSTEM,
    ...NOT_THE_HUB,
  },
})

export const resetSystemOperation = operation({
  id: 'resetSystem',
  method: 'POST',
  path: '/admin/v1/systems/{system}/reset',
  tag: 'Systems',
  summary: 'Forget from where a system is read on',
  description:
    'For places that the system or its connector refuses. The stored place is forgotten and a new snapshot is taken, which also finds what was deleted meanwhile. The entities of a log share its place.',
  permission: 'systems.operate',
  params: SYSTEM,
  body: {
    description: 'Of what.',
    types: ['application/json'],
    required: false,
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        entity: { type: 'string', minLength: 1, maxLength: 256, description: 'Absent: of the whole system.' },
      },
    },
  },
  answers: {
    200: { description: 'Ordered.', schema: SYSTEM_STATE },
    ...NO_SYSTEM,
    409: { description: 'The hub does not read this system.' },
  },
})

export const forgetSystemOperation = operation({
  id: 'forgetSystem',
  method: 'POST',
  path: '/admin/v1/systems/{system}/forget',
  tag: 'Systems',
  summary: 'Release what a system holds for the hub',
  description:
    'Before its document is taken away: pauses the system, and drops what its server would keep for the hub for ever, such as a replication slot. The status of the system tells what was released. Resuming it takes a new snapshot.',
  permission: 'systems.operate',
  params: SYSTEM,
  answers: {
    200: { description: 'Ordered.', schema: SYSTEM_STATE },
    ...NO_SYSTEM,
    409: { description: 'The hub does not read this system.' },
  },
})

export const ADMIN_SYSTEMS_OPERATIONS = [
  reconcileSystemOperation,
  listReconciliationsOperation,
  resetSystemOperation,
  forgetSystemOperation,
]
