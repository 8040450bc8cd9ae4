import type { LaneKey } from './apply-queries.ts'
import { plain, texts } from './columns.ts'
import { ON_ITS_WAY_OF_GONE } from './erasure-queries.ts'
import type { Queryable } from './queryable.ts'

/**
 * What no index leads to: traces of an erased customer in logs, answers and histories of others. Each statement looks at a bounded
 * part of a table, so that none holds anything up for long; all of them may be repeated.
 */

/** Erasures whose turn it is; whoever takes one has it for two minutes, and takes it again meanwhile to keep it. */
export async function takeDueErasure(db: Queryable): Promise<{ id: string; work: string } | undefined> {
  const { rows } = await db.query<{ id: string; work: string }>({
    name: 'sweep-take',
    text: `
      update erasure set due_at = now() + interval '2 minutes' where id = (
        select id from erasure where work is not null and due_at <= now() order by due_at limit 1 for update skip locked
      ) returning id::text as id, work`,
  })
  return rows[0]
}

export async function keepDueErasure(db: Queryable, id: string): Promise<void> {
  await db.query({
    name: 'sweep-keep',
    text: `update erasure set due_at = now() + interval '2 minutes' where id = $1::uuid`,
    values: [id],
  })
}

/** Adds to the counts; the work goes with the last sweep. */
export async function endSweep(
  db: Queryable,
  id: string,
  sweep: { counts: string; of: number; againAfterMs: number },
): Promise<void> {
  await db.query({
    name: 'sweep-end',
    text: `
      update erasure e set
        counts = (
          select json_object_agg(name, count) from (
            select name, sum(count::bigint) as count from (
              select * from json_each_text(e.counts) union all select * from json_each_text($2::json)
            ) counted (name, count) group by name order by name
          ) sums
        ),
        sweeps = sweeps + 1,
        work = case when sweeps + 1 < $3 then work end,
        due_at = case when sweeps + 1 < $3 then now() + make_interval(secs => $4::float8 / 1000) end,
        state = case when sweeps + 1 < $3 then 'sweeping' else 'done' end,
        finished_at = case when sweeps + 1 < $3 then null else now() end
      where id = $1::uuid`,
    values: [id, sweep.counts, sweep.of, sweep.againAfterMs],
  })
}

/** Places of the log after `after` that were given out by now: the log may end earlier once events are gone. */
export async function noteLogEnd(db: Queryable, id: string): Promise<number> {
  const { rows } = await db.query<{ end: number }>({
    name: 'sweep-log-end',
    text: `
      update erasure set log_end = greatest(log_end, (select coalesce(max(position), 0) from event_log))
      where id = $1::uuid returning log_end::float8 as end`,
    values: [id],
  })
  return rows[0]?.end ?? 0
}

export interface EventTraces {
  customers: readonly string[]
  /** Hub ids of records. */
  records: readonly string[]
  /** Versions of other customers that held data of the person. */
  versions: readonly { customerId: string; version: number }[]
}

/** Deletes the events of a part of the log, with what is on its way of them. Counts by table. */
export async function sweepEvents(
  db: Queryable,
  { customers, records, versions }: EventTraces,
  span: { after: number; upTo: number },
): Promise<Record<string, number>> {
  const { rows } = await db.query<Record<string, number>>({
    name: 'sweep-events',
    text: `
      with gone as (
        delete from event_log e where e.position > $1 and e.position <= $2 and e.type <> 'customer.erased' and (
          e.customer_id = any ($3::uuid[]) or e.golden_id = any ($3::uuid[]) or e.subject = any ($4::text[])
          or exists (
            select from unnest($5::uuid[], $6::integer[]) as v(id, version)
            where v.id = e.golden_id and v.version = e.golden_version
          )
        ) returning e.position, e.id
      ), ${ON_ITS_WAY_OF_GONE}`,
    values: [
      span.after,
      span.upTo,
      plain(customers),
      texts([...customers, ...records]),
      plain(versions.map(({ customerId }) => customerId)),
      plain(versions.map(({ version }) => version)),
    ],
  })
  return rows[0] ?? {}
}

export interface VersionPlace {
  customerId: string
  version: number
}

/**
 * Deletes versions of other customers that had one of these records among their sources: it was joined with them once. Looks at
 * `limit` versions after a place; `last` null: there were no more.
 */
export async function sweepVersions(
  db: Queryable,
  sources: readonly string[],
  after: VersionPlace | null,
  limit: number,
): Promise<{ last: VersionPlace | null; gone: VersionPlace[] }> {
  const { rows } = await db.query<VersionPlace & { is_gone: boolean }>({
    name: 'sweep-versions',
    text: `
      with part as (
        select customer_id, version, golden from customer_former
        where ($2::uuid is null or (customer_id, version) > ($2, $3::integer)) order by customer_id, version limit $4
      ), gone as (
        delete from customer_former f using part p
        where f.customer_id = p.customer_id and f.version = p.version
          and exists (select from unnest($1::text[]) as s(source) where strpos(p.golden::text, s.source) > 0)
        returning f.customer_id, f.version
      )
      (select customer_id::text as "customerId", version, false as is_gone from part order by part.customer_id desc, version desc limit 1)
      union all select customer_id::text, version, true from gone`,
    values: [texts(sources), after?.customerId ?? null, after?.version ?? null, limit],
  })
  const last = rows.find((row) => !row.is_gone) ?? null
  return { last, gone: rows.filter((row) => row.is_gone) }
}

