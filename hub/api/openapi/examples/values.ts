/**
 * The values that stand in examples for what a hub gives out itself. Tests that send the examples put those of a real hub in
 * their place, by this list.
 */
export const EXAMPLE = {
  customer: '0191e2a0-7b1c-7000-8000-2b8f4f1f6c11',
  otherCustomer: '0191e2a0-7b1c-7000-8000-9f572b8f4f1f',
  accounts: '0191e2a0-7b1c-7000-8000-00000000ac01',
  invoices: '0191e2a0-7b1c-7000-8000-0000000019c1',
  payments: '0191e2a0-7b1c-7000-8000-00000000bad1',
  orders: '0191e2a0-7b1c-7000-8000-0000000009de',
  products: '0191e2a0-7b1c-7000-8000-00000000bd01',
  'stock-levels': '0191e2a0-7b1c-7000-8000-000000005701',
  cases: '0191e2a0-7b1c-7000-8000-00000000ca5e',
  interactions: '0191e2a0-7b1c-7000-8000-0000000019e1',
  consents: '0191e2a0-7b1c-7000-8000-00000000c095',
  offers: '0191e2a0-7b1c-7000-8000-0000000000ff',
  subscriptions: '0191e2a0-7b1c-7000-8000-00000000503c',
  writes: '0191e2a0-7b1c-7000-8000-000000003217',
  imports: '0191e2a0-7b1c-7000-8000-000000001390',
  exports: '0191e2a0-7b1c-7000-8000-00000000e390',
  erasures: '0191e2a0-7b1c-7000-8000-00000000e7a5',
  decisions: '0191e2a0-7b1c-7000-8000-00000000decd',
  keys: 'k3x9w2m7p4qa',
  hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
} as const

/** Parts of paths and queries by their names, where no operation says more about them. */
export const PARAMETERS: Readonly<Record<string, string>> = {
  system: 'crm',
  entity: 'Contact',
  key: '003A1',
  rule: 'dunning-stage',
  no: '4711',
  revision: '2',
  version: '2',
  customer: EXAMPLE.customer,
  service: 'customers',
}

/** A moment. */
export const A_TIME = '2026-03-14T09:26:53.000Z'

/** Of the version of a record that was read. */
export function etagOf(id: string): string {
  return `"${id}.7"`
}
