import fc from 'fast-check'
import { clusterRecords } from './cluster.ts'
import type { ClusterEdge, Decision } from './cluster.ts'
import { seededRandom, shuffled } from '../../test/support/identity-records.ts'
import { shippedModel } from '../../test/support/matching-model.ts'

const model = shippedModel()
const members = (...ids: string[]): { id: string }[] => ids.map((id) => ({ id }))
const edge = (a: string, b: string, weight: number, amongOthers = weight): ClusterEdge => ({
  a,
  b,
  weight,
  amongOthers,
})
const must = (a: string, b: string, at?: string): Decision => ({
  a,
  b,
  kind: 'must-join',
  ...(at === undefined ? {} : { at }),
})
const mustNot = (a: string, b: string, at?: string): Decision => ({
  a,
  b,
  kind: 'must-not-join',
  ...(at === undefined ? {} : { at }),
})

describe('clusters', () => {
  test('join what reaches the threshold and nothing below', () => {
    const threshold = model.joinThreshold
    expect(clusterRecords(members('a', 'b'), [edge('a', 'b', threshold)], [], model)).toEqual([['a', 'b']])
    expect(clusterRecords(members('a', 'b'), [edge('a', 'b', threshold - 0.001)], [], model)).toEqual([['a'], ['b']])
  })

  test('hold together only while their records do: a chain of weak links breaks', () => {
    const chain = [
      edge('a', 'b', 4),
      edge('b', 'c', 3.5),
      edge('c', 'd', 4),
      edge('a', 'c', -9),
      edge('b', 'd', -9),
      edge('a', 'd', -9),
    ]
    expect(clusterRecords(members('a', 'b', 'c', 'd'), chain, [], model)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
  })

  test('take in a record that one member alone contradicts mildly', () => {
    const edges = [edge('a', 'b', 12), edge('b', 'c', 12), edge('a', 'c', -3)]
    expect(clusterRecords(members('a', 'b', 'c'), edges, [], model)).toEqual([['a', 'b', 'c']])
  })

  test('count a pair that was never scored against joining', () => {
    const edges = [edge('a', 'b', 12), edge('b', 'c', 5)]
    expect(clusterRecords(members('a', 'b', 'c'), edges, [], model)).toEqual([['a', 'b'], ['c']])
  })

  test('let no single weight outvote the rest', () => {
    const edges = [edge('a', 'b', 20), edge('a', 'c', 1000), edge('b', 'c', -12)]
    expect(clusterRecords(members('a', 'b', 'c'), edges, [], model)).toEqual([['a', 'c'], ['b']])
  })

  test('stop counting that records stand alone once they do not', () => {
    const edges = [edge('a', 'b', 15), edge('a', 'c', 8, 0), edge('b', 'c', 8, 0)]
    expect(clusterRecords(members('a', 'b', 'c'), edges, [], model)).toEqual([['a', 'b'], ['c']])
  })

  test('of nothing are none, and of one record it alone', () => {
    expect(clusterRecords([], [], [], model)).toEqual([])
    expect(clusterRecords(members('a', 'a'), [edge('a', 'a', 9), edge('a', 'x', 9)], [must('a', 'x')], model)).toEqual([
      ['a'],
    ])
  })
})

describe('decisions of stewards', () => {
  test('outrank scores both ways', () => {
    const edges = [edge('a', 'b', -12), edge('b', 'c', 12)]
    expect(clusterRecords(members('a', 'b', 'c'), edges, [must('a', 'b'), mustNot('b', 'c')], model)).toEqual([
      ['a', 'b'],
      ['c'],
    ])
  })

  test('to keep apart hold for whole groups, not only for the two records', () => {
    const edges = [
      edge('a', 'b', 12),
      edge('b', 'c', 12),
      edge('a', 'c', 12),
      edge('c', 'd', 12),
      edge('b', 'd', 12),
      edge('a', 'd', 12),
    ]
    const found = clusterRecords(members('a', 'b', 'c', 'd'), edges, [mustNot('a', 'd')], model)
    expect(found.some((cluster) => cluster.includes('a') && cluster.includes('d'))).toBe(false)
  })

  test('on the same two records: the latest counts, without times to keep apart', () => {
    const times = ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'] as const
    expect(
      clusterRecords(members('a', 'b'), [], [mustNot('a', 'b', times[0]), must('b', 'a', times[1])], model),
    ).toEqual([['a', 'b']])
    expect(
      clusterRecords(members('a', 'b'), [], [must('a', 'b', times[0]), mustNot('b', 'a', times[1])], model),
    ).toEqual([['a'], ['b']])
    expect(clusterRecords(members('a', 'b'), [], [must('a', 'b'), mustNot('b', 'a')], model)).toEqual([['a'], ['b']])
  })

  test('to join that would bring together what must stay apart give way, the older first', () => {
    const decisions = [must('a', 'b', '2026-01-01'), must('b', 'c', '2026-03-01'), mustNot('a', 'c', '2026-02-01')]
    expect(clusterRecords(members('a', 'b', 'c'), [], decisions, model)).toEqual([['a'], ['b', 'c']])
  })
})

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const name = fc.constantFrom(...NAMES)
// Few distinct weights, so that ties are common.
const weight = fc.constantFrom(-12, -6, 0, 2, 3, 3, 7, 12)
const edges = fc.array(fc.record({ a: name, b: name, weight, amongOthers: weight }), { maxLength: 40 })
const decisions = fc.array(
  fc.record({
    a: name,
    b: name,
    kind: fc.constantFrom<Decision['kind']>('must-join', 'must-not-join'),
    at: fc.constantFrom('1', '2', '3'),
  }),
  { maxLength: 6 },
)

describe('for any component', () => {
  test('the clusters do not depend on the order of records, edges and decisions, nor on their direction', () => {
    fc.assert(
      fc.property(edges, decisions, fc.nat(), (some, decided, seed) => {
        const random = seededRandom(seed)
        const turned = shuffled(some, random).map((one) => (random() < 0.5 ? one : { ...one, a: one.b, b: one.a }))
        const first = clusterRecords(members(...NAMES), some, decided, model)
        const second = clusterRecords(
          shuffled(members(...NAMES, 'a'), random),
          turned,
          shuffled(decided, random),
          model,
        )
        expect(second).toEqual(first)
      }),
      { numRuns: 500 },
    )
  })

  test('every record is in one cluster, and what must not be together is not', () => {
    fc.assert(
      fc.property(edges, decisions, (some, decided) => {
        const clusters = clusterRecords(members(...NAMES), some, decided, model)
        expect(clusters.flat().sort()).toEqual(NAMES)
        const latest = new Map<string, Decision>()
        for (const one of decided) {
          const pair = [one.a, one.b].sort().join()
          const known = latest.get(pair)
          const later =
            known === undefined ||
            (one.at ?? '') > (known.at ?? '') ||
            (one.at === known.at && one.kind === 'must-not-join')
          if (later) latest.set(pair, one)
        }
        for (const { a, b, kind } of latest.values()) {
          if (kind === 'must-not-join' && a !== b)
            expect(clusters.some((cluster) => cluster.includes(a) && cluster.includes(b))).toBe(false)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('what must be together is, where nothing must stay apart', () => {
    fc.assert(
      fc.property(edges, decisions, (some, decided) => {
        const joins = decided.filter(({ kind }) => kind === 'must-join')
        const clusters = clusterRecords(members(...NAMES), some, joins, model)
        for (const { a, b } of joins)
          expect(clusters.some((cluster) => cluster.includes(a) && cluster.includes(b))).toBe(true)
      }),
    )
  })
})

test('a component of 2,000 records in a chain takes less than two seconds', () => {
  const ids = Array.from({ length: 2000 }, (_, n) => `r${String(n).padStart(4, '0')}`)
  const chain = ids.slice(1).map((id, at) => edge(ids[at] ?? '', id, 5))
  const start = performance.now()
  const clusters = clusterRecords(members(...ids), chain, [], model)
  expect(clusters.every((cluster) => cluster.length <= 2)).toBe(true)
  expect(performance.now() - start).toBeLessThan(2000)
})
