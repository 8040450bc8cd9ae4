import { CONNECTORS } from '../../connectors/index.ts'
import { HARNESSES } from './harnesses/index.ts'
import { KEPT_SCORES, UPDATE_COMMAND, updatesScores } from './kept-scores.ts'
import { titleOf } from './test-connectors.ts'

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
