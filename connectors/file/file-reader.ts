import { createHash, type Hash } from 'node:crypto'
import type { ConnectorLog, SourceRecord } from '../../hub/contracts/connector.ts'
import type { Json } from '../../hub/contracts/json.ts'
import { busyError } from '../shared/errors.ts'
import { joinKey } from '../shared/record-key.ts'
import { scalarText } from '../shared/scalar-text.ts'
import { isMissingFile } from './errors.ts'
import { ErrorReport } from './error-report.ts'
import { archivePath, type FoundFile, orderOf } from './file-list.ts'
import type { FileOptions } from './options.ts'
import type { FilePlace } from './place.ts'
import { FileFault, type Row } from './row.ts'
import { readRows } from './rows.ts'

export interface KnownFile {
  file: FoundFile
  /** Of the whole content: what the versions of its records are made of. */
  sha256: string
  /** Lines that are not the header; more than rows where values have line ends. */
  lines: number
}

export interface ReadRecord {
  record: SourceRecord
  line: number
}

export interface ReadingTools {
  place: FilePlace
  options: FileOptions
  log: ConnectorLog
}

const KEY_LENGTH_MAX = 512
const SEQUENCE_NAME_MAX = 200

/** Reads the file once to know what is in it: its hash names its rows, so that the same content is never two changes. */
export async function knowFile(tools: ReadingTools, file: FoundFile): Promise<KnownFile> {
  const hash = createHash('sha256')
  let lines = 0
  let last = 0x0a
  for await (const piece of await openFile(tools, file)) {
    hash.update(piece)
    for (let at = piece.indexOf(0x0a); at >= 0; at = piece.indexOf(0x0a, at + 1)) lines += 1
    last = piece.at(-1) ?? last
  }
  if (last !== 0x0a) lines += 1
  const { form } = tools.options
  const header = form.format === 'csv' && form.header ? 1 : 0
  return { file, sha256: hash.digest('hex'), lines: Math.max(0, lines - header) }
}

/**
 * The records of a file behind the line `after`, and at the end the report of its wrong rows. A fault of the whole file
 * ends it there, as one line of the report: other files are not its hostages.
 */
export async function* readRecords(tools: ReadingTools, known: KnownFile, after: number): AsyncGenerator<ReadRecord> {
  const { options, log } = tools
  const { file } = known
  const report = new ErrorReport(tools.place, options, file)
  const hash = createHash('sha256')
  let isWhole = true
  try {
    const stream = await openFile(tools, file)
    for await (const row of readRows(hashed(stream, hash), options)) {
      const record = 'data' in row ? recordOf(row, known, options) : row
      if ('fault' in record) report.add(record)
      else if (row.line > after) yield { record, line: row.line }
    }
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    isWhole = false
    report.add({ line: error.line, fault: `${error.message} Nothing behind this line was read.`, raw: '' })
  }
  if (isWhole && hash.digest('hex') !== known.sha256) {
    throw busyError(`The file ${file.path} changed while it was read.`, {
      fix: 'Let its writer rename it when it is complete, or raise settleSeconds.',
    })
  }
  if (report.count === 0) return
  await report.write()
  log.warn({ count: report.count }, 'A file has wrong rows; they are reported in a file beside it')
}

async function* hashed(bytes: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const piece of bytes) {
    hash.update(piece)
    yield piece
  }
}

/** A snapshot may find that a poll has put the file away meanwhile. */
async function openFile({ place, options }: ReadingTools, file: FoundFile): Promise<AsyncIterable<Buffer>> {
  try {
    return await place.read(file.path)
  } catch (error) {
    if (!isMissingFile(error)) throw error
    return place.read(archivePath(file, options))
  }
}

function recordOf(
  { line, data }: Extract<Row, { data: object }>,
  { file, sha256 }: KnownFile,
  options: FileOptions,
): SourceRecord | { line: number; fault: string; raw: string } {
  const raw = JSON.stringify(data)
  const parts = options.keyColumns.map((name) => keyPart(data[name]))
  const missing = options.keyColumns.find((_, place) => parts[place] === undefined)
  if (missing !== undefined) return { line, fault: `The row has no "${missing}", which is part of its key.`, raw }
  const key = joinKey(parts as string[])
  if (key.length > KEY_LENGTH_MAX) return { line, fault: `The key is longer than ${KEY_LENGTH_MAX} characters.`, raw }
  const { deletedWhen } = options
  const isGone = deletedWhen !== undefined && scalarText(data[deletedWhen.column]) === deletedWhen.value
  return {
    entity: options.entity,
    key,
    kind: isGone ? 'delete' : 'upsert',
    sequence: sequenceOf(file, line, options),
    time: new Date(file.modified).toISOString(),
    version: `${sha256.slice(0, 22)}:${line}`,
    data,
  }
}

export function sequenceOf(file: FoundFile, line: number, options: FileOptions): string {
  return `${orderOf(file, options).slice(0, SEQUENCE_NAME_MAX)} ${String(line).padStart(10, '0')}`
}

function keyPart(value: Json | undefined): string | undefined {
  const text = scalarText(value)
  return text === '' ? undefined : text
}
