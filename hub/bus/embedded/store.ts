import pg from 'pg'
import { HubError } from '../../contracts/hub-error.ts'
import type { Session } from './session.ts'

/** A message on its way into one queue. `key` is the routing key or event type; absent for work. */
export interface NewMessage {
  queue: string
  position: bigint
  key: string | undefined
  id: string | undefined
  contentType: string | undefined
  body: Buffer
}

export interface StoredMessage {
  queue: string
  position: bigint
  key: string | undefined
  id: string | undefined
  body: Buffer
}

export interface Subscription {
  group: string
  pattern: string
}

/** Names of the queues in the table, beside those of the groups. */
export const INTAKE_QUEUE = 'intake'
export const workQueue = (partition: number): string => `work.${partition}`
export const groupQueue = (group: string): string => `events.${group}`

const LOCK_CLASS = 0x6f6d6e69

/**
 * The statements of the embedded bus, all over one schema.
 *
 * One row is one message in one queue. Positions are given by the only publisher there is, whose session holds an advisory
 * lock: whoever sees position n sees every lower one that was ever confirmed.
 */
export class MessageStore {
  private readonly schema: string
  private readonly schemaName: string

  constructor(schema: string) {
    this.schemaName = schema
    this.schema = pg.escapeIdentifier(schema)
  }

  /** Takes the lock for the session's life, or tells who has it. */
  async own(session: Session, waitMs: number): Promise<void> {
    const until = performance.now() + waitMs
    const lock = [LOCK_CLASS, this.schemaName]
    for (;;) {
      const { rows } = await session.query<{ mine: boolean }>(
        'select pg_try_advisory_lock($1::int, hashtext($2)) as mine',
        lock,
      )
      if (rows[0]?.mine === true) return
      if (performance.now() > until) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const { rows } = await session.query<{ pid: number; since: string }>(
      `select a.pid, to_char(a.backend_start, 'YYYY-MM-DD"T"HH24:MI:SSOF') as since
         from pg_locks l join pg_stat_activity a using (pid)
        where l.locktype = 'advisory' and l.granted and l.classid = $1::int::oid
          and l.objid::int8 = (hashtext($2)::int8 & 4294967295)
          and l.database = (select oid from pg_database where datname = current_database())`,
      lock,
    )
    const holder = rows[0]
    throw new HubError({
      code: 'bus.embedded.in-use',
      family: 'config',
      message: 'Another hub process uses the embedded bus of this database; the embedded bus serves one process.',
      where: this.schemaName,
      fix: 'End the other process, or set AMQP_URL so that all processes share a RabbitMQ.',
      ...(holder === undefined ? {} : { facts: { databaseSession: holder.pid, since: holder.since } }),
    })
  }

  /** Ends sessions that this process has lost, so that nothing they still do can come after what follows. */
  async endOlder(session: Session, applicationName: string): Promise<void> {
    await session.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = $1 and pid <> pg_backend_pid() and datname = current_database()`,
      [applicationName],
    )
  }

  /** Makes the schema where it is missing; harmless where it is there. */
  async create(session: Session): Promise<void> {
    await session.query(`
      set client_min_messages = warning;
      create schema if not exists ${this.schema};
      create table if not exists ${this.schema}.message (
        queue text collate "C" not null,
        position bigint not null,
        key text,
        id text,
        content_type text,
        body bytea not null,
        primary key (queue, position)
      ) with (
        -- Rows live for milliseconds: the share of dead rows says nothing, their number does.
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000000
      );
      -- Compressing what is deleted at once costs more than it saves.
      alter table ${this.schema}.message alter column body set storage external;
      create table if not exists ${this.schema}.subscription (
        group_name text not null,
        pattern text not null,
        primary key (group_name, pattern)
      )`)
  }

  async lastPosition(session: Session): Promise<bigint> {
    const { rows } = await session.query<{ last: string }>(
      `select coalesce(max(position), 0)::text as last from ${this.schema}.message`,
    )
    return BigInt(rows[0]?.last ?? 0)
  }

  async subscriptions(session: Session): Promise<Subscription[]> {
    const { rows } = await session.query<{ group_name: string; pattern: string }>(
      `select group_name, pattern from ${this.schema}.subscription`,
    )
    return rows.map((row) => ({ group: row.group_name, pattern: row.pattern }))
  }

  async subscribe(session: Session, { group, pattern }: Subscription): Promise<void> {
    await session.query(
      `insert into ${this.schema}.subscription (group_name, pattern) values ($1, $2) on conflict do nothing`,
      [group, pattern],
    )
  }

  /** One statement, thus one commit: all are stored or none. The bodies travel as one value, which pg sends as bytes. */
  async insert(session: Session, messages: readonly NewMessage[]): Promise<void> {
    let end = 0
    const starts = messages.map(({ body }) => (end += body.length) - body.length + 1)
    await session.query(
      `insert into ${this.schema}.message (queue, position, key, id, content_type, body)
       select queue, position, key, id, content_type, substring($8::bytea from start for length)
         from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::int[], $7::int[])
           as new (queue, position, key, id, content_type, start, length)`,
      [
        messages.map((message) => message.queue),
        messages.map((message) => message.position),
        messages.map((message) => message.key ?? null),
        messages.map((message) => message.id ?? null),
        messages.map((message) => message.contentType ?? null),
        starts,
        messages.map(({ body }) => body.length),
        Buffer.concat(messages.map(({ body }) => body)),
      ],
    )
  }

  /** The oldest messages after a position in each queue, in order of position over all of them. */
  async read(session: Session, after: ReadonlyMap<string, bigint>, limit: number): Promise<StoredMessage[]> {
    const { rows } = await session.query<{
      queue: string
      position: string
      key: string | null
      id: string | null
      body: Buffer
    }>(
      `select m.queue, m.position::text as position, m.key, m.id, m.body
         from unnest($1::text[], $2::bigint[]) as wanted (queue, after)
        cross join lateral (
          select * from ${this.schema}.message
           where message.queue = wanted.queue and message.position > wanted.after
           order by message.position limit $3) as m
        order by m.position limit $3`,
      [[...after.keys()], [...after.values()], limit],
    )
    return rows.map((row) => ({
      queue: row.queue,
      position: BigInt(row.position),
      key: row.key ?? undefined,
      id: row.id ?? undefined,
      body: row.body,
    }))
  }

  async remove(session: Session, messages: readonly { queue: string; position: bigint }[]): Promise<void> {
    await session.query(
      `delete from ${this.schema}.message m using unnest($1::text[], $2::bigint[]) as done (queue, position)
        where m.queue = done.queue and m.position = done.position`,
      [messages.map(({ queue }) => queue), messages.map(({ position }) => position)],
    )
  }

  async depth(session: Session): Promise<{ work: number; intake: number }> {
    const { rows } = await session.query<{ work: number; intake: number }>(
      `select count(*) filter (where queue like 'work.%')::float8 as work,
              count(*) filter (where queue = 'intake')::float8 as intake
         from ${this.schema}.message`,
    )
    return { work: rows[0]?.work ?? 0, intake: rows[0]?.intake ?? 0 }
  }

  /**
   * Settings of the session that reads and deletes. Plans are pinned to the primary key, because statistics of a table that
   * is empty one second and full the next are always wrong; and a delete need not reach the disk before it counts, because
   * a delete lost in a crash only brings a message a second time.
   */
  async tuneReader(session: Session): Promise<void> {
    await session.query(`
      set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set enable_bitmapscan = off;
      set jit = off; set synchronous_commit = off`)
  }
}
