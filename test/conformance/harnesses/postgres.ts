import pg from 'pg'
import type {
  ConnectorHarness,
  FaultCase,
  Mode,
  SystemUnderTest,
  TestEntity,
  TestRecord,
} from '../../../connectors/conformance/harness.ts'
import { startProxy } from '../../../connectors/conformance/tcp-proxy.ts'
import { postgres } from '../../../connectors/postgres/index.ts'
import type { EntityConfig } from '../../../hub/contracts/connector.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'
import { REQUIREMENTS } from '../../../scripts/servers/packages.ts'
import { startPostgres } from '../../../scripts/servers/postgres.ts'

/** A PostgreSQL of its own, because it is killed in between. */
export const postgresHarness: ConnectorHarness = {
  spec: postgres,
  packages: [REQUIREMENTS.postgres],
  async start(): Promise<SystemUnderTest> {
    const server = await startPostgres({ fsync: false })
    const url = new URL(server.url)
    const proxy = await startProxy({ host: url.hostname, port: Number(url.port) })
    const admin = new Admin(server.url)
    await admin.query(`CREATE ROLE nobody LOGIN PASSWORD 'nobody-secret'`)
    const settings: JsonObject = {
      host: '127.0.0.1',
      port: proxy.port,
      database: 'omnihub',
      user: 'omnihub',
      password: decodeURIComponent(url.password),
    }
    let entities = 0
    return {
      settings,
      wrongPassword: { ...settings, password: 'wrong-secret' },
      unreachable: { ...settings, port: 1 },
      withoutRights: { ...settings, user: 'nobody', password: 'nobody-secret' },
      secrets: [decodeURIComponent(url.password), 'wrong-secret', 'nobody-secret'],
      modes: ['poll', 'log'],
      marks: ['log'],
      lacks: {
        throttle: 'a database server orders nobody to wait',
        malformed: "rows come typed, by the server's own protocol",
      },
      proxy,
      commitWords: 'COMMIT',
      async freshEntity(mode, options = {}) {
        entities += 1
        return makeEntity(admin, `e'"${entities} Ü`, mode, options)
      },
      types: (mode) => makeTypes(admin, `types${(entities += 1)}`, mode),
      faults: (entity) => faultCases(admin, entity),
      async losePosition() {
        await admin.query(`SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active`)
      },
      async killAndRestart() {
        await server.kill9()
        await server.restart()
      },
      async stop() {
        await proxy.close()
        await admin.close()
        await server.stop()
      },
    }
  },
}

/** One statement at a time on a fresh connection: nothing to mend after the server was killed. */
class Admin {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  async query(text: string, values: unknown[] = []): Promise<Record<string, string | null>[]> {
    const client = await this.connect()
    try {
      return (await client.query<Record<string, string | null>>(text, values)).rows
    } finally {
      await client.end()
    }
  }

  async connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.url })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

