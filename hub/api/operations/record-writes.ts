import type { JsonObject } from '../../contracts/json.ts'
import { ORDER_STATES } from '../../store/record-write-queries.ts'
import { IDEMPOTENCY_KEY } from '../rest/idempotent.ts'
import { type Collection, COLLECTION_NAMES, COLLECTIONS } from './entities.ts'
import { type AnswerSpec, operation } from './operation.ts'
import { PAGE, pageSchema } from './shared.ts'

const STATES = [...new Set(ORDER_STATES)]

export const RECORD_WRITE_VIEW: JsonObject = {
  type: 'object',
  required: ['write', 'id', 'system', 'entity', 'key', 'state', 'problem'],
  properties: {
    write: { type: 'string', format: 'uuid', description: 'Of the write itself: GET /v1/writes/{write}.' },
    id: { type: 'string', format: 'uuid', description: "The hub's id of the record." },
    system: { type: 'string' },
    entity: { type: 'string', description: 'The record type in that system.' },
    key: { type: ['string', 'null'], description: "The record's id in that system; null: it has not given one yet." },
    state: {
      type: 'string',
      enum: STATES,
      description:
        'pending: on its way; retrying: the system could not be reached; written: the system has it; conflict: the system has changed the record meanwhile; failed: the system refused it, or an admin gave it up.',
    },
    problem: {
      type: ['object', 'null'],
      required: ['code', 'message'],
      properties: { code: { type: 'string' }, message: { type: 'string' }, fix: { type: 'string' } },
    },
  },
}

/** How a shared rule decided on an operation. */
export const DECISION: JsonObject = {
  type: ['object', 'null'],
  description: 'How the shared rule decided, where there is one for this operation.',
  required: ['id', 'rule', 'revision', 'result'],
  properties: {
    id: { type: 'string', format: 'uuid', description: 'Of the decision log.' },
    rule: { type: 'string' },
    revision: { type: 'integer' },
    result: { type: 'object', description: "As the rule's output has it: `accept`, `reason` and more." },
  },
}

export const WRITES: JsonObject = { type: 'array', items: RECORD_WRITE_VIEW }

const ON_ITS_WAY = {
  description:
    'Kept, and on its way: the system has not taken it yet, or the hub has not read it back yet. It is carried there whatever happens.',
  schema: {
    type: 'object',
    required: ['id', 'writes'],
    properties: {
      id: { type: 'string', format: 'uuid', description: "The hub's id of the record." },
      writes: WRITES,
      decision: DECISION,
    },
  },
  headers: { location: 'Where to ask how far it is.', 'preference-applied': 'What of Prefer was done.' },
} satisfies AnswerSpec

export const PREFER = {
  prefer: {
    description:
      '`wait=N`: how many seconds (0 to 30) to wait for the system at most; absent: 3. `respond-async`: not at all. RFC 7240.',
  },
} as const

const REFUSED = {
  409: {
    description:
      'The system refused it or has changed the record meanwhile (`writes` says more), no system takes it, what it points at has no record there, or a shared rule does not allow it (`rule.refused`).',
  },
  422: {
    description:
      'It would break the schema or a rule, or holds something that the system has no place for; the pointer names the first fault. Or the Idempotency-Key came with another request.',
  },
} as const