/** The present versions of customers that were once split off keep no trace, but an outbox may still hold one. */
export async function sweepOutbox(db: Queryable, { customers, records }: EventTraces): Promise<number> {
  const { rowCount } = await db.query({
    name: 'sweep-outbox',
    text: `
      delete from outbox where type <> 'customer.erased'
        and (customer_id = any ($1::uuid[]) or golden_id = any ($1::uuid[]) or subject = any ($2::text[]))`,
    values: [plain(customers), texts([...customers, ...records])],
  })
  return rowCount ?? 0
}

/** Tables whose rows go where their text holds one of the needles (in lower case), with the text to look at. */
export const SWEPT_TEXTS = [
  {
    table: 'decision_log',
    text: `concat_ws(' ', given, filled, result, trace)`,
  },
  { table: 'idempotent_answer', text: `concat_ws(' ', key, headers, body)` },
  { table: 'parked_revision', text: 'change::text' },
  {
    table: 'record_write',
    text: `concat_ws(' ', wanted, fields, expected, problem)`,
  },
  { table: 'bulk_fault', text: 'faults::text' },
  { table: 'reconciliation', text: 'report::text' },
  { table: 'webhook_attempt', text: `coalesce(problem, '')` },
] as const
export type SweptText = (typeof SWEPT_TEXTS)[number]

export async function sweepText(
  db: Queryable,
  { table, text }: SweptText,
  needles: readonly string[],
): Promise<number> {
  const { rowCount } = await db.query({
    name: `sweep-text-${table}`,
    text: `
      delete from ${table}
      where exists (select from unnest($1::text[]) as n(needle) where strpos(lower(${text}), n.needle) > 0)`,
    values: [texts(needles)],
  })
  return rowCount ?? 0
}

/** Messages that could not be read as changes: their bytes. */
export async function sweepRejected(db: Queryable, needles: readonly string[]): Promise<number> {
  const { rowCount } = await db.query({
    name: 'sweep-rejected',
    text: `
      delete from rejected_message where exists (
        select from unnest($1::text[]) as n(needle)
        where strpos(lower(encode(body, 'escape')), lower(encode(convert_to(n.needle, 'UTF8'), 'escape'))) > 0
          or strpos(lower(concat_ws(' ', message, location)), n.needle) > 0
      )`,
    values: [texts(needles)],
  })
  return rowCount ?? 0
}

/** What imports and exports that are over were asked for may hold what was searched by. */
export async function sweepJobs(db: Queryable, needles: readonly string[]): Promise<number> {
  const { rowCount } = await db.query({
    name: 'sweep-jobs',
    text: `
      update bulk_job set request = '{}', problem = null where state in ('completed', 'failed', 'cancelled', 'expired')
        and exists (
          select from unnest($1::text[]) as n(needle) where strpos(lower(concat_ws(' ', request, problem)), n.needle) > 0
        )`,
    values: [texts(needles)],
  })
  return rowCount ?? 0
}

/** What a system last said about itself may name a record it could not take; it says it anew. */
export async function sweepStates(db: Queryable, needles: readonly string[]): Promise<number> {
  const { rowCount } = await db.query({
    name: 'sweep-states',
    text: `
      update system_state set status = null where status is not null
        and exists (select from unnest($1::text[]) as n(needle) where strpos(lower(status::text), n.needle) > 0)`,
    values: [texts(needles)],
  })
  return rowCount ?? 0
}

/** Numbers of parked changes of other records that speak of the person. */
export async function parkedWith(db: Queryable, needles: readonly string[]): Promise<number[]> {
  const { rows } = await db.query<{ no: number }>({
    name: 'sweep-parked',
    text: `
      select no::float8 as no from parked_change p where exists (
        select from unnest($1::text[]) as n(needle)
        where strpos(lower(concat_ws(' ', p.change, p.cause_message, p.cause_problems)), n.needle) > 0
      ) order by no`,
    values: [texts(needles)],
  })
  return rows.map(({ no }) => no)
}

/** The numbers of the ledger's entries, first to last. */
export async function entrySpan(db: Queryable): Promise<{ first: number; last: number }> {
  const { rows } = await db.query<{ first: number; last: number }>({
    name: 'sweep-entry-span',
    text: 'select coalesce(min(no), 0)::float8 as first, coalesce(max(no), -1)::float8 as last from change_entry',
  })
  return rows[0] ?? { first: 0, last: -1 }
}

/** Entries that were named by the key of one of these records get a name that says nothing. */
export async function sweepEntries(
  db: Queryable,
  prefixes: readonly { system: string; prefix: string }[],
  span: { after: number; upTo: number },
): Promise<number> {
  const { rowCount } = await db.query({
    name: 'sweep-entries',
    text: `
      update change_entry e set change_id = 'erased:' || e.no
      from unnest($1::text[], $2::text[]) as p(system, prefix)
      where e.no > $3 and e.no <= $4 and e.state <> 0 and e.system = p.system and starts_with(e.change_id, p.prefix)`,
    values: [
      texts(prefixes.map(({ system }) => system)),
      texts(prefixes.map(({ prefix }) => prefix)),
      span.after,
      span.upTo,
    ],
  })
  return rowCount ?? 0
}

/** How the hub writes a source into a golden record. */
export function sourceText({ system, entity, key }: LaneKey): string {
  return JSON.stringify({ system, entity, key })
}
