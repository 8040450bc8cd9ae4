/**
 * Seeded randomness: sfc32 (Chris Doty-Humphrey, PractRand), seeded by FNV-1a of a text and 12 rounds of warming up, as
 * PractRand does. It is quick, passes PractRand, and gives the same company on every machine. Not for secrets.
 *
 * `fork` gives an independent stream by name. Each customer and each record draws from its own stream, so that a change
 * of the generator in one place leaves the rest of the company as it was.
 */
export class Random {
  private a: number
  private b: number
  private c: number
  private counter = 1
  private readonly seed: string

  constructor(seed: string) {
    this.seed = seed
    this.a = fnv1a(seed)
    this.b = fnv1a(`${seed}|b`)
    this.c = fnv1a(`${seed}|c`)
    for (let round = 0; round < 12; round++) this.uint32()
  }

  fork(name: string): Random {
    return new Random(`${this.seed}/${name}`)
  }

  /** 0 .. 2^32 - 1 */
  uint32(): number {
    const result = (this.a + this.b + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) | 0
    return result >>> 0
  }

  /** 0 <= x < 1 */
  unit(): number {
    return this.uint32() / 4294967296
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1))
  }

  chance(probability: number): boolean {
    return this.unit() < probability
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('There is nothing to pick from.')
    return list[Math.floor(this.unit() * list.length)] as T
  }

  /** Prefers the head of the list, as names and streets in life do: a few are very common, many are rare. */
  pickSkewed<T>(list: readonly T[]): T {
    const index = Math.floor(list.length * this.unit() ** 1.7)
    return list[index] as T
  }

  /** One of the keys, as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][]
    const total = entries.reduce((sum, [, weight]) => sum + weight, 0)
    let left = this.unit() * total
    for (const [key, weight] of entries) {
      left -= weight
      if (left < 0) return key
    }
    return (entries.at(-1) as [K, number])[0]
  }
}

/** 32-bit FNV-1a over UTF-16 code units (Fowler, Noll, Vo), with a final mix of murmur3 so that like seeds differ in all bits. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index)
    hash = Math.imul(hash, 0x01000193)
  }
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
