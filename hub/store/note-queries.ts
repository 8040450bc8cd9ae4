import { jsonArray, jsons, plain, texts } from './columns.ts'
import type { Queryable } from './queryable.ts'

/** What a rule found in a golden record. */
export interface NoteRow {
  customerId: string
  rule: string
  revision: number
  /** JSON text: a list. */
  findings: string
  /** ISO 8601. */
  at: string
}

/** Deletes the notes of these customers, except those that are written anew. None: sends nothing. */
export async function dropNotes(db: Queryable, customers: readonly string[], kept: readonly NoteRow[]): Promise<void> {
  if (customers.length === 0) return
  await db.query({
    name: 'note-drop',
    text: `
      delete from customer_note n using unnest($1::uuid[]) as gone(id)
      where n.customer_id = gone.id and not exists (
        select from unnest($2::uuid[], $3::text[]) as kept(id, rule) where kept.id = n.customer_id and kept.rule = n.rule
      )`,
    values: [plain(customers), plain(kept.map((row) => row.customerId)), texts(kept.map((row) => row.rule))],
  })
}

/** Writes notes; one that says the same as before keeps its time. None: sends nothing. */
export async function saveNotes(db: Queryable, rows: readonly NoteRow[]): Promise<void> {
  if (rows.length === 0) return
  await db.query({
    name: 'note-save',
    text: `
      insert into customer_note as n (customer_id, rule, revision, findings, at)
      select * from unnest($1::uuid[], $2::text[], $3::integer[], ${jsonArray(4)}, $5::timestamptz[])
      on conflict (customer_id, rule) do update
        set revision = excluded.revision, findings = excluded.findings, at = excluded.at
        where n.revision <> excluded.revision or n.findings::text <> excluded.findings::text`,
    values: [
      plain(rows.map((row) => row.customerId)),
      texts(rows.map((row) => row.rule)),
      plain(rows.map((row) => row.revision)),
      jsons(rows.map((row) => row.findings)),
      plain(rows.map((row) => row.at)),
    ],
  })
}

export async function notesOfCustomer(db: Queryable, customerId: string): Promise<NoteRow[]> {
  const { rows } = await db.query<NoteRow>({
    name: 'note-of-customer',
    text: `
      select customer_id::text as "customerId", rule, revision, findings::text as findings, at
      from customer_note where customer_id = $1::uuid order by rule`,
    values: [customerId],
  })
  return rows
}

/** Notes of one rule, or of all, in the order of customers and rules, after a place (`customer/rule`) where that is not null. */
export async function listNotes(
  db: Queryable,
  filter: { rule: string | null; after: { customer: string; rule: string } | null },
  limit: number,
): Promise<NoteRow[]> {
  const { rows } = await db.query<NoteRow>({
    name: 'note-list',
    text: `
      select customer_id::text as "customerId", rule, revision, findings::text as findings, at from customer_note
      where ($1::text is null or rule = $1) and ($2::uuid is null or (customer_id, rule) > ($2, $3::text))
      order by customer_id, rule limit $4`,
    values: [filter.rule, filter.after?.customer ?? null, filter.after?.rule ?? null, limit],
  })
  return rows
}

/** Where a customer is erased: what rules found in it goes too. */
export async function eraseNotes(db: Queryable, customers: readonly string[]): Promise<void> {
  await db.query({
    name: 'note-erase',
    text: 'delete from customer_note where customer_id = any ($1::uuid[])',
    values: [plain(customers)],
  })
}
