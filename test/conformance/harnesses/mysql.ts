import { setTimeout as sleep } from 'node:timers/promises'
import mysqlDriver, { type Connection } from 'mysql2/promise'
import type {
  ConnectorHarness,
  FaultCase,
  Mode,
  SystemUnderTest,
  TestEntity,
  TestRecord,
} from '../../../connectors/conformance/harness.ts'
import { startProxy } from '../../../connectors/conformance/tcp-proxy.ts'
import { mysql } from '../../../connectors/mysql/index.ts'
import type { EntityConfig } from '../../../hub/contracts/connector.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'
import { REQUIREMENTS } from '../../../scripts/servers/packages.ts'
import { startMariadb } from '../../../scripts/servers/mariadb.ts'

/** A MariaDB of its own, because it is killed in between. */
export const mysqlHarness: ConnectorHarness = {
  spec: mysql,
  packages: [REQUIREMENTS.mariadb],
  async start(): Promise<SystemUnderTest> {
    const server = await startMariadb()
    const url = new URL(server.url)
    const proxy = await startProxy({ host: url.hostname, port: Number(url.port) })
    const admin = new Admin(server.url)
    await admin.query(`CREATE USER nobody@'127.0.0.1' IDENTIFIED BY 'nobody-secret'`)
    await admin.query(`GRANT CREATE TEMPORARY TABLES ON omnihub.* TO nobody@'127.0.0.1'`)
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
        return makeEntity(admin, `e'\`${entities} Ü`, mode, options)
      },
      types: (mode) => makeTypes(admin, `types${(entities += 1)}`, mode),
      faults: (entity) => faultCases(admin, entity),
      async losePosition() {
        await endLogReaders(admin)
        await admin.query('FLUSH BINARY LOGS')
        await admin.query('FLUSH BINARY LOGS')
        const [row] = await admin.query('SHOW MASTER STATUS')
        // A file goes only when InnoDB has told in the background that it needs it no more for a recovery.
        while ((await admin.query('SHOW BINARY LOGS')).length > 1) {
          await admin.query(`PURGE BINARY LOGS TO '${String(row?.File)}'`)
          await sleep(20)
        }
      },
      async killAndRestart() {
        await server.kill9()
        await server.restart()
      },
      async stop() {
        await proxy.close()
        await server.stop()
      },
    }
  },
}

/** The server purges no file that a reader has open, and notices only late that one is gone. */
async function endLogReaders(admin: Admin): Promise<void> {
  for (;;) {
    const readers = await admin.query(`SELECT id FROM information_schema.PROCESSLIST WHERE command = 'Binlog Dump'`)
    if (readers.length === 0) return
    for (const { id } of readers) await admin.query(`KILL ${Number(id)}`).catch(() => undefined)
    await sleep(20)
  }
}

/** One statement at a time on a fresh connection: nothing to mend after the server was killed. */
class Admin {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  async query(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
    const connection = await this.connect()
    try {
      const [rows] = await connection.query(text, values)
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
    } finally {
      await connection.end()
    }
  }

  async connect(): Promise<Connection> {
    const connection = await mysqlDriver.createConnection({ uri: this.url, charset: 'utf8mb4', dateStrings: true })
    connection.on('error', () => undefined)
    await connection.query(`SET time_zone = '+00:00'`)
    return connection
  }
}

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``
const sqlTime = (at: Date): string => at.toISOString().slice(0, 23).replace('T', ' ')

