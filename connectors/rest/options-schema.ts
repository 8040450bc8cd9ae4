import type { SettingSchema, SettingsSchema } from '../../hub/contracts/connector.ts'
import { PREDICATE_PROPERTIES } from '../shared/json-predicate.ts'
import { requestProperties } from './request.ts'
import { WATERMARK_FORMATS } from './watermark.ts'

const LIST_PLACES =
  '{{ page.size }}, {{ page.number }}, {{ page.offset }}, {{ page.cursor }}, {{ page.after }}, {{ since }}, {{ session }}'
const WRITE_PLACES =
  '{{ key }}, {{ keys.<path> }}, {{ data }}, {{ record }}, {{ lock }}, {{ idempotencyKey }}, {{ session }}'

const text = (title: string, description: string): SettingSchema => ({ type: 'string', title, description })

const listProperties: Record<string, SettingSchema> = {
  ...requestProperties('GET', LIST_PLACES),
  records: text('Records', 'Path of the list of records in the answer. Absent: the answer is the list.'),
  record: text('Record', 'Path of the record in each item of the list. Absent: the item is the record.'),
  total: text('Total', 'Path of the number of records there are in all.'),
}

const list: SettingSchema = {
  type: 'object',
  title: 'List',
  description: 'The request that gives all records, page by page.',
  properties: listProperties,
  required: ['path'],
  additionalProperties: false,
}

export const PAGE_STYLES = ['none', 'number', 'offset', 'cursor', 'next', 'link', 'keyset'] as const

const page: SettingSchema = {
  type: 'object',
  title: 'Pages',
  description: 'How the system gives the records page by page. Absent: all at once.',
  properties: {
    style: {
      type: 'string',
      enum: [...PAGE_STYLES],
      title: 'Style',
      description:
        'number and offset count; cursor: the answer has a mark for the next page; next: it has its address; link: the header Link has it; keyset: the next page is asked for by the last key.',
    },
    size: {
      type: 'integer',
      minimum: 1,
      maximum: 10_000,
      default: 100,
      title: 'Size',
      description: 'Records on a page, as {{ page.size }}.',
    },
    first: {
      type: 'integer',
      minimum: 0,
      maximum: 1,
      default: 1,
      title: 'First number',
      description: 'number: that of the first page.',
    },
    at: text('At', 'cursor and next: path of the mark or address in the answer. Nothing there: the last page.'),
    after: text('After', 'keyset: path of the value in a record that {{ page.after }} is. Default: the key.'),
  },
  required: ['style'],
  additionalProperties: false,
}

const changes: SettingSchema = {
  type: 'object',
  title: 'Changes',
  description: 'How polls ask for what changed. Absent: each poll reads everything, good for some 3,000 records.',
  properties: {
    fields: {
      type: 'array',
      items: { type: 'string' },
      title: 'Fields',
      description:
        'Paths in a record of the time or number that grows with every change; the first that a record has counts (modified, else created).',
    },
    format: {
      ...text('Format', 'How {{ since }} is written; the fields are read in any of these.'),
      enum: [...WATERMARK_FORMATS],
      default: 'isoMillis',
    },
    lookBack: {
      type: 'integer',
      minimum: 0,
      maximum: 86_400,
      default: 60,
      title: 'Look-back',
      description:
        'How much later than its time a change may become visible, seconds (counter: how many numbers): as far back is read again.',
    },
    order: {
      ...text(
        'Order',
        'ascending: the answers are in the order of the fields, so that reading can go on from any page.',
      ),
      enum: ['ascending', 'none'],
      default: 'none',
    },
    list: {
      ...list,
      title: 'List',
      description: 'The request for changes. Absent: `list` is asked, with a value for {{ since }}.',
    },
  },
  required: ['fields'],
  additionalProperties: false,
}

const get: SettingSchema = {
  type: 'object',
  title: 'Get',
  description: 'The request for one record by its key: needed to write, and to find deleted records.',
  properties: {
    ...requestProperties('GET', '{{ key }}, {{ keys.<path> }}, {{ session }}'),
    record: text('Record', 'Path of the record in the answer. Absent: the answer is the record.'),
  },
  required: ['path'],
  additionalProperties: false,
}

function write(method: string, title: string, description: string): SettingSchema {
  return {
    type: 'object',
    title,
    description,
    properties: {
      ...requestProperties(method, WRITE_PLACES),
      send: {
        ...text('Send', 'What {{ data }} is: the changed fields, or the whole record with them in it.'),
        enum: ['changes', 'record'],
        default: 'changes',
      },
    },
    required: ['path'],
    additionalProperties: false,
  }
}

const create = write('POST', 'Create', 'The request that makes a record.')
create.properties = {
  ...create.properties,
  key: text(
    'Key',
    'Path in the answer of the key that the system gave the record. Absent: the key is that of the write.',
  ),
  find: {
    type: 'object',
    title: 'Find',
    description:
      'The request that finds the record that an earlier try made, by the {{ idempotencyKey }} that it was sent with. Not needed where a header of create carries {{ idempotencyKey }} and the system answers a repeat with what it made.',
    properties: {
      ...requestProperties('GET', '{{ idempotencyKey }}, {{ session }}'),
      record: text('Record', 'Path of the record, or of the list of which the first one counts. Absent: the answer.'),
    },
    required: ['path'],
    additionalProperties: false,
  },
}

const lock: SettingSchema = {
  type: 'object',
  title: 'Lock',
  description: "The system's own protection against two writers at once.",
  properties: {
    style: {
      ...text('Style', 'etag: the ETag of the record comes back as If-Match; field: a field of the record comes back.'),
      enum: ['etag', 'field'],
    },
    field: text(
      'Field',
      'Path of the version or time in the record; sent back as it came, in {{ data }} or as {{ lock }}.',
    ),
    absent: {
      ...text('Absent', 'What is sent where the record has no such field yet.'),
      enum: ['omit', 'null'],
      default: 'omit',
    },
  },
  required: ['style'],
  additionalProperties: false,
}

export const REST_OPTIONS: SettingsSchema = {
  type: 'object',
  properties: {
    key: {
      type: 'array',
      items: { type: 'string' },
      title: 'Key',
      description: 'Paths of the values that name a record.',
      examples: [['id'], ['order.no', 'line']],
    },
    list,
    page,
    changes,
    deleted: {
      type: 'object',
      title: 'Deleted',
      description: 'A question about a record: where it holds, the record is deleted.',
      properties: PREDICATE_PROPERTIES,
      required: ['path'],
      additionalProperties: false,
    },
    sequence: text('Sequence', 'Path of an integer that only ever grows for a record; orders its changes.'),
    get,
    update: write('PATCH', 'Update', 'The request that changes a record.'),
    create,
    lock,
  },
  required: ['key', 'list'],
  additionalProperties: false,
}
