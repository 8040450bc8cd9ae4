import sqlServer, { type ConnectionPool, type Transaction } from 'mssql'
import type {
  ConnectorHarness,
  FaultCase,
  Mode,
  SystemUnderTest,
  TestEntity,
  TestRecord,
} from '../../../connectors/conformance/harness.ts'
import { startProxy } from '../../../connectors/conformance/tcp-proxy.ts'
import { sqlserver } from '../../../connectors/sqlserver/index.ts'
import type { EntityConfig } from '../../../hub/contracts/connector.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'
import { REQUIREMENTS } from '../../../scripts/servers/packages.ts'
import { startPostgres } from '../../../scripts/servers/postgres.ts'
import { startFakeSqlServer } from '../../support/fakes/sqlserver/server.ts'

const NOBODY_PASSWORD = 'Nobody-secret-1'
const NUMBERS = 1000

interface Target {
  url: URL
  killAndRestart?: () => Promise<void>
  stop(): Promise<void>
}

/** The server that SQLSERVER_URL names (with an administrator's account), else the fake before a PostgreSQL of its own. */
export const sqlServerHarness: ConnectorHarness = {
  spec: sqlserver,
  packages: [REQUIREMENTS.postgres],
  async start(): Promise<SystemUnderTest> {
    const live = process.env.SQLSERVER_URL
    const target =
      live === undefined || live === '' ? await startFake() : { url: new URL(live), stop: async () => undefined }
    const { url } = target as Target
    const proxy = await startProxy({ host: url.hostname, port: Number(url.port || 1433) })
    const admin = new Admin(url)
    await admin.connect()
    if (live !== undefined && live !== '') await prepareLive(admin, url)
    const settings: JsonObject = {
      host: '127.0.0.1',
      port: proxy.port,
      database: url.pathname.slice(1),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      logIntervalMs: 100,
    }
    await makeNumbers(admin)
    let entities = 0
    const { killAndRestart } = target as Target
    return {
      settings,
      wrongPassword: { ...settings, password: 'wrong-secret' },
      unreachable: { ...settings, port: 1 },
      withoutRights: { ...settings, user: 'omnihub_nobody', password: NOBODY_PASSWORD },
      secrets: [decodeURIComponent(url.password), 'wrong-secret', NOBODY_PASSWORD],
      modes: ['poll', 'log'],
      marks: ['log'],
      lacks: {
        throttle: 'a database server orders nobody to wait',
        malformed: "rows come typed, by the server's own protocol",
        order: 'Change Tracking keeps the newest state of a row only',
        ...(killAndRestart === undefined ? { restart: 'the server is not ours to kill' } : {}),
      },
      proxy,
      // A transaction manager request (TDS) that commits: one outstanding request, type 7.
      commitWords: '\u0001\0\0\0\u0007\0\0\0',
      async freshEntity(mode, options = {}) {
        entities += 1
        return makeEntity(admin, `e']"${process.pid} ${entities} Ü`, mode, options)
      },
      types: (mode) => makeTypes(admin, `types${process.pid}_${(entities += 1)}`, mode),
      faults: (entity) => faultCases(settings, admin, entity),
      async losePosition(entity) {
        const table = quoted(String(entity.config.options.table))
        await admin.query(`ALTER TABLE ${table} DISABLE CHANGE_TRACKING`)
        await admin.query(`ALTER TABLE ${table} ENABLE CHANGE_TRACKING`)
      },
      ...(killAndRestart === undefined ? {} : { killAndRestart }),
      async stop() {
        await admin.close()
        await proxy.close()
        await target.stop()
      },
    }
  },
}

async function startFake(): Promise<Target> {
  const server = await startPostgres({ fsync: false })
  const fake = await startFakeSqlServer(server.url, { omnihub_nobody: NOBODY_PASSWORD })
  const url = new URL(server.url.replace(/^postgres:/, 'sqlserver:'))
  url.port = String(fake.port)
  return {
    url,
    async killAndRestart() {
      await server.kill9()
      await server.restart()
    },
    async stop() {
      await fake.close()
      await server.stop()
    },
  }
}

