import { parsePrivacyPolicy } from './privacy-policy.ts'

const INVOICE = {
  customer: { entity: 'Contact', key: 'MARKER' },
  account: { entity: 'Account', key: 'MARKER' },
  order: { entity: 'Order', key: 'O-1' },
  number: 'INV-1',
  kind: 'invoice',
  status: 'open',
  issuedOn: '2026-03-14',
  total: { amount: '12.34', currency: 'EUR' },
  lines: [{ number: 'MARKER', product: { entity: 'Product', key: 'P-1' }, description: 'MARKER', quantity: '2' }],
  billingAddress: { lines: ['MARKER'], city: 'MARKER', country: 'DE' },
  attributes: { memo: 'MARKER', age: 44 },
}

describe('The policy of erasures', () => {
  test('keeps invoices, payments and orders without the person, and nothing else, where nobody says otherwise', () => {
    const policy = parsePrivacyPolicy(null)
    const kept = ['customer', 'account', 'invoice', 'payment', 'order', 'case', 'interaction', 'consent', 'offer', null]
    expect(kept.filter((entity) => policy.keeps(entity))).toEqual(['invoice', 'payment', 'order'])
    expect(policy.reasonOf('invoice')).toMatch(/law/)
    expect(policy.reasonOf('case')).toBeNull()
  })

  test('leaves of a kept record what says nothing of a person', () => {
    const cut = parsePrivacyPolicy(null).cut('invoice', INVOICE)
    expect(cut).toEqual({
      order: { entity: 'Order', key: 'O-1' },
      number: 'INV-1',
      kind: 'invoice',
      status: 'open',
      issuedOn: '2026-03-14',
      total: { amount: '12.34', currency: 'EUR' },
      lines: [{ product: { entity: 'Product', key: 'P-1' }, quantity: '2' }],
    })
    expect(JSON.stringify(cut)).not.toContain('MARKER')
  })

  test('leaves nothing of a record that is erased, nor what a schema does not know', () => {
    const policy = parsePrivacyPolicy(null)
    expect(policy.cut('case', { subject: 'MARKER', status: 'open' })).toEqual({})
    expect(policy.cut('invoice', { unheard: 5, of: true, text: 'MARKER', status: 'open' })).toEqual({ status: 'open' })
  })

  test('follows the document: what is kept or erased, and which texts stay', () => {
    const policy = parsePrivacyPolicy(
      'entities:\n  order: {action: erase}\n  case: {action: keep-without-person, reason: Claims, keep: [attributes.ledger]}\n',
    )
    expect([policy.keeps('order'), policy.keeps('case'), policy.keeps('invoice')]).toEqual([false, true, true])
    expect(policy.reasonOf('case')).toBe('Claims')
    expect(
      policy.cut('case', { number: 'MARKER', status: 'open', attributes: { ledger: 'L1', memo: 'MARKER' } }),
    ).toEqual({
      status: 'open',
      attributes: { ledger: 'L1' },
    })
  })

  test.each([
    ['entities: {customer: {action: erase}}', '/entities'],
    ['entities: {invoice: {action: forget}}', '/entities/invoice/action'],
    ['entities: {invoice: {}}', '/entities/invoice'],
    ['entities: [', 'config/privacy.yaml'],
    ['- 1', '/'],
  ])('names what is wrong with %s', (text, place) => {
    const attempt = (): unknown => parsePrivacyPolicy(text)
    expect(attempt).toThrow(expect.objectContaining({ code: 'privacy.policy-invalid', family: 'config' }) as Error)
    expect(attempt).toThrow(expect.objectContaining({ where: 'config/privacy.yaml' }) as Error)
    if (place.startsWith('/')) expect(attempt).toThrow(place)
  })
})
