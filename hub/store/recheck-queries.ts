import type { Queryable } from './queryable.ts'

/**
 * Records that wait to be looked at again, in the order of their numbers: the list holds every record after a new model,
 * and sorting it by age for each batch would read it whole each time. The rows are locked until the transaction ends, and
 * rows that another process works on are left out.
 */
export async function takeRechecks(db: Queryable, limit: number): Promise<number[]> {
  const { rows } = await db.query<{ no: number }>({
    name: 'recheck-take',
    text: `
      select record_no::float8 as no from match_recheck order by match_recheck.record_no limit $1
      for update skip locked`,
    values: [limit],
  })
  return rows.map((row) => row.no)
}

export async function countRechecks(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    name: 'recheck-count',
    text: 'select count(*)::float8 as count from match_recheck',
  })
  return rows[0]?.count ?? 0
}

/** A change of what matching rests on whose records can be put on the list now. */
export interface DueBasis {
  no: number
  /** Tells whether more was asked for meanwhile; opaque. */
  dueAt: string
}

/**
 * What is in force, when it has waited long enough for every process to load it, once no transaction is left that may have
 * begun with the one before. A transaction that outlives `patienceMs` is none of the hub's, whose statements are ended
 * long before, and is waited for no longer.
 */
export async function dueBasis(db: Queryable, patienceMs: number): Promise<DueBasis | undefined> {
  const { rows } = await db.query<DueBasis>({
    name: 'recheck-due-basis',
    text: `
      select no::float8 as no, rechecks_due_at::text as "dueAt" from match_basis b
      where b.no = (select max(no) from match_basis) and rechecks_enqueued_at is null and rechecks_due_at <= clock_timestamp()
        and (rechecks_due_at < clock_timestamp() - make_interval(secs => $1::float8 / 1000) or not exists (
          select from pg_stat_activity a
          where a.datname = current_database() and a.usename = current_user and a.xact_start < b.rechecks_due_at))`,
    values: [patienceMs],
  })
  return rows[0]
}

/** Puts up to `limit` records of customers after `afterNo` on the list; returns the last one's number, null at the end. */
export async function enqueueCustomerRecords(
  db: Queryable,
  afterNo: number,
  limit: number,
  reason: string,
): Promise<number | null> {
  const { rows } = await db.query<{ last: number | null }>({
    name: 'recheck-enqueue',
    text: `
      with page as (
        select no from source_record where no > $1 and customer_id is not null order by no limit $2
      ), listed as (
        insert into match_recheck (record_no, reason) select no, $3 from page on conflict do nothing
      )
      select max(no)::float8 as last from page`,
    values: [afterNo, limit, reason],
  })
  return rows[0]?.last ?? null
}

/** All records are on the list. Where more was asked for meanwhile, that stays to be done. */
export async function markEnqueued(db: Queryable, due: DueBasis): Promise<void> {
  await db.query({
    name: 'recheck-enqueued',
    text: `
      update match_basis set rechecks_enqueued_at = clock_timestamp()
      where no <= $1 and rechecks_enqueued_at is null and rechecks_due_at <= $2::timestamptz`,
    values: [due.no, due.dueAt],
  })
}

/** Asks for all records to be looked at once more, `pauseMs` from now: this process came too late to a new model. */
export async function askForRechecks(db: Queryable, basisNo: number, pauseMs: number): Promise<void> {
  await db.query({
    name: 'recheck-ask',
    text: `
      update match_basis
      set rechecks_enqueued_at = null, rechecks_due_at = clock_timestamp() + make_interval(secs => $2::float8 / 1000)
      where no = $1`,
    values: [basisNo, pauseMs],
  })
}
