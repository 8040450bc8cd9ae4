import type { Queryable } from '../../hub/store/queryable.ts'

/**
 * Every place in the database that holds a text, whatever its case: all columns of all tables of all schemas, the bytes of bytea
 * and what is within JSON, arrays and search vectors among them. As `schema.table.column: beginning of the value`.
 */
export async function placesOf(db: Queryable, text: string): Promise<string[]> {
  const { rows: columns } = await db.query<{ place: string; name: string; type: string }>({
    text: `
      select format('%I.%I', n.nspname, c.relname) as place, format('%I', a.attname) as name, t.typname as type
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
        join pg_type t on t.oid = a.atttypid
      where c.relkind in ('r', 'p', 'm') and a.attnum > 0 and not a.attisdropped
        and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
      order by 1, 2`,
  })
  if (columns.length < 100) throw new Error('the search sees too few columns')
  const found: string[] = []
  for (const { place, name, type } of columns) {
    const value = type === 'bytea' ? `encode(${name}, 'escape')` : `${name}::text`
    const { rows } = await db.query<{ value: string }>({
      text: `select left(${value}, 300) as value from ${place} where strpos(lower(${value}), lower($1)) > 0 limit 3`,
      values: [text],
    })
    found.push(...rows.map((row) => `${place}.${name}: ${row.value}`))
  }
  return found
}
