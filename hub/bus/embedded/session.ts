import pg from 'pg'
import type { PauseRange } from '../back-off.ts'
import { settingWrong } from '../errors.ts'
import { Link, withinMs } from '../link.ts'
import type { Reporter } from '../report.ts'

/** A PostgreSQL session of the bus's own, with statements that end in bounded time. */
export interface Session {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<Row>>
}

interface OpenSession extends Session {
  end(): Promise<void>
}

export interface SessionSetup {
  /** A URL, or a pool of which each session keeps one client. */
  database: string | pg.Pool
  /** Shown in pg_stat_activity, and in reports. */
  name: string
  connectTimeoutMs: number
  /** A statement that takes longer counts as a lost connection. */
  statementTimeoutMs: number
  reconnectPause: PauseRange
  report: Reporter
  prepare: (session: Session) => Promise<void>
}

export type SessionLink = Link<Session>

/** A database session that comes back. Session state (advisory locks, settings) belongs into `prepare`. */
export function sessionLink(setup: SessionSetup): SessionLink {
  return new Link<Session>({
    name: setup.name,
    report: setup.report,
    reconnectPause: setup.reconnectPause,
    prepareTimeoutMs: setup.statementTimeoutMs,
    open: (lost) => open(setup, lost),
    prepare: async (session) => {
      await session.query("select set_config('application_name', $1, false)", [setup.name])
      await setup.prepare(session)
    },
    end: (session) => (session as OpenSession).end(),
  })
}

async function open(setup: SessionSetup, lost: (cause?: unknown) => void): Promise<OpenSession> {
  const { client, end } = await connected(setup).catch((error: unknown) => {
    throw explained(error)
  })
  client.on('error', lost)
  client.on('end', () => lost())
  // pg wants one statement at a time; several consumers share a session, so they take turns.
  let turn: Promise<unknown> = Promise.resolve()
  return {
    end,
    async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<pg.QueryResult<Row>> {
      const before = turn
      const mine = Promise.withResolvers<undefined>()
      turn = mine.promise
      await before
      try {
        const result = await withinMs(client.query<Row>({ text, values }), setup.statementTimeoutMs, 'a statement')
        if (result === undefined) throw new Error('no result')
        return result
      } catch (error) {
        // An answer of the server is an answer; all else means that the session is of no more use.
        if (!(error instanceof pg.DatabaseError)) lost(error)
        throw error
      } finally {
        mine.resolve(undefined)
      }
    },
  }
}

async function connected(setup: SessionSetup): Promise<{ client: pg.ClientBase; end: () => Promise<void> }> {
  if (typeof setup.database !== 'string') {
    const client = await setup.database.connect()
    // Not given back for others to use: the session may hold a lock or hang in a statement.
    return { client, end: async () => client.release(true) }
  }
  const client = new pg.Client({
    connectionString: setup.database,
    connectionTimeoutMillis: setup.connectTimeoutMs,
    keepAlive: true,
  })
  client.on('error', () => undefined)
  await client.connect()
  return { client, end: () => endClient(client) }
}

async function endClient(client: pg.Client): Promise<void> {
  try {
    await withinMs(client.end(), 2_000, 'closing the session')
  } catch {
    // The peer doesn't answer: pg has no public way to drop the socket, and would wait for it for ever.
    const { connection } = client as unknown as { connection?: { stream?: { destroy?: () => void } } }
    connection?.stream?.destroy?.()
  }
}

// Classes of SQLSTATE that no waiting mends: wrong user or password, no such database, no permission.
const SETTING_STATES = new Set(['28000', '28P01', '3D000', '42501'])

export function explained(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError) || !SETTING_STATES.has(error.code ?? '')) return error
  return settingWrong(
    'DATABASE_URL',
    'PostgreSQL refuses the user, the password, the database or what this user may do.',
    'Correct DATABASE_URL; the user needs the right to create the schema omnihub_bus in that database.',
    `${error.code}: ${error.message}`,
  )
}
