import type { DiscoveredEntity } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { likelyWatermark } from '../shared/likely-watermark.ts'
import { columnOf } from './catalog.ts'
import type { Database } from './database.ts'
import type { Row } from './session.ts'
import { ALL_COLUMNS, KEYS, SERVER, TABLES } from './statements.ts'

/** Tables and views that the account may see, in the order of their names. Those of its own schema go by their bare name. */
export async function discoverOracle(database: Database): Promise<DiscoveredEntity[]> {
  const [server] = await database.query(SERVER)
  const columns = byTable(await database.query(ALL_COLUMNS))
  const keys = byTable(await database.query(KEYS))
  const named = (await database.query(TABLES)).map(([schema, table]) => ({
    schema: String(schema),
    table: String(table),
  }))
  named.sort((a, b) => (`${a.schema}\0${a.table}` < `${b.schema}\0${b.table}` ? -1 : 1))
  return named.map(({ schema, table }) => {
    const described = (columns.get(`${schema}\0${table}`) ?? []).map((row) => columnOf(row.slice(2))[1])
    const keyFields = bestKey(
      keys.get(`${schema}\0${table}`) ?? [],
      new Set(described.filter(({ nullable }) => nullable).map(({ name }) => name)),
    )
    const watermark = likelyWatermark(described, (type) => /^(DATE|TIMESTAMP)/.test(type))
    const suggestedOptions: JsonObject = { schema, table }
    if (keyFields.length > 0) suggestedOptions.keyColumns = keyFields
    if (watermark !== undefined) suggestedOptions.watermarkColumn = watermark
    return {
      entity: schema === server?.[1] ? table : `${schema}.${table}`,
      keyFields,
      fields: described.map(({ name, type, nullable }) => ({ name, type, nullable })),
      suggestedOptions,
    }
  })
}

function byTable(rows: readonly Row[]): Map<string, Row[]> {
  return Map.groupBy(rows, ([owner, table]) => `${String(owner)}\0${String(table)}`)
}

/** The primary key, else the first unique one without nullable columns. @param rows owner, table, constraint, column */
function bestKey(rows: readonly Row[], nullable: ReadonlySet<string>): string[] {
  for (const key of Map.groupBy(rows, ([, , name]) => name).values()) {
    const names = key.map(([, , , column]) => String(column))
    if (!names.some((name) => nullable.has(name))) return names
  }
  return []
}
