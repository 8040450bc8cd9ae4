/** The tables of one legacy system behind the server that speaks for it: read whole at the start, followed, and written to. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Row } from '../systems/system.ts'
import { CHANGE_CHANNEL, type RowChange } from './change-feed.ts'

export interface FollowedTable {
  name: string
  key: readonly string[]
}

export interface TableListener {
  /** A row as it is now; null: it is gone. `key` as text, its columns in their order. */
  row(table: string, key: readonly string[], row: Row | null): void
}

export interface TableStoreOptions {
  url: string
  tables: readonly FollowedTable[]
  onError(error: unknown): void
}

const RECONNECT_MS = 1_000

/**
 * The database stays the system's memory: what the server does is written to it, and what others do there (the company's day)
 * is told to the server, so that both show one state, also after a restart.
 */
export class TableStore {
  readonly #options: TableStoreOptions
  readonly #pool: pg.Pool
  readonly #stopping = new AbortController()
  #following: Promise<void> = Promise.resolve()
  #listener: TableListener | undefined

  constructor(options: TableStoreOptions) {
    this.#options = options
    this.#pool = new pg.Pool({ connectionString: options.url, max: 2, application_name: 'omnihub demo server' })
    this.#pool.on('error', () => undefined)
  }

  /** Tells every row, then goes on telling of each change until `close`. Resolves when all rows have been told. */
  async start(listener: TableListener): Promise<void> {
    this.#listener = listener
    const client = await this.#listen()
    await this.#tellAll()
    this.#following = this.#follow(client)
  }

  /** A row as it is now; undefined: there is none. */
  async read(table: string, key: readonly string[]): Promise<Row | undefined> {
    const found = await this.#pool.query<{ row: Row }>(
      `SELECT to_jsonb(t) AS row FROM "${table}" t WHERE ${this.#where(table, 0)}`,
      [...key],
    )
    return found.rows[0]?.row
  }

  /** Sets columns of a row that is there; the database's own rules (triggers, constraints) hold. Rejects with what it says. */
  async update(table: string, key: readonly string[], columns: Row): Promise<void> {
    const names = Object.keys(columns)
    if (names.length === 0) return
    const set = names.map((name, place) => `"${name}" = $${place + 1}`).join(', ')
    const where = this.#where(table, names.length)
    await this.#pool.query(`UPDATE "${table}" SET ${set} WHERE ${where}`, [...Object.values(columns), ...key])
  }

  async insert(table: string, columns: Row): Promise<void> {
    const names = Object.keys(columns)
    const list = names.map((name) => `"${name}"`).join(', ')
    const values = names.map((_, place) => `$${place + 1}`).join(', ')
    await this.#pool.query(`INSERT INTO "${table}" (${list}) VALUES (${values})`, Object.values(columns))
  }

  async remove(table: string, key: readonly string[]): Promise<void> {
    await this.#pool.query(`DELETE FROM "${table}" WHERE ${this.#where(table, 0)}`, [...key])
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#following
    await this.#pool.end()
  }

  async #tellAll(): Promise<void> {
    for (const { name, key } of this.#options.tables) {
      const order = key.map((column) => `"${column}"`).join(', ')
      const { rows } = await this.#pool.query<{ row: Row }>(
        `SELECT to_jsonb(t) AS row FROM "${name}" t ORDER BY ${order}`,
      )
      for (const { row } of rows) this.#listener?.row(name, keyOf(key, row), row)
    }
  }

  /** A connection of its own, which hears of changes from now on. */
  async #listen(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: this.#options.url, application_name: 'omnihub demo server' })
    client.on('error', () => undefined)
    await client.connect()
    await client.query(`LISTEN ${CHANGE_CHANNEL}`)
    return client
  }

  async #follow(first: pg.Client): Promise<void> {
    const { signal } = this.#stopping
    let client: pg.Client | undefined = first
    while (!signal.aborted) {
      try {
        if (client === undefined) {
          client = await this.#listen()
          // Nobody told of what happened while nobody listened.
          await this.#tellAll()
        }
        await this.#hear(client)
      } catch (error) {
        if (!signal.aborted) this.#options.onError(error)
      }
      await client?.end().catch(() => undefined)
      client = undefined
      if (!signal.aborted) await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  /** Resolves when the store closes, rejects when the connection ends. Rows are read one after the other, in the order told. */
  #hear(client: pg.Client): Promise<void> {
    const { signal } = this.#stopping
    let reading: Promise<void> = Promise.resolve()
    return new Promise<void>((resolve, reject) => {
      const stop = (): void => {
        reading.then(resolve, reject)
      }
      client.on('notification', ({ payload }) => {
        const change = JSON.parse(payload ?? '{}') as RowChange
        reading = reading.then(() => this.#tell(change))
        reading.catch(reject)
      })
      client.once('end', () => {
        reject(new Error('the connection to the database of a demo system ended'))
      })
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) stop()
    })
  }

  async #tell({ table, key: values }: RowChange): Promise<void> {
    const key = values.map(String)
    if (!this.#options.tables.some(({ name }) => name === table)) return
    this.#listener?.row(table, key, (await this.read(table, key)) ?? null)
  }

  #where(table: string, parameters: number): string {
    const key = this.#options.tables.find(({ name }) => name === table)?.key ?? []
    if (key.length === 0) throw new RangeError(`The table ${table} is not one of this server.`)
    // Compared as text, so that a key needs no type; char(n) is padded, and so is not compared with its blanks.
    return key.map((column, place) => `"${column}"::text = $${parameters + place + 1}`).join(' AND ')
  }
}

function keyOf(key: readonly string[], row: Row): string[] {
  return key.map((column) => String(row[column]))
}
