import type { DiscoveredEntity } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { likelyWatermark } from '../shared/likely-watermark.ts'
import { texts } from './catalog.ts'
import type { Database } from './database.ts'

const TABLES_SQL = `
  SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES
  WHERE TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
    AND TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
  ORDER BY BINARY TABLE_SCHEMA, BINARY TABLE_NAME`

const COLUMNS_SQL = `
  SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE FROM information_schema.COLUMNS
  WHERE TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
  ORDER BY ORDINAL_POSITION`

const KEYS_SQL = `
  SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME, NULLABLE FROM information_schema.STATISTICS
  WHERE NON_UNIQUE = 0 AND TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
  ORDER BY INDEX_NAME <> 'PRIMARY', BINARY INDEX_NAME, SEQ_IN_INDEX`

/** Tables and views that the user may see, in the order of their names. Those of the connected database go by their bare name. */
export async function discoverMysql(database: Database): Promise<DiscoveredEntity[]> {
  const [current] = texts(await database.query('SELECT database()'))
  const columns = groups(texts(await database.query(COLUMNS_SQL)))
  const keys = groups(texts(await database.query(KEYS_SQL)))
  return texts(await database.query(TABLES_SQL)).map(([schema = '', table = '']) => {
    const fields = (columns.get(`${schema}\0${table}`) ?? []).map(([, , name = '', type = '', nullable]) => ({
      name,
      type,
      nullable: nullable === 'YES',
    }))
    const keyFields = bestKey(keys.get(`${schema}\0${table}`) ?? [])
    const watermark = likelyWatermark(fields, (type) => /^(timestamp|date)/.test(type))
    const suggestedOptions: JsonObject = { schema, table }
    if (keyFields.length > 0) suggestedOptions.keyColumns = keyFields
    if (watermark !== undefined) suggestedOptions.watermarkColumn = watermark
    return { entity: schema === current?.[0] ? table : `${schema}.${table}`, keyFields, fields, suggestedOptions }
  })
}

function groups(rows: readonly (string | undefined)[][]): Map<string, (string | undefined)[][]> {
  return Map.groupBy(rows, ([schema, table]) => `${schema}\0${table}`)
}

/** The primary key, else the first unique index without nullable columns. */
function bestKey(rows: readonly (string | undefined)[][]): string[] {
  for (const index of Map.groupBy(rows, ([, , name]) => name).values()) {
    if (index.every(([, , , , nullable]) => nullable !== 'YES')) return index.map(([, , , column]) => column ?? '')
  }
  return []
}
