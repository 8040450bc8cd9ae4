/** One session of the fake: a PostgreSQL connection of its own, so that transactions, locks and rights are real ones. */
import pg from 'pg'
import { defineTable } from './table-definitions.ts'
import { afterBracket, isWord, type Token } from './tokens.ts'
import { changeTables, quotedText, type KeysOf, statementsOf, translate } from './translate.ts'

export interface ResultColumn {
  name: string
  /** OID of PostgreSQL. */
  type: number
}

export interface Result {
  columns: ResultColumn[]
  rows: (string | null)[][]
  count: number
}

export type Argument = string | Buffer | null

const AS_TEXT: pg.CustomTypesConfig = { getTypeParser: () => (value: string) => value }
const BYTEA_OID = 17
const TEXT_OID = 25
const ISOLATION = ['', 'READ UNCOMMITTED', 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE', 'REPEATABLE READ']

export class FakeSession {
  readonly #client: pg.Client
  /** Also when the server behind it was killed. */
  readonly ended: Promise<void>
  #isInTransaction = false
  #lockTimeoutMs = 0

  private constructor(client: pg.Client) {
    this.#client = client
    this.ended = new Promise((resolve) => client.once('end', resolve))
    client.on('error', () => undefined)
  }

  /** Rejects with PostgreSQL's error where it refuses the login. */
  static async open(server: URL, user: string, password: string, database: string): Promise<FakeSession> {
    const url = new URL(server)
    url.username = encodeURIComponent(user)
    url.password = encodeURIComponent(password)
    if (database !== '') url.pathname = `/${encodeURIComponent(database)}`
    const client = new pg.Client({
      connectionString: url.href,
      options: '-c search_path=dbo,tsql,pg_catalog -c timezone=UTC -c extra_float_digits=1 -c deadlock_timeout=200ms',
    })
    const session = new FakeSession(client)
    await client.connect()
    return session
  }

  /** The results of all statements of a batch. */
  async run(text: string, given: ReadonlyMap<string, Argument>): Promise<Result[]> {
    const results: Result[] = []
    for (const statement of statementsOf(text)) results.push(...(await this.#runOne(statement, given)))
    return results
  }

  async #runOne(tokens: readonly Token[], given: ReadonlyMap<string, Argument>): Promise<Result[]> {
    const [first, second] = tokens
    if (isWord(first, 'SET')) return this.#set(tokens)
    if (isWord(first, 'BEGIN', 'COMMIT', 'ROLLBACK')) {
      if (isWord(first, 'BEGIN')) await this.begin(2)
      else await this.end(isWord(first, 'COMMIT'))
      return []
    }
    if (isWord(first, 'CREATE', 'ALTER') && isWord(second, 'TABLE')) {
      for (const sql of defineTable(tokens)) await this.#statement(sql, [])
      return []
    }
    if (isWord(first, 'WITH') && isWord(second, 'CHANGE_TRACKING_CONTEXT')) {
      const end = afterBracket(tokens, 2)
      const context = given.get((tokens[3]?.text ?? '').slice(1))
      await this.#statement(`SELECT set_config('tsql.context', $1, false)`, [(context as Buffer).toString('hex')])
      try {
        return await this.#runOne(tokens.slice(end), given)
      } finally {
        await this.#statement(`SELECT set_config('tsql.context', '', false)`, []).catch(() => undefined)
      }
    }
    if (!isWord(first, 'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'DROP', 'GRANT')) {
      throw new SyntaxError(`Incorrect syntax near '${first?.text}'.`)
    }
    const keys = new Map<string, { name: string; type: string }[]>()
    for (const table of changeTables(tokens)) keys.set(table, await this.#keysOf(table))
    const keysOf: KeysOf = (table) => keys.get(table) ?? []
    const { sql, parameters } = translate(tokens, keysOf)
    const values = parameters.map((name) => {
      if (given.has(name)) return given.get(name) ?? null
      throw new SyntaxError(`Must declare the scalar variable "@${name}".`)
    })
    return [await this.#statement(sql, values)]
  }

  async #keysOf(table: string): Promise<{ name: string; type: string }[]> {
    const { rows } = await this.#client.query<{ name: string; type: string }>(
      `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type FROM pg_index i
       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = $1::regclass AND i.indisprimary`,
      [table],
    )
    return rows
  }

  /** Settings that a session begins with, one after the other without a sign between them; only one means anything here. */
  async #set(tokens: readonly Token[]): Promise<Result[]> {
    const at = tokens.findIndex((token) => isWord(token, 'LOCK_TIMEOUT'))
    if (at < 0) return []
    this.#lockTimeoutMs = Math.max(0, Number(tokens[at + 1]?.text))
    await this.#client.query(`SELECT set_config('lock_timeout', $1, false)`, [`${this.#lockTimeoutMs}ms`])
    return []
  }

  /** An error undoes its statement alone, not the transaction. */
  async #statement(sql: string, values: readonly Argument[]): Promise<Result> {
    if (!this.#isInTransaction) return this.#query(sql, values)
    await this.#client.query('SAVEPOINT statement')
    try {
      const result = await this.#query(sql, values)
      await this.#client.query('RELEASE SAVEPOINT statement')
      return result
    } catch (error) {
      // The victim of a deadlock loses its whole transaction.
      const isVictim = (error as { code?: string }).code === '40P01'
      await this.#client.query(isVictim ? 'ROLLBACK' : 'ROLLBACK TO SAVEPOINT statement')
      if (isVictim) this.#isInTransaction = false
      throw error
    }
  }

  async #query(sql: string, values: readonly Argument[]): Promise<Result> {
    const casts = values.map((value) => (Buffer.isBuffer(value) ? BYTEA_OID : TEXT_OID))
    const text = sql.replace(/\$(\d+)/g, (whole, number: string) =>
      casts[Number(number) - 1] === BYTEA_OID ? `${whole}::bytea` : `${whole}::text`,
    )
    const result = await this.#client.query<(string | null)[]>({
      text,
      values: [...values],
      rowMode: 'array',
      types: AS_TEXT,
    })
    return {
      columns: result.fields.map(({ name, dataTypeID }) => ({
        name: name === '?column?' ? '' : name,
        type: dataTypeID,
      })),
      rows: result.rows,
      count: result.rowCount ?? 0,
    }
  }

  /** @param isolation as in a transaction manager request: 2 read committed, 5 snapshot */
  async begin(isolation: number): Promise<void> {
    await this.#client.query(`BEGIN ISOLATION LEVEL ${ISOLATION[isolation] || 'READ COMMITTED'}`)
    this.#isInTransaction = true
  }

  async end(commit: boolean): Promise<void> {
    this.#isInTransaction = false
    await this.#client.query(commit ? 'COMMIT' : 'ROLLBACK')
  }

  /** Ends what runs, as an attention of the client asks for. */
  async cancel(server: URL): Promise<void> {
    const other = new pg.Client({ connectionString: server.href })
    await other.connect()
    const { processID } = this.#client as unknown as { processID: number }
    await other.query('SELECT pg_cancel_backend($1)', [processID])
    await other.end()
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined)
    await this.ended
  }
}

/** Makes the parts of SQL Server in an empty database. @param users names and passwords of logins without any right */
export async function prepare(server: URL, prelude: string, users: Record<string, string>): Promise<void> {
  const client = new pg.Client({ connectionString: server.href })
  await client.connect()
  await client.query(prelude)
  for (const [name, password] of Object.entries(users)) {
    await client.query(`CREATE ROLE ${name} LOGIN PASSWORD ${quotedText(password)}`)
  }
  await client.end()
}
