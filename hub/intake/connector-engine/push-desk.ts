import type { ConnectorSpec, PushAnswer, PushRequest } from '../../contracts/connector.ts'
import { HubError } from '../../contracts/hub-error.ts'
import type { Database } from '../../store/database.ts'
import { addPushCounts, type PushCounts } from '../../store/push-queries.ts'
import type { Accept } from './delivery.ts'
import { pause } from './nudge.ts'
import { PushDoor, receives, Refused, unavailable, unsupported } from './push-door.ts'
import type { RateBudgets } from './rate-budget.ts'
import type { Environment } from './references.ts'
import type { EngineLog } from './session-tools.ts'
import { parseSystemConfig, type SystemDocument } from './system-config.ts'

export interface PushDeskOptions {
  db: Database
  accept: Accept
  systems: ReadonlyMap<string, SystemDocument>
  connectors: readonly ConnectorSpec[]
  environment: Environment
  budgets: RateBudgets
  hookUrl(system: string): string
  log: EngineLog
  now?(): number
  /** Told of each push, for the metrics of this process. */
  onPush?(system: string, outcome: 'received' | 'refused'): void
}

const FLUSH_MS = 1_000
/** Requests of one system whose bodies this process holds at most, read or waiting. */
const HELD_MAX = 16

/**
 * Pushes of systems in their own formats, in every hub process. What a push brings is accepted like any other change; a
 * paused system is not read, but what it pushes is still taken. Each system has a share of its own, so that a noisy one
 * waits for itself.
 */
export class PushDesk {
  readonly #options: PushDeskOptions
  readonly #doors = new Map<string, PushDoor | HubError>()
  readonly #held = new Map<string, number>()
  readonly #counts = new Map<string, PushCounts>()
  readonly #end = new AbortController()
  #flushing: Promise<void> | undefined

  constructor(options: PushDeskOptions) {
    this.#options = options
    for (const document of options.systems.values()) this.#doors.set(document.name, this.#door(document))
  }

  start(): void {
    this.#flushing ??= this.#keepCounts()
  }

  async stop(): Promise<void> {
    this.#end.abort()
    await this.#flushing
    for (const door of this.#doors.values()) if (door instanceof PushDoor) await door.close()
    await this.#flush().catch(() => undefined)
  }

  /**
   * Asked before a byte of the body is read: whether this process will hold one more of this system. Answers what says
   * that it is over; throws what the caller is told.
   */
  admit(system: string): () => void {
    const door = this.#doors.get(system)
    if (door === undefined) throw unknownSystem()
    if (door instanceof HubError) throw door
    const held = this.#held.get(system) ?? 0
    if (held >= HELD_MAX) {
      this.#count(system, 'refused', 0, 'hook.busy')
      throw busy()
    }
    this.#held.set(system, held + 1)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      this.#held.set(system, (this.#held.get(system) ?? 1) - 1)
    }
  }

  /** The answer in the system's own format where its connector gives one; throws the error to tell otherwise. */
  async receive(system: string, request: PushRequest): Promise<PushAnswer> {
    const door = this.#doors.get(system)
    if (door === undefined) throw unknownSystem()
    if (door instanceof HubError) throw door
    try {
      const { answer, records } = await door.receive(request)
      this.#count(system, 'received', records)
      return answer
    } catch (error) {
      this.#count(system, 'refused', 0, error instanceof HubError ? error.code : 'hub.internal')
      if (error instanceof Refused) return error.answer
      throw error
    }
  }

  #door(document: SystemDocument): PushDoor | HubError {
    const { connectors, environment, budgets, accept, hookUrl, log, now = Date.now } = this.#options
    try {
      const config = parseSystemConfig(document, connectors)
      const { spec, name } = config
      if (!receives(spec)) return unsupported()
      const budget = budgets.of(name, config.rate)
      return new PushDoor({ config, spec, environment, budget, accept, hookUrl: () => hookUrl(name), log, now })
    } catch {
      // The engine has told the operator what is wrong with the document.
      return unavailable('the document of the system is wrong')
    }
  }

  #count(system: string, outcome: 'received' | 'refused', records: number, code?: string): void {
    const { now = Date.now, onPush } = this.#options
    const at = new Date(now()).toISOString()
    const counts = this.#counts.get(system) ?? noCounts()
    counts[outcome]++
    counts.records += records
    if (outcome === 'received') counts.lastReceivedAt = at
    else {
      counts.lastRefusedAt = at
      counts.lastRefusedCode = code ?? null
    }
    this.#counts.set(system, counts)
    onPush?.(system, outcome)
  }

  async #keepCounts(): Promise<void> {
    const { signal } = this.#end
    while (!signal.aborted) {
      await pause(FLUSH_MS, signal)
      await this.#flush().catch((error: unknown) => {
        this.#options.log.warn({ error }, 'The figures of pushes could not be stored; they are kept and stored later')
      })
    }
  }

  async #flush(): Promise<void> {
    for (const [system, counts] of [...this.#counts]) {
      this.#counts.delete(system)
      try {
        await addPushCounts(this.#options.db, system, counts)
      } catch (error) {
        const since = this.#counts.get(system)
        this.#counts.set(system, since === undefined ? counts : added(counts, since))
        throw error
      }
    }
  }
}

function noCounts(): PushCounts {
  return { received: 0, refused: 0, records: 0, lastReceivedAt: null, lastRefusedAt: null, lastRefusedCode: null }
}

function added(one: PushCounts, later: PushCounts): PushCounts {
  return {
    received: one.received + later.received,
    refused: one.refused + later.refused,
    records: one.records + later.records,
    lastReceivedAt: later.lastReceivedAt ?? one.lastReceivedAt,
    lastRefusedAt: later.lastRefusedAt ?? one.lastRefusedAt,
    lastRefusedCode: later.lastRefusedCode ?? one.lastRefusedCode,
  }
}

function unknownSystem(): HubError {
  return new HubError({
    code: 'system.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no system of this name.',
    where: '{system}',
    fix: 'Correct the name in the address.',
  })
}

function busy(): HubError {
  return new HubError({
    code: 'hook.busy',
    family: 'retry',
    message: 'Too much of this system is being taken already.',
    fix: 'Push fewer at a time, or the same again in a moment.',
    retryAfterMs: 1_000,
  })
}
