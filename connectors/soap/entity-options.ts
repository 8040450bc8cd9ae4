import type { EntityConfig, SettingSchema, SettingsSchema } from '../../hub/contracts/connector.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { pointerTo, readSettings } from '../shared/settings.ts'
import { placeholdersOf } from './template.ts'
import type { Path } from './wsdl-model.ts'

export type Paging = 'none' | 'page' | 'offset' | 'token' | 'after'

export interface CallOptions {
  operation: string
  arguments: JsonObject
  /** JSON pointer of these options. */
  where: string
}

export interface ListOptions extends CallOptions {
  rows: Path
  paging: Paging
  pageSize: number
  firstPage: number
  nextToken: Path | undefined
  total: Path | undefined
}

export interface IncrementalOptions {
  field: Path
  lookBackSeconds: number
  inclusive: boolean
  start: (CallOptions & { value: Path }) | undefined
}

export interface GetOptions extends CallOptions {
  row: Path
}

export interface UpsertOptions extends CallOptions {
  merge: boolean
  lock: Path | undefined
  /** Where the answer has the record's new version. */
  version: Path | undefined
}

export interface SoapEntity {
  entity: string
  where: string
  keyFields: readonly Path[]
  list: ListOptions | undefined
  changes: ListOptions | undefined
  incremental: IncrementalOptions | undefined
  get: GetOptions | undefined
  upsert: UpsertOptions | undefined
  deletedWhen: { field: Path; values: readonly Json[] } | undefined
  sequence: Path | undefined
  mark: Path | undefined
  omit: readonly string[]
}

const PATH_TEXT = "names of elements with / between them, from inside the answer's element"

function text(title: string, description: string): SettingSchema {
  return { type: 'string', title, description }
}

function argumentsOf(placeholders: string): SettingSchema {
  return {
    type: 'object',
    title: 'Arguments',
    description: `Members of the request's element. Texts may have ${placeholders}; what holds one that has no value is left out.`,
    default: {},
  }
}

function listSchema(title: string, description: string): SettingSchema {
  return {
    type: 'object',
    title,
    description,
    required: ['operation', 'rows'],
    properties: {
      operation: text('Operation', 'Its name in the WSDL.'),
      arguments: argumentsOf('{pageSize}, {page}, {offset}, {token}, {after}, {after.<key field>} and {since}'),
      rows: text('Rows', `Where the records are: ${PATH_TEXT}.`),
      paging: {
        type: 'string',
        enum: ['none', 'page', 'offset', 'token', 'after'],
        default: 'none',
        title: 'Paging',
        description:
          'none; page: by {page}; offset: by {offset}; token: by {token} from nextToken; after: by {after}, the key of the last record.',
      },
      pageSize: {
        type: 'integer',
        minimum: 1,
        maximum: 10_000,
        default: 500,
        title: 'Page size',
        description: 'Value of {pageSize}.',
      },
      firstPage: {
        type: 'integer',
        minimum: 0,
        maximum: 1,
        default: 1,
        title: 'First page',
        description: 'Number of the first page.',
      },
      nextToken: text(
        'Next token',
        `Where the token of the next page is: ${PATH_TEXT}; absent, nil or empty on the last page.`,
      ),
      total: text('Total', `Where the number of all records is: ${PATH_TEXT}.`),
    },
    additionalProperties: false,
  }
}

