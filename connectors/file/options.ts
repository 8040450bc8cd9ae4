import type { EntityConfig, SettingsSchema } from '../../hub/contracts/connector.ts'
import { isJsonObject, type Json } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { readSettings } from '../shared/settings.ts'

/** How the files of one entity are found, read and written: its options in config/systems/<name>.yaml, checked. */
export interface FileOptions {
  entity: string
  /** Each holds all records: what a later one has not is deleted. */
  full: FilePattern | undefined
  /** Each holds changes only. */
  delta: FilePattern | undefined
  order: 'modified' | 'name'
  settleSeconds: number
  readyMarker: string | undefined
  form: RowForm
  keyColumns: string[]
  deletedWhen: { column: string; value: string } | undefined
  pageSize: number
  maxRowBytes: number
  /** A full file with fewer rows than this share of the one before is refused. */
  minShare: number
  afterwards: 'keep' | 'archive' | 'delete'
  archiveFolder: string
  errorsFolder: string | undefined
  out: OutOptions | undefined
}

export interface FilePattern {
  /** Below the folder of the settings; '' is that folder itself. */
  folder: string
  /** With `*` for any characters and `?` for one. */
  name: string
}

export type RowForm =
  | {
      format: 'csv'
      delimiter: string
      quote: string
      header: boolean
      columns: string[] | undefined
      encoding: string
    }
  | { format: 'jsonl'; encoding: string }
  | { format: 'fixed'; fields: FixedField[]; encoding: string }

export interface FixedField {
  name: string
  /** In characters. */
  width: number
}

export interface OutOptions {
  folder: string
  /** The native fields that a line has room for, in their order; undefined (JSON lines): any. */
  columns: string[] | undefined
}

const PATTERN = 'with * and ?, below the folder of the settings'

export const FILE_OPTIONS: SettingsSchema = {
  type: 'object',
  properties: {
    full: {
      type: 'string',
      title: 'Full files',
      description: `Pattern of the files that hold all records, ${PATTERN}; what a later one has not is deleted.`,
      examples: ['customers-full-*.csv'],
    },
    delta: {
      type: 'string',
      title: 'Delta files',
      description: `Pattern of the files that hold what changed, ${PATTERN}.`,
      examples: ['in/customers-delta-*.csv'],
    },
    order: {
      type: 'string',
      enum: ['modified', 'name'],
      default: 'modified',
      title: 'Order',
      description: 'Which of two files is the later one: by the time of its last change, or by its name.',
    },
    settleSeconds: {
      type: 'integer',
      default: 5,
      minimum: 0,
      maximum: 86_400,
      title: 'Settle (s)',
      description: 'A file is left alone until it has not changed for so long; for writers that do not rename.',
    },
    readyMarker: {
      type: 'string',
      title: 'Ready marker',
      description: 'Ending of an empty file that says that the file beside it is complete, such as .done.',
      examples: ['.done'],
    },
    format: {
      type: 'string',
      enum: ['csv', 'jsonl', 'fixed'],
      default: 'csv',
      title: 'Format',
      description: 'csv: separated values; jsonl: a JSON object in each line; fixed: columns of fixed width.',
    },
    encoding: {
      type: 'string',
      enum: ['utf-8', 'utf-16le', 'windows-1252', 'iso-8859-2', 'iso-8859-15'],
      default: 'utf-8',
      title: 'Encoding',
      description: 'How the characters are written. A row that is not so written is reported as wrong.',
    },
    delimiter: { type: 'string', default: ',', title: 'Delimiter', description: 'Between two values of a CSV row.' },
    quote: { type: 'string', default: '"', title: 'Quote', description: 'Around CSV values; doubled inside of them.' },
    header: {
      type: 'boolean',
      default: true,
      title: 'Header',
      description: 'Whether the first row of a CSV file names the columns.',
    },
    columns: {
      type: 'array',
      items: { type: 'string' },
      title: 'Columns',
      description: 'Names of the columns of a CSV file without a header, in their order.',
    },
    fields: {
      type: 'array',
      items: { type: 'object' },
      title: 'Fields',
      description: 'The columns of a file of fixed width, in their order: a list of {name, width}, in characters.',
    },
    keyColumns: {
      type: 'array',
      items: { type: 'string' },
      title: 'Key columns',
      description: 'Columns that name a record, in their order.',
    },
    deletedWhen: {
      type: 'object',
      title: 'Deleted when',
      description: 'Rows of delta files that say that the record is gone: {column, value}.',
    },
    pageSize: {
      type: 'integer',
      default: 1000,
      minimum: 1,
      maximum: 10_000,
      title: 'Page size',
      description: 'Rows handed on at a time at most.',
    },
    maxRowBytes: {
      type: 'integer',
      default: 1_048_576,
      minimum: 100,
      maximum: 8_388_608,
      title: 'Largest row (characters)',
      description: 'A longer row ends the reading of its file.',
    },
    minShare: {
      type: 'number',
      default: 0.5,
      minimum: 0,
      maximum: 1,
      title: 'Least share',
      description: 'A full file with fewer rows than this share of the one before is refused: it was cut short.',
    },
    afterwards: {
      type: 'string',
      enum: ['keep', 'archive', 'delete'],
      default: 'keep',
      title: 'Afterwards',
      description: 'What becomes of a file once all its rows are durable.',
    },
    archiveFolder: {
      type: 'string',
      default: 'archive',
      title: 'Archive',
      description: 'Where read files go, below the folder of the settings.',
    },
    errorsFolder: {
      type: 'string',
      default: 'errors',
      title: 'Errors',
      description: 'Where a file of wrong rows is written for each file that has some. Empty: nowhere.',
    },
    outFolder: {
      type: 'string',
      title: 'Out',
      description: 'Where files for the system are written, below the folder of the settings. Absent: none.',
    },
    outColumns: {
      type: 'array',
      items: { type: 'string' },
      title: 'Out columns',
      description: 'Columns of the CSV files for the system, in their order; the key columns stand before them.',
    },
  },
  required: ['keyColumns'],
  additionalProperties: false,
}

