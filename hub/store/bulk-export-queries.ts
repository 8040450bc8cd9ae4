/** The work on an export, and the lines that it keeps for a while. */
import type { CanonicalEntity } from '../contracts/canonical.ts'
import type { JsonObject } from '../contracts/json.ts'
import { expiring } from './bulk-queries.ts'
import type { Queryable } from './queryable.ts'
import { ENTITY, THERE } from './source-record-queries.ts'

export interface ClaimedExport {
  no: number
  id: string
  role: string
  request: JsonObject
}

/** The oldest export that waits, or whose process has been silent; what an earlier turn has written goes. */
export async function claimExport(
  db: Queryable,
  turn: string,
  silentSeconds: number,
): Promise<ClaimedExport | undefined> {
  const { rows } = await db.query<Omit<ClaimedExport, 'request'> & { request: string }>({
    name: 'bulk-export-claim',
    text: `
      with j as (
        update bulk_job set state = 'running', turn = $1::uuid, beat_at = now(), updated_at = now(), lines = 0, bytes = 0,
          looked = 0, total = null, snapshot_at = null
        where no = (
          select no from bulk_job
          where kind = 'export' and (state = 'waiting' or state = 'running' and beat_at < now() - make_interval(secs => $2))
          order by no limit 1 for update skip locked
        )
        returning no, id, role, request
      ), gone as (
        delete from bulk_chunk c using j where c.job_no = j.no
      )
      select no::float8 as no, id::text as id, role, request from j`,
    values: [turn, silentSeconds],
  })
  const [claimed] = rows
  return claimed && { ...claimed, request: JSON.parse(claimed.request) as JsonObject }
}

/** Gives a turn back, so that another process takes it at once. */
export async function releaseExport(db: Queryable, no: number, turn: string): Promise<void> {
  await db.query({
    name: 'bulk-export-release',
    text: `update bulk_job set state = 'waiting', turn = null where no = $1 and turn = $2::uuid and state = 'running'`,
    values: [no, turn],
  })
}

/** The moment of the reader's snapshot, and how many records there are in it. */
export async function beginSnapshot(
  client: Queryable,
  entity: CanonicalEntity,
  since: string | null,
): Promise<{ at: string; total: number }> {
  const from = entity === 'customer' ? CUSTOMERS : RECORDS
  const values = entity === 'customer' ? [since] : [since, entity]
  const text = `select now()::text as at, count(*)::float8 as total from ${from}`
  const { rows } = await client.query<{ at: string; total: number }>({ text, values })
  return rows[0] ?? { at: new Date(0).toISOString(), total: 0 }
}

const CUSTOMERS = `customer c where c.state in (0, 2) and ($1::timestamptz is null or c.updated_at >= $1)`
const RECORDS = `source_record r where r.target = $2 and ${THERE} and ($1::timestamptz is null or r.changed_at >= $1)`

/** Rows of the snapshot; `fetchPage` reads on. In the order in which the API lists them. */
export async function openCursor(client: Queryable, entity: CanonicalEntity, since: string | null): Promise<void> {
  const query =
    entity === 'customer'
      ? `select c.golden::text as golden from ${CUSTOMERS} order by c.id`
      : `select ${ENTITY} from ${RECORDS} order by r.no`
  const values = entity === 'customer' ? [since] : [since, entity]
  await client.query({ text: `declare exported no scroll cursor for ${query}`, values })
}

export async function fetchPage<Row extends object>(client: Queryable, rows: number): Promise<Row[]> {
  return (await client.query<Row & Record<string, unknown>>({ text: `fetch ${rows} from exported` })).rows
}

/** False where the turn is over. */
export async function noteSnapshot(
  db: Queryable,
  no: number,
  turn: string,
  { at, total }: { at: string; total: number },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'bulk-export-snapshot',
    text: `
      update bulk_job set snapshot_at = $3::timestamptz, total = $4, beat_at = now(), updated_at = now()
      where no = $1 and turn = $2::uuid and state = 'running'`,
    values: [no, turn, at, total],
  })
  return rowCount === 1
}

export interface Chunk {
  no: number
  firstLine: number
  lines: number
  firstByte: number
  bytes: number
  /** gzip */
  content: Buffer
}

/** Keeps lines and tells how far it is, in one; false where the turn is over, and then nothing was kept. */
export async function keepChunk(
  db: Queryable,
  no: number,
  turn: string,
  looked: number,
  chunk: Chunk | null,
): Promise<boolean> {
  const { rows } = await db.query<{ held: boolean }>({
    name: 'bulk-export-keep',
    text: `
      with j as (
        update bulk_job set looked = $3, lines = lines + coalesce($6::integer, 0), bytes = bytes + coalesce($8::integer, 0),
          beat_at = now(), updated_at = now()
        where no = $1 and turn = $2::uuid and state = 'running' returning no
      ), kept as (
        insert into bulk_chunk (job_no, no, first_line, lines, first_byte, bytes, content)
        select no, $4::integer, $5::bigint, $6::integer, $7::bigint, $8::integer, $9::bytea from j where $9::bytea is not null
      )
      select exists (select from j) as held`,
    values: [
      no,
      turn,
      looked,
      chunk?.no ?? null,
      chunk?.firstLine ?? null,
      chunk?.lines ?? null,
      chunk?.firstByte ?? null,
      chunk?.bytes ?? null,
      chunk?.content ?? null,
    ],
  })
  return rows[0]?.held === true
}

const CHUNK = `c.no, c.first_line::float8 as "firstLine", c.lines, c.first_byte::float8 as "firstByte", c.bytes, c.content`

/** The chunk in which this byte is. */
export async function chunkOfByte(db: Queryable, jobNo: number, byte: number): Promise<Chunk | undefined> {
  const { rows } = await db.query<Chunk>({
    name: 'bulk-chunk-of-byte',
    text: `select ${CHUNK} from bulk_chunk c where c.job_no = $1 and c.first_byte <= $2 order by c.no desc limit 1`,
    values: [jobNo, byte],
  })
  return rows[0]
}

/** The chunk in which this line is. */
export async function chunkOfLine(db: Queryable, jobNo: number, line: number): Promise<Chunk | undefined> {
  const { rows } = await db.query<Chunk>({
    name: 'bulk-chunk-of-line',
    text: `select ${CHUNK} from bulk_chunk c where c.job_no = $1 and c.first_line <= $2 order by c.no desc limit 1`,
    values: [jobNo, line],
  })
  return rows[0]
}

export async function chunkAt(db: Queryable, jobNo: number, no: number): Promise<Chunk | undefined> {
  const { rows } = await db.query<Chunk>({
    name: 'bulk-chunk-at',
    text: `select ${CHUNK} from bulk_chunk c where c.job_no = $1 and c.no = $2`,
    values: [jobNo, no],
  })
  return rows[0]
}

/** Drops the lines of an export that is ready. */
export async function expireExport(db: Queryable, no: number): Promise<void> {
  await db.query({
    name: 'bulk-export-expire',
    text: expiring(`j.no = $1 and j.state = 'completed'`),
    values: [no],
  })
}

/** How many exports of a key are not over. */
export async function openExports(db: Queryable, keyId: string): Promise<number> {
  const { rows } = await db.query<{ open: number }>({
    name: 'bulk-export-open',
    text: `
      select count(*)::float8 as open from bulk_job
      where kind = 'export' and state in ('waiting', 'running') and key_id = $1`,
    values: [keyId],
  })
  return rows[0]?.open ?? 0
}
