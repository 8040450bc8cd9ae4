/**
 * Values of a row image -> the bytes that the server would send for them in a SELECT, so that one converter (../values.ts)
 * serves snapshots and the log. Formats: https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html,
 * my_time.cc and decimal.c of the server.
 */
import type { ByteReader } from './events.ts'
import { type LoggedColumn, TYPE } from './table-map.ts'

/** `undefined`: the log has the value in a form that is not read here; the row must be read again. */
export type LoggedValue = Buffer | undefined

export interface ColumnFacts {
  unsigned: boolean
  /** The column is BINARY or VARBINARY, or a BLOB. */
  binary: boolean
  /** WHATWG label of the column's character set; undefined where it is UTF-8 (or none). */
  encoding: string | undefined
}

const INTEGER_BYTES: Record<number, number> = {
  [TYPE.TINY]: 1,
  [TYPE.SHORT]: 2,
  [TYPE.INT24]: 3,
  [TYPE.LONG]: 4,
}

/** Reads one value that is not null; always moves the reader to its end. */
export function readValue(reader: ByteReader, column: LoggedColumn, facts: ColumnFacts): LoggedValue {
  const { type, meta } = column
  const integerBytes = INTEGER_BYTES[type]
  if (integerBytes !== undefined) {
    const bytes = reader.take(integerBytes)
    return text(facts.unsigned ? bytes.readUIntLE(0, integerBytes) : bytes.readIntLE(0, integerBytes))
  }
  switch (type) {
    case TYPE.LONGLONG: {
      const bytes = reader.take(8)
      return text(facts.unsigned ? bytes.readBigUInt64LE(0) : bytes.readBigInt64LE(0))
    }
    case TYPE.FLOAT:
      return text(reader.take(4).readFloatLE(0))
    case TYPE.DOUBLE:
      return text(reader.take(8).readDoubleLE(0))
    case TYPE.NEWDECIMAL:
      return text(readDecimal(reader, meta & 0xff, meta >> 8))
    case TYPE.BIT:
      return text(BigInt(`0x${reader.take((meta >> 8) + ((meta & 0xff) > 0 ? 1 : 0)).toString('hex')}`))
    case TYPE.VARCHAR:
      return inUtf8(reader.take(reader.uint(meta > 255 ? 2 : 1)), facts)
    case TYPE.STRING:
    case TYPE.VAR_STRING:
      return readString(reader, meta, facts)
    case TYPE.BLOB:
    case TYPE.GEOMETRY:
      return inUtf8(reader.take(reader.uint(meta)), facts)
    case TYPE.JSON:
    case TYPE.BLOB_COMPRESSED:
      reader.take(reader.uint(meta))
      return undefined
    case TYPE.VARCHAR_COMPRESSED:
      reader.take(reader.uint(meta > 255 ? 2 : 1))
      return undefined
    case TYPE.ENUM:
      return readEnum(reader.uint(meta), column, facts)
    case TYPE.SET:
      return readSet(reader.take(meta), column, facts)
    default:
      return text(readTime(reader, type, meta))
  }
}

function text(value: string | number | bigint): Buffer {
  return Buffer.from(String(value), 'latin1')
}

function inUtf8(bytes: Buffer, facts: ColumnFacts): Buffer {
  if (facts.binary || facts.encoding === undefined) return bytes
  return Buffer.from(new TextDecoder(facts.encoding).decode(bytes), 'utf8')
}

function readString(reader: ByteReader, lengthMax: number, facts: ColumnFacts): Buffer {
  const bytes = reader.take(reader.uint(lengthMax > 255 ? 2 : 1))
  if (!facts.binary) return inUtf8(bytes, facts)
  // The log leaves out the zeros that fill a BINARY column up.
  return Buffer.concat([bytes, Buffer.alloc(Math.max(0, lengthMax - bytes.length))])
}

function readEnum(index: number, { choices }: LoggedColumn, facts: ColumnFacts): LoggedValue {
  if (index === 0) return Buffer.alloc(0)
  const choice = choices?.[index - 1]
  return choice === undefined ? undefined : inUtf8(choice, facts)
}

function readSet(bytes: Buffer, { choices }: LoggedColumn, facts: ColumnFacts): LoggedValue {
  if (choices === undefined) return undefined
  const chosen = choices.filter((_, index) => ((bytes[index >> 3] ?? 0) & (1 << (index & 7))) !== 0)
  return Buffer.from(chosen.map((choice) => inUtf8(choice, facts).toString('utf8')).join(','), 'utf8')
}

const DIGITS_PER_WORD = 9
const BYTES_OF_DIGITS = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4]

