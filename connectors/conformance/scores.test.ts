import type { CheckOutcome } from './run.ts'
import { scoresOf, sortedScores } from './scores.ts'

const outcome = (number: number, rest: Partial<CheckOutcome>): CheckOutcome => ({
  number,
  title: 'a demand',
  verdict: 'passed',
  untried: [],
  ms: Math.random() * 1000,
  ...rest,
})

describe('scores of the conformance kit', () => {
  test('keep verdicts and reasons by number, and nothing that differs from run to run', () => {
    const outcomes = [
      outcome(12, { verdict: 'waived', reason: 'the vendor has no log' }),
      outcome(2, { untried: ['withoutRights: all may: everything', 'unreachable: it is a folder'] }),
      outcome(3, { verdict: 'failed', reason: 'AssertionError at 0x7f' }),
    ]
    expect(scoresOf(outcomes)).toEqual({
      '2': { verdict: 'passed', untried: { unreachable: 'it is a folder', withoutRights: 'all may: everything' } },
      '3': { verdict: 'failed' },
      '12': { verdict: 'waived', reason: 'the vendor has no log' },
    })
    expect(JSON.stringify(scoresOf(outcomes.toReversed()))).toBe(JSON.stringify(scoresOf(outcomes)))
  })

  test('are the same text whichever connector ran first', () => {
    const [a, b] = [
      { sap: { '': {} }, file: { 'over SFTP': {}, '': {} } },
      { file: { '': {}, 'over SFTP': {} }, sap: { '': {} } },
    ]
    expect(JSON.stringify(sortedScores(a))).toBe(JSON.stringify(sortedScores(b)))
  })
})
