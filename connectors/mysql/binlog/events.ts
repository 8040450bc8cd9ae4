/**
 * Reads events of the binary log. Formats: https://mariadb.com/kb/en/2-binlog-event-header/ and its neighbours,
 * https://dev.mysql.com/doc/dev/mysql-server/latest/classbinary__log_1_1Rows__event.html.
 */
import { inflateSync } from 'node:zlib'
import { type LoggedColumn, readColumns } from './table-map.ts'

const HEADER_BYTES = 19

export interface RowsEvent {
  kind: 'insert' | 'update' | 'delete'
  tableId: number
  /** Which columns the images have: an update has two sets, the others one. */
  before: boolean[]
  after: boolean[]
  /** The images, to be read with the table's columns. */
  rows: Buffer
}

export interface TableMapEvent {
  tableId: number
  schema: string
  table: string
  columns: LoggedColumn[]
}

export type BinlogEvent = { timestamp: number; nextOffset: number } & (
  | { type: 'rotate'; file: string; offset: number }
  | { type: 'begin' }
  | { type: 'commit' }
  | { type: 'statement'; schema: string; text: string }
  | { type: 'annotation'; text: string }
  | { type: 'table'; table: TableMapEvent }
  | { type: 'rows'; rows: RowsEvent }
  | { type: 'heartbeat' }
  | { type: 'unreadable'; reason: string }
  | { type: 'other' }
)

const STANDALONE = 1

const FORMAT_DESCRIPTION = 15
const ROTATE = 4
const CHECKSUM_BYTES = 4
const CRC32 = 1

/** Tells events from their checksums, which each file of the log has or has not. */
export class EventReader {
  #checksumBytes = 0

