/** The hub's door to PostgreSQL: a pool of pipelined connections, transactions that repeat themselves, errors that say what to do. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg, { type QueryConfig, type QueryResult, type QueryResultRow } from 'pg'
import { HubError } from '../contracts/hub-error.ts'
import { commitUnknown, CONTENTION, isConnectionLoss, stateOf, translate } from './database-errors.ts'
import { DATABASE_TYPES } from './database-types.ts'
import type { Queryable } from './queryable.ts'

export interface DatabaseOptions {
  /** Connections at most. Default 10. */
  poolMax?: number
  /** Shown in pg_stat_activity, so that an operator can tell who holds what. */
  applicationName?: string
  /** A statement that runs longer is ended (`store.timeout`). Default 30 s; 0: never. */
  statementTimeoutMs?: number
  /** How long to wait for a connection, new or from the pool. Default 5 s. */
  connectTimeoutMs?: number
  /**
   * `indexes`: for the pipeline, whose statements join arrays of some hundreds of keys to tables of any size. A plan made
   * while a table was small would scan it whole for as long as the connection lives; this forbids all but index look-ups.
   */
  plans?: 'free' | 'indexes'
  /** Told of idle connections that broke; the pool has already dropped them. */
  onIdleError?: (error: Error) => void
}

export interface TransactionOptions {
  isolation?: 'read committed' | 'repeatable read' | 'serializable'
  readOnly?: boolean
  /** Runs in all when other transactions stand in the way (40001, 40P01). Default 5. */
  attemptsMax?: number
}

export interface Database extends Queryable {
  /**
   * Runs `work` in one transaction and commits when it resolves. `work` may run several times, so it must not keep
   * anything outside of the transaction. Statements that do not need each other's answers are sent back to back:
   * see pipeline.ts. Throws `store.commit-unknown` when the connection broke during the commit itself.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>, options?: TransactionOptions): Promise<T>
  /** A connection for one user alone, outside of any transaction: LISTEN, advisory locks, SET. It is closed afterwards. */
  session<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T>
  /** For metrics. */
  connections(): { total: number; idle: number; waiting: number }
  /** Waits for running work, then closes all connections. May be called more than once. */
  close(): Promise<void>
}

const INDEX_PLANS =
  ' -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan'
const ATTEMPTS_MAX = 5
const RETRY_FIRST_MS = 5
const RETRY_LONGEST_MS = 200

/** Connects when first used; a wrong address shows in the first query, as a HubError. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = openPool(url, options)
  let closed: Promise<void> | undefined
  return {
    async query<Row extends QueryResultRow>(config: QueryConfig): Promise<QueryResult<Row>> {
      try {
        return await pool.query<Row>(config)
      } catch (error) {
        throw translate(error)
      }
    },
    transaction: (work, transactionOptions = {}) => repeatedly(pool, work, transactionOptions),
    session: (work) => session(pool, work),
    connections: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => (closed ??= pool.end()),
  }
}

function openPool(url: string, options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.poolMax ?? 10,
    application_name: options.applicationName ?? 'omnihub',
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    // A transaction that the hub forgot must not hold its locks for ever.
    idle_in_transaction_session_timeout: 60_000,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    keepAlive: true,
    // Statements are sent without waiting for the answer to the one before; pipeline.ts has the figures.
    pipeline: true,
    // jit pays only for queries of seconds; for the hub's it is pure cost.
    options: `-c TimeZone=UTC -c DateStyle=ISO -c jit=off${options.plans === 'indexes' ? INDEX_PLANS : ''}`,
    types: DATABASE_TYPES,
  })
  // Without a listener, a connection that breaks would end the process: the pool reports idle ones, a client itself.
  pool.on('error', (error) => options.onIdleError?.(error))
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

async function repeatedly<T>(
  pool: pg.Pool,
  work: (tx: Queryable) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const attemptsMax = options.attemptsMax ?? ATTEMPTS_MAX
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(pool, work, options)
    } catch (error) {
      if (attempt >= attemptsMax || !CONTENTION.has(stateOf(error) ?? '')) throw translate(error)
    }
    // Full jitter: those who stood in each other's way must not meet again.
    await sleep(Math.random() * Math.min(RETRY_LONGEST_MS, RETRY_FIRST_MS * 2 ** attempt))
  }
}

async function once<T>(pool: pg.Pool, work: (tx: Queryable) => Promise<T>, options: TransactionOptions): Promise<T> {
  const client = await pool.connect()
  let healthy = false
  try {
    // Not awaited: it travels with the first statement. Should it fail, so do all that follow.
    client.query(beginText(options)).catch(() => undefined)
    let result: T
    try {
      result = await work(client)
    } catch (error) {
      healthy = (await rolledBack(client)) && (error instanceof HubError || isAnswer(error))
      throw error
    }
    try {
      await commit(client)
    } catch (error) {
      healthy = isAnswer(error)
      throw error
    }
    healthy = true
    return result
  } finally {
    client.release(!healthy)
  }
}

/** Answers come in order: once this one is there, no statement of the failed work is still running. */
function rolledBack(client: pg.PoolClient): Promise<boolean> {
  return client.query('rollback').then(
    () => true,
    () => false,
  )
}

/** After an answer of the server the connection is as good as before; after anything else nobody knows its state. */
function isAnswer(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !isConnectionLoss(error)
}

function beginText({ isolation, readOnly }: TransactionOptions): string {
  return `begin${isolation === undefined ? '' : ` isolation level ${isolation}`}${readOnly === true ? ' read only' : ''}`
}

async function commit(client: pg.PoolClient): Promise<void> {
  let command: string
  try {
    command = (await client.query('commit')).command
  } catch (error) {
    throw isConnectionLoss(error) ? commitUnknown(error) : error
  }
  if (command === 'COMMIT') return
  // PostgreSQL answers ROLLBACK to the commit of a transaction in which a statement failed.
  throw new HubError({
    code: 'store.failed-statement-ignored',
    family: 'bug',
    message: 'The hub made an error; its log has the details.',
    internal: 'a statement of the transaction failed, its error was not passed on, and nothing was committed',
  })
}

async function session<T>(pool: pg.Pool, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  try {
    const client = await pool.connect()
    try {
      return await work(client)
    } finally {
      // What it set or locked must not reach the next user of the connection.
      client.release(true)
    }
  } catch (error) {
    throw translate(error)
  }
}
