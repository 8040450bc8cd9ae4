/** The conformance kit on connectors of the registry, and its scores, which docs/connectors.md shows. */
import { jest } from '@jest/globals'
import type { ConnectorHarness, SystemUnderTest } from '../../connectors/conformance/harness.ts'
import { CHECKS, type CheckOutcome, runCheck, scoreTable } from '../../connectors/conformance/run.ts'
import { scoresOf } from '../../connectors/conformance/scores.ts'
import { ensurePackages } from '../../scripts/servers/packages.ts'
import { HARNESSES } from './harnesses/index.ts'
import { keepScores, KEPT_SCORES, UPDATE_COMMAND, updatesScores } from './kept-scores.ts'

const CHECK_MS_MAX = 300_000

export const titleOf = ({ spec, variant = '' }: ConnectorHarness): string => `${spec.name} ${variant}`.trim()

/**
 * Declares the tests of every n-th harness. The kit waits more than it works, so a test file has a share of the connectors,
 * and the shares run side by side.
 */
export function testConnectors(share: number, shares: number): void {
  jest.setTimeout(CHECK_MS_MAX)
  const harnesses = HARNESSES.filter((_, place) => place % shares === share - 1)
  describe.each(harnesses.map((harness) => [titleOf(harness), harness] as const))('the connector %s', testConnector)
}

function testConnector(title: string, harness: ConnectorHarness): void {
  const said: string[] = []
  const outcomes: CheckOutcome[] = []
  let system: SystemUnderTest | undefined

  beforeAll(async () => {
    await ensurePackages(harness.packages ?? [], (text) => console.log(text))
    system = await harness.start()
  })

  afterAll(async () => {
    await system?.stop()
    process.stdout.write(`\n${scoreTable(title, outcomes)}\n`)
  })

  test.each(CHECKS.map((check) => [check.number, check.title, check] as const))(
    '%i: %s',
    async (_number, _title, check) => {
      if (system === undefined) throw new Error('the system was not started')
      const outcome = await runCheck(check, harness, system, said)
      outcomes.push(outcome)
      if (outcome.verdict === 'failed' || outcome.verdict === 'stale waiver') throw new Error(outcome.reason)
    },
  )

  test(`its scores are those that docs/connectors.md shows; otherwise run: ${UPDATE_COMMAND}`, () => {
    // With -t some checks were left out: nothing can be said of the whole.
    if (outcomes.length < CHECKS.length) throw new Error(`only ${outcomes.length} of ${CHECKS.length} checks were run`)
    const found = scoresOf(outcomes)
    if (updatesScores && outcomes.every(({ verdict }) => verdict !== 'failed' && verdict !== 'stale waiver')) {
      keepScores(harness.spec.name, harness.variant ?? '', found)
    } else {
      expect(KEPT_SCORES[harness.spec.name]?.[harness.variant ?? '']).toEqual(found)
    }
  })
}
