/**
 * The connector's port to Oracle over a real PostgreSQL: transactions, locks, rights and constraints are real ones, and
 * Oracle's own are not. Errors are told with the codes that Oracle has for them.
 */
import pg from 'pg'
import type { Bind, Cell, OpenSession, OracleSession, Row } from '../../../../connectors/oracle/session.ts'
import { translateDefinition } from './definitions.ts'
import { PRELUDE } from './prelude.ts'
import { lockWaitOf, translateQuery } from './translate.ts'

const AS_TEXT: pg.CustomTypesConfig = { getTypeParser: () => (value: string) => value }
const OID = { boolean: 16, bytea: 17, float4: 700, float8: 701 }

const BY_SQLSTATE: Record<string, string> = {
  '28P01': 'ORA-01017: invalid credential or not authorized; logon denied',
  '3D000': 'ORA-12514: Cannot connect to database. Service is not registered with the listener.',
  '42P01': 'ORA-00942: table or view does not exist',
  '42703': 'ORA-00904: invalid identifier',
  '42601': 'ORA-00900: invalid SQL statement',
  '23505': 'ORA-00001: unique constraint violated',
  '23502': 'ORA-01400: cannot insert NULL',
  '23514': 'ORA-02290: check constraint violated',
  '23503': 'ORA-02291: integrity constraint violated - parent key not found',
  '22001': 'ORA-12899: value too large for column',
  '22P02': 'ORA-01722: unable to convert string value to number',
  '22003': 'ORA-01438: value larger than specified precision allowed for this column',
  '22007': 'ORA-01843: An invalid month was specified.',
  '22008': 'ORA-01843: An invalid month was specified.',
  '40P01': 'ORA-00060: deadlock detected while waiting for resource',
  '55P03': 'ORA-30006: resource busy; acquire with WAIT timeout expired',
  '57P01': 'ORA-03113: end-of-file on communication channel',
  '57P03': 'ORA-01033: ORACLE initialization or shutdown in progress',
}

function oracleLike(thrown: unknown, text: string): Error {
  const { code = '', message } = thrown as { code?: string; message?: string }
  // Of a table that one may not read Oracle says that there is none.
  const isReading = /^\s*SELECT/i.test(text)
  if (code === '42501') {
    return new Error(isReading ? 'ORA-00942: table or view does not exist' : 'ORA-01031: insufficient privileges')
  }
  if (BY_SQLSTATE[code] !== undefined) return new Error(BY_SQLSTATE[code], { cause: thrown })
  if (code === 'ECONNREFUSED') return new Error('NJS-511: connection to listener was refused', { cause: thrown })
  if (code.length !== 5) return new Error('NJS-500: connection to the Oracle Database was broken', { cause: thrown })
  return new Error(`ORA-00600: ${code} ${String(message)}`, { cause: thrown })
}

export class FakeOracleSession implements OracleSession {
  readonly #client: pg.Client
  #isBroken = false
  #isInTransaction = false

  private constructor(client: pg.Client) {
    this.#client = client
    const broke = (): void => void (this.#isBroken = true)
    client.on('error', broke)
    client.on('end', broke)
  }

  static async open(config: pg.ClientConfig): Promise<FakeOracleSession> {
    const client = new pg.Client({
      ...config,
      options: '-c search_path="APP",ora,pg_catalog -c timezone=UTC -c extra_float_digits=1 -c deadlock_timeout=200ms',
    })
    const session = new FakeOracleSession(client)
    try {
      await client.connect()
      return session
    } catch (error) {
      session.close()
      throw oracleLike(error, '')
    }
  }

  get isBroken(): boolean {
    return this.#isBroken
  }

  async query(text: string, binds: readonly Bind[]): Promise<Row[]> {
    const { rows, fields } = await this.#run(text, binds)
    return rows.map((row) => row.map((cell, place) => cellOf(cell, fields[place]?.dataTypeID ?? 0)))
  }

  async execute(text: string, binds: readonly Bind[]): Promise<number> {
    const definition = translateDefinition(text)
    if (definition) {
      // Definitions commit by themselves.
      for (const sql of definition) await this.#client.query(sql)
      return 0
    }
    if (!this.#isInTransaction) {
      await this.#client.query('BEGIN')
      this.#isInTransaction = true
    }
    if (/^BEGIN DBMS_SESSION\.SET_IDENTIFIER\(:1\); END;$/.test(text)) {
      await this.#client.query(`SELECT set_config('ora.identifier', $1, false)`, [binds[0]?.value ?? ''])
      return 0
    }
    return (await this.#run(text, binds)).rowCount ?? 0
  }

  async #run(text: string, binds: readonly Bind[]): Promise<pg.QueryArrayResult<(string | null)[]>> {
    const wait = lockWaitOf(text)
    const sql = translateQuery(text).replace(/\$(\d+)/g, (whole, number: string) =>
      binds[Number(number) - 1]?.kind === 'binary' ? `${whole}::bytea` : `${whole}::text`,
    )
    // Oracle has no empty text.
    const values = binds.map(({ value }) => (value === '' ? null : value))
    try {
      if (wait !== undefined) await this.#client.query(`SET LOCAL lock_timeout = '${wait}s'`)
      if (this.#isInTransaction) await this.#client.query('SAVEPOINT statement')
      return await this.#client.query({ text: sql, values, rowMode: 'array', types: AS_TEXT })
    } catch (error) {
      if (this.#isInTransaction && !this.#isBroken)
        await this.#client.query('ROLLBACK TO SAVEPOINT statement').catch(() => undefined)
      throw oracleLike(error, text)
    }
  }

  async commit(): Promise<void> {
    await this.#end('COMMIT')
  }

  async rollback(): Promise<void> {
    await this.#end('ROLLBACK')
  }

  async #end(word: string): Promise<void> {
    if (!this.#isInTransaction) return
    this.#isInTransaction = false
    await this.#client.query(word).catch((error: unknown) => {
      throw oracleLike(error, word)
    })
  }

  close(): void {
    this.#isBroken = true
    const { connection } = this.#client as unknown as { connection: { stream: { destroy(): void } } }
    connection.stream.destroy()
  }
}

function cellOf(text: string | null, type: number): Cell {
  if (text === null) return null
  if (type === OID.boolean) return text === 't'
  if (type === OID.bytea) return Buffer.from(text.slice(2), 'hex')
  return type === OID.float4 || type === OID.float8 ? Number(text) : text
}

/** Stands in for node-oracledb: the same settings, a PostgreSQL behind them. */
export const openFakeSession: OpenSession = ({ host, port, database, user, password, connectTimeoutMs }) =>
  FakeOracleSession.open({
    host,
    port,
    database,
    user,
    password: password ?? '',
    connectionTimeoutMillis: connectTimeoutMs,
  })

/** Makes the parts of Oracle in an empty database. @param users names and passwords of accounts without any right */
export async function prepareFakeOracle(url: string, users: Record<string, string>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(PRELUDE)
  for (const [name, password] of Object.entries(users)) {
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`)
  }
  await client.end()
}
