import { runConformance } from '../../../connectors/conformance/run.ts'
import { harness } from './connector-template/harness.ts'

describe('the connector that `omnihub connector new` makes', () => {
  test('passes the conformance kit as it is, against its system in memory', async () => {
    const outcomes = await runConformance(harness)
    const failed = outcomes.filter(({ verdict }) => verdict !== 'passed' && verdict !== 'not applicable')
    expect(failed).toEqual([])
    expect(outcomes.filter(({ verdict }) => verdict === 'not applicable').map(({ number }) => number)).toEqual([12, 26])
  }, 120_000)
})
