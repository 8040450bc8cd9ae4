/** Records that channels make and change, carried to a system of record that speaks its own protocol. */
import type { JsonObject } from '../../hub/contracts/json.ts'
import { ADA, type BillingHub, INVOICE, PAYMENT, startBillingHub } from '../support/billing-hub.ts'
import { until } from '../support/engine.ts'

let hub: BillingHub
let customer = ''
let invoice: JsonObject = {}
beforeAll(async () => {
  hub = await startBillingHub()
  customer = await hub.customerOf('LC-1')
  invoice = await hub.recordOf('invoices', '500000001')
})
afterAll(async () => {
  await hub.stop()
})

const payment = (more: JsonObject = {}): JsonObject => ({
  ...{ customer: { id: customer }, invoice: { id: String(invoice.id) }, amount: { amount: '12.50', currency: 'GBP' } },
  ...{ method: 'card', status: 'settled', paidAt: '2026-10-10T10:00:00Z', ...more },
})

test('A payment is made in billing, with what it points at in its terms, and is read back under the id given at once', async () => {
  const answer = await hub.post('/v1/payments', payment())
  expect(answer.body).toMatchObject({ amount: { amount: '12.50', currency: 'GBP' } })
  expect(answer.status).toBe(201)
})
