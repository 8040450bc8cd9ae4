import { verdictOf } from './reconcile.ts'

const side = { count: 1200, hash: 'ab'.repeat(32) }
const nothing = { missing: 0, differing: 0, extra: 0, parked: 0, repaired: 0, changedMeanwhile: 0 }

describe('What a comparison says in a line', () => {
  test('is the count and the beginning of the hash where both sides agree', () => {
    const report = { matches: true, system: side, hub: side, ...nothing }
    expect(verdictOf({ report })).toBe('1200 records on both sides, hash abababababababab...')
    expect(verdictOf({ ...report, changedMeanwhile: 3 })).toMatch(/, 3 changed meanwhile$/)
  })

  test('is what was found where they differ', () => {
    const report = { matches: false, system: side, hub: side, ...nothing, missing: 2, extra: 1, repaired: 3 }
    expect(verdictOf({ report })).toBe('2 missing, 1 extra, 3 repaired of 1200')
  })

  test('does not fail on a report that is not there yet', () => {
    expect(verdictOf({ report: {} })).toBe(' of 0')
  })
})
