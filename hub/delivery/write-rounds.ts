import type { Connector, EntityConfig } from '../contracts/connector.ts'
import { asHubError } from '../contracts/hub-error.ts'
import { retryDelayMs } from './write-back/outcome.ts'

/** A system as the session that runs it hands it over to those who write to it. */
export interface WriteTarget {
  system: string
  connector: Connector
  entities: readonly EntityConfig[]
  signal: AbortSignal
  /** Under the system's circuit breaker and time-out. */
  call<T>(work: () => Promise<T>): Promise<T>
}

export interface Rounds {
  /** Does what there is to do; answers after how many ms to look again. */
  round(): Promise<number>
  /** Resolves after `ms` or when the signal aborts; earlier where there is news. */
  wait(ms: number): Promise<void>
  /** How a round that failed is told in the log. */
  failed: string
  log: { warn(facts: Record<string, unknown>, text: string): void }
}

const PAUSE_MAX_MS = 60_000

/** Round by round until the signal aborts, slower after failures. Rejects with errors of the family `config` only. */
export async function inRounds({ system, signal }: WriteTarget, { round, wait, failed, log }: Rounds): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    try {
      const waitMs = await round()
      failures = 0
      await wait(waitMs)
    } catch (thrown) {
      if (signal.aborted) return
      const error = asHubError(thrown)
      if (error.family === 'config') throw error
      failures++
      log.warn({ error, system, attempt: failures }, failed)
      await wait(Math.min(PAUSE_MAX_MS, Math.max(retryDelayMs(failures) / 2, error.retryAfterMs ?? 0)))
    }
  }
}
