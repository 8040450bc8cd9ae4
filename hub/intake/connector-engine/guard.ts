import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  type IBackoff,
} from 'cockatiel'
import { asHubError, HubError } from '../../contracts/hub-error.ts'

const FAILURES_MAX = 5
const OPEN_FIRST_MS = 1_000
const DELAY_FIRST_MS = 250
const DELAY_MAX_MS = 60_000

/**
 * All calls of one system go through one circuit breaker: after five failures in a row the system is left in peace, for a
 * second first and for a minute at most, and then one call tries whether it is there again.
 */
export class Guard {
  readonly #breaker: CircuitBreakerPolicy

  constructor() {
    this.#breaker = circuitBreaker(
      // Wrong settings or a wrong record say nothing against the system.
      handleWhen((error) => asHubError(error).family === 'retry'),
      {
        breaker: new ConsecutiveBreaker(FAILURES_MAX),
        halfOpenAfter: new ExponentialBackoff({ initialDelay: OPEN_FIRST_MS, maxDelay: DELAY_MAX_MS }),
      },
    )
  }

  /** Rejects with `system.timeout` after `timeoutMs`: the call is given up, though it may still run. */
  async call<T>(work: () => Promise<T>, timeoutMs: number, signal: AbortSignal): Promise<T> {
    try {
      return await this.#breaker.execute(() => within(work, timeoutMs, signal))
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw resting()
      throw error
    }
  }
}

/** Thrown where a call was cut short because the system is to stop: no fault. */
export class Stopped extends Error {}

/** The result of `work`, unless the time passes or the signal aborts first. */
export function within<T>(work: () => Promise<T>, timeoutMs: number | undefined, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
    const stop = (): void => {
      end()
      reject(new Stopped())
    }
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            end()
            reject(timedOut())
          }, timeoutMs)
    if (signal.aborted) {
      stop()
      return
    }
    signal.addEventListener('abort', stop)
    work()
      .finally(end)
      .then(resolve, (error: unknown) => reject(signal.aborted ? new Stopped() : error))
  })
}

/** Growing, jittered delays between attempts; begins anew after a success. Decorrelated jitter, as cockatiel has it. */
export class Retries {
  #backoff: IBackoff<unknown> | undefined
  attempts = 0

  reset(): void {
    this.#backoff = undefined
    this.attempts = 0
  }

  /** How long to wait after this failure, ms: what the error asks for where it does. */
  delayAfter(error: HubError): number {
    this.attempts++
    this.#backoff =
      this.#backoff === undefined
        ? new ExponentialBackoff({ initialDelay: DELAY_FIRST_MS, maxDelay: DELAY_MAX_MS }).next()
        : this.#backoff.next(undefined)
    return Math.min(Math.max(this.#backoff.duration, error.retryAfterMs ?? 0), 3_600_000)
  }
}

function timedOut(): HubError {
  return new HubError({
    code: 'system.timeout',
    family: 'retry',
    message: 'The system did not answer in time; the connection to it is opened anew.',
    fix: 'Where it needs longer, raise "timeout" in its document.',
  })
}

function resting(): HubError {
  return new HubError({
    code: 'system.resting',
    family: 'retry',
    message: 'The system failed several times in a row and is left in peace for a moment.',
  })
}
