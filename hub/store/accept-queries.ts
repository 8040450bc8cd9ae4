import { plain, texts } from './columns.ts'
import type { Queryable } from './queryable.ts'

export interface AcceptedEntry {
  no: number
  system: string
  changeId: string
}

/**
 * Writes the ledger entries of new changes, their running totals and the note that the bus has not confirmed them yet:
 * one statement, one commit. `no` follows the order of the input. A change known already yields no row.
 */
export async function insertEntries(
  db: Queryable,
  changes: readonly { system: string; id: string }[],
  shard: number,
  processId: string,
): Promise<{ fresh: AcceptedEntry[]; batchNo: number | null }> {
  const { rows } = await db.query<{ no: string; system: string; change_id: string; batch: string }>({
    name: 'accept-insert',
    text: `
      with input as (
        select * from unnest($1::text[], $2::text[]) with ordinality as i(system, change_id, ord)
      ), fresh as (
        insert into change_entry (system, change_id) select system, change_id from input order by ord
        on conflict do nothing returning no, system, change_id
      ), counted as (
        insert into ledger_count as l (shard, accepted, in_flight)
        select $3::integer, count(*), count(*) from fresh having count(*) > 0
        on conflict (shard) do update
          set accepted = l.accepted + excluded.accepted, in_flight = l.in_flight + excluded.in_flight
      ), batch as (
        insert into accept_batch (process, entries) select $4::text, array_agg(no) from fresh having count(*) > 0
        returning no
      )
      select fresh.*, (select no from batch) as batch from fresh`,
    values: [texts(changes.map((c) => c.system)), texts(changes.map((c) => c.id)), shard, processId],
  })
  const fresh = rows.map((row) => ({ no: Number(row.no), system: row.system, changeId: row.change_id }))
  return { fresh, batchNo: rows[0] === undefined ? null : Number(rows[0].batch) }
}

/** Entries of changes that were accepted before; `unconfirmed` where it is not known that the bus has them. */
export async function findEntries(
  db: Queryable,
  changes: readonly { system: string; id: string }[],
): Promise<(AcceptedEntry & { unconfirmed: boolean })[]> {
  const { rows } = await db.query<{ no: string; system: string; change_id: string; unconfirmed: boolean }>({
    name: 'accept-find',
    text: `
      select e.no, e.system, e.change_id,
             e.state = 0 and exists (select from accept_batch b where e.no = any (b.entries)) as unconfirmed
      from unnest($1::text[], $2::text[]) as i(system, change_id)
      join change_entry e on e.system = i.system and e.change_id = i.change_id`,
    values: [texts(changes.map((c) => c.system)), texts(changes.map((c) => c.id))],
  })
  return rows.map((row) => ({
    no: Number(row.no),
    system: row.system,
    changeId: row.change_id,
    unconfirmed: row.unconfirmed,
  }))
}

/** Numbers of the entries of changes, each once. */
export async function entryNumbers(
  db: Queryable,
  changes: readonly { system: string; id: string }[],
): Promise<number[]> {
  const { rows } = await db.query<{ no: number }>({
    name: 'accept-numbers',
    text: `
      select distinct e.no::float8 as no
      from unnest($1::text[], $2::text[]) as i(system, change_id)
      join change_entry e on e.system = i.system and e.change_id = i.change_id`,
    values: [texts(changes.map((c) => c.system)), texts(changes.map((c) => c.id))],
  })
  return rows.map(({ no }) => no)
}

export async function confirmBatch(db: Queryable, batchNo: number): Promise<void> {
  await db.query({ name: 'accept-confirm', text: 'delete from accept_batch where no = $1', values: [batchNo] })
}

/** Entries that another attempt has brought into the bus are no longer in doubt. */
export async function confirmEntries(db: Queryable, entries: readonly number[]): Promise<void> {
  await db.query({
    name: 'accept-confirm-entries',
    text: `
      with settled as (
        delete from accept_batch where entries && $1::bigint[] returning process, entries, created_at
      )
      insert into accept_batch (process, entries, created_at)
      select s.process, array_agg(e), s.created_at from settled s, unnest(s.entries) e where e <> all ($1::bigint[])
      group by s.process, s.entries, s.created_at`,
    values: [plain(entries)],
  })
}

/**
 * Takes entries back that never reached the bus as far as is known: nobody was told that they were accepted. Entries
 * that a worker has meanwhile seen stay. Returns how many were taken back.
 */
export async function withdrawBatches(db: Queryable, batchNos: readonly number[], shard: number): Promise<number> {
  const { rows } = await db.query<{ gone: string }>({
    name: 'accept-withdraw',
    text: `
      with batch as (
        delete from accept_batch where no = any ($1::bigint[]) returning entries
      ), gone as (
        delete from change_entry where state = 0 and no in (select unnest(entries) from batch) returning no
      ), counted as (
        insert into ledger_count as l (shard, accepted, in_flight)
        select $2::integer, -count(*), -count(*) from gone having count(*) > 0
        on conflict (shard) do update
          set accepted = l.accepted + excluded.accepted, in_flight = l.in_flight + excluded.in_flight
      )
      select count(*) as gone from gone`,
    values: [plain(batchNos), shard],
  })
  return Number(rows[0]?.gone ?? 0)
}

/**
 * Batches whose process has not been seen for `silentSeconds`: their publisher is gone, nobody was answered. Of a living
 * process those count that are older than any publish may take, and those whose entries a worker has all seen: the bus had
 * them, only the mark could not be taken away, because the database went away in that moment.
 */
export async function abandonedBatches(db: Queryable, silentSeconds: number): Promise<number[]> {
  const { rows } = await db.query<{ no: string }>({
    name: 'accept-abandoned',
    text: `
      select b.no from accept_batch b left join hub_process p on p.id = b.process
      where b.created_at < now() - make_interval(secs => $1)
        and (p.id is null or p.seen_at < now() - make_interval(secs => $1) or b.created_at < now() - interval '2 minutes'
          or not exists (select from change_entry e where e.no = any (b.entries) and e.state = 0))`,
    values: [silentSeconds],
  })
  return rows.map((row) => Number(row.no))
}
