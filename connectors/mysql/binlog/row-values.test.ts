import { ByteReader } from './events.ts'
import { type ColumnFacts, readValue } from './row-values.ts'
import { type LoggedColumn, TYPE } from './table-map.ts'

const FACTS: ColumnFacts = { unsigned: false, binary: false, encoding: undefined }

function read(column: LoggedColumn, hex: string, facts: Partial<ColumnFacts> = {}): string | undefined {
  const reader = new ByteReader(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
  const value = readValue(reader, column, { ...FACTS, ...facts })
  expect(reader.isAtEnd).toBe(true)
  return value?.toString('utf8')
}

const decimal = (precision: number, scale: number): LoggedColumn => ({
  type: TYPE.NEWDECIMAL,
  meta: precision | (scale << 8),
})

describe('values in the binary log', () => {
  // The first two are the examples of the comment on decimal2bin in the server's strings/decimal.c.
  test.each<[LoggedColumn, string, string]>([
    [decimal(14, 4), '81 0D FB 38 D2 04 D2', '1234567890.1234'],
    [decimal(14, 4), '7E F2 04 C7 2D FB 2D', '-1234567890.1234'],
    [decimal(5, 4), '80 02 71', '0.0625'],
    [decimal(3, 0), '80 00', '0'],
    [decimal(9, 9), '80 00 00 01', '0.000000001'],
  ])('a decimal is exact text: %j %s', (column, hex, expected) => {
    expect(read(column, hex)).toBe(expected)
  })

  test.each<[string, LoggedColumn, string, string, Partial<ColumnFacts>]>([
    ['a small negative', { type: TYPE.TINY, meta: 0 }, 'ff', '-1', {}],
    ['the same bits without a sign', { type: TYPE.TINY, meta: 0 }, 'ff', '255', { unsigned: true }],
    ['three bytes', { type: TYPE.INT24, meta: 0 }, '000080', '-8388608', {}],
    ['beyond 2^53', { type: TYPE.LONGLONG, meta: 0 }, '0100000000002000', '9007199254740993', {}],
    ['beyond 2^63', { type: TYPE.LONGLONG, meta: 0 }, 'ffffffffffffffff', '18446744073709551615', { unsigned: true }],
    ['microseconds', { type: TYPE.DATETIME2, meta: 6 }, '99b244310501e240', '2024-01-02 03:04:05.123456', {}],
    ['milliseconds', { type: TYPE.DATETIME2, meta: 3 }, '99b244310504b0', '2024-01-02 03:04:05.120', {}],
    ['no fraction', { type: TYPE.DATETIME2, meta: 0 }, '99b2443105', '2024-01-02 03:04:05', {}],
    ['the zero date', { type: TYPE.DATETIME2, meta: 0 }, '8000000000', '0000-00-00 00:00:00', {}],
    ['a moment', { type: TYPE.TIMESTAMP2, meta: 6 }, '65937d25000006', '2024-01-02 03:04:05.000006', {}],
    ['no moment', { type: TYPE.TIMESTAMP2, meta: 0 }, '00000000', '0000-00-00 00:00:00', {}],
    ['a negative time with a fraction', { type: TYPE.TIME2, meta: 3 }, '7f3747e12e', '-12:34:56.789', {}],
    ['the longest time', { type: TYPE.TIME2, meta: 0 }, 'b46efb', '838:59:59', {}],
    ['a date', { type: TYPE.DATE, meta: 0 }, '5dc80f', '2020-02-29', {}],
    ['a year', { type: TYPE.YEAR, meta: 0 }, '63', '1999', {}],
    ['no year', { type: TYPE.YEAR, meta: 0 }, '00', '0000', {}],
    ['bits', { type: TYPE.BIT, meta: 1 | (1 << 8) }, '0155', '341', {}],
    ['Windows-1252', { type: TYPE.VARCHAR, meta: 20 }, '02e980', 'é€', { encoding: 'windows-1252' }],
    ['a long varchar', { type: TYPE.VARCHAR, meta: 400 }, '020061 62', 'ab', {}],
    ['an empty enum', { type: TYPE.ENUM, meta: 1, choices: [] }, '00', '', {}],
    [
      'a set',
      { type: TYPE.SET, meta: 1, choices: [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')] },
      '05',
      'a,c',
      {},
    ],
  ])('%s', (_title, column, hex, expected, facts) => {
    expect(read(column, hex, facts)).toBe(expected)
  })

  test('a binary column has its zeros back that the log leaves out', () => {
    const reader = new ByteReader(Buffer.from('0101', 'hex'))
    const value = readValue(reader, { type: TYPE.STRING, meta: 4 }, { ...FACTS, binary: true })
    expect(value?.toString('hex')).toBe('01000000')
  })

  test('what is not read here is passed over and told, so that the row is read again', () => {
    expect(read({ type: TYPE.JSON, meta: 4 }, '02000000aabb')).toBeUndefined()
    expect(read({ type: TYPE.ENUM, meta: 1, choices: [] }, '02')).toBeUndefined()
  })

  test('an event that is too short is an error, not a value', () => {
    expect(() => read({ type: TYPE.LONG, meta: 0 }, '0102')).toThrow(RangeError)
    expect(() => read({ type: TYPE.BLOB, meta: 2 }, 'ff0001')).toThrow(RangeError)
  })
})
