import type { DecisionRow } from './apply-queries.ts'
import type { Queryable } from './queryable.ts'

/** Writes a steward's word on pairs of records; a later word on the same pair replaces the earlier one. */
export async function upsertDecisions(
  db: Queryable,
  pairs: readonly { a: number; b: number }[],
  kind: DecisionRow['kind'],
  author: string,
  note: string | null,
): Promise<void> {
  const ordered = pairs.map(({ a, b }) => (a < b ? { a, b } : { a: b, b: a }))
  await db.query({
    name: 'decision-upsert',
    text: `
      insert into match_decision (a, b, kind, author, note)
      select a, b, $3, $4, $5 from unnest($1::bigint[], $2::bigint[]) as u(a, b)
      on conflict (a, b) do update set kind = excluded.kind, author = excluded.author, note = excluded.note, at = now()`,
    values: [ordered.map((p) => p.a), ordered.map((p) => p.b), kind, author, note],
  })
}

export interface CustomerState {
  id: string
  state: number
  /** The customer that answers for it now: itself unless it was joined into another. */
  survivor: string
}

/** Follows joined customers to the one that answers for them now; undefined for an unknown id. */
export async function survivorOf(db: Queryable, id: string): Promise<CustomerState | undefined> {
  const { rows } = await db.query<CustomerState>({
    name: 'customer-survivor',
    text: `
      with recursive line(id, state, joined_into, depth) as (
        select id, state, joined_into, 0 from customer where id = $1::uuid
        union all
        select c.id, c.state, c.joined_into, l.depth + 1 from line l join customer c on c.id = l.joined_into
        where l.depth < 1000
      )
      select $1::uuid::text as id, state, id::text as survivor from line order by depth desc limit 1`,
    values: [id],
  })
  return rows[0]
}

export async function writeAudit(
  db: Queryable,
  entry: { actor: string; act: string; subject: string; facts: unknown },
): Promise<void> {
  await db.query({
    name: 'audit-write',
    text: 'insert into audit_entry (actor, act, subject, facts) values ($1, $2, $3, $4)',
    values: [entry.actor, entry.act, entry.subject, JSON.stringify(entry.facts)],
  })
}
