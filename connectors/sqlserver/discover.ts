import type { DiscoveredEntity } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { likelyWatermark } from '../shared/likely-watermark.ts'
import { columnOf, run } from './catalog.ts'
import type { Database } from './database.ts'
import type { Row } from './session.ts'
import { ALL_COLUMNS, SERVER, TABLES, UNIQUE_KEYS } from './statements.ts'

/** Tables and views that the account may read, in the order of their names. Those of its default schema go by their bare name. */
export async function discoverSqlServer(database: Database): Promise<DiscoveredEntity[]> {
  const [server] = await run(database, SERVER)
  const columns = byTable(await run(database, ALL_COLUMNS))
  const keys = byTable(await run(database, UNIQUE_KEYS))
  const named = (await run(database, TABLES)).map(([id, schema, table]) => ({
    id: String(id),
    schema: String(schema),
    table: String(table),
  }))
  // Sorted here: the order of the server depends on its collation.
  named.sort((a, b) => (`${a.schema}\0${a.table}` < `${b.schema}\0${b.table}` ? -1 : 1))
  return named.map(({ id, schema, table }) => {
    const described = (columns.get(id) ?? []).map((row) => columnOf(row.slice(1))[1])
    const keyFields = bestKey(keys.get(id) ?? [])
    const version = described.find(({ kind }) => kind === 'rowversion')?.name
    const watermark = version ?? likelyWatermark(described, (type) => /^(small)?date/.test(type))
    const suggestedOptions: JsonObject = { schema, table }
    if (keyFields.length > 0) suggestedOptions.keyColumns = keyFields
    if (watermark !== undefined) suggestedOptions.watermarkColumn = watermark
    return {
      entity: schema === server?.[2] ? table : `${schema}.${table}`,
      keyFields,
      fields: described.map(({ name, type, nullable }) => ({ name, type, nullable })),
      suggestedOptions,
    }
  })
}

function byTable(rows: readonly Row[]): Map<string, Row[]> {
  return Map.groupBy(rows, ([id]) => String(id))
}

/** The primary key, else the first unique index without nullable columns. @param rows table, index, column, nullable */
function bestKey(rows: readonly Row[]): string[] {
  for (const index of Map.groupBy(rows, ([, id]) => id).values()) {
    if (index.every(([, , , nullable]) => nullable !== true)) return index.map(([, , name]) => String(name))
  }
  return []
}
