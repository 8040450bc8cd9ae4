/** Token streams of TDS 7.4 (MS-TDS), as the server writes them. */
import type { Result } from './session.ts'
import type { ServerError } from './errors.ts'

export const TOKEN = {
  COLMETADATA: 0x81,
  ERROR: 0xaa,
  LOGINACK: 0xad,
  ROW: 0xd1,
  ENVCHANGE: 0xe3,
  DONE: 0xfd,
  DONEPROC: 0xfe,
  DONEINPROC: 0xff,
  RETURNSTATUS: 0x79,
  FEATUREEXTACK: 0xae,
} as const
export const DONE_STATUS = { FINAL: 0, MORE: 1, ERROR: 2, COUNT: 0x10, ATTENTION: 0x20 } as const
/** Latin1_General_100_BIN2_UTF8 would be another code page; this one is Latin1_General_CI_AS. */
const COLLATION = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34])
const TDS_74 = Buffer.from([0x74, 0, 0, 4])
const PLP_NULL = Buffer.alloc(8, 0xff)
const DECIMAL_PRECISION = 38

export function u16(value: number): Buffer {
  const buffer = Buffer.alloc(2)
  buffer.writeUInt16LE(value)
  return buffer
}

export function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32LE(value)
  return buffer
}

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le')
/** Length in characters, then UTF-16. */
const shortText = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), utf16(text)])
const longText = (text: string): Buffer => Buffer.concat([u16(text.length), utf16(text)])
const counted = (token: number, body: Buffer): Buffer => Buffer.concat([Buffer.from([token]), u16(body.length), body])

export function errorToken({ number, severity, message }: ServerError): Buffer {
  const head = Buffer.concat([u32(number), Buffer.from([1, severity])])
  return counted(TOKEN.ERROR, Buffer.concat([head, longText(message), shortText('FAKE'), shortText(''), u32(1)]))
}

export function loginAck(): Buffer {
  const version = Buffer.from([16, 0, 0, 0])
  return counted(TOKEN.LOGINACK, Buffer.concat([Buffer.from([1]), TDS_74, shortText('Microsoft SQL Server'), version]))
}

/** Changes of database (1), language (2) and packet size (4) are texts; of collation (7) and transactions (8 to 10) bytes. */
export function textChange(type: number, now: string, before: string): Buffer {
  return counted(TOKEN.ENVCHANGE, Buffer.concat([Buffer.from([type]), shortText(now), shortText(before)]))
}

export function bytesChange(type: number, now: Buffer, before: Buffer): Buffer {
  const parts = [Buffer.from([type, now.length]), now, Buffer.from([before.length]), before]
  return counted(TOKEN.ENVCHANGE, Buffer.concat(parts))
}

export const collationChange = (): Buffer => bytesChange(7, COLLATION, Buffer.alloc(0))

export function done(token: number, status: number, count = 0): Buffer {
  const rows = Buffer.alloc(8)
  rows.writeBigUInt64LE(BigInt(count))
  return Buffer.concat([Buffer.from([token]), u16(status), u16(0xc1), rows])
}

export function returnStatus(value: number): Buffer {
  return Buffer.concat([Buffer.from([TOKEN.RETURNSTATUS]), u32(value)])
}

interface WireType {
  info: Buffer
  value(text: string): Buffer
  absent: Buffer
}

/** A length of one byte, then the value; zero bytes are null. */
function short(type: number, size: number, write: (buffer: Buffer, text: string) => void): WireType {
  return {
    info: Buffer.from([type, size]),
    absent: Buffer.from([0]),
    value(text) {
      const buffer = Buffer.alloc(1 + size)
      buffer[0] = size
      write(buffer.subarray(1), text)
      return buffer
    },
  }
}

