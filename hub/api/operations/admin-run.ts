import type { JsonObject } from '../../contracts/json.ts'
import { operation, type ParamSpec } from './operation.ts'
import { KEY_LOOKUP, LANE, NOTE, PAGE, pageSchema } from './shared.ts'

/** Operations of /admin/v1 about the running of the hub: ledger, cross-references, systems, parked changes. */

const COUNT: JsonObject = { type: 'integer' }

export const getLedgerOperation = operation({
  id: 'getLedger',
  method: 'GET',
  path: '/admin/v1/ledger',
  tag: 'Ledger',
  summary: 'The account of changes',
  description:
    'At any moment accepted = applied + superseded + parked + rejected + discarded + inFlight: every change is somewhere.',
  permission: 'operations.read',
  answers: {
    200: {
      description: 'The account, as of one moment.',
      schema: {
        type: 'object',
        properties: {
          accepted: COUNT,
          applied: COUNT,
          superseded: COUNT,
          parked: COUNT,
          rejected: COUNT,
          discarded: COUNT,
          inFlight: COUNT,
        },
      },
    },
  },
})

export const streamCrossReferencesOperation = operation({
  id: 'streamCrossReferences',
  method: 'GET',
  path: '/admin/v1/cross-references',
  tag: 'Ledger',
  summary: 'Which record belongs to which customer',
  description: 'One JSON object a line (NDJSON), as of one moment, however many there are.',
  permission: 'operations.read',
  personal: true,
  query: {
    system: { type: 'string', maxLength: 128, description: 'Records of this system only.' },
    customer: { type: 'string', format: 'uuid', description: 'Records of this customer only.' },
  },
  answers: {
    200: {
      description: 'Lines of `{customer, system, entity, key}`.',
      type: 'application/x-ndjson',
      schema: {
        type: 'object',
        properties: { customer: { type: 'string' }, ...(LANE.properties as JsonObject) },
      },
    },
    503: { description: 'Too many of these are being read; try again later.' },
  },
})

export const SYSTEM = {
  system: { type: 'string', maxLength: 128, description: 'Name of the system.' },
} as const satisfies Record<string, ParamSpec>

export const SYSTEM_STATE: JsonObject = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    title: { type: 'string' },
    connector: { type: 'string' },
    paused: { type: 'boolean' },
    pausedBy: { type: ['string', 'null'] },
    parked: { type: 'integer', description: 'Changes that wait for somebody to repair them.' },
    status: {
      type: ['object', 'null'],
      description:
        'What the process that reads it last told: state, lag, progress of a backfill, by entity; null: it only pushes, or has not run yet.',
    },
    statusAt: { type: ['string', 'null'], format: 'date-time' },
    pushes: {
      type: ['object', 'null'],
      description: 'What came to /v1/hooks/{system}, over all processes; null: nothing ever did.',
      properties: {
        received: COUNT,
        refused: COUNT,
        records: COUNT,
        lastReceivedAt: { type: ['string', 'null'], format: 'date-time' },
        lastRefusedAt: { type: ['string', 'null'], format: 'date-time' },
        lastRefusedCode: { type: ['string', 'null'] },
      },
    },
    entities: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          entity: { type: 'string' },
          mode: {
            type: ['string', 'null'],
            description: 'push, poll or log; hub: of the hub itself; null: it only came by itself.',
          },
          target: { type: ['string', 'null'], description: 'Canonical entity; null: no mapping in force.' },
          mappingRevision: { type: ['integer', 'null'] },
          parked: COUNT,
          records: { ...COUNT, description: "How many there are, of the hub's own." },
        },
      },
    },
  },
}

export const NO_SYSTEM = { 404: { description: 'There is no such system.' } } as const
/** Of acts on a system that the hub reads. */
export const NOT_THE_HUB = { 409: { description: 'It is the hub itself, which is not read.' } } as const

export const listSystemsOperation = operation({
  id: 'listSystems',
  method: 'GET',
  path: '/admin/v1/systems',
  tag: 'Systems',
  summary: 'All systems and how they are',
  description:
    'In the order of their names. Among them `hub`, once the hub is itself the system of record of something (prospects, records that no other system takes): it is not read, and can not be paused.',
  permission: 'operations.read',
  answers: {
    200: {
      description: 'The systems.',
      schema: { type: 'object', properties: { items: { type: 'array', items: SYSTEM_STATE } } },
    },
  },
})

export const getSystemOperation = operation({
  id: 'getSystem',
  method: 'GET',
  path: '/admin/v1/systems/{system}',
  tag: 'Systems',
  summary: 'One system and how it is',
  description: 'State, lag, parked changes and mappings of one system.',
  permission: 'operations.read',
  params: SYSTEM,
  answers: { 200: { description: 'The system.', schema: SYSTEM_STATE }, ...NO_SYSTEM },
})

