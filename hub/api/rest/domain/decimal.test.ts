import fc from 'fast-check'
import { compare, minus, plus, times } from './decimal.ts'

describe('Amounts as text', () => {
  test('are added and taken away digit for digit', () => {
    expect(plus('0.1', '0.2')).toBe('0.3')
    expect(minus('12.50', '12.5')).toBe('0.00')
    expect(minus('5', '7.25')).toBe('-2.25')
    expect(plus('9999999999999999999999999999.0000000001', '0')).toBe('9999999999999999999999999999.0000000001')
  })

  test('are multiplied, and rounded half up where that is wanted', () => {
    expect(times('3', '19.99', 2)).toBe('59.97')
    expect(times('0.5', '0.01', 2)).toBe('0.01')
    expect(times('-0.5', '0.01', 2)).toBe('-0.01')
    expect(times('1.005', '1', 2)).toBe('1.01')
  })

  test('compare by value, not by how they are written', () => {
    expect(compare('1.0', '1')).toBe(0)
    expect(compare('-1', '0.5')).toBeLessThan(0)
    expect(compare('10', '9.99')).toBeGreaterThan(0)
  })

  test('what is added and taken away again leaves the same', () => {
    const amount = fc
      .tuple(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.nat(99))
      .map(([whole, cents]) => `${whole}.${String(cents).padStart(2, '0')}`)
    fc.assert(
      fc.property(amount, amount, (a, b) => compare(minus(plus(a, b), b), a) === 0),
      { seed: 7 },
    )
  })
})
