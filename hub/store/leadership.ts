import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from './database.ts'

/** The right to do what only one hub process may do at a time. */
export interface Leadership {
  /** True once the connection that held the lock is gone: somebody else may lead already. */
  readonly lost: boolean
  release(): Promise<void>
}

const TRY_AGAIN_MS = 500

/**
 * Waits until this process leads in the named matter. The right is an advisory lock of a database session, so it ends by
 * itself with the process, however that ends. Rejects when the signal aborts or the database is away.
 */
export function lead(database: Database, name: string, signal: AbortSignal): Promise<Leadership> {
  return new Promise((resolve, reject) => {
    database
      .session(async (client) => {
        for (;;) {
          signal.throwIfAborted()
          const { rows } = await client.query<{ got: boolean }>({
            text: `select pg_try_advisory_lock(hashtextextended('omnihub leads ' || $1, 0)) as got`,
            values: [name],
          })
          if (rows[0]?.got === true) break
          await sleep(TRY_AGAIN_MS, undefined, { signal })
        }
        await new Promise<void>((release) => {
          const state = { lost: false }
          const lose = (): void => {
            state.lost = true
            release()
          }
          client.once('error', lose)
          client.once('end', lose)
          resolve({
            get lost() {
              return state.lost
            },
            release: () => {
              release()
              return Promise.resolve()
            },
          })
        })
      })
      .catch(reject)
  })
}

export interface LeadingWork {
  /** Resolves once this process leads. */
  lead(signal: AbortSignal): Promise<Leadership>
  signal: AbortSignal
  /** Told what ended a term; after a second the next one is waited for. */
  onError(error: unknown): void
}

const PAUSE_AFTER_ERROR_MS = 1_000

/** Does `work` while this process leads, term after term, until the signal aborts. `work` ends when its term is lost. */
export async function whileLeading(
  { lead, signal, onError }: LeadingWork,
  work: (leadership: Leadership) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    let leadership: Leadership | undefined
    try {
      leadership = await lead(signal)
      await work(leadership)
    } catch (error) {
      if (signal.aborted) return
      onError(error)
      await sleep(PAUSE_AFTER_ERROR_MS, undefined, { signal }).catch(() => undefined)
    } finally {
      await leadership?.release()
    }
  }
}
