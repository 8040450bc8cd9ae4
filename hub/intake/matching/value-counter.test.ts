import { seededRandom } from '../../../test/support/identity-records.ts'
import type { IdentityFeatures } from '../../identity/features.ts'
import { countValues } from '../../identity/snapshot.ts'
import { ValueCounter } from './value-counter.ts'

const called = (family: string): IdentityFeatures => ({ form: 1, kind: 'person', family })

describe('Counting values page by page', () => {
  test('gives the same as counting all at once, where everything fits', () => {
    const random = seededRandom(1)
    const all = Array.from({ length: 500 }, () => called(`name${Math.floor(random() ** 2 * 80)}`))
    const counter = new ValueCounter()
    for (let from = 0; from < all.length; from += 70) counter.add(all.slice(from, from + 70))
    expect(counter.counted).toEqual(countValues(all))
  })

  test('keeps frequent values within the promised error where there are too many to keep', () => {
    const rare = Array.from({ length: 2000 }, (_, i) => [called(`rare${i}`), ...(i % 4 === 0 ? [called('smith')] : [])])
    const all = rare.flat()
    const counter = new ValueCounter(100)
    for (let from = 0; from < all.length; from += 50) counter.add(all.slice(from, from + 50))
    const { records, counts } = counter.counted
    expect(records).toBe(2500)
    expect(counts.family.size).toBeLessThanOrEqual(100)
    expect(counts.family.get('smith')).toBeLessThanOrEqual(500)
    expect(counts.family.get('smith')).toBeGreaterThanOrEqual(500 - records / 100)
  })
})