  /** @param event from its header on, with its checksum */
  read(event: Buffer): BinlogEvent {
    const code = event.readUInt8(4)
    // A file's first event says whether the others have a checksum; it has one itself in any case.
    if (code === FORMAT_DESCRIPTION) {
      this.#checksumBytes = event.at(-1 - CHECKSUM_BYTES) === CRC32 ? CHECKSUM_BYTES : 0
    }
    const whole = event.subarray(0, event.length - this.#checksumBytes)
    // The one before any file is made up by the server; its name ends with the file's number, its checksum follows.
    const body = code === ROTATE ? trimmedRotate(event) : whole
    return {
      timestamp: event.readUInt32LE(0),
      nextOffset: event.readUInt32LE(13),
      ...readBody(code, body.subarray(HEADER_BYTES)),
    }
  }
}

/** A rotate event may have a checksum before anything has said so; the name of a file ends with digits of a fixed number. */
function trimmedRotate(event: Buffer): Buffer {
  const nameAt = HEADER_BYTES + 8
  const name = /^.*\.\d{6,}/s.exec(event.toString('latin1', nameAt))?.[0] ?? ''
  return event.subarray(0, nameAt + name.length)
}

type Body = BinlogEvent extends infer E ? (E extends unknown ? Omit<E, 'timestamp' | 'nextOffset'> : never) : never

function readBody(code: number, body: Buffer): Body {
  switch (code) {
    case 2:
      return readQuery(body, false)
    case 165:
      return readQuery(body, true)
    case 4:
      return { type: 'rotate', offset: Number(body.readBigUInt64LE(0)), file: body.toString('latin1', 8) }
    case 16:
      return { type: 'commit' }
    case 19:
      return { type: 'table', table: readTableMap(body) }
    case 27:
    case 41:
      return { type: 'heartbeat' }
    case 29:
      return { type: 'annotation', text: body.toString('utf8', 1) }
    case 160:
      return { type: 'annotation', text: body.toString('utf8') }
    case 33:
    case 34:
    case 42:
      return { type: 'begin' }
    case 40:
      return { type: 'unreadable', reason: 'it has compressed transactions (binlog_transaction_compression)' }
    case 162:
      // MariaDB's transaction id; a standalone one is followed by a statement that is a transaction by itself.
      return (body.readUInt8(12) & STANDALONE) === 0 ? { type: 'begin' } : { type: 'other' }
    default:
      return readRows(code, body)
  }
}

function readQuery(body: Buffer, compressed: boolean): Body {
  const schemaLength = body.readUInt8(8)
  const statusLength = body.readUInt16LE(11)
  const schemaAt = 13 + statusLength
  const schema = body.toString('utf8', schemaAt, schemaAt + schemaLength)
  const rest = body.subarray(schemaAt + schemaLength + 1)
  const text = (compressed ? uncompressed(rest) : rest).toString('utf8')
  if (text === 'BEGIN') return { type: 'begin' }
  if (/^(COMMIT|ROLLBACK)$/i.test(text)) return { type: 'commit' }
  return { type: 'statement', schema, text }
}

function readTableMap(body: Buffer): TableMapEvent {
  const tableId = body.readUIntLE(0, 6)
  const reader = new ByteReader(body, 8)
  const schema = reader.shortText()
  const table = reader.shortText()
  return { tableId, schema, table, columns: readColumns(reader) }
}

type RowsKind = RowsEvent['kind']
const ROWS: Record<number, { kind: RowsKind; version: 1 | 2; compressed?: true }> = {
  23: { kind: 'insert', version: 1 },
  24: { kind: 'update', version: 1 },
  25: { kind: 'delete', version: 1 },
  30: { kind: 'insert', version: 2 },
  31: { kind: 'update', version: 2 },
  32: { kind: 'delete', version: 2 },
  166: { kind: 'insert', version: 1, compressed: true },
  167: { kind: 'update', version: 1, compressed: true },
  168: { kind: 'delete', version: 1, compressed: true },
  169: { kind: 'insert', version: 2, compressed: true },
  170: { kind: 'update', version: 2, compressed: true },
  171: { kind: 'delete', version: 2, compressed: true },
}

function readRows(code: number, body: Buffer): Body {
  const format = ROWS[code]
  if (format === undefined) {
    return code === 39
      ? { type: 'unreadable', reason: 'it has partial updates of JSON (binlog_row_value_options)' }
      : { type: 'other' }
  }
  const tableId = body.readUIntLE(0, 6)
  const reader = new ByteReader(body, format.version === 1 ? 8 : 8 + body.readUInt16LE(8))
  const columns = reader.lengthCoded()
  const first = reader.bits(columns)
  const second = format.kind === 'update' ? reader.bits(columns) : first
  const rest = reader.rest()
  return {
    type: 'rows',
    rows: {
      kind: format.kind,
      tableId,
      before: first,
      after: second,
      rows: format.compressed ? uncompressed(rest) : rest,
    },
  }
}

/** MariaDB's compressed parts: a byte with the length of the length, the length, zlib data. */
function uncompressed(data: Buffer): Buffer {
  return inflateSync(data.subarray(1 + (data.readUInt8(0) & 7)))
}

/** Reads a buffer from front to back. */
export class ByteReader {
  readonly buffer: Buffer
  at: number

  constructor(buffer: Buffer, at = 0) {
    this.buffer = buffer
    this.at = at
  }

  get isAtEnd(): boolean {
    return this.at >= this.buffer.length
  }

  take(length: number): Buffer {
    if (this.at + length > this.buffer.length) throw new RangeError('binary log event is shorter than its contents')
    this.at += length
    return this.buffer.subarray(this.at - length, this.at)
  }

  uint(bytes: number): number {
    return this.take(bytes).readUIntLE(0, bytes)
  }

  /** MySQL's length-coded integer. */
  lengthCoded(): number {
    const first = this.uint(1)
    if (first < 0xfb) return first
    return first === 0xfc ? this.uint(2) : first === 0xfd ? this.uint(3) : Number(this.take(8).readBigUInt64LE(0))
  }

  lengthCodedText(): Buffer {
    return this.take(this.lengthCoded())
  }

  /** One byte of length, the text, a NUL. */
  shortText(): string {
    const text = this.take(this.uint(1)).toString('utf8')
    this.at += 1
    return text
  }

  bits(count: number): boolean[] {
    const bytes = this.take((count + 7) >> 3)
    return Array.from({ length: count }, (_, index) => ((bytes[index >> 3] ?? 0) & (1 << (index & 7))) !== 0)
  }

  rest(): Buffer {
    return this.take(this.buffer.length - this.at)
  }
}