/** A late commit must not hold back readers, as in Azure; and the account without rights. */
async function prepareLive(admin: Admin, url: URL): Promise<void> {
  const database = quoted(url.pathname.slice(1))
  for (const statement of [
    `ALTER DATABASE ${database} SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE`,
    `ALTER DATABASE ${database} SET ALLOW_SNAPSHOT_ISOLATION ON`,
    `IF NOT EXISTS (SELECT 1 FROM sys.change_tracking_databases WHERE database_id = DB_ID()) ALTER DATABASE ${database} SET CHANGE_TRACKING = ON (CHANGE_RETENTION = 1 DAYS)`,
    `IF SUSER_ID('omnihub_nobody') IS NULL CREATE LOGIN omnihub_nobody WITH PASSWORD = '${NOBODY_PASSWORD}'`,
    `IF USER_ID('omnihub_nobody') IS NULL CREATE USER omnihub_nobody FOR LOGIN omnihub_nobody`,
  ]) {
    await admin.query(statement)
  }
}

type Value = string | number | null
type Row = Record<string, unknown>

/** On a few connections, of which mssql tries each before it is used: some end when the server is killed. */
class Admin {
  readonly #pool: ConnectionPool

  constructor({ hostname, port, username, password, pathname }: URL) {
    this.#pool = new sqlServer.ConnectionPool({
      server: hostname,
      port: Number(port || 1433),
      database: pathname.slice(1),
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      options: { encrypt: !hostname.startsWith('127.'), trustServerCertificate: true },
    })
    this.#pool.on('error', () => undefined)
  }

  async connect(): Promise<void> {
    await this.#pool.connect()
  }

  query(text: string, values: readonly Value[] = []): Promise<Row[]> {
    return ask(this.#pool, text, values)
  }

  async begin(): Promise<AdminTransaction> {
    return new AdminTransaction(await this.#pool.transaction().begin())
  }

  async close(): Promise<void> {
    await this.#pool.close()
  }
}

class AdminTransaction {
  readonly #transaction: Transaction

  constructor(transaction: Transaction) {
    this.#transaction = transaction
  }

  query(text: string, values: readonly Value[] = []): Promise<Row[]> {
    return ask(this.#transaction, text, values)
  }

  commit(): Promise<void> {
    return this.#transaction.commit()
  }

  rollback(): Promise<void> {
    return this.#transaction.rollback()
  }
}

/** Parameters are @v0, @v1, ...; statements without any go as a batch. */
async function ask(on: ConnectionPool | Transaction, text: string, values: readonly Value[]): Promise<Row[]> {
  const request = on.request()
  for (const [place, value] of values.entries())
    request.input(`v${place}`, sqlServer.NVarChar, value === null ? null : String(value))
  const { recordset } = await (values.length === 0 ? request.batch<Row>(text) : request.query<Row>(text))
  return (recordset as Row[] | undefined) ?? []
}

const readBy = (mode: Mode): Pick<EntityConfig, 'mode'> => ({ mode: mode === 'log' ? 'log' : 'poll' })
const quoted = (name: string): string => `[${name.replaceAll(']', ']]')}]`
const sqlTime = (at: Date): string => at.toISOString().slice(0, 23).replace('T', ' ')

async function makeNumbers(admin: Admin): Promise<void> {
  const table = `numbers_${process.pid}`
  await admin.query(`CREATE TABLE ${table} (i int PRIMARY KEY)`)
  const values = Array.from({ length: NUMBERS }, (_, index) => `(${index})`)
  await admin.query(`INSERT INTO ${table} (i) VALUES ${values.join(', ')}`)
}

async function makeEntity(
  admin: Admin,
  table: string,
  mode: Mode,
  options: { pageSize?: number; lookBackSeconds?: number },
): Promise<TestEntity> {
  const sql = quoted(table)
  await admin.query(
    `CREATE TABLE ${sql} (id nvarchar(100) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY, name nvarchar(200) NULL, note nvarchar(200) NULL,
       amount int NOT NULL DEFAULT 0, [changed at] datetime2(7) NOT NULL DEFAULT SYSUTCDATETIME(), INDEX at_change ([changed at], id))`,
  )
  if (mode === 'log') await admin.query(`ALTER TABLE ${sql} ENABLE CHANGE_TRACKING`)
  const upsert = async (session: AdminTransaction, records: readonly TestRecord[], at: Date | null): Promise<void> => {
    const stamp = at === null ? 'SYSUTCDATETIME()' : `CONVERT(datetime2(7), '${sqlTime(at)}', 121)`
    for (const { id, ...fields } of records) {
      const names = Object.keys(fields)
      const values = [id, ...Object.values(fields)] as Value[]
      const parameter = (place: number): string =>
        names[place - 1] === 'amount' ? `CAST(@v${place} AS int)` : `@v${place}`
      const there = await session.query(`SELECT id FROM ${sql} WITH (UPDLOCK, HOLDLOCK) WHERE id = @v0`, [id])
      const set = names.map((name, place) => `${name} = ${parameter(place + 1)}, `).join('')
      const given = names.map((_, place) => `, ${parameter(place + 1)}`).join('')
      await session.query(
        there.length > 0
          ? `UPDATE ${sql} SET ${set}[changed at] = ${stamp} WHERE id = @v0`
          : `INSERT INTO ${sql} (id, [changed at]${names.map((name) => `, ${name}`).join('')}) VALUES (@v0, ${stamp}${given})`,
        values,
      )
    }
  }
  const inTransaction = async (records: readonly TestRecord[], at: Date | null): Promise<() => Promise<void>> => {
    const transaction = await admin.begin()
    await upsert(transaction, records, at)
    return () => transaction.commit()
  }
  const config: EntityConfig = {
    entity: `entity ${table}`,
    ...readBy(mode),
    options: { table, ...(mode === 'poll' ? { watermarkColumn: 'changed at' } : {}), ...options },
  }
  return {
    config,
    without: (field) => ({ ...config, options: { ...config.options, columns: { exclude: [field] } } }),
    put: async (records) => (await inTransaction(records, null))(),
    putAt: async (records, at) => (await inTransaction(records, at))(),
    putInOneTransaction: async (states) => (await inTransaction(states, null))(),
    putLate: async (records, at) => ({ commit: await inTransaction(records, at) }),
    async remove(ids) {
      for (const id of ids) await admin.query(`DELETE FROM ${sql} WHERE id = @v0`, [id])
    },
    async oracle() {
      const rows = await admin.query(`SELECT * FROM ${sql}`)
      return rows.map(({ 'changed at': _, ...row }) => row as unknown as TestRecord)
    },
    addField: async (name) => void (await admin.query(`ALTER TABLE ${sql} ADD ${quoted(name)} nvarchar(20) NULL`)),
    dropField: async (name) => void (await admin.query(`ALTER TABLE ${sql} DROP COLUMN ${quoted(name)}`)),
    async fill(count) {
      const numbers = `numbers_${process.pid}`
      const long = 'x'.repeat(100)
      await admin.query(
        `INSERT INTO ${sql} (id, name, amount) SELECT TOP (${count}) CONCAT('f', a.i * ${NUMBERS} + b.i), '${long}', a.i * ${NUMBERS} + b.i
         FROM ${numbers} AS a CROSS JOIN ${numbers} AS b ORDER BY a.i, b.i`,
      )
    },
  }
}

async function makeTypes(admin: Admin, table: string, mode: Mode): ReturnType<NonNullable<SystemUnderTest['types']>> {
  await admin.query(
    `CREATE TABLE ${table} ([part /%] nvarchar(40) NOT NULL, b varbinary(10) NOT NULL, big bigint, whole int, small smallint, tiny tinyint,
       exact decimal(38,10), cash money, r real, d float, yes bit, moment datetimeoffset(7), local datetime2(7), local3 datetime2(3),
       old datetime, oldest smalldatetime, day date, t time(7), t0 time(0), u uniqueidentifier, code varchar(20), long_text nvarchar(max),
       blob varbinary(max), x xml, nothing nvarchar(10), [__proto__] nvarchar(10), empty nvarchar(10), changed datetime2(7),
       PRIMARY KEY ([part /%], b))`,
  )
  if (mode === 'log') await admin.query(`ALTER TABLE ${table} ENABLE CHANGE_TRACKING`)
  const long = 'x1😀'.repeat(30_000)
  const time = (type: string, text: string): string => `CONVERT(${type}, '${text}', 121)`
  return {
    entity: {
      ...(await makeEntity(admin, `${table}_base`, mode, {})),
      config: {
        entity: table,
        ...readBy(mode),
        options: { table, ...(mode === 'poll' ? { watermarkColumn: 'changed' } : {}) },
      },
    },
    insert: async () =>
      void (await admin.query(
        `INSERT INTO ${table} VALUES (N'k:/ '' %', 0x00FF3A, -9007199254740993, -2147483648, -32768, 255,
          -1234567890123456789012345678.0123456789, 922337203685477.5807, 0.1, 1e-7, CAST(@v1 AS bit), ${time('datetimeoffset(7)', '2024-02-29 23:59:59.9999999 +05:30')},
          ${time('datetime2(7)', '2024-02-29 23:59:59.0000001')}, ${time('datetime2(3)', '0001-01-01 00:00:00.120')}, ${time('datetime', '1753-01-01 00:00:00.003')},
          ${time('smalldatetime', '2024-02-29 23:59:00')}, ${time('date', '0001-01-01')}, ${time('time(7)', '23:59:59.9999999')}, ${time('time(0)', '00:00:01')},
          CAST('123E4567-E89B-12D3-A456-426655440000' AS uniqueidentifier), 'plain', @v0, 0x00FF, CAST(N'<a b="1">ü</a>' AS xml), NULL, N'😀', '',
          ${time('datetime2(7)', '2024-05-06 07:08:09.1234567')})`,
        [long, 1],
      )),
    key: "k%3A/ ' %25:AP86",
    expected: Object.fromEntries([
      ['part /%', "k:/ ' %"],
      ['b', 'AP86'],
      ['big', '-9007199254740993'],
      ['whole', -2147483648],
      ['small', -32768],
      ['tiny', 255],
      ['exact', '-1234567890123456789012345678.0123456789'],
      ['cash', '922337203685477.5807'],
      ['r', 0.1],
      ['d', 1e-7],
      ['yes', true],
      ['moment', '2024-02-29T23:59:59.9999999+05:30'],
      ['local', '2024-02-29T23:59:59.0000001'],
      ['local3', '0001-01-01T00:00:00.120'],
      ['old', '1753-01-01T00:00:00.003'],
      ['oldest', '2024-02-29T23:59:00'],
      ['day', '0001-01-01'],
      ['t', '23:59:59.9999999'],
      ['t0', '00:00:01'],
      ['u', '123E4567-E89B-12D3-A456-426655440000'],
      ['code', 'plain'],
      ['long_text', long],
      ['blob', 'AP8='],
      ['x', '<a b="1">ü</a>'],
      ['nothing', null],
      ['__proto__', '😀'],
      ['empty', ''],
      ['changed', '2024-05-06T07:08:09.1234567'],
    ]) as JsonObject,
  }
}

function faultCases(settings: JsonObject, admin: Admin, entity: TestEntity): FaultCase[] {
  const { config } = entity
  const sql = quoted(String(config.options.table))
  const write =
    (fields: JsonObject, more: JsonObject = {}): FaultCase['run'] =>
    async (open) => {
      const connector = await open({ ...settings, ...more })
      const [result] = (await connector.write?.(config, [{ key: 'r0001', fields, idempotencyKey: 'f' }])) ?? []
      if (result?.outcome === 'failed') throw result.error
    }
  const locked =
    (then: FaultCase['run']): FaultCase['run'] =>
    async (open) => {
      const transaction = await admin.begin()
      await transaction.query(`SELECT id FROM ${sql} WITH (UPDLOCK, HOLDLOCK) WHERE id = 'r0001'`)
      try {
        return await then(open)
      } finally {
        await transaction.rollback()
      }
    }
  const read =
    (options: JsonObject): FaultCase['run'] =>
    async (open) => {
      const connector = await open()
      const given = { ...config, mode: 'poll' as const, options: { ...config.options, ...options } }
      for await (const page of connector.backfill?.(given, null) ?? []) if (page.records.length === 0) break
    }
  const rejected = { code: 'connector.rejected', family: 'reject' }
  return [
    { title: 'a missing table', run: read({ table: 'nowhere' }), code: 'connector.schema', family: 'config' },
    { title: 'a missing column', run: read({ watermarkColumn: 'none' }), code: 'connector.schema', family: 'config' },
    { title: 'an unknown option', run: read({ tabel: 'x' }), code: 'connector.settings', family: 'config' },
    { title: 'a value of the wrong type', run: write({ amount: 'x' }), ...rejected },
    { title: 'a value out of range', run: write({ amount: 1e12 }), ...rejected },
    { title: 'a violated constraint', run: write({ amount: null }), ...rejected },
    { title: 'a text that is too long', run: write({ name: 'x'.repeat(300) }), ...rejected },
    {
      title: 'a locked row',
      run: locked(write({ amount: 5 }, { statementTimeoutMs: 1000 })),
      code: 'connector.busy',
      family: 'retry',
    },
    {
      title: 'a missing database',
      run: async (open) => (await open({ ...settings, database: 'none' })).check(),
      code: 'connector.settings',
      family: 'config',
    },
  ]
}
