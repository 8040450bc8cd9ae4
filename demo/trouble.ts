/** Bad days of the demo's systems: one of them throttles, breaks off, hangs, forgets its place or goes down for a moment. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from './company/random.ts'

/** What a system can be made to do wrong, by name; each ends by itself. */
export type Troubles = Readonly<Record<string, () => void | Promise<void>>>

export interface TroubleOptions {
  /** By system. */
  troubles: Readonly<Record<string, Troubles>>
  /** Seconds from one to the next; default 15. */
  everySeconds?: number
  seed?: string
  onTrouble(system: string, what: string): void
  onError(error: unknown): void
}

const EVERY_SECONDS = 15

/** Makes trouble until it is stopped. */
export function startTrouble(options: TroubleOptions): { stop(): Promise<void> } {
  const { troubles, everySeconds = EVERY_SECONDS, seed = `trouble ${Date.now()}` } = options
  const stopping = new AbortController()
  const random = new Random(seed)
  const all = Object.entries(troubles).flatMap(([system, each]) =>
    Object.entries(each).map(([what, make]) => ({ system, what, make })),
  )
  const making = (async () => {
    while (all.length > 0) {
      await sleep(everySeconds * 1_000, undefined, { signal: stopping.signal })
      const { system, what, make } = random.pick(all)
      options.onTrouble(system, what)
      await Promise.resolve(make()).catch(options.onError)
    }
  })().catch((error: unknown) => {
    if (!stopping.signal.aborted) options.onError(error)
  })
  return {
    async stop() {
      stopping.abort()
      await making
    },
  }
}
