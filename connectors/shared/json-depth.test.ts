import { isTooDeep } from './json-depth.ts'

test.each([
  [100, false],
  [101, true],
  [100_000, true],
])('lists %i deep in each other are too deep: %s', (depth, expected) => {
  expect(isTooDeep(JSON.parse('['.repeat(depth) + ']'.repeat(depth)))).toBe(expected)
  expect(isTooDeep(JSON.parse('{"a":'.repeat(depth) + '1' + '}'.repeat(depth)))).toBe(expected)
})
