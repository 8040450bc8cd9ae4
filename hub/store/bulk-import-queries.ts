/** The progress of an import, line by line, and of what it brought, by the ledger. */
import type { JsonObject } from '../contracts/json.ts'
import type { BulkJob } from './bulk-queries.ts'
import { jsonArray, jsons, plain } from './columns.ts'
import type { Ledger } from './ledger-queries.ts'
import type { Queryable } from './queryable.ts'

/** Lines that were taken together. */
export interface TakenLines {
  /** Number of the first and of the last of them, blank ones too. */
  first: number
  last: number
  bytes: number
  accepted: number
  duplicates: number
  /** Ledger entries of the changes, known ones too. */
  entries: readonly number[]
  /** By line. */
  faults: readonly { line: number; errors: readonly JsonObject[] }[]
}

/** So many lines that were not taken are kept for looking at; beyond them they are only counted. */
const FAULTS_KEPT_MAX = 10_000

/** False where the turn is over, and then nothing was noted. */
export async function noteLines(db: Queryable, no: number, turn: string, taken: TakenLines): Promise<boolean> {
  const { rows } = await db.query<{ held: boolean }>({
    name: 'bulk-import-note',
    text: `
      with j as (
        update bulk_job set lines = $3::bigint, bytes = bytes + $4, accepted = accepted + $5, duplicates = duplicates + $6,
          rejected = rejected + $7::integer, beat_at = now(), updated_at = now()
        where no = $1 and turn = $2::uuid and state = 'running' returning no, rejected
      ), kept as (
        insert into bulk_entries (job_no, line, entries)
        select no, $8, $9::bigint[] from j where cardinality($9::bigint[]) > 0
      ), told as (
        insert into bulk_fault (job_no, line, faults)
        select j.no, f.line, f.faults
        from j, unnest($10::bigint[], ${jsonArray(11)}) with ordinality as f(line, faults, ord)
        where j.rejected - $7::integer + f.ord <= ${FAULTS_KEPT_MAX}
      )
      select exists (select from j) as held`,
    values: [
      no,
      turn,
      taken.last,
      taken.bytes,
      taken.accepted,
      taken.duplicates,
      taken.faults.length,
      taken.first,
      plain(taken.entries),
      plain(taken.faults.map(({ line }) => line)),
      taken.faults.length === 0 ? null : jsons(taken.faults.map(({ errors }) => JSON.stringify(errors))),
    ],
  })
  return rows[0]?.held === true
}

/** Rows of entries that are looked at together: some hundred thousand changes. */
const ROWS_PER_LOOK = 200

/**
 * Moves changes whose way has ended into the job's totals, so that they need not be counted again. Returns how many rows of
 * entries were moved. Parked ones stay: they may still be applied.
 */
export async function settleEntries(db: Queryable, no: number): Promise<number> {
  const { rows } = await db.query<{ moved: string }>({
    name: 'bulk-import-settle',
    text: `
      with open as (
        select line, entries from bulk_entries where job_no = $1 order by line limit ${ROWS_PER_LOOK} for update skip locked
      ), counted as (
        select o.line, bool_and(coalesce(c.state, 5) in (1, 2, 4, 5)) as over,
               count(*) filter (where c.state = 1) as applied, count(*) filter (where c.state = 2) as superseded,
               count(*) filter (where c.state = 4) as refused, count(*) filter (where coalesce(c.state, 5) = 5) as discarded
        from open o cross join unnest(o.entries) as e(no) left join change_entry c on c.no = e.no group by o.line
      ), moved as (
        delete from bulk_entries b using counted c where b.job_no = $1 and b.line = c.line and c.over
        returning c.applied, c.superseded, c.refused, c.discarded
      ), summed as (
        select count(*) as moved, coalesce(sum(applied), 0) as applied, coalesce(sum(superseded), 0) as superseded,
               coalesce(sum(refused), 0) as refused, coalesce(sum(discarded), 0) as discarded
        from moved
      ), kept as (
        update bulk_job j set applied = j.applied + s.applied, superseded = j.superseded + s.superseded,
          refused = j.refused + s.refused, discarded = j.discarded + s.discarded
        from summed s where j.no = $1 and s.moved > 0
      )
      select moved from summed`,
    values: [no],
  })
  return Number(rows[0]?.moved ?? 0)
}

/** What became of an import's changes, in the words of the ledger. */
export type ImportOutcome = Omit<Ledger, 'accepted'>

/** The totals of the job with what is still to be counted, as of one moment. */
export async function readOutcome(db: Queryable, { no }: Pick<BulkJob, 'no'>): Promise<ImportOutcome> {
  const { rows } = await db.query<Record<keyof ImportOutcome, number>>({
    name: 'bulk-import-outcome',
    text: `
      select (j.applied + o.applied)::float8 as applied, (j.superseded + o.superseded)::float8 as superseded,
             o.parked::float8 as parked, (j.refused + o.refused)::float8 as rejected,
             (j.discarded + o.discarded)::float8 as discarded, o."inFlight"::float8 as "inFlight"
      from bulk_job j cross join (
        select count(*) filter (where c.state = 1) as applied, count(*) filter (where c.state = 2) as superseded,
               count(*) filter (where c.state = 3) as parked, count(*) filter (where c.state = 4) as refused,
               count(*) filter (where coalesce(c.state, 5) = 5) as discarded, count(*) filter (where c.state = 0) as "inFlight"
        from bulk_entries b cross join unnest(b.entries) as e(no) left join change_entry c on c.no = e.no
        where b.job_no = $1
      ) o
      where j.no = $1`,
    values: [no],
  })
  return rows[0] ?? { applied: 0, superseded: 0, parked: 0, rejected: 0, discarded: 0, inFlight: 0 }
}

export interface FaultyLine {
  line: number
  errors: JsonObject[]
}

/** In the order of the lines, after `after`. */
export async function readFaults(db: Queryable, no: number, after: number, limit: number): Promise<FaultyLine[]> {
  const { rows } = await db.query<{ line: number; errors: string }>({
    name: 'bulk-import-faults',
    text: `
      select line::float8 as line, faults as errors from bulk_fault
      where job_no = $1 and line > $2 order by line limit $3`,
    values: [no, after, limit],
  })
  return rows.map(({ line, errors }) => ({ line, errors: JSON.parse(errors) as JsonObject[] }))
}
