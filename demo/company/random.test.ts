import { Random } from './random.ts'

function draw(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.uint32())
}

test('The same seed draws the same numbers, on every machine', () => {
  expect(draw(new Random('lanternwick'), 3)).toMatchInlineSnapshot(`
   [
     2221471974,
     2315422838,
     1987432266,
   ]
  `)
})

test('A fork does not depend on what was drawn before it', () => {
  const used = new Random('a')
  draw(used, 100)
  expect(draw(used.fork('x'), 5)).toEqual(draw(new Random('a').fork('x'), 5))
  expect(draw(used.fork('x'), 5)).not.toEqual(draw(used.fork('y'), 5))
})

test('Whole numbers reach both ends and nothing beyond, evenly', () => {
  const random = new Random('dice')
  const counts = new Map<number, number>()
  for (let index = 0; index < 60_000; index++) {
    const value = random.int(1, 6)
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6])
  // Chi-square with 5 degrees of freedom: 20.5 is the 99.9th percentile.
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
  expect(chiSquare).toBeLessThan(20.5)
})

test('Weights are kept, and a weight of nought is never drawn', () => {
  const random = new Random('weights')
  const drawn = Array.from({ length: 10_000 }, () => random.weighted({ often: 9, seldom: 1, never: 0 }))
  expect(drawn).not.toContain('never')
  const seldom = drawn.filter((name) => name === 'seldom').length
  expect(seldom).toBeGreaterThan(850)
  expect(seldom).toBeLessThan(1_150)
})

test('Picking from nothing is an error, not undefined', () => {
  expect(() => new Random('a').pick([])).toThrow(RangeError)
})
