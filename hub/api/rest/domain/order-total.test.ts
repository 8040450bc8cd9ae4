import type { JsonObject } from '../../../contracts/json.ts'
import { type Amount, orderTotal } from './order-total.ts'

const gbp = (amount: string): Amount => ({ amount, currency: 'GBP' })
const nothing = () => null
const total = (order: object, priceOf: (line: number) => Amount | null = nothing) =>
  orderTotal(order as JsonObject, priceOf)

describe('What an order costs', () => {
  test('is the sum of its lines, by their own prices or those of the products', () => {
    const lines = [{ quantity: '2', unitPrice: gbp('9.99') }, { quantity: '3' }, { total: gbp('5') }]
    expect(total({ lines }, (line) => (line === 1 ? gbp('1.10') : null))).toEqual(gbp('28.28'))
    expect(total({ lines: [{ unitPrice: gbp('4') }], tax: gbp('0.80'), shippingCost: gbp('3') })).toEqual(gbp('7.80'))
  })

  test('is what it says, where that is right with or without tax, or where prices are not known', () => {
    const lines = [{ quantity: '2', unitPrice: gbp('10') }]
    expect(total({ lines, tax: gbp('4'), total: gbp('24.00') })).toEqual(gbp('24.00'))
    expect(total({ lines, tax: gbp('4'), total: gbp('20') })).toEqual(gbp('20'))
    expect(total({ lines: [...lines, { quantity: '1' }], total: gbp('1') })).toEqual(gbp('1'))
  })

  test('is known to nobody without prices', () => {
    expect(total({ lines: [{ quantity: '1' }] })).toBeNull()
    expect(total({ lines: [] })).toBeNull()
    expect(total({})).toBeNull()
  })

  test('that is wrong is told, and so are two currencies', () => {
    const lines = [{ quantity: '2', unitPrice: gbp('10') }]
    expect(() => total({ lines, total: gbp('19.99') })).toThrow(
      expect.objectContaining({ code: 'order.total.mismatch', where: '/total' }),
    )
    const mixed = [...lines, { unitPrice: { amount: '1', currency: 'EUR' } }]
    expect(() => total({ lines: mixed })).toThrow(
      expect.objectContaining({ code: 'order.currency.mixed', where: '/lines/1' }),
    )
    expect(() => total({ lines, shippingCost: { amount: '1', currency: 'EUR' } })).toThrow(
      expect.objectContaining({ where: '/shippingCost' }),
    )
  })
})
