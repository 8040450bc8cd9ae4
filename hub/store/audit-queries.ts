import { UUID } from '../contracts/uuid.ts'
import type { Database } from './database.ts'
import type { Queryable } from './queryable.ts'

/** The audit trail: entries, the chain over them, and what waits to be chained. */
export interface AuditRow {
  no: number
  at: string
  lastAt: string | null
  actor: string
  act: string
  subject: string
  facts: string | null
  /** SHA-256 of the ids in the binary form of PostgreSQL, hexadecimal. */
  recordsHash: string | null
}

/** Reads of one caller through one operation, gathered over a moment. Times are ISO 8601. */
export interface AuditedReads {
  at: string
  lastAt: string
  actor: string
  act: string
  subject: string
  facts: object
  /** UUIDs of what was read. */
  records: readonly string[]
}

const COLUMNS = `e.no::float8 as no, e.at, e.last_at as "lastAt", e.actor, e.act, e.subject, e.facts,
  encode(sha256(array_send(e.records)), 'hex') as "recordsHash"`

/** Any number that nobody else locks: the letters `oaud`. */
const SEAL_LOCK = 0x6f617564

/** From this many records on an entry travels by itself. */
const MANY = 100

/**
 * Writes all of them or none. Entries with many records are sent one by one, each with its ids as one plain literal: inside of
 * an array of literals they would be quoted, copied and parsed twice.
 */
export async function insertAuditedReads(db: Database, reads: readonly AuditedReads[]): Promise<void> {
  const large = reads.filter(({ records }) => records.length >= MANY)
  const small = reads.filter(({ records }) => records.length < MANY)
  if (large.length === 0) return insertSmall(db, small)
  await db.transaction(async (tx) => {
    const writing = large.map((read) => insertLarge(tx, read))
    await Promise.all(small.length === 0 ? writing : [...writing, insertSmall(tx, small)])
  })
}

async function insertLarge(db: Queryable, read: AuditedReads): Promise<void> {
  const { at, lastAt, actor, act, subject, facts, records } = read
  await db.query({
    name: 'audit-reads-large',
    text: `
      insert into audit_entry (at, last_at, actor, act, subject, facts, records)
      values ($1, $2, $3, $4, $5, $6::json, $7::uuid[])`,
    values: [at, lastAt, actor, act, subject, JSON.stringify(facts), `{${records.join(',')}}`],
  })
}

async function insertSmall(db: Queryable, reads: readonly AuditedReads[]): Promise<void> {
  await db.query({
    name: 'audit-reads',
    text: `
      insert into audit_entry (at, last_at, actor, act, subject, facts, records)
      select u.at, u.last_at, u.actor, u.act, u.subject, u.facts, u.records::uuid[]
      from unnest($1::timestamptz[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::json[], $7::text[])
        as u(at, last_at, actor, act, subject, facts, records)`,
    values: [
      reads.map(({ at }) => at),
      reads.map(({ lastAt }) => lastAt),
      reads.map(({ actor }) => actor),
      reads.map(({ act }) => act),
      reads.map(({ subject }) => subject),
      reads.map(({ facts }) => JSON.stringify(facts)),
      // An array of arrays of different lengths is none for PostgreSQL: each travels as its own literal.
      reads.map(({ records }) => `{${records.join(',')}}`),
    ],
  })
}

/** True where this transaction is now the only one that lengthens the chain. */
export async function lockAuditChain(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ locked: boolean }>({
    name: 'audit-lock',
    text: 'select pg_try_advisory_xact_lock($1) as locked',
    values: [SEAL_LOCK],
  })
  return rows[0]?.locked === true
}

export interface AuditHead {
  position: number
  hash: Buffer
}

/** The last link of the chain; undefined while there is none. */
export async function auditHead(db: Queryable): Promise<AuditHead | undefined> {
  const { rows } = await db.query<AuditHead>({
    name: 'audit-head',
    text: 'select position::float8 as position, hash from audit_link order by position desc limit 1',
  })
  return rows[0]
}

