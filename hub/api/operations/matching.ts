import type { JsonObject } from '../../contracts/json.ts'
import { operation, type ParamSpec } from './operation.ts'
import { NOTE } from './shared.ts'

/** Operations of /admin/v1/matching: what identity resolution rests on, its model and its snapshot. */

const VERSION_LIMITS = { type: 'integer', minimum: 1, maximum: 2_147_483_647 } as const
const SNAPSHOT_VERSION = {
  version: { ...VERSION_LIMITS, description: 'Version of the snapshot.' },
} as const satisfies Record<string, ParamSpec>

const VERSION: JsonObject = { type: 'object', properties: { version: { type: 'integer' } } }
const MADE: JsonObject = {
  author: { type: 'string' },
  note: { type: ['string', 'null'] },
  createdAt: { type: 'string', format: 'date-time' },
}
const MODEL_HEAD: JsonObject = {
  version: { type: 'integer' },
  origin: { type: 'string', enum: ['workspace', 'console'] },
  ...MADE,
}
const DOCUMENT: JsonObject = {
  type: 'object',
  description: 'A matching document, as config/matching.yaml has it (schemas/config/matching.schema.json).',
}
const ALONE: JsonObject = {
  type: 'object',
  additionalProperties: { type: 'number' },
  description:
    'For each two systems, `a|b`, each percent-encoded: how often two different customers would each be in one of them and missing from the other.',
}
const RECHECKS =
  'All records are then looked at again, from two seconds later on; only customers that it touches change.'

export const getMatchingOperation = operation({
  id: 'getMatching',
  method: 'GET',
  path: '/admin/v1/matching',
  tag: 'Matching',
  summary: 'What matching rests on',
  description: 'The versions in force, and how many records are still to be looked at again with them.',
  permission: 'matches.read',
  answers: {
    200: {
      description: 'What is in force.',
      schema: {
        type: 'object',
        properties: {
          model: { type: 'integer' },
          snapshot: { type: ['integer', 'null'], description: 'Null: the model’s own figures count.' },
          since: { type: 'string', format: 'date-time' },
          author: { type: 'string' },
          rechecks: {
            type: 'object',
            properties: {
              waiting: { type: 'integer', description: 'Records still to be looked at again.' },
              due: { type: 'boolean', description: 'All records are about to be listed for that.' },
            },
          },
        },
      },
    },
  },
})

export const listMatchingModelsOperation = operation({
  id: 'listMatchingModels',
  method: 'GET',
  path: '/admin/v1/matching/models',
  tag: 'Matching',
  summary: 'Versions of the matching model',
  description: 'The newest hundred, newest first, without their documents.',
  permission: 'matches.read',
  answers: {
    200: {
      description: 'The versions.',
      schema: {
        type: 'object',
        properties: {
          items: {
            type: 'array',
            items: {
              type: 'object',
              properties: { ...MODEL_HEAD, name: { type: 'string', description: '`version` of the document.' } },
            },
          },
        },
      },
    },
  },
})

export const getMatchingModelOperation = operation({
  id: 'getMatchingModel',
  method: 'GET',
  path: '/admin/v1/matching/model',
  tag: 'Matching',
  summary: 'A matching model',
  description: 'The one in force, or another version of it.',
  permission: 'matches.read',
  query: { version: { ...VERSION_LIMITS, description: 'Absent: the one in force.' } },
  answers: {
    200: {
      description: 'The model.',
      schema: { type: 'object', properties: { ...MODEL_HEAD, document: DOCUMENT } },
    },
    404: { description: 'There is no such version.' },
  },
})

export const publishMatchingModelOperation = operation({
  id: 'publishMatchingModel',
  method: 'POST',
  path: '/admin/v1/matching/model',
  tag: 'Matching',
  summary: 'Put a matching model in force',
  description: `Keeps the document as a new version, after checking it, and puts it in force. ${RECHECKS}`,
  permission: 'matches.decide',
  body: {
    description: 'The document.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['document'],
      properties: { document: DOCUMENT, note: NOTE },
    },
  },
  answers: {
    200: { description: 'In force.', schema: VERSION },
    409: { description: 'It is in force already.' },
    422: { description: 'The document is wrong; `pointer` says where.' },
  },
})

export const rollBackMatchingModelOperation = operation({
  id: 'rollBackMatchingModel',
  method: 'POST',
  path: '/admin/v1/matching/model/roll-back',
  tag: 'Matching',
  summary: 'Go back to the model before',
  description: `Puts the model in force that was so before the present one. ${RECHECKS}`,
  permission: 'matches.decide',
  answers: {
    200: { description: 'In force again.', schema: VERSION },
    409: { description: 'No other model was ever in force.' },
  },
})