export const pauseSystemOperation = operation({
  id: 'pauseSystem',
  method: 'POST',
  path: '/admin/v1/systems/{system}/pause',
  tag: 'Systems',
  summary: 'Stop reading a system',
  description: 'Its connector ends after what it is doing, on every process. What the system pushes is still taken.',
  permission: 'systems.operate',
  params: SYSTEM,
  answers: { 200: { description: 'Paused.', schema: SYSTEM_STATE }, ...NO_SYSTEM, ...NOT_THE_HUB },
})

export const resumeSystemOperation = operation({
  id: 'resumeSystem',
  method: 'POST',
  path: '/admin/v1/systems/{system}/resume',
  tag: 'Systems',
  summary: 'Read a system again',
  description: 'Its connector goes on where it stopped.',
  permission: 'systems.operate',
  params: SYSTEM,
  answers: { 200: { description: 'Reading.', schema: SYSTEM_STATE }, ...NO_SYSTEM, ...NOT_THE_HUB },
})

export const backfillSystemOperation = operation({
  id: 'backfillSystem',
  method: 'POST',
  path: '/admin/v1/systems/{system}/backfill',
  tag: 'Systems',
  summary: 'Read everything that a system has',
  description: 'Begins or goes on; live changes keep flowing meanwhile. The progress is in the status of the system.',
  permission: 'systems.operate',
  params: SYSTEM,
  body: {
    description: 'What to read; nothing: all entities, going on where an earlier one stopped.',
    types: ['application/json'],
    required: false,
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        entities: {
          type: 'array',
          minItems: 1,
          maxItems: 200,
          items: { type: 'string', minLength: 1, maxLength: 256 },
        },
        restart: { type: 'boolean', description: 'From the beginning, even where an earlier one stopped on the way.' },
      },
    },
  },
  answers: {
    202: { description: 'It runs.', schema: SYSTEM_STATE },
    ...NO_SYSTEM,
    409: { description: 'The system can not be read: it only pushes, or it is paused.' },
  },
})

const PARKED_NO = {
  no: { type: 'integer', minimum: 1, description: 'Number of the change, in order of acceptance.' },
} as const satisfies Record<string, ParamSpec>

const PARKED: JsonObject = {
  type: 'object',
  properties: {
    no: COUNT,
    system: { type: 'string' },
    entity: { type: 'string' },
    key: { type: 'string' },
    changeId: { type: 'string' },
    waiting: { type: 'boolean', description: 'Nothing is wrong with this one; it waits behind another of its record.' },
    code: { type: 'string' },
    message: { type: 'string' },
    where: { type: ['string', 'null'] },
    fix: { type: ['string', 'null'] },
    revision: COUNT,
    editedBy: { type: ['string', 'null'] },
    parkedAt: { type: 'string', format: 'date-time' },
    problems: { type: ['array', 'null'], items: { type: 'object' } },
    change: { type: 'object' },
  },
}
const PARKED_WHOLE: JsonObject = {
  type: 'object',
  properties: {
    ...(PARKED.properties as JsonObject),
    revisions: {
      type: 'array',
      items: { type: 'object' },
      description: 'The records that stood there before, and who replaced them.',
    },
  },
}

const NO_PARKED = { 404: { description: 'There is no parked change of this number.' } } as const
const REPLAY: JsonObject = {
  type: 'object',
  properties: {
    released: { type: 'integer', description: 'Changes that were applied, or turned out to be superseded.' },
    parked: { type: 'integer', description: 'Changes that are parked again, or still.' },
  },
}

export const groupParkedOperation = operation({
  id: 'groupParked',
  method: 'GET',
  path: '/admin/v1/parked/groups',
  tag: 'Parked changes',
  summary: 'Parked changes by cause',
  description: 'What could not be applied, by system, entity and cause; the most frequent first.',
  permission: 'parked.read',
  answers: {
    200: {
      description: 'The groups.',
      schema: {
        type: 'object',
        properties: {
          items: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                system: { type: 'string' },
                entity: { type: 'string' },
                code: { type: 'string' },
                message: { type: 'string' },
                count: COUNT,
                waiting: { type: 'integer', description: 'Changes that wait behind these.' },
                oldest: { type: 'string', format: 'date-time' },
                newest: { type: 'string', format: 'date-time' },
                sample: { type: 'integer', description: 'Number of one of them.' },
              },
            },
          },
        },
      },
    },
  },
})

const PARKED_FILTER = {
  ...KEY_LOOKUP,
  system: { type: 'string', maxLength: 128, description: 'Of this system.' },
  code: { type: 'string', maxLength: 200, description: 'With this cause.' },
} as const satisfies Record<string, ParamSpec>

