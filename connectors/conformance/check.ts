import type { ConnectorHarness, Mode, SystemUnderTest } from './harness.ts'
import type { Bench } from './reading.ts'

/** One numbered demand of the kit. `run` throws an AssertionError where it is not met. */
export interface Check {
  number: number
  /** A sentence. */
  title: string
  /** Runs once for each way of following that the connector has. */
  perMode?: boolean
  /** Whether it makes sense for this connector; false is told as "not applicable". */
  needs?(harness: ConnectorHarness, system: SystemUnderTest): boolean
  run(bench: Bench, mode: Mode): Promise<void>
}
