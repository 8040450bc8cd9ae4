import type { ConnectorHarness, Mode, SystemUnderTest } from './harness.ts'
import type { Bench } from './bench.ts'

/** One numbered demand of the kit. `run` throws an AssertionError where it is not met. */
export interface Check {
  number: number
  /** A sentence. */
  title: string
  /** Runs once for each of these ways of following that the connector has; without it once, by the first way. */
  modes?: readonly Mode[]
  /** Why it makes no sense for this connector or system; undefined where it does. */
  inapplicable?(harness: ConnectorHarness, system: SystemUnderTest): string | undefined
  run(bench: Bench, mode: Mode): Promise<void>
}