/** Entries that were written and are in no chain yet, oldest first; they wait no longer once the transaction commits. */
export async function takeUnchained(db: Queryable, limit: number): Promise<AuditRow[]> {
  const { rows } = await db.query<AuditRow>({
    name: 'audit-take-unchained',
    text: `
      with taken as (
        delete from audit_waiting where entry in (select entry from audit_waiting order by entry limit $1) returning entry
      )
      select ${COLUMNS} from taken join audit_entry e on e.no = taken.entry order by e.no`,
    values: [limit],
  })
  return rows
}

export async function insertAuditLinks(
  db: Queryable,
  links: readonly { position: number; entry: number; hash: Buffer }[],
): Promise<void> {
  await db.query({
    name: 'audit-links',
    text: `
      insert into audit_link (position, entry, hash)
      select * from unnest($1::bigint[], $2::bigint[], $3::bytea[])`,
    values: [links.map((l) => l.position), links.map((l) => l.entry), links.map((l) => l.hash)],
  })
}

export interface AuditFilter {
  actor?: string
  /** An act as it is, or the beginning of acts: `key.*`. */
  act?: string
  /** A subject as it is, or the id of a record that was read. */
  subject?: string
  from?: string
  to?: string
}

export type AuditPageRow = Omit<AuditRow, 'recordsHash'> & {
  /** Array literal. */
  records: string | null
  position: number | null
  hash: Buffer | null
}

/** Entries, newest first, before a number where that is not null. */
export async function auditPage(
  db: Queryable,
  filter: AuditFilter,
  before: number | null,
  limit: number,
): Promise<AuditPageRow[]> {
  const { actor = null, act = null, subject = null, from = null, to = null } = filter
  const prefix = act?.endsWith('.*') === true ? `${act.slice(0, -1).replace(/[\\%_]/g, '\\$&')}%` : null
  const record = subject !== null && UUID.test(subject) ? subject : null
  const { rows } = await db.query<AuditPageRow>({
    text: `
      select ${COLUMNS}, e.records::text as records, l.position::float8 as position, l.hash
      from audit_entry e left join audit_link l on l.entry = e.no
      where ($1::bigint is null or e.no < $1)
        and ($2::text is null or e.actor = $2)
        and ($3::text is null or case when $4::text is null then e.act = $3 else e.act like $4 end)
        and ($5::text is null or e.subject = $5 or $6::uuid = any (e.records))
        and ($7::timestamptz is null or coalesce(e.last_at, e.at) >= $7)
        and ($8::timestamptz is null or e.at < $8)
      order by e.no desc limit $9`,
    values: [before, actor, act, prefix, subject, record, from, to, limit],
  })
  return rows
}

export type AuditLinkRow = { position: number; hash: Buffer; entry: number } & (AuditRow | { no: null })

/** Links after a position, in order, each with its entry; `no` is null where that is gone. */
export async function auditLinks(db: Queryable, after: number, limit: number): Promise<AuditLinkRow[]> {
  const { rows } = await db.query<AuditLinkRow>({
    name: 'audit-links-after',
    text: `
      select l.position::float8 as position, l.hash, l.entry::float8 as entry, ${COLUMNS}
      from (select * from audit_link where position > $1 order by position limit $2) l
      left join audit_entry e on e.no = l.entry order by l.position`,
    values: [after, limit],
  })
  return rows
}

/** Entries that no link names and that do not wait for one, or have waited for long: nobody but a stranger leaves such. */
export async function strayAuditEntries(db: Queryable, limit: number): Promise<number[]> {
  const { rows } = await db.query<{ no: number }>({
    name: 'audit-strays',
    text: `
      select e.no::float8 as no from audit_entry e
      where not exists (select from audit_link l where l.entry = e.no)
        and not exists (select from audit_waiting w where w.entry = e.no)
      order by e.no limit $1`,
    values: [limit],
  })
  return rows.map(({ no }) => no)
}

export async function countUnchained(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    name: 'audit-unchained',
    text: 'select count(*)::float8 as count from audit_waiting',
  })
  return rows[0]?.count ?? 0
}
