import { CANONICAL_ENTITIES } from '../../contracts/canonical.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { BULK_STATES } from '../../store/bulk-queries.ts'
import { operation, type ParamSpec, STREAMED_TYPES } from './operation.ts'
import { PAGE, pageSchema } from './shared.ts'

const TAG = 'Bulk'
const LINES = 'application/x-ndjson'
const idOf = (what: string) =>
  ({ id: { type: 'string', format: 'uuid', description: `Id of the ${what}.` } }) as const satisfies Record<
    string,
    ParamSpec
  >
const IMPORT_ID = idOf('import')
const EXPORT_ID = idOf('export')
const STATE = {
  state: { type: 'string', enum: BULK_STATES, description: 'Only those in this state.' },
} as const satisfies Record<string, ParamSpec>

const COUNT: JsonObject = { type: 'integer', minimum: 0 }
const MOMENT: JsonObject = { type: 'string', format: 'date-time' }
const MOMENT_OR_NULL: JsonObject = { type: ['string', 'null'], format: 'date-time' }
const TEXT_OR_NULL: JsonObject = { type: ['string', 'null'] }
const RFC_3339 =
  '^(?!9999)(19|[2-9]\\d)\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?(Z|[+-](0\\d|1[0-4]):[0-5]\\d)$'
const PROBLEM: JsonObject = {
  type: ['object', 'null'],
  description: 'Why it broke off or failed.',
  required: ['code', 'message'],
  properties: { code: { type: 'string' }, message: { type: 'string' }, fix: { type: 'string' } },
}
const JOB: JsonObject = {
  problem: PROBLEM,
  createdBy: { type: 'string' },
  createdAt: MOMENT,
  updatedAt: MOMENT,
  endedAt: MOMENT_OR_NULL,
}

const OUTCOME: JsonObject = {
  type: ['object', 'null'],
  description:
    'Where the accepted and known changes are now, in the words of the ledger. Null in lists, as it has to be counted.',
  required: ['applied', 'superseded', 'parked', 'rejected', 'discarded', 'inFlight'],
  properties: {
    applied: COUNT,
    superseded: COUNT,
    parked: COUNT,
    rejected: COUNT,
    discarded: COUNT,
    inFlight: COUNT,
  },
}

const IMPORT_PROPERTIES: JsonObject = {
  id: { type: 'string', format: 'uuid' },
  state: { type: 'string', enum: ['running', 'interrupted', 'completed', 'failed', 'cancelled'] },
  system: TEXT_OR_NULL,
  entity: TEXT_OR_NULL,
  batch: TEXT_OR_NULL,
  lines: { ...COUNT, description: 'Lines read, blank ones too. An import that broke off goes on with the one after.' },
  bytes: COUNT,
  accepted: { ...COUNT, description: 'Changes that are new, and durable.' },
  duplicates: { ...COUNT, description: 'Changes that were known already; nothing is done about them again.' },
  rejected: { ...COUNT, description: 'Lines that were not taken: GET /v1/imports/{id}/faults has the first 10,000.' },
  outcome: OUTCOME,
  ...JOB,
}
const IMPORT: JsonObject = {
  type: 'object',
  required: Object.keys(IMPORT_PROPERTIES),
  properties: IMPORT_PROPERTIES,
}

const EXPORT_PROPERTIES: JsonObject = {
  id: { type: 'string', format: 'uuid' },
  state: { type: 'string', enum: ['waiting', 'running', 'completed', 'failed', 'cancelled', 'expired'] },
  entity: { type: 'string', enum: [...CANONICAL_ENTITIES] },
  filter: TEXT_OR_NULL,
  fields: { type: ['array', 'null'], items: { type: 'string' } },
  since: MOMENT_OR_NULL,
  looked: { ...COUNT, description: 'Records looked at so far.' },
  total: { type: ['integer', 'null'], description: 'Records there are to look at.' },
  lines: { ...COUNT, description: 'Records in the file so far.' },
  bytes: COUNT,
  snapshotAt: { ...MOMENT_OR_NULL, description: 'The moment that the file shows.' },
  ...JOB,
  expiresAt: { ...MOMENT_OR_NULL, description: 'Until then the lines are kept.' },
}
const EXPORT: JsonObject = {
  type: 'object',
  required: Object.keys(EXPORT_PROPERTIES),
  properties: EXPORT_PROPERTIES,
}

const FAULT: JsonObject = {
  type: 'object',
  required: ['line', 'code', 'pointer', 'detail'],
  properties: {
    line: { type: 'integer', minimum: 1 },
    code: { type: 'string' },
    pointer: { type: 'string', description: 'JSON pointer into the line.' },
    detail: { type: 'string' },
    fix: { type: 'string' },
    errors: { type: 'array', items: { type: 'object' }, description: 'All faults, where the line has several.' },
  },
}

