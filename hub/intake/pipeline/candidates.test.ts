import { crowdTest, findCandidates, keysToLookUp, type Rematched } from './candidates.ts'
import { connectedComponents } from './components.ts'
import type { MatchKeyView, MatchView } from './matcher.ts'

function phone(hash: number): MatchKeyView {
  return { hash, blockMax: 3, crowdAbove: 3, kind: 'phone', text: `p${hash}` }
}

function record(no: number, keys: number[], old: number[] = []): Rematched {
  const view: MatchView = { text: '', features: { form: 1, kind: 'person' }, keys: keys.map(phone), current: true }
  return { no, view, oldKeys: old.map(phone) }
}

const NOBODY = new Map<number, number[]>()

describe('Candidates', () => {
  test('records that share a key in the batch or in the store are paired once', () => {
    const { pairs } = findCandidates([record(10, [1, 2]), record(11, [1, 2])], new Map([[1, [5]]]))
    expect(pairs).toEqual([
      { a: 5, b: 10 },
      { a: 10, b: 11 },
      { a: 5, b: 11 },
    ])
  })

  test('a key that too many hold pairs nobody, and its value is crowded', () => {
    const crowd = findCandidates([record(10, [1])], new Map([[1, [1, 2, 3, 4]]]))
    expect(crowd.pairs).toEqual([])
    expect(crowdTest(crowd.crowded)('phone', 'p1')).toBe(true)
    expect(crowdTest(crowd.crowded)('email', 'p1')).toBe(false)
  })

  test('when a value becomes common, those who had it are looked at again', () => {
    const { recheck, pairs } = findCandidates([record(10, [1])], new Map([[1, [1, 2, 3]]]))
    expect(recheck).toEqual([1, 2, 3])
    expect(pairs).toEqual([])
  })

  test('when a value stops being common, those who have it are looked at again', () => {
    const { recheck } = findCandidates([record(4, [], [1])], new Map([[1, [1, 2, 3, 4]]]))
    expect(recheck).toEqual([1, 2, 3])
  })

  test('a record that only leaves a key is paired with nobody through it', () => {
    expect(findCandidates([record(4, [2], [1])], new Map([[1, [1, 4]]])).pairs).toEqual([])
  })

  test('a deleted record is nobody’s candidate', () => {
    const gone: Rematched = { no: 4, view: null, oldKeys: [phone(1)] }
    expect(findCandidates([gone, record(5, [1])], new Map([[1, [4]]])).pairs).toEqual([])
  })

  test('asks the store for one holder more for each record that is there already', () => {
    expect(keysToLookUp([record(1, [1], [1]), record(2, [1, 2])])).toEqual([
      { hash: 1, limit: 4 },
      { hash: 2, limit: 3 },
    ])
    expect(findCandidates([], NOBODY).pairs).toEqual([])
  })
})

describe('Connected components', () => {
  test('follow chains and ignore links to strangers', () => {
    const links = [
      { a: 4, b: 3 },
      { a: 1, b: 2 },
      { a: 2, b: 3 },
      { a: 5, b: 99 },
    ]
    expect(connectedComponents([1, 2, 3, 4, 5], links)).toEqual([[1, 2, 3, 4], [5]])
    expect(connectedComponents([], [])).toEqual([])
  })
})
