/** The conformance kit on every connector of the registry, and its scores, which docs/connectors.md shows. */
import { jest } from '@jest/globals'
import type { SystemUnderTest } from '../../connectors/conformance/harness.ts'
import { CHECKS, type CheckOutcome, runCheck, scoreTable } from '../../connectors/conformance/run.ts'
import { scoresOf } from '../../connectors/conformance/scores.ts'
import { CONNECTORS } from '../../connectors/index.ts'
import { ensurePackages } from '../../scripts/servers/packages.ts'
import { HARNESSES } from './harnesses/index.ts'
import { keepScores, KEPT_SCORES, UPDATE_COMMAND, updatesScores } from './kept-scores.ts'

jest.setTimeout(300_000)

const titleOf = ({ spec, variant = '' }: (typeof HARNESSES)[number]): string => `${spec.name} ${variant}`.trim()

test('every connector of the registry has a harness for the conformance kit, and every harness its own name', () => {
  expect([...new Set(HARNESSES.map(({ spec }) => spec.name))].sort()).toEqual(CONNECTORS.map(({ name }) => name).sort())
  expect(new Set(HARNESSES.map(titleOf)).size).toBe(HARNESSES.length)
})

test(`the kept scores are of connectors that there are; otherwise run: ${UPDATE_COMMAND}`, () => {
  const kept = Object.entries(KEPT_SCORES).flatMap(([name, variants]) =>
    Object.keys(variants).map((variant) => `${name} ${variant}`.trim()),
  )
  expect(HARNESSES.map(titleOf)).toEqual(expect.arrayContaining(updatesScores ? [] : kept))
})

describe.each(HARNESSES.map((harness) => [titleOf(harness), harness] as const))(
  'the connector %s',
  (title, harness) => {
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
      if (outcomes.length < CHECKS.length)
        throw new Error(`only ${outcomes.length} of ${CHECKS.length} checks were run`)
      const found = scoresOf(outcomes)
      if (updatesScores && outcomes.every(({ verdict }) => verdict !== 'failed' && verdict !== 'stale waiver')) {
        keepScores(harness.spec.name, harness.variant ?? '', found)
      } else {
        expect(KEPT_SCORES[harness.spec.name]?.[harness.variant ?? '']).toEqual(found)
      }
    })
  },
)
