import type { Connector, EntityConfig } from '../../contracts/connector.ts'

/** A system that is connected, for whoever writes to it. */
export interface WriteTarget {
  system: string
  connector: Connector
  /** Those that take something from the hub. */
  entities: readonly EntityConfig[]
  /** Aborts when the session ends. */
  signal: AbortSignal
  /** Runs a call under the system's circuit breaker and time-out. */
  call<T>(work: () => Promise<T>): Promise<T>
  /** Something of the entity was written: what is read by polls is read at once, so that the hub sees it without a wait. */
  wrote(entity: string): void
}

/**
 * Runs beside the readers of a system, in the process that leads it, until the signal aborts. Gets over everything itself but
 * errors that end the session (`config`: a person must mend something).
 */
export type SystemWriter = (target: WriteTarget) => Promise<void>
