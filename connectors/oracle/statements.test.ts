import type { Column, Table } from './catalog.ts'
import { changeTableDdl } from './change-table-ddl.ts'
import * as statements from './statements.ts'
import { toBind, toJson, valueType } from './values.ts'
import { writeMark, writerOf } from './write-mark.ts'

const column = (name: string, type: string, scale: number | null = null, nullable = false): Column => ({
  name,
  nullable,
  ...valueType(type, 40, scale === null ? null : 10, scale),
})

const KEY = [column('REGION', 'VARCHAR2'), column('the id', 'NUMBER', 0, true)]
const CHANGED = column('CHANGED', 'TIMESTAMP(6)', null, true)
const TYPES = [
  'NUMBER',
  'BINARY_FLOAT',
  'CHAR',
  'NVARCHAR2',
  'CLOB',
  'RAW',
  'BLOB',
  'DATE',
  'TIMESTAMP(9) WITH TIME ZONE',
  'TIMESTAMP(6) WITH LOCAL TIME ZONE',
  'INTERVAL DAY(2) TO SECOND(6)',
  'INTERVAL YEAR(2) TO MONTH',
  'ROWID',
  'JSON',
  'XMLTYPE',
  'BOOLEAN',
]
const OTHERS = TYPES.map((type) => column(`A ${type}`, type))
const TABLE: Table = {
  owner: 'SALES',
  name: 'CUSTOMER',
  sql: '"SALES"."CUSTOMER"',
  isView: false,
  columns: new Map([...KEY, CHANGED, ...OTHERS].map((each) => [each.name, each])),
  primaryKey: ['REGION', 'the id'],
  selected: [...KEY, CHANGED, ...OTHERS],
  key: KEY,
  watermark: CHANGED,
}
const SMALL: Table = { ...TABLE, selected: KEY }
const AFTER = ['EU', '7']
const AT = ['2024-01-02T03:04:05.123456', ...AFTER]
const FIELDS = OTHERS.map((each) => ({ column: each, value: toBind(null, each) }))
const CHANGES = statements.changeTableOf('SALES', 'CUSTOMER_OMNIHUB')

describe('the statements of Oracle', () => {
  const samples: [string, statements.Statement][] = Object.entries({
    server: statements.SERVER,
    findTable: statements.findTable(undefined, 'CUSTOMER'),
    columnsOf: statements.columnsOf('SALES', 'CUSTOMER'),
    primaryKeyOf: statements.primaryKeyOf('SALES', 'CUSTOMER'),
    indexBeginsWith: statements.indexBeginsWith('SALES', 'CUSTOMER', 'CHANGED'),
    tables: statements.TABLES,
    allColumns: statements.ALL_COLUMNS,
    keys: statements.KEYS,
    touch: statements.touch('SALES', 'CUSTOMER'),
    knownRows: statements.knownRows('SALES', 'CUSTOMER'),
    countedRows: statements.countedRows(TABLE, 100),
    firstPage: statements.pageByKey(TABLE, null, 100),
    pageByKey: statements.pageByKey(SMALL, AFTER, 100),
    pageByWatermark: statements.pageByWatermark(SMALL, CHANGED, AT, [AT, AT], 100),
    newestRows: statements.newestRows(SMALL, CHANGED, 60, 1),
    rowsAt: statements.rowsAt(SMALL, [AFTER, ['US', '8']]),
    lockedRow: statements.lockedRow(TABLE, AFTER, 15),
    update: statements.update(TABLE, AFTER, FIELDS),
    insert: statements.insert(TABLE, AFTER, FIELDS),
    setWriter: statements.setWriter('omnihub:key'),
    nextNumber: statements.nextNumber(CHANGES),
    changeTableState: statements.changeTableState('SALES', 'CUSTOMER_OMNIHUB'),
    notedChanges: statements.notedChanges(SMALL, CHANGES, 100),
    forgetChanges: statements.forgetChanges(CHANGES, [[1n, 5n]]),
  })

  test.each(samples)('%s is sent as it was when it was last looked at', (_name, { text }) => {
    expect(text).toMatchSnapshot()
  })

  // Oracle counts placeholders by their place in the text, not by their number.
  test.each(samples)('%s names its binds once each, in their order', (_name, { text, binds }) => {
    const outside = text.replace(/'[^']*'/g, '')
    expect([...outside.matchAll(/:(\d+)/g)].map(([, number]) => Number(number))).toEqual(
      binds.map((_, place) => place + 1),
    )
  })

  test('a name with a double quote is refused', () => {
    expect(() => statements.quoted('a" FROM dual --')).toThrow(
      expect.objectContaining({ code: 'connector.settings' }) as Error,
    )
  })

  test('the DDL of a change table is what the README shows', () => {
    const key = [{ name: 'CUSTOMER_ID', type: 'NUMBER(10)' }]
    expect(changeTableDdl({ schema: 'BILLING', table: 'CUSTOMER', key }).join(';\n')).toMatchSnapshot()
  })
})

describe('values of Oracle', () => {
  test('numbers keep all their digits, and get the zero that Oracle leaves out', () => {
    expect(toJson('number', '-.5')).toBe('-0.5')
    expect(toJson('number', '1234567890123456789012345678.0123456789')).toBe('1234567890123456789012345678.0123456789')
    expect(toJson('integer', '9007199254740993')).toBe('9007199254740993')
    expect(toJson('float', 0.10000000149011612)).toBe(0.1)
  })

  test('a number without a scale may have a fraction, one with scale 0 has none', () => {
    expect(valueType('NUMBER', 22, null, null)).toEqual({ kind: 'number', type: 'NUMBER' })
    expect(valueType('NUMBER', 22, null, 0)).toEqual({ kind: 'integer', type: 'NUMBER(38)' })
    expect(valueType('NUMBER', 22, 10, 0)).toEqual({ kind: 'integer', type: 'NUMBER(10)' })
    expect(valueType('NUMBER', 22, 10, 2)).toEqual({ kind: 'number', type: 'NUMBER(10,2)' })
  })

  test('empty text is null, times have nine digits, binary values are base64', () => {
    expect(toBind('', column('a', 'VARCHAR2')).value).toBeNull()
    expect(toBind('2024-01-02T03:04:05.5', CHANGED).value).toBe('2024-01-02T03:04:05.500000000')
    expect(toBind('2024-01-02', column('a', 'DATE')).value).toBe('2024-01-02T00:00:00')
    expect(toBind('2024-01-02T03:04:05Z', column('a', 'TIMESTAMP(6) WITH TIME ZONE')).value).toBe(
      '2024-01-02T03:04:05.000000000+00:00',
    )
    expect(toBind('AP8=', column('a', 'RAW')).value).toEqual(Buffer.from([0, 255]))
    expect(() => toBind('no base64!', column('a', 'RAW'))).toThrow(
      expect.objectContaining({ family: 'reject' }) as Error,
    )
  })

  test('the mark of a write says any idempotency key that it has room for', () => {
    for (const key of ['plain', 'ü 😀', 'x'.repeat(56)]) expect(writerOf(writeMark(key))).toBe(key)
    expect(writeMark('x'.repeat(57))).toBeNull()
    expect(writerOf('somebody else')).toBeUndefined()
  })
})
