import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  type IBackoff,
} from 'cockatiel'
import { asHubError, HubError } from '../../contracts/hub-error.ts'
import type { RateBudget } from './rate-budget.ts'

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
  readonly #budget: Pick<RateBudget, 'hold' | 'waits'> | undefined

  /** @param budget waiting for it is no fault of the system, and what the system says of too many calls holds it */
  constructor(budget?: Pick<RateBudget, 'hold' | 'waits'>) {
    this.#budget = budget
    this.#breaker = circuitBreaker(
      // Wrong settings or a wrong record say nothing against the system, and one that counts calls is well.
      handleWhen((error) => asHubError(error).family === 'retry' && !isThrottled(error)),
      {
        breaker: new ConsecutiveBreaker(FAILURES_MAX),
        halfOpenAfter: new ExponentialBackoff({ initialDelay: OPEN_FIRST_MS, maxDelay: DELAY_MAX_MS }),
      },
    )
  }

  /** Rejects with `system.timeout` after `timeoutMs`: the call is given up, though it may still run. */
  async call<T>(work: () => Promise<T>, timeoutMs: number, signal: AbortSignal): Promise<T> {
    const waited = (): number => this.#budget?.waits().ms ?? 0
    try {
      return await this.#breaker.execute(() => within(work, timeoutMs, signal, waited))
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw resting()
      await this.note(error)
      throw error
    }
  }

  /** For errors of calls that did not go through `call`: a throttled one holds the budget of the whole system. */
  async note(error: unknown): Promise<void> {
    if (!isThrottled(error)) return
    // Without a hold in the store the other processes learn of it by their own calls.
    await this.#budget?.hold(asHubError(error).retryAfterMs ?? OPEN_FIRST_MS).catch(() => undefined)
  }

  /** `half-open`: the next call tries whether the system is there again. */
  get state(): 'closed' | 'open' | 'half-open' {
    if (this.#breaker.state === CircuitState.Closed) return 'closed'
    return this.#breaker.state === CircuitState.HalfOpen ? 'half-open' : 'open'
  }
}

/** The system refused a call because there were too many. */
function isThrottled(error: unknown): boolean {
  return error instanceof HubError && error.code === 'connector.throttled'
}

/** Thrown where a call was cut short because the system is to stop: no fault. */
export class Stopped extends Error {}

/**
 * The result of `work`, unless the time passes or the signal aborts first.
 * @param waited ms that have been spent so far on waits which do not count
 */
export function within<T>(
  work: () => Promise<T>,
  timeoutMs: number | undefined,
  signal: AbortSignal,
  waited: () => number = () => 0,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let told = waited()
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
    const stop = (): void => {
      end()
      reject(new Stopped())
    }
    const expire = (): void => {
      const more = waited() - told
      told += more
      if (more > 0) {
        timer = setTimeout(expire, more)
        return
      }
      end()
      reject(timedOut())
    }
    let timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs)
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
