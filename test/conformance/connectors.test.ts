import { jest } from '@jest/globals'
import type { SystemUnderTest } from '../../connectors/conformance/harness.ts'
import { CHECKS, type CheckOutcome, runCheck, scoreTable } from '../../connectors/conformance/run.ts'
import { CONNECTORS } from '../../connectors/index.ts'
import { ensurePackages, REQUIREMENTS } from '../../scripts/servers/packages.ts'
import { HARNESSES } from './harnesses/index.ts'

jest.setTimeout(180_000)

test('every connector of the registry has a harness for the conformance kit', () => {
  expect(HARNESSES.map(({ spec }) => spec.name).sort()).toEqual(CONNECTORS.map(({ name }) => name).sort())
})

describe.each(HARNESSES.map((harness) => [harness.spec.name, harness] as const))(
  'the connector %s',
  (name, harness) => {
    const said: string[] = []
    const outcomes: CheckOutcome[] = []
    let system: SystemUnderTest

    beforeAll(async () => {
      await ensurePackages([REQUIREMENTS.postgres, REQUIREMENTS.mariadb], (text) => console.log(text))
      system = await harness.start()
    })

    afterAll(async () => {
      await system.stop()
      process.stdout.write(`\n${scoreTable(name, outcomes)}\n`)
    })

    test.each(CHECKS.map((check) => [check.number, check.title, check] as const))(
      '%i: %s',
      async (_number, _title, check) => {
        const outcome = await runCheck(check, harness, system, said)
        outcomes.push(outcome)
        if (outcome.verdict === 'failed' || outcome.verdict === 'stale waiver') throw new Error(outcome.reason)
      },
    )
  },
)