export const trainMatchingModelOperation = operation({
  id: 'trainMatchingModel',
  method: 'POST',
  path: '/admin/v1/matching/model/train',
  tag: 'Matching',
  summary: 'Learn a model from the stored records',
  description:
    'Estimates how copies differ in these records, starting from the model in force. Puts nothing in force: look at the report, then publish the document.',
  permission: 'matches.decide',
  body: {
    description: 'What to learn from.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['kind', 'name'],
      properties: {
        kind: { type: 'string', enum: ['person', 'organization'] },
        name: { type: 'string', minLength: 1, maxLength: 200, description: '`version` of the new document.' },
        seed: { type: 'integer', minimum: 0, maximum: 4_294_967_295, default: 1 },
      },
    },
  },
  answers: {
    200: {
      description: 'The document, and what moved.',
      schema: { type: 'object', properties: { document: DOCUMENT, report: { type: 'object' } } },
    },
    409: { description: 'The hub is learning already.' },
    422: { description: 'The records teach nothing: too few, no copies among them, or all alike.' },
  },
})

export const listMatchingSnapshotsOperation = operation({
  id: 'listMatchingSnapshots',
  method: 'GET',
  path: '/admin/v1/matching/snapshots',
  tag: 'Matching',
  summary: 'Snapshots',
  description: 'The newest hundred, newest first, without the frequencies.',
  permission: 'matches.read',
  answers: {
    200: {
      description: 'The snapshots.',
      schema: {
        type: 'object',
        properties: {
          items: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                version: { type: 'integer' },
                records: { type: 'integer' },
                measured: { type: 'integer' },
                alone: ALONE,
                ...MADE,
              },
            },
          },
        },
      },
    },
  },
})

export const takeMatchingSnapshotOperation = operation({
  id: 'takeMatchingSnapshot',
  method: 'POST',
  path: '/admin/v1/matching/snapshots',
  tag: 'Matching',
  summary: 'Take a snapshot',
  description: `Counts how common names and post codes are in the stored records, measures how far each two systems hold the same customers, and puts that in force. Answers when it is done: after seconds for ten thousands of records, minutes for hundreds of thousands. ${RECHECKS}`,
  permission: 'matches.decide',
  body: {
    description: 'A note.',
    types: ['application/json'],
    required: false,
    schema: { type: 'object', additionalProperties: false, properties: { note: NOTE } },
  },
  answers: {
    201: {
      description: 'Taken, and in force.',
      schema: {
        type: 'object',
        properties: {
          version: { type: 'integer' },
          records: { type: 'integer', description: 'Records that were counted.' },
          measured: { type: 'integer', description: 'Of these, so many the overlap was measured on.' },
          alone: ALONE,
        },
      },
    },
    409: { description: 'The hub is learning already.' },
    422: { description: 'There are no records.' },
  },
})

export const activateMatchingSnapshotOperation = operation({
  id: 'activateMatchingSnapshot',
  method: 'POST',
  path: '/admin/v1/matching/snapshots/{version}/activate',
  tag: 'Matching',
  summary: 'Put an earlier snapshot in force',
  description: RECHECKS,
  permission: 'matches.decide',
  params: SNAPSHOT_VERSION,
  answers: {
    200: { description: 'In force.', schema: VERSION },
    404: { description: 'There is no such snapshot.' },
    409: { description: 'It is in force already.' },
  },
})

export const withdrawMatchingSnapshotOperation = operation({
  id: 'withdrawMatchingSnapshot',
  method: 'POST',
  path: '/admin/v1/matching/snapshots/withdraw',
  tag: 'Matching',
  summary: 'Withdraw the snapshot',
  description: `From then on the model's own figures count. The snapshot is kept and can be put in force again. ${RECHECKS}`,
  permission: 'matches.decide',
  answers: {
    200: { description: 'Withdrawn.', schema: VERSION },
    409: { description: 'No snapshot is in force.' },
  },
})

export const MATCHING_OPERATIONS = [
  getMatchingOperation,
  listMatchingModelsOperation,
  getMatchingModelOperation,
  publishMatchingModelOperation,
  rollBackMatchingModelOperation,
  trainMatchingModelOperation,
  listMatchingSnapshotsOperation,
  takeMatchingSnapshotOperation,
  activateMatchingSnapshotOperation,
  withdrawMatchingSnapshotOperation,
]
