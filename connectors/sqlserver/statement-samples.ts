/** One of each statement, as it is sent, for the tests that look at the text of them all. */
import type { Column, Table } from './catalog.ts'
import * as statements from './statements.ts'
import { toParameter, valueType } from './values.ts'

const column = (name: string, type: string, nullable = false): Column => ({
  name,
  nullable,
  ...valueType(type, 80, 38, type === 'datetime2' ? 7 : 10),
})

const TYPES = [
  'int',
  'bigint',
  'decimal',
  'money',
  'float',
  'real',
  'bit',
  'varchar',
  'nvarchar',
  'ntext',
  'varbinary',
  'image',
  'timestamp',
  'date',
  'time',
  'datetime',
  'smalldatetime',
  'datetime2',
  'datetimeoffset',
  'uniqueidentifier',
  'xml',
  'hierarchyid',
]

function tableOf(watermark: Column): Table {
  const key = [column('region', 'varchar'), column('the id', 'int', true)]
  const columns = [...key, watermark, ...TYPES.map((type) => column(`a ${type}`, type))]
  return {
    objectId: 42,
    sql: '[sales].[Customer]',
    isView: false,
    isTracked: true,
    columns: new Map(columns.map((each) => [each.name, each])),
    primaryKey: key.map(({ name }) => name),
    selected: columns,
    key,
    watermark,
  }
}

/** By what they do. */
export function statementSamples(): Record<string, statements.Statement> {
  const changed = column('changed', 'datetime2', true)
  const version = column('version', 'timestamp')
  const byTime = tableOf(changed)
  const byVersion = tableOf(version)
  const small: Table = { ...byTime, selected: byTime.key }
  const after = ['EU', '7']
  const at = ['2024-01-02T03:04:05.1234567', ...after]
  const fields = byTime.selected
    .filter(({ kind, name }) => name.startsWith('a ') && kind !== 'rowversion' && kind !== 'clr')
    .map((each) => ({ column: each, value: toParameter(null, each) }))
  const mark = Buffer.from('omnihub:key')
  return {
    server: statements.SERVER,
    snapshotState: statements.SNAPSHOT_STATE,
    findTable: statements.findTable(undefined, 'Customer'),
    columnsOf: statements.columnsOf(42),
    primaryKeyOf: statements.primaryKeyOf(42),
    indexBeginsWith: statements.indexBeginsWith(42, 'changed'),
    tables: statements.TABLES,
    allColumns: statements.ALL_COLUMNS,
    uniqueKeys: statements.UNIQUE_KEYS,
    touch: statements.touch('sales', 'Customer'),
    knownRows: statements.knownRows(42),
    countedRows: statements.countedRows(byTime, 100_001),
    firstPage: statements.pageByKey(byTime, null, 100),
    pageByKey: statements.pageByKey(small, after, 100),
    pageByTime: statements.pageByWatermark(small, changed, at, [at, at], 100),
    pageByVersion: statements.pageByWatermark(
      { ...byVersion, selected: byVersion.key },
      version,
      ['0x00000000000007D1', ...after],
      [],
      100,
    ),
    settledRow: statements.newestRows(small, changed, 60, 1),
    newestVersion: statements.newestRows({ ...byVersion, selected: byVersion.key }, version, undefined, 1),
    rowsAt: statements.rowsAt(small, [after, ['US', '8']]),
    lockedRow: statements.lockedRow(byTime, after),
    update: statements.update(byTime, after, fields, null),
    insert: statements.insert(byTime, after, fields, null),
    markedUpdate: statements.update(small, after, fields.slice(0, 1), mark),
    currentVersion: statements.CURRENT_VERSION,
    trackingState: statements.trackingState(42),
    changes: statements.changes(small, { version: 1000n, after: null }, 100),
    changesWithinVersion: statements.changes(small, { version: 1000n, after }, 100),
  }
}