/** Throws `connector.settings` with a pointer into the options. */
export function fileOptions(config: EntityConfig): FileOptions {
  const where = `/entities/${config.entity}/options`
  const given = readSettings(FILE_OPTIONS, config.options, where)
  const text = (name: string): string | undefined => given[name] as string | undefined
  const fault = (name: string, message: string): never => {
    throw settingsError(message, { where: `${where}/${name}` })
  }
  const pattern = (name: string): FilePattern | undefined => {
    const value = text(name)
    return value === undefined ? undefined : (parsePattern(value) ?? fault(name, PATTERN_FAULT))
  }
  const [full, delta] = [pattern('full'), pattern('delta')]
  const outFolder = text('outFolder')
  if (full === undefined && delta === undefined && outFolder === undefined) {
    fault('full', 'Neither "full" nor "delta" names files to read.')
  }
  const keyColumns = given.keyColumns as string[]
  if (keyColumns.length === 0 || hasRepeats(keyColumns)) {
    fault('keyColumns', 'The key columns must be at least one, each named once.')
  }
  for (const name of ['archiveFolder', 'errorsFolder', 'outFolder']) {
    if (/(^\/|(^|\/)\.\.(\/|$))/.test(text(name) ?? '')) fault(name, 'The folder must be below that of the settings.')
  }
  return {
    entity: config.entity,
    full,
    delta,
    order: given.order as FileOptions['order'],
    settleSeconds: given.settleSeconds as number,
    readyMarker: text('readyMarker'),
    form: rowForm(given, fault),
    keyColumns,
    deletedWhen: deletedWhen(given.deletedWhen, fault),
    pageSize: given.pageSize as number,
    maxRowBytes: given.maxRowBytes as number,
    minShare: given.minShare as number,
    afterwards: given.afterwards as FileOptions['afterwards'],
    archiveFolder: text('archiveFolder') ?? '',
    errorsFolder: text('errorsFolder') === '' ? undefined : text('errorsFolder'),
    out: outOptions(given, outFolder, fault),
  }
}

type Given = Record<string, Json | undefined>
type Fault = (option: string, message: string) => never

const PATTERN_FAULT = 'The pattern must be a path below the folder of the settings, with * and ? in its last part only.'

/** undefined: not a pattern. */
export function parsePattern(value: string): FilePattern | undefined {
  const parts = value.split('/')
  const name = parts.pop() ?? ''
  const isPath = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[*?]/.test(part))
  return name === '' || !isPath ? undefined : { folder: parts.join('/'), name }
}

function rowForm(given: Given, fault: Fault): RowForm {
  const encoding = given.encoding as string
  if (given.format === 'jsonl') return { format: 'jsonl', encoding }
  if (given.format === 'fixed') return { format: 'fixed', fields: fixedFields(given.fields, fault), encoding }
  const { delimiter, quote, header } = given as { delimiter: string; quote: string; header: boolean }
  if (delimiter.length !== 1 || /[\r\n]/.test(delimiter)) fault('delimiter', 'The delimiter must be one character.')
  if (quote.length !== 1 || quote === delimiter) fault('quote', 'The quote must be one character, not the delimiter.')
  const columns = given.columns as string[] | undefined
  if (header === (columns !== undefined)) {
    fault('columns', 'A CSV file has either a header or, with "header: false", a list of columns.')
  }
  if (columns !== undefined && hasRepeats(columns)) fault('columns', 'Each column must be named once.')
  return { format: 'csv', delimiter, quote, header, columns, encoding }
}

function fixedFields(given: Json | undefined, fault: Fault): FixedField[] {
  const fields = ((given ?? []) as Json[]).map((each) => {
    const { name, width, ...others } = isJsonObject(each) ? each : {}
    const isRight = typeof name === 'string' && name !== '' && Number.isInteger(width) && (width as number) > 0
    return isRight && Object.keys(others).length === 0
      ? { name, width: width as number }
      : fault('fields', FIELDS_FAULT)
  })
  if (fields.length === 0 || hasRepeats(fields.map(({ name }) => name))) fault('fields', FIELDS_FAULT)
  return fields
}

const FIELDS_FAULT = 'The option "fields" must be a list of {name, width}, each name once.'

function deletedWhen(given: Json | undefined, fault: Fault): FileOptions['deletedWhen'] {
  if (given === undefined) return undefined
  const { column, value, ...others } = isJsonObject(given) ? given : {}
  const isRight = typeof column === 'string' && ['string', 'number', 'boolean'].includes(typeof value)
  if (!isRight || Object.keys(others).length > 0) fault('deletedWhen', 'The option must be {column, value}.')
  return { column: column as string, value: String(value) }
}

function outOptions(given: Given, folder: string | undefined, fault: Fault): OutOptions | undefined {
  const columns = given.outColumns as string[] | undefined
  if (folder === undefined) return columns === undefined ? undefined : fault('outColumns', 'It needs "outFolder".')
  if (given.format === 'fixed') fault('outFolder', 'Files of fixed width are read only: write CSV or JSON lines.')
  if (given.format === 'csv' && columns === undefined)
    fault('outColumns', 'A CSV file for the system needs its columns.')
  if (columns !== undefined && hasRepeats(columns)) fault('outColumns', 'Each column must be named once.')
  return { folder, columns }
}

function hasRepeats(names: readonly string[]): boolean {
  return new Set(names).size !== names.length
}
