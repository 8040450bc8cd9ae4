import type { Queryable } from './queryable.ts'

/** What came to the hook of one system. */
export interface PushCounts {
  received: number
  refused: number
  records: number
  lastReceivedAt: string | null
  lastRefusedAt: string | null
  lastRefusedCode: string | null
}

/** Adds what this process has counted since it last did. */
export async function addPushCounts(db: Queryable, system: string, counts: PushCounts): Promise<void> {
  await db.query({
    name: 'push-count',
    text: `
      insert into system_push as p (system, received, refused, records, last_received_at, last_refused_at, last_refused_code)
      values ($1, $2, $3, $4, $5, $6, $7)
      on conflict (system) do update set
        received = p.received + excluded.received, refused = p.refused + excluded.refused,
        records = p.records + excluded.records,
        last_received_at = greatest(p.last_received_at, excluded.last_received_at),
        last_refused_at = greatest(p.last_refused_at, excluded.last_refused_at),
        last_refused_code = coalesce(excluded.last_refused_code, p.last_refused_code)`,
    values: [
      system,
      counts.received,
      counts.refused,
      counts.records,
      counts.lastReceivedAt,
      counts.lastRefusedAt,
      counts.lastRefusedCode,
    ],
  })
}

/** By system; those to which nothing was ever pushed are left out. */
export async function pushCounts(db: Queryable): Promise<Map<string, PushCounts>> {
  const { rows } = await db.query<PushCounts & { system: string }>({
    name: 'push-counts',
    text: `
      select system, received::float8 as received, refused::float8 as refused, records::float8 as records,
             last_received_at as "lastReceivedAt", last_refused_at as "lastRefusedAt", last_refused_code as "lastRefusedCode"
      from system_push`,
  })
  return new Map(rows.map(({ system, ...counts }) => [system, counts]))
}