async function makeEntity(
  admin: Admin,
  table: string,
  mode: Mode,
  options: { pageSize?: number; lookBackSeconds?: number },
): Promise<TestEntity> {
  const sql = quoted(table)
  await admin.query(
    `CREATE TABLE ${sql} (id text PRIMARY KEY, name text, note text, amount integer NOT NULL DEFAULT 0,
                          "changed at" timestamptz NOT NULL DEFAULT clock_timestamp())`,
  )
  await admin.query(`CREATE INDEX ON ${sql} ("changed at", id)`)
  const upsert = async (client: pg.Client, records: readonly TestRecord[], at: Date | null): Promise<void> => {
    for (const { id, ...fields } of records) {
      const names = Object.keys(fields)
      const values = [id, at, ...Object.values(fields)]
      const columns = ['id', '"changed at"', ...names]
      const parameters = columns.map((_, place) => (place === 1 ? 'coalesce($2, clock_timestamp())' : `$${place + 1}`))
      const set = columns.slice(1).map((name) => `${name} = excluded.${name}`)
      await client.query(
        `INSERT INTO ${sql} (${columns.join(', ')}) VALUES (${parameters.join(', ')}) ON CONFLICT (id) DO UPDATE SET ${set.join(', ')}`,
        values,
      )
    }
  }
  const inTransaction = async (records: readonly TestRecord[], at: Date | null): Promise<() => Promise<void>> => {
    const client = await admin.connect()
    await client.query('BEGIN')
    await upsert(client, records, at)
    return async () => {
      await client.query('COMMIT')
      await client.end()
    }
  }
  const config: EntityConfig = {
    entity: `entity ${table}`,
    mode: mode === 'log' ? 'log' : 'poll',
    options: {
      table,
      ...(mode === 'poll' ? { watermarkColumn: 'changed at' } : {}),
      ...options,
    },
  }
  return {
    config,
    without: (field) => ({ ...config, options: { ...config.options, columns: { exclude: [field] } } }),
    put: async (records) => (await inTransaction(records, null))(),
    putAt: async (records, at) => (await inTransaction(records, at))(),
    putInOneTransaction: async (states) => (await inTransaction(states, null))(),
    putLate: async (records, at) => ({ commit: await inTransaction(records, at) }),
    remove: async (ids) => void (await admin.query(`DELETE FROM ${sql} WHERE id = ANY ($1)`, [ids])),
    async oracle() {
      const rows = await admin.query(`SELECT to_jsonb(t) - 'changed at' AS row FROM ${sql} AS t`)
      return rows.map(({ row }) => row as unknown as TestRecord)
    },
    addField: async (name) => void (await admin.query(`ALTER TABLE ${sql} ADD COLUMN ${quoted(name)} text`)),
    dropField: async (name) => void (await admin.query(`ALTER TABLE ${sql} DROP COLUMN ${quoted(name)}`)),
    fill: async (count) =>
      void (await admin.query(
        `INSERT INTO ${sql} (id, name, amount) SELECT 'f' || i, repeat('x', 100), i FROM generate_series(1, $1::int) AS i`,
        [count],
      )),
  }
}

async function makeTypes(admin: Admin, table: string, mode: Mode): ReturnType<NonNullable<SystemUnderTest['types']>> {
  await admin.query(`CREATE DOMAIN ${table}_money AS numeric(38, 10)`)
  await admin.query(`CREATE TYPE ${table}_mood AS ENUM ('fine', 'it''s, so')`)
  await admin.query(
    `CREATE TABLE ${table} ("part /%" text, b bytea, big bigint, small smallint, money ${table}_money, r real, d double precision,
       yes boolean, at timestamptz, local timestamp, day date, t time, span interval, j json, jb jsonb, list text[], grid integer[][],
       mood ${table}_mood, u uuid, long text, nothing text, "__proto__" text, changed timestamptz DEFAULT now(),
       PRIMARY KEY ("part /%", b))`,
  )
  const long = 'x1'.repeat(5000)
  const config = {
    entity: table,
    mode: mode === 'log' ? ('log' as const) : ('poll' as const),
    options: {
      table,
      ...(mode === 'poll' ? { watermarkColumn: 'changed' } : {}),
      columns: { exclude: mode === 'log' ? ['changed'] : [] },
    },
  }
  const changed = '2024-05-06T07:08:09.123456Z'
  return {
    entity: { ...(await makeEntity(admin, `${table}_base`, mode, {})), config },
    async insert() {
      await admin.query(
        `INSERT INTO ${table} VALUES ('k:/ '' %', '\\x00ff3a', 9007199254740993, -32768, -1234567890123456789012345678.0123456789, 0.1, 1e-7,
          true, '2024-02-29 23:59:59.999999+05:30', '2024-02-29 23:59:59.000001', '0001-01-01', '24:00:00', 'P1DT2H',
          '{"n": 12345678901234567890, "z": null}', '{"a": [1, {"b": 0.1}]}', '{"a,\\"b",NULL,"",ü}', '{{1,2},{3,4}}',
          'it''s, so', '123e4567-e89b-12d3-a456-426655440000', $1, NULL, '😀', $2)`,
        [long, changed],
      )
      // An update that does not touch the long value: the log leaves it out.
      if (mode === 'log') await admin.query(`UPDATE ${table} SET small = small`)
    },
    key: "k%3A/ ' %25:AP86",
    expected: Object.fromEntries([
      ['part /%', "k:/ ' %"],
      ['b', 'AP86'],
      ['big', '9007199254740993'],
      ['small', -32768],
      ['money', '-1234567890123456789012345678.0123456789'],
      ['r', 0.1],
      ['d', 1e-7],
      ['yes', true],
      ['at', '2024-02-29T18:29:59.999999Z'],
      ['local', '2024-02-29T23:59:59.000001'],
      ['day', '0001-01-01'],
      ['t', '24:00:00'],
      ['span', 'P1DT2H'],
      ['j', { n: '12345678901234567890', z: null }],
      ['jb', { a: [1, { b: 0.1 }] }],
      ['list', ['a,"b', null, '', 'ü']],
      [
        'grid',
        [
          [1, 2],
          [3, 4],
        ],
      ],
      ['mood', "it's, so"],
      ['u', '123e4567-e89b-12d3-a456-426655440000'],
      ['long', long],
      ['nothing', null],
      ['__proto__', '😀'],
      ...(mode === 'poll' ? [['changed', changed]] : []),
    ]) as JsonObject,
  }
}