/** Values of any length, in chunks: `(max)`. */
function chunked(type: number, info: Buffer, bytes: (text: string) => Buffer): WireType {
  return {
    info: Buffer.concat([Buffer.from([type]), u16(0xffff), info]),
    absent: PLP_NULL,
    value(text) {
      const data = bytes(text)
      const size = Buffer.alloc(8)
      size.writeBigUInt64LE(BigInt(data.length))
      return Buffer.concat([size, ...(data.length === 0 ? [] : [u32(data.length), data]), u32(0)])
    },
  }
}

function nvarchar(characters: number): WireType {
  return {
    info: Buffer.concat([Buffer.from([0xe7]), u16(characters * 2), COLLATION]),
    absent: u16(0xffff),
    value: (text) => Buffer.concat([u16(text.length * 2), utf16(text)]),
  }
}

function decimal(scale: number): WireType {
  const size = 17
  return {
    info: Buffer.from([0x6c, size, DECIMAL_PRECISION, scale]),
    absent: Buffer.from([0]),
    value(text) {
      const [whole = '', fraction = ''] = text.replace('-', '').split('.')
      let digits = BigInt(whole + fraction.padEnd(scale, '0'))
      const buffer = Buffer.alloc(1 + size)
      buffer[0] = size
      buffer[1] = text.startsWith('-') ? 0 : 1
      for (let at = 2; at < buffer.length; at += 1, digits >>= 8n) buffer[at] = Number(digits & 0xffn)
      return buffer
    },
  }
}

/** The first three groups of a GUID are little-endian. */
function writeGuid(buffer: Buffer, text: string): void {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex')
  bytes.subarray(0, 4).reverse()
  bytes.subarray(4, 6).reverse()
  bytes.subarray(6, 8).reverse()
  bytes.copy(buffer)
}

const CHARACTERS_MAX = 4000

function wireType(oid: number, texts: (string | null)[]): WireType {
  switch (oid) {
    case 16:
      return short(0x68, 1, (buffer, text) => void buffer.writeUInt8(text === 't' ? 1 : 0))
    case 21:
      return short(0x26, 2, (buffer, text) => void buffer.writeInt16LE(Number(text)))
    case 23:
      return short(0x26, 4, (buffer, text) => void buffer.writeInt32LE(Number(text)))
    case 20:
      return short(0x26, 8, (buffer, text) => void buffer.writeBigInt64LE(BigInt(text)))
    case 700:
      return short(0x6d, 4, (buffer, text) => void buffer.writeFloatLE(Number(text)))
    case 701:
      return short(0x6d, 8, (buffer, text) => void buffer.writeDoubleLE(Number(text)))
    case 2950:
      return short(0x24, 16, writeGuid)
    case 17:
      return chunked(0xa5, Buffer.alloc(0), (text) => Buffer.from(text.slice(2), 'hex'))
    case 1700:
      return decimal(Math.max(0, ...texts.map((text) => text?.split('.')[1]?.length ?? 0)))
    default:
      return texts.some((text) => (text?.length ?? 0) > CHARACTERS_MAX)
        ? chunked(0xe7, COLLATION, utf16)
        : nvarchar(CHARACTERS_MAX)
  }
}

/** COLMETADATA and the rows. */
export function resultTokens({ columns, rows }: Result): Buffer[] {
  const types = columns.map(({ type }, place) =>
    wireType(
      type,
      rows.map((row) => row[place] ?? null),
    ),
  )
  const NULLABLE = 1
  const described = columns.map(({ name }, place) =>
    Buffer.concat([u32(0), u16(NULLABLE), types[place]?.info ?? Buffer.alloc(0), shortText(name.slice(0, 128))]),
  )
  return [
    Buffer.concat([Buffer.from([TOKEN.COLMETADATA]), u16(columns.length), ...described]),
    ...rows.map((row) => {
      const values = row.map((text, place) => (text === null ? types[place]?.absent : types[place]?.value(text)))
      return Buffer.concat([Buffer.from([TOKEN.ROW]), ...values.filter((value) => value !== undefined)])
    }),
  ]
}