async function makeEntity(
  admin: Admin,
  table: string,
  mode: Mode,
  options: { pageSize?: number; lookBackSeconds?: number },
): Promise<TestEntity> {
  const sql = quoted(table)
  await admin.query(
    `CREATE TABLE ${sql} (id varchar(100) COLLATE utf8mb4_bin PRIMARY KEY, name varchar(200), note varchar(200),
       amount integer NOT NULL DEFAULT 0, \`changed at\` timestamp(6) NOT NULL DEFAULT now(6) ON UPDATE now(6), KEY (\`changed at\`, id))`,
  )
  const upsert = async (connection: Connection, records: readonly TestRecord[], at: Date | null): Promise<void> => {
    for (const { id, ...fields } of records) {
      const columns = ['id', ...Object.keys(fields)]
      const set = columns.map((name) => `${name} = values(${name})`).join(', ')
      const stamp = at === null ? 'now(6)' : `'${sqlTime(at)}'`
      await connection.query(
        `INSERT INTO ${sql} (${columns.join(', ')}, \`changed at\`) VALUES (${columns.map(() => '?').join(', ')}, ${stamp})
         ON DUPLICATE KEY UPDATE ${set}, \`changed at\` = ${stamp}`,
        [id, ...Object.values(fields)],
      )
    }
  }
  const inTransaction = async (records: readonly TestRecord[], at: Date | null): Promise<() => Promise<void>> => {
    const connection = await admin.connect()
    await connection.query('START TRANSACTION')
    await upsert(connection, records, at)
    return async () => {
      await connection.query('COMMIT')
      await connection.end()
    }
  }
  const config: EntityConfig = {
    entity: `entity ${table}`,
    mode: mode === 'log' ? 'log' : 'poll',
    options: { table, ...(mode === 'poll' ? { watermarkColumn: 'changed at' } : {}), ...options },
  }
  return {
    config,
    without: (field) => ({ ...config, options: { ...config.options, columns: { exclude: [field] } } }),
    put: async (records) => (await inTransaction(records, null))(),
    putAt: async (records, at) => (await inTransaction(records, at))(),
    putInOneTransaction: async (states) => (await inTransaction(states, null))(),
    putLate: async (records, at) => ({ commit: await inTransaction(records, at) }),
    remove: async (ids) => void (await admin.query(`DELETE FROM ${sql} WHERE id IN (?)`, [ids])),
    async oracle() {
      const rows = await admin.query(`SELECT * FROM ${sql}`)
      return rows.map(({ 'changed at': _, ...row }) => row as unknown as TestRecord)
    },
    addField: async (name) =>
      void (await admin.query(`ALTER TABLE ${sql} ADD COLUMN ${quoted(name)} varchar(20) AFTER id`)),
    dropField: async (name) => void (await admin.query(`ALTER TABLE ${sql} DROP COLUMN ${quoted(name)}`)),
    fill: async (count) =>
      void (await admin.query(
        `INSERT INTO ${sql} (id, name, amount) SELECT concat('f', seq), repeat('x', 100), seq FROM seq_1_to_${count}`,
      )),
  }
}

