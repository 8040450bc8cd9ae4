import type {
  ConnectorHarness,
  FaultCase,
  Mode,
  SystemUnderTest,
  TestEntity,
  TestRecord,
} from '../../../connectors/conformance/harness.ts'
import { startProxy } from '../../../connectors/conformance/tcp-proxy.ts'
import { changeTableDdl, oracle, oracleSpec } from '../../../connectors/oracle/index.ts'
import type { Bind, OpenSession, OracleSession, Row } from '../../../connectors/oracle/session.ts'
import { oracleSettings } from '../../../connectors/oracle/settings.ts'
import { openThinSession } from '../../../connectors/oracle/thin.ts'
import type { EntityConfig } from '../../../hub/contracts/connector.ts'
import type { JsonObject } from '../../../hub/contracts/json.ts'
import { REQUIREMENTS } from '../../../scripts/servers/packages.ts'
import { startPostgres } from '../../../scripts/servers/postgres.ts'
import { openFakeSession, prepareFakeOracle } from '../../support/fakes/oracle/session.ts'

const live = process.env.ORACLE_URL ?? ''
const isLive = live !== ''
const openSession: OpenSession = isLive ? openThinSession : openFakeSession
const READER_PASSWORD = 'Reader-secret-1'
const READER = 'omnihub_reader'
const NUMBERS = 1000

interface Target {
  url: URL
  killAndRestart?: () => Promise<void>
  stop(): Promise<void>
}

/** The database that ORACLE_URL names (an account that may make tables, triggers and users), else a PostgreSQL behind the connector's port. */
export const oracleHarness: ConnectorHarness = {
  spec: isLive ? oracle : oracleSpec(openFakeSession),
  packages: isLive ? [] : [REQUIREMENTS.postgres],
  async start(): Promise<SystemUnderTest> {
    const target: Target = isLive ? { url: new URL(live), stop: () => Promise.resolve() } : await startFake()
    const { url, killAndRestart } = target
    const proxy = await startProxy({ host: url.hostname, port: Number(url.port || 1521) })
    const password = decodeURIComponent(url.password)
    const settings: JsonObject = {
      host: '127.0.0.1',
      port: proxy.port,
      database: url.pathname.slice(1),
      user: decodeURIComponent(url.username),
      password,
      logIntervalMs: 100,
    }
    const admin = new Admin({ ...settings, host: url.hostname, port: Number(url.port || 1521) })
    if (isLive) await makeReader(admin)
    await makeNumbers(admin)
    const owner = isLive ? String(settings.user).toUpperCase() : 'APP'
    let entities = 0
    return {
      settings,
      wrongPassword: { ...settings, password: 'wrong-secret' },
      unreachable: { ...settings, port: 1 },
      withoutRights: { ...settings, user: READER, password: READER_PASSWORD },
      secrets: [password, 'wrong-secret', READER_PASSWORD],
      modes: ['poll', 'log'],
      marks: ['log'],
      lacks: {
        throttle: 'a database server orders nobody to wait',
        malformed: "rows come typed, by the server's own protocol",
        order: 'the change table tells that a row changed, and the row is read as it is',
        empty: 'Oracle has no empty text: it is null',
        ...(killAndRestart === undefined ? { restart: 'the server is not ours to kill' } : {}),
        ...(isLive ? { tornWrite: 'what the client sends to commit has no words of its own' } : {}),
      },
      proxy,
      ...(isLive ? {} : { commitWords: 'COMMIT' }),
      async freshEntity(mode, options = {}) {
        entities += 1
        return makeEntity(admin, owner, `e' ${process.pid} ${entities} Ü`, mode, options)
      },
      types: (mode) => makeTypes(admin, owner, `TYPES${process.pid}_${(entities += 1)}`, mode),
      faults: (entity) => faultCases(settings, admin, entity),
      async losePosition({ config }) {
        const table = String(config.options.table)
        await admin.execute(`DROP TABLE ${quoted(owner)}.${quoted(`${table}_OMNIHUB`)}`)
        await admin.execute(`DROP SEQUENCE ${quoted(owner)}.${quoted(`${table}_OMNIHUB_SEQ`)}`)
        await noteChanges(admin, owner, table, ID)
      },
      ...(killAndRestart === undefined ? {} : { killAndRestart }),
      async stop() {
        await proxy.close()
        await target.stop()
      },
    }
  },
}