/** Groups of nine digits in four bytes, big-endian; the sign is the first bit, inverted, and a negative number has all bits inverted. */
function readDecimal(reader: ByteReader, precision: number, scale: number): string {
  const integral = precision - scale
  const [intRest, fracRest] = [integral % DIGITS_PER_WORD, scale % DIGITS_PER_WORD]
  const [intWords, fracWords] = [Math.floor(integral / DIGITS_PER_WORD), Math.floor(scale / DIGITS_PER_WORD)]
  const groups = [
    intRest,
    ...Array<number>(intWords).fill(DIGITS_PER_WORD),
    ...Array<number>(fracWords).fill(DIGITS_PER_WORD),
    fracRest,
  ]
  const size = groups.reduce((sum, digits) => sum + (BYTES_OF_DIGITS[digits] ?? 0), 0)
  const bytes = Buffer.from(reader.take(size))
  const negative = ((bytes[0] ?? 0) & 0x80) === 0
  bytes[0] = (bytes[0] ?? 0) ^ 0x80
  if (negative) for (let index = 0; index < bytes.length; index += 1) bytes[index] = (bytes[index] ?? 0) ^ 0xff
  let at = 0
  const digits = groups.map((count) => {
    const length = BYTES_OF_DIGITS[count] ?? 0
    if (length === 0) return ''
    at += length
    return String(bytes.readUIntBE(at - length, length)).padStart(count, '0')
  })
  const whole =
    digits
      .slice(0, 1 + intWords)
      .join('')
      .replace(/^0+(?=\d)/, '') || '0'
  const fraction = digits.slice(1 + intWords).join('')
  return `${negative ? '-' : ''}${whole}${scale > 0 ? `.${fraction}` : ''}`
}

function readTime(reader: ByteReader, type: number, digits: number): string {
  switch (type) {
    case TYPE.DATE: {
      const packed = reader.uint(3)
      return dateText(packed >> 9, (packed >> 5) & 15, packed & 31)
    }
    case TYPE.YEAR: {
      const year = reader.uint(1)
      return year === 0 ? '0000' : String(1900 + year)
    }
    case TYPE.TIMESTAMP:
      return momentText(reader.uint(4), '')
    case TYPE.TIMESTAMP2: {
      const seconds = reader.take(4).readUInt32BE(0)
      return momentText(seconds, fractionText(readFraction(reader, digits), digits))
    }
    case TYPE.DATETIME: {
      const number = String(reader.take(8).readBigUInt64LE(0)).padStart(14, '0')
      return number.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3 $4:$5:$6')
    }
    case TYPE.DATETIME2:
      return readDateTime2(reader, digits)
    case TYPE.TIME: {
      const number = reader.take(3).readIntLE(0, 3)
      const absolute = Math.abs(number)
      return timeText(number < 0, Math.floor(absolute / 10_000), Math.floor(absolute / 100) % 100, absolute % 100)
    }
    case TYPE.TIME2:
      return readTime2(reader, digits)
    default:
      throw new RangeError(`binary log has a column of the unknown type ${type}`)
  }
}

/** Digits of a second are kept in pairs: 1 byte for up to 2, 2 for 4, 3 for 6. */
function readFraction(reader: ByteReader, digits: number): number {
  const bytes = (digits + 1) >> 1
  return bytes === 0 ? 0 : reader.take(bytes).readUIntBE(0, bytes)
}

function fractionText(fraction: number, digits: number): string {
  if (digits === 0) return ''
  return `.${String(fraction)
    .padStart(((digits + 1) >> 1) * 2, '0')
    .slice(0, digits)}`
}

function readDateTime2(reader: ByteReader, digits: number): string {
  // 1 bit sign, 17 bits year * 13 + month, 5 day, 5 hour, 6 minute, 6 second.
  const packed = BigInt(`0x${reader.take(5).toString('hex')}`) - 0x8000000000n
  const part = (shift: bigint, bits: bigint): number => Number((packed >> shift) & ((1n << bits) - 1n))
  const yearMonth = part(22n, 17n)
  const date = dateText(Math.floor(yearMonth / 13), yearMonth % 13, part(17n, 5n))
  const time = timeText(false, part(12n, 5n), part(6n, 6n), part(0n, 6n))
  return `${date} ${time}${fractionText(readFraction(reader, digits), digits)}`
}

function readTime2(reader: ByteReader, digits: number): string {
  // 1 bit sign, 1 unused, 10 hour, 6 minute, 6 second, then the fraction; a negative one counts as a whole.
  const fractionBytes = (digits + 1) >> 1
  const bits = BigInt(8 * (3 + fractionBytes))
  const raw = BigInt(`0x${reader.take(3 + fractionBytes).toString('hex')}`) - (1n << (bits - 1n))
  const absolute = raw < 0n ? -raw : raw
  const seconds = Number(absolute >> BigInt(8 * fractionBytes))
  const fraction = Number(absolute & ((1n << BigInt(8 * fractionBytes)) - 1n))
  return `${timeText(raw < 0n, (seconds >> 12) & 1023, (seconds >> 6) & 63, seconds & 63)}${fractionText(fraction, digits)}`
}

function dateText(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

function timeText(negative: boolean, hours: number, minutes: number, seconds: number): string {
  return `${negative ? '-' : ''}${two(hours)}:${two(minutes)}:${two(seconds)}`
}

function momentText(seconds: number, fraction: string): string {
  // MySQL's zero timestamp is no moment.
  if (seconds === 0) return `0000-00-00 00:00:00${fraction}`
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}${fraction}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
