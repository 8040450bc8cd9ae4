import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { HubError } from '../contracts/hub-error.ts'
import { translate } from './database-errors.ts'
import type { Database } from './database.ts'
import type { Queryable } from './queryable.ts'

/** The right to run one system, for as long as the session of the database that holds it lives. */
export interface Term {
  system: string
  /** Aborts when the right is lost: somebody else may run the system already. */
  signal: AbortSignal
  /**
   * The very session that holds the right. What is written through it can't come from a process that has lost the right:
   * with the session the way to write is gone too.
   */
  db: Queryable
}

const TRY_AGAIN_MS = 500
/** A session that does not answer for this long counts as lost; its socket may hang half-open for minutes. */
const SILENT_MS_MAX = 5_000

/**
 * Holds one session for all systems, so that a hub with a hundred of them needs one connection for it and not a hundred, and
 * tries for each system's advisory lock (the same names as `lead(db, 'system <name>')`) until it has it. Calls `onTerm` for
 * each one gained. Resolves after the signal has aborted and `settled` has resolved, which is the time to end what runs;
 * rejects when the session is lost.
 */
export function leadSystems(
  database: Database,
  systems: readonly string[],
  signal: AbortSignal,
  onTerm: (term: Term) => void,
  settled: () => Promise<void>,
): Promise<void> {
  return database.session(async (client) => {
    const lost = new AbortController()
    const lose = (): void => lost.abort()
    client.once('error', lose)
    client.once('end', lose)
    try {
      await hold(client, systems, signal, lost, onTerm)
      if (!lost.signal.aborted) await settled()
    } finally {
      lose()
      client.off('error', lose)
      client.off('end', lose)
    }
    if (!signal.aborted) throw leadershipLost()
  })
}

async function hold(
  client: pg.ClientBase,
  systems: readonly string[],
  signal: AbortSignal,
  lost: AbortController,
  onTerm: (term: Term) => void,
): Promise<void> {
  const db = fenced(client, lost.signal)
  const either = AbortSignal.any([signal, lost.signal])
  const lacking = new Set(systems)
  while (!either.aborted) {
    const answer = await answered(tryLocks(db, [...lacking]), either)
    if (answer === undefined) {
      if (!signal.aborted) lost.abort()
      return
    }
    for (const system of answer) {
      lacking.delete(system)
      onTerm({ system, db, signal: lost.signal })
    }
    await sleep(TRY_AGAIN_MS, undefined, { signal: either }).catch(() => undefined)
  }
}

/** undefined: no answer in time, or the signal aborted. */
async function answered<T>(asking: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const over = new AbortController()
  const patience = { signal: AbortSignal.any([signal, over.signal]) }
  try {
    return await Promise.race([asking, sleep(SILENT_MS_MAX, undefined, patience).catch(() => undefined)])
  } finally {
    over.abort()
    // Given up, it may still fail later; nobody waits for it then.
    asking.catch(() => undefined)
  }
}

/** Also a sign of life where nothing is lacking. */
async function tryLocks(db: Queryable, systems: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ system: string }>({
    name: 'systems-lead',
    text: `
      select system from unnest($1::text[]) as u(system)
      where pg_try_advisory_lock(hashtextextended('omnihub leads system ' || system, 0))`,
    values: [systems],
  })
  return rows.map(({ system }) => system)
}

function fenced(client: pg.ClientBase, lost: AbortSignal): Queryable {
  return {
    async query(config) {
      if (lost.aborted) throw leadershipLost()
      try {
        return await client.query(config)
      } catch (error) {
        throw translate(error)
      }
    },
  }
}

function leadershipLost(): HubError {
  return new HubError({
    code: 'system.leadership-lost',
    family: 'retry',
    message: 'This process no longer runs the system: its connection to the hub database broke.',
    retryAfterMs: 1_000,
  })
}