export const listParkedOperation = operation({
  id: 'listParked',
  method: 'GET',
  path: '/admin/v1/parked',
  tag: 'Parked changes',
  summary: 'Parked changes',
  description: 'In order of acceptance.',
  permission: 'parked.read',
  personal: true,
  query: { ...PARKED_FILTER, ...PAGE },
  answers: { 200: { description: 'A page of parked changes.', schema: pageSchema(PARKED) } },
})

export const getParkedOperation = operation({
  id: 'getParked',
  method: 'GET',
  path: '/admin/v1/parked/{no}',
  tag: 'Parked changes',
  summary: 'One parked change',
  description: 'With its record, its cause and its earlier revisions.',
  permission: 'parked.read',
  personal: true,
  params: PARKED_NO,
  answers: { 200: { description: 'The parked change.', schema: PARKED_WHOLE }, ...NO_PARKED },
})

export const editParkedOperation = operation({
  id: 'editParked',
  method: 'PUT',
  path: '/admin/v1/parked/{no}',
  tag: 'Parked changes',
  summary: 'Correct a parked change',
  description: 'Puts another record in its place, as a new revision; the earlier one is kept. Replay it afterwards.',
  permission: 'parked.repair',
  params: PARKED_NO,
  body: {
    description: 'The corrected record, and the revision that it corrects.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['data', 'revision'],
      properties: { data: { type: 'object' }, revision: { type: 'integer', minimum: 0 } },
    },
  },
  answers: {
    200: { description: 'Corrected.', schema: { type: 'object', properties: { revision: COUNT } } },
    ...NO_PARKED,
    409: { description: 'Somebody else edited it meanwhile.' },
  },
})

export const dryRunParkedOperation = operation({
  id: 'dryRunParked',
  method: 'POST',
  path: '/admin/v1/parked/{no}/dry-run',
  tag: 'Parked changes',
  summary: 'Try a parked change',
  description: 'What the mapping in force would make of it, or of another record in its place. Changes nothing.',
  permission: 'parked.read',
  personal: true,
  params: PARKED_NO,
  body: {
    description: 'Another record to try; nothing: its own.',
    types: ['application/json'],
    required: false,
    schema: { type: 'object', additionalProperties: false, properties: { data: { type: 'object' } } },
  },
  answers: {
    200: {
      description: 'What would come of it.',
      schema: {
        type: 'object',
        properties: {
          kind: { type: 'string', enum: ['document', 'deleted', 'failed'] },
          target: { type: ['string', 'null'] },
          revision: { type: ['integer', 'null'], description: 'Revision of the mapping.' },
          document: { type: 'object' },
          cause: { type: 'object' },
        },
      },
    },
    ...NO_PARKED,
  },
})

export const replayParkedOperation = operation({
  id: 'replayParked',
  method: 'POST',
  path: '/admin/v1/parked/{no}/replay',
  tag: 'Parked changes',
  summary: 'Apply a parked change again',
  description: 'With all that waits behind it, in order.',
  permission: 'parked.repair',
  params: PARKED_NO,
  answers: { 200: { description: 'Tried.', schema: REPLAY }, ...NO_PARKED },
})

export const discardParkedOperation = operation({
  id: 'discardParked',
  method: 'POST',
  path: '/admin/v1/parked/{no}/discard',
  tag: 'Parked changes',
  summary: 'Give a parked change up',
  description: 'It counts as discarded; what waits behind it goes on.',
  permission: 'parked.repair',
  params: PARKED_NO,
  body: {
    description: 'Why; nothing: no reason is kept.',
    types: ['application/json'],
    required: false,
    schema: { type: 'object', additionalProperties: false, properties: { note: NOTE } },
  },
  answers: { 200: { description: 'Discarded; what came of those that waited.', schema: REPLAY }, ...NO_PARKED },
})

export const replayAllParkedOperation = operation({
  id: 'replayAllParked',
  method: 'POST',
  path: '/admin/v1/parked/replay',
  tag: 'Parked changes',
  summary: 'Apply parked changes again',
  description:
    'All that the members of the body name, each record in order: of a system, an entity, a cause, a key. An empty object names all.',
  permission: 'parked.repair',
  body: {
    description: 'Which.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        system: { type: 'string', minLength: 1, maxLength: 128 },
        entity: { type: 'string', minLength: 1, maxLength: 256 },
        code: { type: 'string', minLength: 1, maxLength: 200 },
        key: { type: 'string', minLength: 1, maxLength: 512 },
      },
    },
  },
  answers: { 200: { description: 'Each was tried once.', schema: REPLAY } },
})

export const ADMIN_RUN_OPERATIONS = [
  getLedgerOperation,
  streamCrossReferencesOperation,
  listSystemsOperation,
  getSystemOperation,
  pauseSystemOperation,
  resumeSystemOperation,
  backfillSystemOperation,
  groupParkedOperation,
  listParkedOperation,
  replayAllParkedOperation,
  getParkedOperation,
  editParkedOperation,
  dryRunParkedOperation,
  replayParkedOperation,
  discardParkedOperation,
]