async function makeTypes(admin: Admin, table: string, mode: Mode): ReturnType<NonNullable<SystemUnderTest['types']>> {
  await admin.query(
    `CREATE TABLE ${table} (\`part /%\` varchar(40), b varbinary(10), big bigint, huge bigint unsigned, tiny tinyint unsigned,
       medium mediumint, money decimal(38,10), small decimal(5,4), whole decimal(20,0), r float, d double, yes boolean, b1 bit(1), b12 bit(12), at timestamp(6) NULL,
       seconds timestamp NULL, local datetime(6), local3 datetime(3), local0 datetime, day date, t time(3), t0 time, y year, j json,
       mood enum('fine','it''s, so'), tags set('a','b','c'), fixed binary(4), c char(5), latin varchar(20) CHARACTER SET latin1,
       wide varchar(20) CHARACTER SET utf16, u uuid, long_text mediumtext, blob_ longblob, g point, nothing text, \`__proto__\` varchar(10),
       empty varchar(10), changed timestamp(6) NULL, PRIMARY KEY (\`part /%\`, b)) DEFAULT CHARSET utf8mb4`,
  )
  const long = 'x1😀'.repeat(30_000)
  const config = {
    entity: table,
    mode: mode === 'log' ? ('log' as const) : ('poll' as const),
    options: { table, ...(mode === 'poll' ? { watermarkColumn: 'changed' } : {}) },
  }
  return {
    entity: { ...(await makeEntity(admin, `${table}_base`, mode, {})), config },
    insert: async () =>
      void (await admin.query(
        `INSERT INTO ${table} VALUES ('k:/ '' %', x'00ff3a', -9007199254740993, 18446744073709551615, 255, -8388608,
          -1234567890123456789012345678.0123456789, 0.0625, -99999999999999999999, 0.1, 1e-7, true, b'1', b'101000000001', '2024-02-29 23:59:59.999999',
          '2024-02-29 23:59:59', '2024-02-29 23:59:59.000001', '2024-02-29 23:59:59.120', '1000-01-01 00:00:00', '2024-02-29',
          '-12:34:56.789', '838:59:59', 1999, '{"n": 12345678901234567890, "z": null}', 'it''s, so', 'a,c', x'0100', 'ab ', 'é€', 'ü😀',
          '123e4567-e89b-12d3-a456-426655440000', ?, x'00ff', point(1, 2), NULL, '😀', '', '2024-05-06 07:08:09.123456')`,
        [long],
      )),
    key: "k%3A/ ' %25:AP86",
    expected: Object.fromEntries([
      ['part /%', "k:/ ' %"],
      ['b', 'AP86'],
      ['big', '-9007199254740993'],
      ['huge', '18446744073709551615'],
      ['tiny', 255],
      ['medium', -8388608],
      ['money', '-1234567890123456789012345678.0123456789'],
      ['small', '0.0625'],
      ['whole', '-99999999999999999999'],
      ['r', 0.1],
      ['d', 1e-7],
      ['yes', 1],
      ['b1', true],
      ['b12', 2561],
      ['at', '2024-02-29T23:59:59.999999Z'],
      ['seconds', '2024-02-29T23:59:59Z'],
      ['local', '2024-02-29T23:59:59.000001'],
      ['local3', '2024-02-29T23:59:59.120'],
      ['local0', '1000-01-01T00:00:00'],
      ['day', '2024-02-29'],
      ['t', '-12:34:56.789'],
      ['t0', '838:59:59'],
      ['y', 1999],
      ['j', { n: '12345678901234567890', z: null }],
      ['mood', "it's, so"],
      ['tags', 'a,c'],
      ['fixed', 'AQAAAA=='],
      ['c', 'ab'],
      ['latin', 'é€'],
      ['wide', 'ü😀'],
      ['u', '123e4567-e89b-12d3-a456-426655440000'],
      ['long_text', long],
      ['blob_', 'AP8='],
      // SRID 0, then WKB: little-endian, type 1, the two coordinates.
      ['g', Buffer.from('000000000101000000000000000000f03f0000000000000040', 'hex').toString('base64')],
      ['nothing', null],
      ['__proto__', '😀'],
      ['empty', ''],
      ['changed', '2024-05-06T07:08:09.123456Z'],
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
    (then: FaultCase['run']): FaultCase['run'] =>
    async (open) => {
      const connection = await admin.connect()
      await connection.query('START TRANSACTION')
      await connection.query(`SELECT 1 FROM ${sql} WHERE id = 'r0001' FOR UPDATE`)
      const [before] = await admin.query('SELECT @@global.innodb_lock_wait_timeout AS seconds')
      await admin.query('SET GLOBAL innodb_lock_wait_timeout = 1')
      try {
        return await then(open)
      } finally {
        await admin.query('SET GLOBAL innodb_lock_wait_timeout = ?', [before?.seconds])
        await connection.end()
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
    {
      title: 'a text that is too long',
      run: write({ name: 'x'.repeat(300) }),
      code: 'connector.rejected',
      family: 'reject',
    },
    { title: 'a locked row', run: locked(write({ amount: 5 })), code: 'connector.busy', family: 'retry' },
    {
      title: 'a missing database',
      run: async (open) => {
        const url = new URL(admin.url)
        const password = decodeURIComponent(url.password)
        const settings = { host: url.hostname, port: Number(url.port), user: url.username, password, database: 'none' }
        return (await open(settings)).check()
      },
      code: 'connector.settings',
      family: 'config',
    },
  ]
}
