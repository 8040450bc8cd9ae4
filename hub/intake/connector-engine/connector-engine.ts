import type { ConnectorSpec } from '../../contracts/connector.ts'
import { asHubError, type HubError } from '../../contracts/hub-error.ts'
import { readControls } from '../../store/connector-queries.ts'
import type { Database } from '../../store/database.ts'
import { readLedger } from '../../store/ledger-queries.ts'
import { leadSystems } from '../../store/system-leadership.ts'
import type { Accept } from './delivery.ts'
import { Retries } from './guard.ts'
import { Nudge, pause } from './nudge.ts'
import { RateBudgets } from './rate-budget.ts'
import type { Environment } from './references.ts'
import { type EngineLog, Room } from './session-tools.ts'
import { parseSystemConfig, type SystemConfig, type SystemDocument } from './system-config.ts'
import { SystemRunner } from './system-runner.ts'
import type { SystemWriter } from './system-writer.ts'

export interface ConnectorEngineOptions {
  /** One connection of it is held as long as the engine runs; little else is used. */
  db: Database
  accept: Accept
  /** The documents config/systems/*.yaml of the workspace, by name. */
  systems: ReadonlyMap<string, SystemDocument>
  /** connectors/index.ts. */
  connectors: readonly ConnectorSpec[]
  /** What `${env:NAME}` is looked up in. */
  environment: Environment
  log: EngineLog & { child?(facts: Record<string, unknown>): EngineLog }
  /** Wall clock, ms. */
  now?(): number
  /** Snapshots wait while this many changes are in flight. Default 10,000: a second or two of the pipeline's work. */
  inFlightMax?: number
  /** Where a system can push to; absent: on this machine. */
  hookUrl?(system: string): string
  /** Carries to the systems what they take from the hub. */
  writer?: SystemWriter
  /** Shared with all else that calls systems in this process; absent: the engine has its own. */
  budgets?: RateBudgets
}

/** The path under which a system pushes in its own format. */
export function hookPath(system: string): string {
  return `/v1/hooks/${encodeURIComponent(system)}`
}

const CONTROL_MS = 500
const NO_RATE = { recordsPerSecond: undefined, callsPerSecond: undefined }
const IN_FLIGHT_MAX = 10_000

/**
 * Runs the configured systems that have a connector. Every hub process has an engine; each system is run by one of them at a
 * time, and by another as soon as that one is gone. Errors of a system show in its status and never leave the engine.
 */
export class ConnectorEngine {
  readonly #options: ConnectorEngineOptions
  readonly #runners: Map<string, SystemRunner>
  readonly #abort = new AbortController()
  readonly #look = new Nudge()
  #running: Promise<unknown> | undefined

  constructor(options: ConnectorEngineOptions) {
    this.#options = options
    const { db, environment, accept, log, now = Date.now, inFlightMax = IN_FLIGHT_MAX } = options
    const room = new Room(async () => (await readLedger(db)).inFlight, inFlightMax, now)
    const budgets = options.budgets ?? new RateBudgets(db, () => now())
    this.#runners = new Map()
    for (const document of options.systems.values()) {
      const config = this.#configOf(document)
      if ('spec' in config && config.spec === undefined) continue
      const { name } = document
      const systemLog = childLog(log, { system: name })
      this.#runners.set(
        name,
        new SystemRunner({
          name,
          config,
          environment,
          accept,
          room,
          budget: budgets.of(name, 'spec' in config ? config.rate : NO_RATE),
          now: () => now(),
          log: systemLog,
          hookUrl: () => options.hookUrl?.(name) ?? `http://127.0.0.1:8080${hookPath(name)}`,
          writer: options.writer,
        }),
      )
    }
  }

  start(): void {
    if (this.#running !== undefined || this.#runners.size === 0) return
    this.#running = Promise.all([this.#lead(), this.#watchControls()])
  }

  /** Ends within a second or so; records that are being accepted meanwhile come again at the next start. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#running
  }

  /** Looks at once at what operators want of the system; other processes see it within half a second. */
  changed(system: string): void {
    this.#look.nudge()
    this.#runners.get(system)?.tryAgain()
  }

  #configOf(document: SystemDocument): SystemConfig | HubError {
    try {
      return parseSystemConfig(document, this.#options.connectors)
    } catch (thrown) {
      const error = asHubError(thrown)
      this.#options.log.error({ error, system: document.name }, 'The document of a system is wrong; it is not run')
      return error
    }
  }

  async #lead(): Promise<void> {
    const { db, log } = this.#options
    const { signal } = this.#abort
    const retries = new Retries()
    const ended = async (): Promise<void> => {
      await Promise.all([...this.#runners.values()].map((runner) => runner.ended()))
    }
    while (!signal.aborted) {
      try {
        await leadSystems(
          db,
          [...this.#runners.keys()],
          signal,
          (term) => {
            retries.reset()
            this.#runners.get(term.system)?.begin(term, signal)
          },
          ended,
        )
      } catch (error) {
        await ended()
        if (signal.aborted) return
        log.warn({ error }, 'The connection that holds the right to run systems broke; it is opened anew')
        await pause(retries.delayAfter(asHubError(error)), signal)
      }
    }
  }

  async #watchControls(): Promise<void> {
    const { db, log } = this.#options
    const { signal } = this.#abort
    while (!signal.aborted) {
      try {
        const controls = new Map((await readControls(db)).map((control) => [control.system, control]))
        for (const [system, runner] of this.#runners) {
          runner.control(controls.get(system) ?? { system, paused: false, pausedBy: null, requests: [] })
        }
      } catch (error) {
        log.warn({ error }, 'What operators want of the systems could not be read; it is tried again')
      }
      await this.#look.wait(CONTROL_MS, signal)
    }
  }
}

function childLog(log: ConnectorEngineOptions['log'], facts: Record<string, unknown>): EngineLog {
  if (log.child !== undefined) return log.child(facts)
  return log
}
