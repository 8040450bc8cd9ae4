/** A table of people in a database of its own, and what is asked of it while a hub reads it. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** So many people, no two of whom are one; made by the server, always the same. */
export function peopleSql(rows: number): string {
  const word = (seed: string, letters: number): string =>
    `initcap(translate(substr(md5(${seed}), 1, ${letters}), '0123456789', 'ghijklmnop'))`
  return `
    create table person (
      id bigint primary key, given_name text not null, family_name text not null, birth_date date not null,
      email text not null, phone text, street text not null, city text not null, postcode text not null,
      balance numeric(12, 2), updated_at timestamptz not null default now()
    );
    insert into person
    select n, ${word(`'g' || n`, 7)}, ${word(`'f' || n`, 9)}, date '1940-01-01' + (n::bigint * 7919 % 25000)::int,
           'p' || n || '@example.com', '+614' || to_char(n, 'FM00000000'), (n % 900 + 1) || ' ' || ${word(`'s' || n % 20000`, 8)} || ' Street',
           ${word(`'c' || n % 900`, 8)}, to_char(n % 9000 + 1000, 'FM0000'), n % 100000 / 100.0, timestamptz '2026-01-01' + n * interval '1 second'
    from generate_series(1, ${rows}) n;
    analyze person`
}

/** Sum over all rows, made by PostgreSQL alone: the same on both sides where both have the same people. */
export const THEIR_SUM = sumOf('id::text', 'given_name', 'family_name', 'email', 'street', 'from person')
export const OUR_SUM = sumOf(
  'key',
  `(raw->>'given_name')`,
  `(raw->>'family_name')`,
  `(raw->>'email')`,
  `(raw->>'street')`,
  'from source_record where not deleted',
)

function sumOf(...parts: string[]): string {
  const from = parts.pop() ?? ''
  const text = parts.join(` || '|' || `)
  return `select count(*)::int as count, coalesce(sum(('x' || substr(md5(${text}), 1, 15))::bit(60)::bigint), 0)::text as sum ${from}`
}

export async function inDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** A slot keeps its database from being dropped; it is in use for a moment after its reader has gone. */
export function dropSlots(url: string): Promise<void> {
  return inDatabase(url, async (client) => {
    for (let attempt = 0; attempt < 50; attempt++) {
      const { rows } = await client.query<{ dropped: number; left: number }>(
        `with slots as (select slot_name, active from pg_replication_slots where database = current_database())
         select count(*) filter (where active)::int as left,
                count(case when not active then pg_drop_replication_slot(slot_name) end)::int as dropped from slots`,
      )
      if (rows[0]?.left === 0) return
      await sleep(100)
    }
  })
}

export interface Traffic {
  /** Changes made so far. */
  readonly changes: number
  stop(): Promise<void>
}

/** Changes some rows all the time, adds and deletes some: what goes on in a system that is in use. */
export function liveTraffic(url: string, rows: number, perSecond: number): Traffic {
  let isOver = false
  let changes = 0
  const done = inDatabase(url, async (client) => {
    for (let turn = 0; !isOver; turn++) {
      await client.query(
        `update person set street = $1, updated_at = now() where id in (select 1 + (random() * $2)::bigint from generate_series(1, $3))`,
        [`Turn ${turn}`, rows - 1, perSecond / 10],
      )
      if (turn % 10 === 0) {
        await client.query(
          `insert into person select $1::bigint, given_name, 'Added', birth_date, 'a' || $1::bigint || '@example.com', null, street, city, postcode from person where id = 1`,
          [rows + 1 + turn],
        )
        await client.query('delete from person where id = $1', [rows - turn])
        changes += 2
      }
      changes += perSecond / 10
      await sleep(100)
    }
  })
  return {
    get changes() {
      return changes
    },
    stop: async () => {
      isOver = true
      await done
    },
  }
}

/** The bare loop: COPY out of the table, and each row parsed into an object. Rows a second. */
export function copyAndParse(url: string): Promise<{ rows: number; perSecond: number }> {
  return inDatabase(url, async (client) => {
    const columns = [
      'id',
      'given_name',
      'family_name',
      'birth_date',
      'email',
      'phone',
      'street',
      'city',
      'postcode',
      'balance',
      'updated_at',
    ]
    const begun = performance.now()
    const rows = await new Promise<number>((resolve, reject) => {
      let count = 0
      let sum = 0
      const reading = {
        submit: (connection: { query(text: string): void }) =>
          connection.query(`copy person (${columns.join(', ')}) to stdout`),
        handleCopyData: ({ chunk }: { chunk: Buffer }) => {
          const values = chunk.toString('utf8').slice(0, -1).split('\t')
          const record = Object.fromEntries(
            columns.map((name, place) => [name, values[place] === '\\N' ? null : values[place]]),
          )
          sum += record.id?.length ?? 0
          count++
        },
        handleReadyForQuery: () => (sum > 0 || count === 0 ? resolve(count) : reject(new Error('nothing was read'))),
        handleError: reject,
        handleCommandComplete: () => undefined,
        handleRowDescription: () => undefined,
        handleDataRow: () => undefined,
        handleEmptyQuery: () => undefined,
        handlePortalSuspended: () => undefined,
        handleCopyInResponse: () => undefined,
      }
      client.query(reading as unknown as pg.Submittable)
    })
    return { rows, perSecond: rows / ((performance.now() - begun) / 1000) }
  })
}
