import type { ConnectorContext } from '../../hub/contracts/connector.ts'

/** A context for tests of one connector: nothing is logged, calls are not held back. */
export function quietContext(system: string, signal: AbortSignal): ConnectorContext {
  const quiet = (): void => undefined
  return {
    system,
    signal,
    now: Date.now,
    log: { debug: quiet, info: quiet, warn: quiet },
    call: () => Promise.resolve(),
    hookUrl: `http://127.0.0.1:8080/v1/hooks/${system}`,
  }
}
