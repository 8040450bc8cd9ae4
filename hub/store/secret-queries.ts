import { plain, texts } from './columns.ts'
import type { Queryable } from './queryable.ts'

/** Where the database keeps secrets that must be read again. Keys of callers are not among them: of those it has hashes only. */
export const SECRET_COLUMNS = [
  { table: 'hub_secret', column: 'value', row: 'name' },
  { table: 'subscription', column: 'secret', row: 'id' },
  { table: 'subscription', column: 'former_secret', row: 'id' },
  { table: 'erasure', column: 'work', row: 'id' },
] as const
export type SecretColumn = (typeof SECRET_COLUMNS)[number]

export interface StoredSecret {
  row: string
  value: string
}

/** Ids of the keys that anything is sealed with, with how much. */
export async function keysInUse(db: Queryable): Promise<Map<string, number>> {
  const { rows } = await db.query<{ key: string; count: number }>({
    name: 'secret-keys-in-use',
    text: `
      select split_part(value, ':', 3) as key, count(*)::float8 as count from (
        ${SECRET_COLUMNS.map(({ table, column }) => `select ${column} as value from ${table}`).join(' union all ')}
      ) all_of_them where value like 'sealed:1:%' group by 1`,
  })
  return new Map(rows.map(({ key, count }) => [key, count]))
}

/** Values of a column that do not begin as they should, a bounded number of them. */
export async function secretsNotLike(
  db: Queryable,
  { table, column, row }: SecretColumn,
  prefix: string,
  limit: number,
): Promise<StoredSecret[]> {
  const { rows } = await db.query<StoredSecret>({
    name: `secret-others-${table}-${column}`,
    text: `
      select ${row}::text as row, ${column} as value from ${table}
      where ${column} is not null and not starts_with(${column}, $1) order by ${row} limit $2`,
    values: [prefix, limit],
  })
  return rows
}

/** Puts sealed values in the place of others, where these still stand. Returns how many. */
export async function replaceSecrets(
  db: Queryable,
  { table, column, row }: SecretColumn,
  changes: readonly { row: string; before: string; after: string }[],
): Promise<number> {
  const { rowCount } = await db.query({
    name: `secret-replace-${table}-${column}`,
    text: `
      update ${table} t set ${column} = u.after from unnest($1::text[], $2::text[], $3::text[]) as u(id, before, after)
      where t.${row}::text = u.id and t.${column} = u.before`,
    values: [
      plain(changes.map((one) => one.row)),
      texts(changes.map((one) => one.before)),
      texts(changes.map((one) => one.after)),
    ],
  })
  return rowCount ?? 0
}

/** Keeps a secret of the hub unless it has one of this name; returns the one that stands. */
export async function keepHubSecret(db: Queryable, name: string, value: string): Promise<string> {
  await db.query({
    name: 'secret-keep',
    text: 'insert into hub_secret (name, value) values ($1, $2) on conflict do nothing',
    values: [name, value],
  })
  const { rows } = await db.query<{ value: string }>({
    name: 'secret-read',
    text: 'select value from hub_secret where name = $1',
    values: [name],
  })
  return rows[0]?.value ?? value
}
