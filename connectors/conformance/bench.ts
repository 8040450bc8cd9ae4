import assert from 'node:assert/strict'
import type { Connector, ConnectorContext } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { stoppedError } from '../shared/errors.ts'
import { ABILITIES, type Ability, type ConnectorHarness, type Mode, type SystemUnderTest } from './harness.ts'

/** What a check works with. Everything that it opens is closed after it. */
export class Bench {
  readonly harness: ConnectorHarness
  readonly system: SystemUnderTest
  /** All that was logged and thrown, to look for secrets in. */
  readonly said: string[]
  /** What of the check could not be tried, each with its reason. */
  readonly untried: string[] = []
  /** How often connectors have asked for the rate budget. */
  calls = 0
  readonly #open: { connector: Connector; abort: AbortController }[] = []
  #number = 0

  constructor(harness: ConnectorHarness, system: SystemUnderTest, said: string[]) {
    this.harness = harness
    this.system = system
    this.said = said
  }

  /** The way of following that checks use which need only one: polling where there is such. */
  get mode(): Mode {
    const [first = 'poll'] = this.system.modes
    return this.system.modes.includes('poll') ? 'poll' : first
  }

  get backfills(): boolean {
    return this.harness.spec.capabilities.backfill
  }

  /**
   * Whether a part of a check is to be left out because the system has no such thing. Fails when the harness neither
   * offers it nor says why, and when it does both.
   */
  lacks(ability: Ability, offered = true): boolean {
    const reason = this.system.lacks?.[ability]
    if (reason === undefined) {
      assert.ok(offered, `the harness offers no ${ABILITIES[ability]}, nor does lacks.${ability} say why`)
      return false
    }
    const note = `${ability}: ${reason}`
    if (!this.untried.includes(note)) this.untried.push(note)
    return true
  }

  /** @param name of the system; a fresh one by default, so that no check meets another's slot */
  async open(settings: JsonObject = this.system.settings, name?: string): Promise<OpenConnector> {
    this.#number += 1
    const abort = new AbortController()
    const log = (facts: Record<string, unknown>, text: string): void =>
      void this.said.push(JSON.stringify(facts) + text)
    const context: ConnectorContext = {
      system: name ?? `kit_${process.pid}_${Date.now() % 1e9}_${this.#number}`,
      signal: abort.signal,
      now: Date.now,
      log: { debug: log, info: log, warn: log },
      call: () => {
        this.calls += 1
        if (abort.signal.aborted) return Promise.reject(stoppedError())
        return this.system.pace?.() ?? Promise.resolve()
      },
      hookUrl: 'http://127.0.0.1:8080/v1/hooks/kit',
    }
    const connector = await this.harness.spec.open(settings, context)
    this.#open.push({ connector, abort })
    return { connector, abort, system: context.system }
  }

  async close(): Promise<void> {
    for (const { connector, abort } of this.#open.splice(0)) {
      abort.abort()
      await connector.close()
    }
  }

  /** The error that `act` ends with; fails when it ends with none. */
  async failure(act: () => Promise<unknown>, what = ''): Promise<HubError> {
    try {
      await act()
    } catch (error) {
      assert.ok(error instanceof HubError, `every error must be a HubError${forWhat(what)}: ${told(error)}`)
      this.said.push(JSON.stringify({ ...error, message: error.message, cause: undefined }))
      return error
    }
    assert.fail(`an error was expected${forWhat(what)}`)
  }
}

export interface OpenConnector {
  connector: Connector
  abort: AbortController
  system: string
}

function forWhat(what: string): string {
  return what === '' ? '' : ` (${what})`
}

function told(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