const UNKNOWN_IMPORT = { 404: { description: 'There is no such import, or it is of another system.' } } as const
const UNKNOWN_EXPORT = { 404: { description: 'There is no such export, or it is not yours.' } } as const

export const startImportOperation = operation({
  id: 'startImport',
  method: 'POST',
  path: '/v1/imports',
  tag: TAG,
  summary: 'Import lines',
  description: [
    'NDJSON of any size, plain or `Content-Encoding: gzip`, taken while it comes: one change a line. Without `system` and `entity` a line is a',
    'CloudEvent as POST /v1/changes takes it. With them it is a record as the system has it: the mapping in force says where its key and its',
    'sequence are, and the id of the change follows from the line, so that the same file again is the same changes.\n\n',
    'A line that is wrong is told by /faults, with its number, and changes nothing; the others are taken. The answer comes when all are durable.',
    'An import that breaks off is `interrupted`: send the file again with the same `id`, whole or from any line up to the one after `lines`',
    '(`fromLine`); lines that were taken are skipped.',
  ].join(' '),
  permission: 'changes.send',
  query: {
    system: {
      type: 'string',
      maxLength: 128,
      description: 'Name of the system whose records the lines are; with `entity`.',
    },
    entity: { type: 'string', maxLength: 256, description: 'Record type in that system.' },
    batch: {
      type: 'string',
      maxLength: 100,
      description:
        'Part of the ids of the changes: the same record in another batch is another change. For records without a sequence that may become again what they were before.',
    },
    id: {
      type: 'string',
      format: 'uuid',
      description: 'Id of the import, chosen by you, so that you can go on with it.',
    },
    fromLine: { type: 'integer', minimum: 1, default: 1, description: 'Number of the first line of the body.' },
  },
  headers: { 'content-encoding': { description: '`gzip`, or absent.' } },
  body: {
    description: 'Lines of at most 2 MiB.',
    types: [...STREAMED_TYPES],
    schema: { type: 'object' },
    stream: true,
  },
  answers: {
    202: { description: 'All lines were read, and what could be taken is durable.', schema: IMPORT },
    400: { description: 'The connection ended before the lines did, or the bytes are no gzip.' },
    403: { description: 'The key speaks for another system.' },
    409: {
      description:
        'The import has ended or was cancelled, goes on by another connection, or lines are missing before these.',
    },
    415: { description: 'Neither NDJSON, nor encoded by gzip.' },
    422: { description: 'There is no such system, or no mapping that says what the key is.' },
    503: { description: 'The changes can not be made durable now, or the hub is stopping: go on a little later.' },
  },
})

export const listImportsOperation = operation({
  id: 'listImports',
  method: 'GET',
  path: '/v1/imports',
  tag: TAG,
  summary: 'List imports',
  description: 'The newest first; for a system its own. Each is told of for 30 days after its end.',
  permission: 'changes.send',
  query: { ...STATE, ...PAGE },
  answers: { 200: { description: 'A page of imports.', schema: pageSchema(IMPORT) } },
})

export const getImportOperation = operation({
  id: 'getImport',
  method: 'GET',
  path: '/v1/imports/{id}',
  tag: TAG,
  summary: 'Read an import',
  description: 'How far it is, and what became of its changes.',
  permission: 'changes.send',
  params: IMPORT_ID,
  answers: { 200: { description: 'The import.', schema: IMPORT }, ...UNKNOWN_IMPORT },
})

export const getImportFaultsOperation = operation({
  id: 'getImportFaults',
  method: 'GET',
  path: '/v1/imports/{id}/faults',
  tag: TAG,
  summary: 'Lines that were not taken',
  description:
    'One line of NDJSON for each, in their order, at most 10,000. They have numbers, codes and pointers, and no values.',
  permission: 'changes.send',
  params: IMPORT_ID,
  answers: { 200: { description: 'The faults.', type: LINES, schema: FAULT }, ...UNKNOWN_IMPORT },
})

export const cancelImportOperation = operation({
  id: 'cancelImport',
  method: 'DELETE',
  path: '/v1/imports/{id}',
  tag: TAG,
  summary: 'Cancel an import',
  description: 'No further line is taken. What was taken stays taken.',
  permission: 'changes.send',
  params: IMPORT_ID,
  answers: {
    200: { description: 'Cancelled.', schema: IMPORT },
    ...UNKNOWN_IMPORT,
    409: { description: 'It has ended.' },
  },
})

