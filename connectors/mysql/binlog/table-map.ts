import type { ByteReader } from './events.ts'

/** A column as the log describes it. */
export interface LoggedColumn {
  type: number
  /** Depends on the type: length of lengths, precision, digits of a second, bits, ... */
  meta: number
  /** The rest is there only with binlog_row_metadata=FULL. */
  name?: string
  /** Texts of an enum or set, in the column's own character set. */
  choices?: Buffer[]
}

export const TYPE = {
  TINY: 1,
  SHORT: 2,
  LONG: 3,
  FLOAT: 4,
  DOUBLE: 5,
  TIMESTAMP: 7,
  LONGLONG: 8,
  INT24: 9,
  DATE: 10,
  TIME: 11,
  DATETIME: 12,
  YEAR: 13,
  VARCHAR: 15,
  BIT: 16,
  TIMESTAMP2: 17,
  DATETIME2: 18,
  TIME2: 19,
  BLOB_COMPRESSED: 140,
  VARCHAR_COMPRESSED: 141,
  JSON: 245,
  NEWDECIMAL: 246,
  ENUM: 247,
  SET: 248,
  BLOB: 252,
  VAR_STRING: 253,
  STRING: 254,
  GEOMETRY: 255,
} as const

const META_BYTES: Record<number, number> = {
  [TYPE.FLOAT]: 1,
  [TYPE.DOUBLE]: 1,
  [TYPE.VARCHAR]: 2,
  [TYPE.BIT]: 2,
  [TYPE.TIMESTAMP2]: 1,
  [TYPE.DATETIME2]: 1,
  [TYPE.TIME2]: 1,
  [TYPE.BLOB_COMPRESSED]: 1,
  [TYPE.VARCHAR_COMPRESSED]: 2,
  [TYPE.JSON]: 1,
  [TYPE.NEWDECIMAL]: 2,
  [TYPE.ENUM]: 2,
  [TYPE.SET]: 2,
  [TYPE.BLOB]: 1,
  [TYPE.VAR_STRING]: 2,
  [TYPE.STRING]: 2,
  [TYPE.GEOMETRY]: 1,
}

const COLUMN_NAME = 4
const SET_TEXTS = 5
const ENUM_TEXTS = 6

/** @param reader after the names of schema and table */
export function readColumns(reader: ByteReader): LoggedColumn[] {
  const types = [...reader.take(reader.lengthCoded())]
  reader.lengthCoded()
  const columns = types.map((type): LoggedColumn => readMeta(type, reader))
  reader.take((columns.length + 7) >> 3)
  while (!reader.isAtEnd) readOptional(reader, columns)
  return columns
}

function readMeta(type: number, reader: ByteReader): LoggedColumn {
  const bytes = META_BYTES[type] ?? 0
  if (bytes === 0) return { type, meta: 0 }
  const meta = reader.uint(bytes)
  if (type !== TYPE.STRING) return { type, meta }
  // Two bytes in the other order: the real type (enum and set hide behind STRING) and its length, whose upper two bits
  // are kept, inverted, in the type.
  const [first, second] = [meta & 0xff, meta >> 8]
  const realType = first === TYPE.ENUM || first === TYPE.SET ? first : TYPE.STRING
  if (realType !== TYPE.STRING) return { type: realType, meta: second }
  return { type, meta: (((first & 0x30) ^ 0x30) << 4) | second }
}

function readOptional(reader: ByteReader, columns: LoggedColumn[]): void {
  const field = reader.uint(1)
  const end = reader.lengthCoded() + reader.at
  if (field === COLUMN_NAME) {
    for (const column of columns) column.name = reader.lengthCodedText().toString('utf8')
  } else if (field === SET_TEXTS || field === ENUM_TEXTS) {
    const type = field === SET_TEXTS ? TYPE.SET : TYPE.ENUM
    for (const column of columns.filter((each) => each.type === type)) {
      column.choices = Array.from({ length: reader.lengthCoded() }, () => reader.lengthCodedText())
    }
  }
  reader.at = end
}
