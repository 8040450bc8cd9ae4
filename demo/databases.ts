/** The demo's databases on one PostgreSQL server: their addresses, and making them where they are missing. */
import pg from 'pg'
import { HubError } from '../hub/contracts/hub-error.ts'

/** The same server and account with another database. Throws `demo.url.invalid`. */
export function databaseUrl(serverUrl: string, database: string): string {
  // Not by URL: an address without a host (`postgres://user@/name?host=/run/...`) is none to it, but is one to PostgreSQL.
  const match = /^(postgres(?:ql)?:\/\/[^/?#]*)(?:\/[^?#]*)?(\?[^#]*)?$/.exec(serverUrl)
  if (!match?.[1]) {
    throw new HubError({
      code: 'demo.url.invalid',
      family: 'config',
      message: 'The address of the PostgreSQL server for the demo is not a postgres:// URL.',
      fix: 'Give it as postgres://user:password@host:port/database.',
    })
  }
  return `${match[1]}/${encodeURIComponent(database)}${match[2] ?? ''}`
}

/** Runs `work` on one connection of its own and ends it whatever happens. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'omnihub demo' })
  // A server that goes away between two statements must not end the process; the next statement reports it.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

const ALREADY_THERE = new Set(['42P04', '23505'])

/** UTF-8 whatever the server was made with; two starts at once may both try. */
export async function createDatabase(client: pg.Client, database: string): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])
  if (found.rowCount) return
  try {
    const name = client.escapeIdentifier(database)
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`)
  } catch (thrown) {
    if (!(thrown instanceof pg.DatabaseError) || !ALREADY_THERE.has(thrown.code ?? '')) throw thrown
  }
}