export const startExportOperation = operation({
  id: 'startExport',
  method: 'POST',
  path: '/v1/exports',
  tag: TAG,
  summary: 'Export records',
  description: [
    'Makes a file of all records of a kind, as of one moment, one a line as GET answers them: in the background, by any process of the hub. What',
    'your role does not see is not in it. Ask for its state until it is `completed`, then read /data. Each export stands in the audit trail.',
  ].join(' '),
  permission: 'records.export',
  personal: true,
  headers: {
    'idempotency-key': {
      description:
        'The same key with the same request is one export, for a day; a repeat says `Idempotency-Replayed: true`.',
    },
  },
  body: {
    description: 'Which records, and what of them.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['entity'],
      properties: {
        entity: { type: 'string', enum: [...CANONICAL_ENTITIES] },
        filter: {
          type: ['string', 'null'],
          minLength: 1,
          maxLength: 2000,
          description: 'A condition over the record, in the expression language of the hub: `status == "active"`.',
        },
        fields: {
          type: ['array', 'null'],
          minItems: 1,
          maxItems: 100,
          items: { type: 'string', minLength: 1, maxLength: 200 },
          description: 'Paths of members, such as `name.family`; absent: all.',
        },
        since: {
          type: ['string', 'null'],
          maxLength: 40,
          pattern: RFC_3339,
          description: 'Only what changed at this moment or later: `2026-03-01T09:30:00Z`.',
        },
      },
    },
  },
  answers: {
    202: {
      description: 'It waits, or is under way.',
      schema: EXPORT,
      headers: { location: 'Where its state is told.' },
    },
    400: { description: 'The body can not be read, or there is no such field.' },
    403: { description: 'The filter looks at a field that your role does not see.' },
    409: { description: 'Your key has five exports that are not ready.' },
    422: { description: 'The body does not fit, or the filter is wrong.' },
  },
})

export const listExportsOperation = operation({
  id: 'listExports',
  method: 'GET',
  path: '/v1/exports',
  tag: TAG,
  summary: 'List exports',
  description: 'Those of the key that asks, for an admin all; the newest first.',
  permission: 'records.export',
  query: { ...STATE, ...PAGE },
  answers: { 200: { description: 'A page of exports.', schema: pageSchema(EXPORT) } },
})

export const getExportOperation = operation({
  id: 'getExport',
  method: 'GET',
  path: '/v1/exports/{id}',
  tag: TAG,
  summary: 'Read an export',
  description: 'How far it is, and until when its lines are kept.',
  permission: 'records.export',
  params: EXPORT_ID,
  answers: { 200: { description: 'The export.', schema: EXPORT }, ...UNKNOWN_EXPORT },
})

export const getExportDataOperation = operation({
  id: 'getExportData',
  method: 'GET',
  path: '/v1/exports/{id}/data',
  tag: TAG,
  summary: 'Read the lines of an export',
  description: [
    'Kept for 24 hours, or until somebody in it is erased. A download that broke off goes on with `Range: bytes=...` (If-Range with the ETag) or',
    'with `fromLine`. `Accept-Encoding: gzip` compresses it, except a part by Range.',
  ].join(' '),
  permission: 'records.export',
  personal: true,
  params: EXPORT_ID,
  query: {
    fromLine: {
      type: 'integer',
      minimum: 1,
      description: 'Number of the first line that is wanted; not together with Range.',
    },
  },
  headers: {
    range: { description: '`bytes=1000-`: one part.' },
    'if-range': { description: 'ETag of the file that the part is wanted of; of another one all is sent.' },
    'accept-encoding': { description: '`gzip`: compressed.' },
  },
  answers: {
    200: {
      description: 'The lines.',
      type: LINES,
      schema: { type: 'object' },
      headers: { etag: 'Names this file.', 'accept-ranges': '`bytes`' },
    },
    206: {
      description: 'A part of the bytes.',
      type: LINES,
      headers: { 'content-range': 'Which part, of how many bytes.' },
    },
    400: { description: 'Range and `fromLine` together.' },
    ...UNKNOWN_EXPORT,
    409: { description: 'It is not ready.' },
    410: { description: 'The lines are not kept any more.' },
    416: { description: 'There are no such bytes.' },
  },
})

export const endExportOperation = operation({
  id: 'endExport',
  method: 'DELETE',
  path: '/v1/exports/{id}',
  tag: TAG,
  summary: 'Cancel an export, or drop its lines',
  description: 'One that is under way is cancelled; the lines of one that is ready are dropped.',
  permission: 'records.export',
  params: EXPORT_ID,
  answers: { 200: { description: 'As it is now.', schema: EXPORT }, ...UNKNOWN_EXPORT },
})

export const BULK_OPERATIONS = [
  startImportOperation,
  listImportsOperation,
  getImportOperation,
  getImportFaultsOperation,
  cancelImportOperation,
  startExportOperation,
  listExportsOperation,
  getExportOperation,
  getExportDataOperation,
  endExportOperation,
]