function faultCases(admin: Admin, entity: TestEntity): FaultCase[] {
  const { config } = entity
  const sql = quoted(String(config.options.table))
  const write =
    (fields: JsonObject): FaultCase['run'] =>
    async (open) => {
      const [result] = (await (await open()).write?.(config, [{ key: 'r0001', fields, idempotencyKey: 'f' }])) ?? []
      if (result?.outcome === 'failed') throw result.error
    }
  const locked =
    (then: FaultCase['run'], timeout: string): FaultCase['run'] =>
    async (open) => {
      const client = await admin.connect()
      await client.query(`BEGIN; SELECT 1 FROM ${sql} WHERE id = 'r0001' FOR UPDATE`)
      await admin.query(`ALTER ROLE omnihub SET lock_timeout = '${timeout}'`)
      try {
        return await then(open)
      } finally {
        await admin.query('ALTER ROLE omnihub RESET lock_timeout')
        await client.end()
      }
    }
  const read =
    (options: JsonObject): FaultCase['run'] =>
    async (open) => {
      const connector = await open()
      const given = { ...config, mode: 'poll' as const, options: { ...config.options, ...options } }
      for await (const page of connector.backfill?.(given, null) ?? []) if (page.records.length === 0) break
    }
  return [
    { title: 'a missing table', run: read({ table: 'nowhere' }), code: 'connector.schema', family: 'config' },
    { title: 'a missing column', run: read({ watermarkColumn: 'none' }), code: 'connector.schema', family: 'config' },
    { title: 'an unknown option', run: read({ tabel: 'x' }), code: 'connector.settings', family: 'config' },
    { title: 'a value of the wrong type', run: write({ amount: 'x' }), code: 'connector.rejected', family: 'reject' },
    { title: 'a value out of range', run: write({ amount: 1e12 }), code: 'connector.rejected', family: 'reject' },
    { title: 'a violated constraint', run: write({ amount: null }), code: 'connector.rejected', family: 'reject' },
    { title: 'a locked row', run: locked(write({ amount: 5 }), '200ms'), code: 'connector.busy', family: 'retry' },
    {
      title: 'a missing database',
      run: async (open) => (await open({ ...(await Promise.resolve(settingsOf(admin))), database: 'none' })).check(),
      code: 'connector.settings',
      family: 'config',
    },
  ]
}

function settingsOf(admin: Admin): JsonObject {
  const url = new URL(admin.url)
  return { host: url.hostname, port: Number(url.port), user: url.username, password: decodeURIComponent(url.password) }
}