function pascal(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** What the shared rules say of new records of some kinds. */
const RULED: Partial<Record<Collection, string>> = {
  orders:
    ' Whether an order is taken is decided by the rule `order-acceptance`, if the workspace has one; `decision` tells how. The total, where it is left out, is the sum of the lines as far as their prices are known; where it is there, it must be what they cost.',
  payments:
    ' Whether a payment of an invoice is taken is decided by the rule `payment-acceptance`, if the workspace has one; `decision` tells how. `POST /v1/invoices/{id}/payments` is the shorter way.',
}

export function createOperation(collection: Collection) {
  const entity = COLLECTIONS[collection]
  const name = entity.replace('-', ' ')
  return operation({
    id: `create${pascal(entity)}`,
    method: 'POST',
    path: `/v1/${collection}`,
    tag: 'Records',
    summary: `Make a new ${name}`,
    description:
      'The record is made in its system of record, checked first by the schema, the shared rules and what the system can hold. Its id is given at once and stays. What it points at is named by the id that the hub gives (`{"id": "..."}`): a customer becomes its record in that system. Where no system takes such records, the hub keeps it itself.' +
      (RULED[collection] ?? ''),
    permission: 'records.write',
    edits: entity,
    query: {
      system: {
        type: 'string',
        maxLength: 128,
        description: 'The system to make it in; needed only where several take such records.',
      },
    },
    headers: { ...IDEMPOTENCY_KEY, ...PREFER },
    body: {
      description: 'The new record, without what only the hub sets (id, version, sources, times).',
      types: ['application/json'],
      schema: { type: 'object' },
      told: { $ref: `#/components/schemas/new-${entity}` },
    },
    answers: {
      201: {
        description: 'The system has it, and it can be read.',
        schema: withWrites(entity),
        headers: {
          location: 'Of the record.',
          etag: 'Of the record.',
          'preference-applied': 'What of Prefer was done.',
        },
      },
      202: ON_ITS_WAY,
      ...REFUSED,
    },
  })
}

export function patchOperation(collection: Collection) {
  const entity = COLLECTIONS[collection]
  const name = entity.replace('-', ' ')
  return operation({
    id: `edit${pascal(entity)}`,
    method: 'PATCH',
    path: `/v1/${collection}/{id}`,
    tag: 'Records',
    summary: `Change one ${name}`,
    description:
      'A JSON Merge Patch (RFC 7396): members replace, null empties, lists are replaced whole. It is written to the system of record, if that still has what the hub read last.',
    permission: 'records.write',
    edits: entity,
    params: { id: { type: 'string', format: 'uuid', description: "The hub's id of the record." } },
    headers: {
      'if-match': {
        description: 'ETag of the record as you read it, or `"<id>.<version>"` made of its members. Needed.',
      },
      ...IDEMPOTENCY_KEY,
      ...PREFER,
    },
    body: {
      description: 'What is to change.',
      types: ['application/merge-patch+json'],
      schema: { type: 'object' },
      told: { $ref: `#/components/schemas/${entity}-patch` },
    },
    answers: {
      200: {
        description: 'The system has it, and the record shows it.',
        schema: withWrites(entity),
        headers: { etag: 'Of the record.', 'preference-applied': 'What of Prefer was done.' },
      },
      202: ON_ITS_WAY,
      404: { description: 'There is no such record, or it is on its way to its system still.' },
      ...REFUSED,
      410: { description: 'The record was deleted in its system.' },
      412: { description: 'The record has changed since.' },
      428: { description: 'If-Match is missing.' },
    },
  })
}

function withWrites(entity: string): JsonObject {
  return {
    allOf: [
      { $ref: `#/components/schemas/${entity}` },
      { type: 'object', required: ['writes'], properties: { writes: WRITES, decision: DECISION } },
    ],
  }
}

const WRITE = { write: { type: 'string', format: 'uuid', description: 'Id of the write.' } } as const

export const getRecordWriteOperation = operation({
  id: 'getWrite',
  method: 'GET',
  path: '/v1/writes/{write}',
  tag: 'Records',
  summary: 'How far a write is',
  description:
    'Of a record that was made or changed through the API. Writes can be asked for a week after they ended, failed ones for a month.',
  permission: 'records.read',
  params: WRITE,
  answers: {
    200: { description: 'As it is now.', schema: RECORD_WRITE_VIEW },
    404: { description: 'There is no such write (any more).' },
  },
})

const ENTRY: JsonObject = {
  allOf: [
    RECORD_WRITE_VIEW,
    {
      type: 'object',
      properties: {
        kind: { type: 'string', enum: ['create', 'patch'] },
        record: { type: 'string', description: 'The canonical entity.' },
        author: { type: 'string' },
        attempts: { type: 'integer' },
        nextAttemptAt: { type: ['string', 'null'], format: 'date-time' },
        createdAt: { type: 'string', format: 'date-time' },
        updatedAt: { type: 'string', format: 'date-time' },
        wanted: { type: 'object', description: 'The new record, or the members that were changed.' },
      },
    },
  ],
}

const OTHER_STATE = {
  404: { description: 'There is no such write (any more).' },
  409: { description: 'It is in another state meanwhile.' },
} as const

export const listRecordWritesOperation = operation({
  id: 'listRecordWrites',
  method: 'GET',
  path: '/admin/v1/record-writes',
  tag: 'Write-back',
  summary: 'Records on their way to systems',
  description:
    'Records that channels made or changed and that their systems do not have: on their way, in conflict, refused.',
  permission: 'write-backs.read',
  personal: true,
  query: {
    state: {
      type: 'string',
      enum: STATES.filter((state) => state !== 'written'),
      description: 'Only those in this state.',
    },
    system: { type: 'string', maxLength: 128, description: 'Only those of this system.' },
    ...PAGE,
  },
  answers: { 200: { description: 'From the oldest.', schema: pageSchema(ENTRY) } },
})

export const retryRecordWriteOperation = operation({
  id: 'retryRecordWrite',
  method: 'POST',
  path: '/admin/v1/record-writes/{write}/retry',
  tag: 'Write-back',
  summary: 'Send a record again',
  description: 'One that was refused, is in conflict, or waits for its next attempt, is sent at once, as it was.',
  permission: 'write-backs.repair',
  params: WRITE,
  answers: { 200: { description: 'It will be sent at once.', schema: RECORD_WRITE_VIEW }, ...OTHER_STATE },
})

export const discardRecordWriteOperation = operation({
  id: 'discardRecordWrite',
  method: 'POST',
  path: '/admin/v1/record-writes/{write}/discard',
  tag: 'Write-back',
  summary: 'Give a record up',
  description: 'It is not sent any more, and counts as failed. Not for one that is being sent at this moment.',
  permission: 'write-backs.repair',
  params: WRITE,
  answers: { 200: { description: 'Given up.', schema: RECORD_WRITE_VIEW }, ...OTHER_STATE },
})

type Operations<Make extends (collection: Collection) => unknown> = Readonly<Record<Collection, ReturnType<Make>>>

function forAll<Spec>(make: (collection: Collection) => Spec): Readonly<Record<Collection, Spec>> {
  return Object.fromEntries(COLLECTION_NAMES.map((name) => [name, make(name)])) as Record<Collection, Spec>
}

export const CREATE_OPERATIONS: Operations<typeof createOperation> = forAll(createOperation)
export const PATCH_OPERATIONS: Operations<typeof patchOperation> = forAll(patchOperation)

export const RECORD_WRITE_OPERATIONS = [
  ...COLLECTION_NAMES.flatMap((name) => [CREATE_OPERATIONS[name], PATCH_OPERATIONS[name]]),
  getRecordWriteOperation,
  listRecordWritesOperation,
  retryRecordWriteOperation,
  discardRecordWriteOperation,
]
