import type { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { withReferences } from './references.ts'

const ID = '01890000-0000-7000-8000-000000000001'

test('references are found wherever they stand, by id or by a system’s own names, and replaced in a copy', () => {
  const given: JsonObject = {
    customer: { id: ID.toUpperCase() },
    allocations: [{ invoice: { entity: 'Invoice', key: '7', id: ID }, amount: { amount: '1', currency: 'GBP' } }],
    account: { system: 'crm', entity: 'Account', key: 'A' },
    attributes: { id: ID },
    method: 'card',
  }
  const before = structuredClone(given)
  const { document, references } = withReferences(given)
  expect(references).toMatchObject([
    { pointer: '/customer', path: 'customer', id: ID, lane: null },
    { pointer: '/allocations/0/invoice', path: 'allocations.invoice', id: ID, lane: { system: null, key: '7' } },
    { pointer: '/account', path: 'account', id: null, lane: { system: 'crm', entity: 'Account', key: 'A' } },
  ])
  for (const reference of references) reference.replace({ entity: 'E', key: 'K' })
  const plain = { entity: 'E', key: 'K' }
  expect(document).toEqual({
    ...given,
    ...{ customer: plain, account: plain, allocations: [{ invoice: plain, amount: { amount: '1', currency: 'GBP' } }] },
  })
  expect(given).toEqual(before)
})

test('an object that is nearly a reference is refused where it stands', () => {
  const pointerOf = (document: JsonObject): string | undefined => {
    try {
      withReferences(document)
    } catch (error) {
      return (error as HubError).where
    }
    return undefined
  }
  expect(pointerOf({ customer: { id: 'me' } })).toBe('/customer/id')
  expect(pointerOf({ customer: { id: 7 } })).toBe('/customer')
  expect(pointerOf({ customer: { key: 'A' } })).toBe('/customer')
  expect(pointerOf({ customer: { entity: 'Contact', key: '' } })).toBe('/customer')
  expect(pointerOf({ customer: { id: ID, system: 'crm' } })).toBe('/customer')
  expect(pointerOf({ lines: [{ product: { entity: 'Product' } }] })).toBe('/lines/0/product')
  expect(pointerOf({ customer: null, lines: [], amount: {} })).toBeUndefined()
})

test('a name like any other stays one', () => {
  const { document } = withReferences(JSON.parse('{ "__proto__": { "id": 1, "x": 2 } }') as JsonObject)
  expect(Object.keys(document)).toEqual(['__proto__'])
  expect(Object.getPrototypeOf(document)).toBe(Object.prototype)
})
