import type { Queryable } from './queryable.ts'

/** Tokens of both kinds; Infinity where the system has no such limit. */
export interface Tokens {
  calls: number
  records: number
}

export interface LeaseRequest {
  /** Tokens a second. */
  rates: Tokens
  /** Used beyond what was leased before; below zero: leased and not used. */
  debt: Tokens
  /** What is asked for now. */
  wanted: Tokens
}

export interface Lease {
  granted: Tokens
  /** Tokens that the others are left with. */
  left: Tokens
  /** How long the system is to be left in peace, ms. */
  heldMs: number
}

/** At most a second's worth is ever there at once, and at least one token. */
const LEASE = `
  insert into rate_budget as b (system, calls, records, granted_calls, granted_records, filled_at)
  values ($1, $4::float8 - $6::float8, $5::float8 - $7::float8, $6::float8, $7::float8, clock_timestamp())
  on conflict (system) do update set
    (calls, records, granted_calls, granted_records, filled_at) = (
      select n.calls - n.granted_calls, n.records - n.granted_records, n.granted_calls, n.granted_records, n.at
      from (
        select a.*,
               case when a.held then 0 else greatest(0, least($6::float8, a.calls)) end as granted_calls,
               case when a.held then 0 else greatest(0, least($7::float8, a.records)) end as granted_records
        from (
          select least(greatest(1, $2::float8), b.calls + f.seconds * $2::float8 - $8::float8) as calls,
                 least(greatest(1, $3::float8), b.records + f.seconds * $3::float8 - $9::float8) as records,
                 coalesce(b.held_until > f.at, false) as held, f.at
          from (
            select greatest(0, extract(epoch from m.at - b.filled_at))::float8 as seconds, m.at
            from (select clock_timestamp() as at) m
          ) f
        ) a
      ) n
    )
  returning granted_calls, granted_records, calls, records,
            coalesce(greatest(0, extract(epoch from held_until - clock_timestamp()) * 1000), 0)::float8 as held_ms`

/** Takes tokens of a system's budget for this process, as many as there are: one statement, so two processes never get the same. */
export async function leaseTokens(
  db: Queryable,
  system: string,
  { rates, debt, wanted }: LeaseRequest,
): Promise<Lease> {
  // A kind without a limit is written as one of no tokens: nothing is asked of it and nothing comes of it.
  const limited = (tokens: Tokens): number[] => [
    Number.isFinite(rates.calls) ? tokens.calls : 0,
    Number.isFinite(rates.records) ? tokens.records : 0,
  ]
  const full = { calls: Math.max(1, rates.calls), records: Math.max(1, rates.records) }
  const first = { calls: Math.min(wanted.calls, full.calls), records: Math.min(wanted.records, full.records) }
  const { rows } = await db.query<{
    granted_calls: number
    granted_records: number
    calls: number
    records: number
    held_ms: number
  }>({
    name: 'rate-lease',
    text: LEASE,
    values: [system, ...limited(rates), ...limited(full), ...limited(first), ...limited(debt)],
  })
  const row = rows[0]
  if (row === undefined) throw new Error('an upsert answers its row')
  return {
    granted: { calls: row.granted_calls, records: row.granted_records },
    left: { calls: row.calls, records: row.records },
    heldMs: row.held_ms,
  }
}

/** No process calls the system for so long. Never shortens what was asked for before. */
export async function holdBudget(db: Queryable, system: string, ms: number): Promise<void> {
  await db.query({
    name: 'rate-hold',
    text: `
      insert into rate_budget as b (system, calls, records, granted_calls, granted_records, filled_at, held_until)
      values ($1, 0, 0, 0, 0, clock_timestamp(), clock_timestamp() + make_interval(secs => $2::float8 / 1000))
      on conflict (system) do update set held_until = greatest(b.held_until, excluded.held_until)`,
    values: [system, ms],
  })
}