const INCREMENTAL: SettingSchema = {
  type: 'object',
  title: 'Incremental',
  description:
    'What polling goes by: a field that grows with every change, and {since} in the arguments of changes (or list).',
  required: ['field'],
  properties: {
    field: text('Field', 'Path of the field inside a record: a time of change or a counter.'),
    lookBackSeconds: {
      type: 'integer',
      minimum: 0,
      maximum: 86_400,
      default: 60,
      title: 'Look-back (s)',
      description: 'How much later than its time of change a record may become visible.',
    },
    inclusive: {
      type: 'boolean',
      default: true,
      title: 'Inclusive',
      description:
        'Whether the service also gives records that changed at {since} itself. False: asked for an instant earlier.',
    },
    start: {
      type: 'object',
      title: 'Start',
      description:
        'Operation that tells the place of now; needed for counters. For times, the Date of the HTTP answer is taken.',
      required: ['operation', 'value'],
      properties: {
        operation: text('Operation', 'Its name in the WSDL.'),
        arguments: argumentsOf('no placeholders'),
        value: text('Value', `Where the value is: ${PATH_TEXT}.`),
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
}

const GET: SettingSchema = {
  type: 'object',
  title: 'Get',
  description: 'Reads one record: needed to write with a precondition and to find deletes.',
  required: ['operation'],
  properties: {
    operation: text('Operation', 'Its name in the WSDL.'),
    arguments: argumentsOf('{key}, or {key.<key field>} of several'),
    row: { ...text('Row', `Where the record is: ${PATH_TEXT}; by default the answer's element itself.`), default: '' },
  },
  additionalProperties: false,
}

const UPSERT: SettingSchema = {
  type: 'object',
  title: 'Upsert',
  description: 'Writes one record.',
  required: ['operation', 'arguments'],
  properties: {
    operation: text('Operation', 'Its name in the WSDL.'),
    arguments: argumentsOf(
      '{record} (key and fields), {key}, {key.<key field>}, {field.<name>}, {lock} and {idempotencyKey}',
    ),
    merge: {
      type: 'boolean',
      default: false,
      title: 'Merge',
      description:
        'Send the whole record: what is not written is taken from the record as it is. For services that empty what is left out.',
    },
    lock: text('Lock', "Path of the field inside a record that the service's optimistic lock goes by; sent as {lock}."),
    version: text('Version', `Where the record's new version is: ${PATH_TEXT}.`),
  },
  additionalProperties: false,
}

/** Nothing is required here: an entity that is only pushed has no options. */
export const SOAP_OPTIONS: SettingsSchema = {
  type: 'object',
  properties: {
    keyFields: {
      type: 'array',
      items: { type: 'string' },
      title: 'Key fields',
      description: 'Paths of the fields that name a record, inside the record; needed to read or write.',
    },
    list: listSchema('List', 'Reads all records: the snapshot.'),
    changes: listSchema('Changes', 'Reads what changed since {since}; by default list.'),
    incremental: INCREMENTAL,
    get: GET,
    upsert: UPSERT,
    deletedWhen: {
      type: 'object',
      title: 'Deleted when',
      description: 'Soft deletes: {field, values: [..]}; numbers and booleans are compared by their text.',
      required: ['field', 'values'],
      properties: {
        field: text('Field', 'Path inside a record.'),
        values: { type: 'array', title: 'Values', description: 'Values that say that the record is deleted.' },
      },
      additionalProperties: false,
    },
    sequenceField: text('Sequence field', 'Path of an integer that only ever grows for a record; orders its changes.'),
    markField: text(
      'Mark field',
      'Path of the field that carries the idempotency key of the write that a record was changed by last.',
    ),
    omit: {
      type: 'array',
      items: { type: 'string' },
      title: 'Omit',
      description: 'Fields (the first level) that are not read.',
    },
  },
  additionalProperties: false,
}

const PLACEHOLDERS = {
  list: ['pageSize', 'page', 'offset', 'token', 'after', 'since'],
  get: ['key'],
  upsert: ['record', 'key', 'field', 'lock', 'idempotencyKey'],
  start: [],
} as const

/** Throws `connector.settings` with a pointer into the options. What needs the WSDL is checked by check-options.ts. */
export function soapEntity(config: EntityConfig): SoapEntity {
  const where = `${pointerTo('/entities', config.entity)}/options`
  const given = readSettings(SOAP_OPTIONS, config.options, where)
  const keyFields = ((given.keyFields ?? []) as string[]).map((each, at) => pathOf(each, `${where}/keyFields/${at}`))
  if (keyFields.length === 0)
    throw settingsError('At least one field must name a record.', { where: `${where}/keyFields` })
  const path = (name: string): Path | undefined => optionalPath(given[name], `${where}/${name}`)
  const deleted = given.deletedWhen as JsonObject | undefined
  const entity: SoapEntity = {
    entity: config.entity,
    where,
    keyFields,
    list: listOf(given.list, `${where}/list`, keyFields),
    changes: listOf(given.changes, `${where}/changes`, keyFields),
    incremental: incrementalOf(given.incremental, `${where}/incremental`),
    get: getOf(given.get, `${where}/get`),
    upsert: upsertOf(given.upsert, `${where}/upsert`),
    deletedWhen: deleted && {
      field: pathOf(deleted.field, `${where}/deletedWhen/field`),
      values: deleted.values as Json[],
    },
    sequence: path('sequenceField'),
    mark: path('markField'),
    omit: (given.omit as string[] | undefined) ?? [],
  }
  checkTogether(entity)
  return entity
}

function checkTogether({ where, list, changes, incremental, get, upsert, keyFields, omit }: SoapEntity): void {
  if (incremental) {
    const polled = changes ?? list
    if (polled && !placeholdersOf(polled.arguments).includes('since')) {
      throw settingsError('Polling needs {since} in the arguments.', { where: `${polled.where}/arguments` })
    }
  }
  if (upsert?.merge === true && !get) {
    throw settingsError('A record can only be merged where it can be read.', {
      where: `${where}/upsert/merge`,
      fix: 'Give get.',
    })
  }
  if (upsert?.lock && !get) {
    throw settingsError('The lock is read from the record, so it needs to be read.', {
      where: `${where}/upsert/lock`,
      fix: 'Give get.',
    })
  }
  const wrong = omit.findIndex((name) => keyFields.some(([first]) => first === name) || incremental?.field[0] === name)
  if (wrong >= 0) throw settingsError('Key and incremental field are always read.', { where: `${where}/omit/${wrong}` })
}

function listOf(given: Json | undefined, where: string, keyFields: readonly Path[]): ListOptions | undefined {
  if (given === undefined) return undefined
  const list = given as JsonObject
  const call = callOf(list, where, PLACEHOLDERS.list)
  const paging = list.paging as Paging
  const nextToken = optionalPath(list.nextToken, `${where}/nextToken`)
  const used = placeholdersOf(call.arguments).map((name) => name.split('.')[0])
  if (paging !== 'none' && !used.includes(paging)) {
    throw settingsError(`Paging by ${paging} needs {${paging}} in the arguments.`, { where: `${where}/arguments` })
  }
  if ((paging === 'token') !== (nextToken !== undefined)) {
    throw settingsError('Paging by token goes with nextToken, and only that.', { where: `${where}/nextToken` })
  }
  if (paging === 'after' && keyFields.length > 1 && placeholdersOf(call.arguments).includes('after')) {
    throw settingsError('With several key fields, name each as {after.<key field>}.', { where: `${where}/arguments` })
  }
  return {
    ...call,
    rows: pathOf(list.rows, `${where}/rows`),
    paging,
    pageSize: list.pageSize as number,
    firstPage: list.firstPage as number,
    nextToken,
    total: optionalPath(list.total, `${where}/total`),
  }
}

function incrementalOf(given: Json | undefined, where: string): IncrementalOptions | undefined {
  if (given === undefined) return undefined
  const { field, lookBackSeconds, inclusive, start } = given as JsonObject
  return {
    field: pathOf(field, `${where}/field`),
    lookBackSeconds: lookBackSeconds as number,
    inclusive: inclusive as boolean,
    start:
      start === undefined
        ? undefined
        : {
            ...callOf(start as JsonObject, `${where}/start`, PLACEHOLDERS.start),
            value: pathOf((start as JsonObject).value, `${where}/start/value`),
          },
  }
}

function getOf(given: Json | undefined, where: string): GetOptions | undefined {
  if (given === undefined) return undefined
  const get = given as JsonObject
  return { ...callOf(get, where, PLACEHOLDERS.get), row: get.row === '' ? [] : pathOf(get.row, `${where}/row`) }
}

function upsertOf(given: Json | undefined, where: string): UpsertOptions | undefined {
  if (given === undefined) return undefined
  const upsert = given as JsonObject
  return {
    ...callOf(upsert, where, PLACEHOLDERS.upsert),
    merge: upsert.merge as boolean,
    lock: optionalPath(upsert.lock, `${where}/lock`),
    version: optionalPath(upsert.version, `${where}/version`),
  }
}

function callOf(given: JsonObject, where: string, allowed: readonly string[]): CallOptions {
  const template = given.arguments as JsonObject
  for (const name of placeholdersOf(template)) {
    if (allowed.includes(name.split('.')[0] ?? '')) continue
    throw settingsError(`There is no placeholder {${name}} here.`, {
      where: `${where}/arguments`,
      fix:
        allowed.length === 0 ? 'Write the values themselves.' : `Use ${allowed.map((each) => `{${each}}`).join(', ')}.`,
    })
  }
  return { operation: given.operation as string, arguments: template, where }
}

function optionalPath(given: Json | undefined, where: string): Path | undefined {
  return given === undefined ? undefined : pathOf(given, where)
}

function pathOf(given: Json | undefined, where: string): Path {
  const path = String(given).split('/')
  if (path.every((name) => name !== '')) return path
  throw settingsError('A path is made of names with / between them.', { where })
}
