import { pairScores, recordName, type TruthEntry } from './truth.ts'

const entry = (key: string, customer: string): TruthEntry => ({ system: 'crm', entity: 'Contact', key, customer })
const truth = [entry('1', 'P1'), entry('2', 'P1'), entry('3', 'P1'), entry('4', 'P2')]

function scored(clusters: Record<string, string>) {
  return pairScores(truth, (name) => clusters[name.split('/')[2] ?? ''])
}

test('The truth itself scores one', () => {
  expect(scored({ 1: 'a', 2: 'a', 3: 'a', 4: 'b' })).toMatchObject({ truePairs: 3, precision: 1, recall: 1, f1: 1 })
})

test('Records that nobody joined cost recall and no precision', () => {
  expect(scored({ 1: 'a', 2: 'a' })).toMatchObject({ precision: 1, recall: 1 / 3, f1: 0.5 })
})

test('One customer made of everybody costs precision and no recall', () => {
  expect(scored({ 1: 'a', 2: 'a', 3: 'a', 4: 'a' })).toMatchObject({ foundPairs: 6, precision: 0.5, recall: 1 })
})

test('No record at all is no fault', () => {
  expect(pairScores([], () => undefined)).toMatchObject({ precision: 1, recall: 1, f1: 1 })
})

test('Names of records keep apart what only looks alike', () => {
  expect(recordName({ system: 'a', entity: 'b/c', key: 'd' })).not.toBe(
    recordName({ system: 'a', entity: 'b', key: 'c/d' }),
  )
})