async function startFake(): Promise<Target> {
  const server = await startPostgres({ fsync: false })
  await prepareFakeOracle(server.url, { [READER]: READER_PASSWORD })
  return {
    url: new URL(server.url),
    async killAndRestart() {
      await server.kill9()
      await server.restart()
    },
    stop: () => server.stop(),
  }
}

async function makeReader(admin: Admin): Promise<void> {
  await admin.execute(`CREATE USER ${READER} IDENTIFIED BY "${READER_PASSWORD}"`).catch(() => undefined)
  await admin.execute(`GRANT CREATE SESSION TO ${READER}`)
}

/** One statement at a time on a fresh session: nothing to mend after the server was killed. */
class Admin {
  readonly #settings: JsonObject

  constructor(settings: JsonObject) {
    this.#settings = settings
  }

  connect(): Promise<OracleSession> {
    return openSession(oracleSettings(this.#settings), 'kit')
  }

  async query(text: string, values: readonly (string | null)[] = []): Promise<Row[]> {
    const session = await this.connect()
    try {
      return await session.query(text, values.map(bind))
    } finally {
      session.close()
    }
  }

  async execute(text: string, binds: readonly Bind[] = []): Promise<void> {
    const session = await this.connect()
    try {
      await session.execute(text, binds)
      await session.commit()
    } finally {
      session.close()
    }
  }
}

const bind = (value: string | null): Bind => ({ kind: 'text', value })
const quoted = (name: string): string => `"${name}"`
const readBy = (mode: Mode): Pick<EntityConfig, 'mode'> => ({ mode: mode === 'log' ? 'log' : 'poll' })
const ID = [{ name: 'id', type: 'VARCHAR2(100)' }]

async function makeNumbers(admin: Admin): Promise<void> {
  await admin.execute(`CREATE TABLE "numbers_${process.pid}" ("i" NUMBER(10) PRIMARY KEY)`)
  const rows = Array.from({ length: NUMBERS }, (_, index) => `SELECT ${index} FROM dual`)
  await admin.execute(`INSERT INTO "numbers_${process.pid}" ("i") ${rows.join(' UNION ALL ')}`)
}

/** Mode log, as the README says; and the reader's rights, but for the one to delete. */
async function noteChanges(
  admin: Admin,
  schema: string,
  table: string,
  key: { name: string; type: string }[],
): Promise<void> {
  for (const statement of changeTableDdl({ schema, table, key })) await admin.execute(statement)
  const changes = `${quoted(schema)}.${quoted(`${table}_OMNIHUB`)}`
  await admin.execute(`GRANT SELECT ON ${changes} TO ${READER}`)
  await admin.execute(`GRANT SELECT ON ${quoted(schema)}.${quoted(`${table}_OMNIHUB_SEQ`)} TO ${READER}`)
}

async function makeEntity(
  admin: Admin,
  owner: string,
  table: string,
  mode: Mode,
  options: { pageSize?: number; lookBackSeconds?: number },
): Promise<TestEntity> {
  const sql = `${quoted(owner)}.${quoted(table)}`
  await admin.execute(
    `CREATE TABLE ${sql} ("id" VARCHAR2(100) NOT NULL, "name" VARCHAR2(200), "note" VARCHAR2(200), "amount" NUMBER(10) DEFAULT 0 NOT NULL, "changed at" TIMESTAMP(6) DEFAULT SYS_EXTRACT_UTC(SYSTIMESTAMP) NOT NULL, PRIMARY KEY ("id"))`,
  )
  await admin.execute(`CREATE INDEX ${quoted(`I ${table}`)} ON ${sql} ("changed at", "id")`)
  await admin.execute(`GRANT SELECT ON ${sql} TO ${READER}`)
  if (mode === 'log') await noteChanges(admin, owner, table, ID)
  const config: EntityConfig = {
    entity: `entity ${table}`,
    ...readBy(mode),
    options: { schema: owner, table, ...(mode === 'poll' ? { watermarkColumn: 'changed at' } : {}), ...options },
  }
  const put = async (records: readonly TestRecord[], at: Date | null): Promise<() => Promise<void>> => {
    const session = await admin.connect()
    for (const record of records) await upsert(session, sql, record, at)
    return async () => {
      await session.commit()
      session.close()
    }
  }
  return {
    config,
    without: (field) => ({ ...config, options: { ...config.options, columns: { exclude: [field] } } }),
    put: async (records) => (await put(records, null))(),
    putAt: async (records, at) => (await put(records, at))(),
    putInOneTransaction: async (states) => (await put(states, null))(),
    putLate: async (records, at) => ({ commit: await put(records, at) }),
    async remove(ids) {
      for (const id of ids) await admin.execute(`DELETE FROM ${sql} WHERE "id" = :1`, [bind(id)])
    },
    async oracle() {
      const note = await hasColumn(admin, owner, table, 'note')
      const rows = await admin.query(`SELECT "id", "name", ${note ? '"note"' : 'NULL'} AS note, "amount" FROM ${sql}`)
      return rows.map(([id, name, text, amount]) => ({
        id: String(id),
        name: name as string | null,
        ...(note ? { note: text as string | null } : {}),
        amount: Number(amount),
      }))
    },
    addField: (name) => admin.execute(`ALTER TABLE ${sql} ADD ${quoted(name)} VARCHAR2(20)`),
    dropField: (name) => admin.execute(`ALTER TABLE ${sql} DROP COLUMN ${quoted(name)}`),
    async fill(count) {
      const numbers = `"numbers_${process.pid}"`
      await admin.execute(
        `INSERT INTO ${sql} ("id", "name", "amount") SELECT 'f' || (a."i" * ${NUMBERS} + b."i"), '${'x'.repeat(100)}', a."i" * ${NUMBERS} + b."i"
         FROM ${numbers} a CROSS JOIN ${numbers} b ORDER BY a."i", b."i" FETCH FIRST ${count} ROWS ONLY`,
      )
    },
  }
}

async function hasColumn(admin: Admin, owner: string, table: string, column: string): Promise<boolean> {
  const sql = 'SELECT column_name FROM all_tab_columns WHERE owner = :1 AND table_name = :2 AND column_name = :3'
  return (await admin.query(sql, [owner, table, column])).length > 0
}

async function upsert(
  session: OracleSession,
  sql: string,
  { id, ...fields }: TestRecord,
  at: Date | null,
): Promise<void> {
  const names = Object.keys(fields)
  const values = Object.values(fields).map((value) => bind(value === null ? null : String(value)))
  const parameter = (name: string, place: number): string => (name === 'amount' ? `TO_NUMBER(:${place})` : `:${place}`)
  const stamp =
    at === null
      ? 'SYS_EXTRACT_UTC(SYSTIMESTAMP)'
      : `TO_TIMESTAMP('${at.toISOString().slice(0, 23)}000000', 'YYYY-MM-DD"T"HH24:MI:SS.FF9')`
  const set = names.map((name, place) => `${quoted(name)} = ${parameter(name, place + 1)}, `).join('')
  const changed = await session.execute(
    `UPDATE ${sql} SET ${set}"changed at" = ${stamp} WHERE "id" = :${names.length + 1}`,
    [...values, bind(id)],
  )
  if (changed > 0) return
  const given = names.map((name, place) => `${parameter(name, place + 1)}, `).join('')
  await session.execute(
    `INSERT INTO ${sql} (${names.map((name) => `${quoted(name)}, `).join('')}"id", "changed at") VALUES (${given}:${names.length + 1}, ${stamp})`,
    [...values, bind(id)],
  )
}

async function makeTypes(
  admin: Admin,
  owner: string,
  table: string,
  mode: Mode,
): ReturnType<NonNullable<SystemUnderTest['types']>> {
  const sql = `${quoted(owner)}.${quoted(table)}`
  await admin.execute(
    `CREATE TABLE ${sql} ("part /%" VARCHAR2(40) NOT NULL, "B" RAW(10) NOT NULL, "BIG" NUMBER(19), "SMALL" NUMBER(5), "ANY" NUMBER, "MONEY" NUMBER(38,10), "R" BINARY_FLOAT, "D" BINARY_DOUBLE, "AT" TIMESTAMP(9) WITH TIME ZONE, "HERE" TIMESTAMP(6) WITH LOCAL TIME ZONE, "LOCAL" TIMESTAMP(9), "LOCAL0" TIMESTAMP(0), "DAY" DATE, "C" CHAR(5), "LONG_TEXT" CLOB, "BYTES" BLOB, "X" XMLTYPE, "NOTHING" VARCHAR2(10), "__proto__" NVARCHAR2(10), "CHANGED" TIMESTAMP(6), PRIMARY KEY ("part /%", "B"))`,
  )
  const key = [
    { name: 'part /%', type: 'VARCHAR2(40)' },
    { name: 'B', type: 'RAW(10)' },
  ]
  if (mode === 'log') await noteChanges(admin, owner, table, key)
  const long = 'x1😀'.repeat(30_000)
  const zoned = (text: string): string => `TO_TIMESTAMP_TZ('${text}', 'YYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM')`
  const local = (text: string): string => `TO_TIMESTAMP('${text}', 'YYYY-MM-DD"T"HH24:MI:SS.FF9')`
  return {
    entity: {
      ...(await makeEntity(admin, owner, `${table}_BASE`, mode, {})),
      config: {
        entity: table,
        ...readBy(mode),
        options: { schema: owner, table, ...(mode === 'poll' ? { watermarkColumn: 'CHANGED' } : {}) },
      },
    },
    insert: () =>
      admin.execute(
        `INSERT INTO ${sql} VALUES ('k:/ '' %', :1, -9007199254740993, -32768, 0.5, -1234567890123456789012345678.0123456789,
          TO_BINARY_FLOAT('0.1'), TO_BINARY_DOUBLE('1e-7'), ${zoned('2024-02-29T23:59:59.999999999+05:30')}, ${zoned('2024-02-29T23:59:59.123456000+01:00')},
          ${local('2024-02-29T23:59:59.000000001')}, ${local('0001-01-01T00:00:00.000000000')}, TO_DATE('2024-02-29T23:59:59', 'YYYY-MM-DD"T"HH24:MI:SS'),
          'ab', :2, :3, XMLTYPE('<a b="1">ü</a>'), NULL, :4, ${local('2024-05-06T07:08:09.123456000')})`,
        [
          { kind: 'binary', value: Buffer.from('00ff3a', 'hex') },
          { kind: 'long', value: long },
          { kind: 'binary', value: Buffer.from('00ff', 'hex') },
          { kind: 'national', value: '😀' },
        ],
      ),
    key: "k%3A/ ' %25:AP86",
    expected: Object.fromEntries([
      ['part /%', "k:/ ' %"],
      ['B', 'AP86'],
      ['BIG', '-9007199254740993'],
      ['SMALL', -32768],
      ['ANY', '0.5'],
      ['MONEY', '-1234567890123456789012345678.0123456789'],
      ['R', 0.1],
      ['D', 1e-7],
      ['AT', '2024-02-29T23:59:59.999999999+05:30'],
      ['HERE', '2024-02-29T22:59:59.123456Z'],
      ['LOCAL', '2024-02-29T23:59:59.000000001'],
      ['LOCAL0', '0001-01-01T00:00:00'],
      ['DAY', '2024-02-29T23:59:59'],
      ['C', 'ab   '],
      ['LONG_TEXT', long],
      ['BYTES', 'AP8='],
      ['X', '<a b="1">ü</a>'],
      ['NOTHING', null],
      ['__proto__', '😀'],
      ['CHANGED', '2024-05-06T07:08:09.123456'],
    ]) as JsonObject,
  }
}

function faultCases(settings: JsonObject, admin: Admin, { config }: TestEntity): FaultCase[] {
  const sql = `${quoted(String(config.options.schema))}.${quoted(String(config.options.table))}`
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
      const session = await admin.connect()
      await session.execute(`UPDATE ${sql} SET "amount" = 1 WHERE "id" = 'r0001'`, [])
      try {
        return await then(open)
      } finally {
        session.close()
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
    { title: 'a name with a double quote', run: read({ table: 'a"b' }), code: 'connector.settings', family: 'config' },
    { title: 'a value of the wrong type', run: write({ amount: 'x' }), ...rejected },
    { title: 'a value out of range', run: write({ amount: 1e12 }), ...rejected },
    { title: 'a violated constraint', run: write({ amount: null }), ...rejected },
    { title: 'a text that is too long', run: write({ name: 'x'.repeat(300) }), ...rejected },
    {
      title: 'a locked row',
      run: locked(write({ amount: 5 }, { statementTimeoutMs: 2000 })),
      code: 'connector.busy',
      family: 'retry',
    },
    {
      title: 'a missing service',
      run: async (open) => (await open({ ...settings, database: 'none' })).check(),
      code: 'connector.unreachable',
      family: 'retry',
    },
  ]
}
