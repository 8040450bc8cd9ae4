import type { OverrideRow } from './apply-queries.ts'
import { jsonArray, jsons, plain, texts } from './columns.ts'
import type { Queryable } from './queryable.ts'

type Place = Pick<OverrideRow, 'holder' | 'path'>

/** Sets values of fields of a customer; of each field the last one counts. */
export async function saveEdits(
  db: Queryable,
  customerId: string,
  edits: readonly { path: string; value: string }[],
  author: string,
  at: string,
): Promise<void> {
  await db.query({
    name: 'override-edit',
    text: `
      insert into golden_override as o (customer_id, path, value, author, at, yields)
      select $1::uuid, u.path, u.value, $4, $5::timestamptz, true from unnest($2::text[], ${jsonArray(3)}) as u(path, value)
      on conflict (customer_id, path) do update set
        value = excluded.value, author = excluded.author, at = excluded.at, yields = true`,
    values: [customerId, texts(edits.map(({ path }) => path)), jsons(edits.map(({ value }) => value)), author, at],
  })
}

/** Only those that give way: a steward's word stays until it is taken back. */
export async function deleteOverrides(db: Queryable, places: readonly Place[]): Promise<void> {
  await db.query({
    name: 'override-delete',
    text: `
      delete from golden_override o using unnest($1::uuid[], $2::text[]) as u(holder, path)
      where o.customer_id = u.holder and o.path = u.path and o.yields`,
    values: [plain(places.map(({ holder }) => holder)), texts(places.map(({ path }) => path))],
  })
}

export async function changeOverrides(db: Queryable, rows: readonly (Place & { value: string })[]): Promise<void> {
  await db.query({
    name: 'override-change',
    text: `
      update golden_override o set value = u.value from unnest($1::uuid[], $2::text[], ${jsonArray(3)}) as u(holder, path, value)
      where o.customer_id = u.holder and o.path = u.path and o.yields`,
    values: [
      plain(rows.map(({ holder }) => holder)),
      texts(rows.map(({ path }) => path)),
      jsons(rows.map(({ value }) => value)),
    ],
  })
}
