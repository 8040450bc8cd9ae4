/** Random numbers that the same seed gives again. */
export interface Random {
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number
  chance(probability: number): boolean
  pick<T>(values: readonly T[]): T
}

/** mulberry32: 32 bits of state, more than enough to choose test data by. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (bound: number): number => Math.floor(next() * bound)
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (values) => {
      const value = values[below(values.length)]
      if (value === undefined && values.length === 0) throw new Error('There is nothing to pick from.')
      return value as (typeof values)[number]
    },
  }
}

/** One seed for each request of a run: neighbours have nothing in common. */
export function seedOf(seed: number, index: number): number {
  return Math.imul((seed ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0, 0x85ebca6b) | 0
}
