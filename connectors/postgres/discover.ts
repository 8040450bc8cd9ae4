import type { DiscoveredEntity } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { likelyWatermark } from '../shared/likely-watermark.ts'
import type { Database } from './database.ts'

const DISCOVER_SQL = `
  SELECT n.nspname, c.relname,
    (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'nullable', NOT a.attnotnull)
                     ORDER BY a.attnum)
     FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    coalesce(
      (SELECT json_agg(a.attname ORDER BY k.place)
       FROM (SELECT i.indkey FROM pg_index i
             WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
               AND NOT EXISTS (SELECT 1 FROM pg_attribute n
                               WHERE n.attrelid = c.oid AND n.attnum = ANY (i.indkey) AND NOT n.attnotnull)
             ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1) AS best
       CROSS JOIN LATERAL unnest(best.indkey) WITH ORDINALITY AS k(attnum, place)
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum), '[]')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
    AND has_table_privilege(c.oid, 'SELECT')
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`

/** Tables and views that the user may read, in the order of their names. Those of `public` go by their bare name. */
export async function discoverPostgres(database: Database): Promise<DiscoveredEntity[]> {
  const rows = await database.query(DISCOVER_SQL)
  return rows.map(([schema, table, fieldsText, keyText]) => {
    const fields = JSON.parse(fieldsText ?? '[]') as DiscoveredEntity['fields']
    const keyFields = JSON.parse(keyText ?? '[]') as string[]
    const watermark = likelyWatermark(fields, (type) => /^(timestamp|date)/.test(type))
    const suggestedOptions: JsonObject = { schema: schema ?? '', table: table ?? '' }
    if (keyFields.length > 0) suggestedOptions.keyColumns = keyFields
    if (watermark !== undefined) suggestedOptions.watermarkColumn = watermark
    return { entity: schema === 'public' ? String(table) : `${schema}.${table}`, keyFields, fields, suggestedOptions }
  })
}
