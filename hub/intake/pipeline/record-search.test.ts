import { foundBy } from './record-search.ts'

describe('What a record is found by', () => {
  test('its members with one value in any case, what it points at, its days, its words', () => {
    const document = {
      number: 'C-17',
      status: 'open',
      subject: 'Kein Anschluß in Łódź',
      openedAt: '2026-02-03T23:30:00+11:00',
      dueAt: '2026-02-05T00:00:00.5Z',
      invoice: { system: 'billing', entity: 'Invoice', key: 'I1' },
      order: { entity: 'Order', key: 'O 1' },
      description: 'not searched',
    }
    expect(foundBy('case', document, 'crm')).toEqual({
      facets: [
        'case.number=c-17',
        'case.status=open',
        'case.order=crm\u001fOrder\u001fO 1',
        'case.invoice=billing\u001fInvoice\u001fI1',
      ],
      day: '2026-02-03T12:30:00.000Z',
      due: '2026-02-05T00:00:00.500Z',
      words: 'c 17 kein anschluss in lodz',
    })
  })

  test('a day stays a day, the first of several members counts, and nothing is made of nothing', () => {
    expect(foundBy('payment', { paidOn: '2026-01-01' }, 'billing').day).toBe('2026-01-01')
    expect(foundBy('payment', { paidOn: '2026-01-01', paidAt: '2026-01-01T10:00:00Z' }, 'b').day).toBe(
      '2026-01-01T10:00:00.000Z',
    )
    expect(foundBy('stock-level', {}, 'erp')).toEqual({ facets: [], day: null, due: null, words: null })
  })

  test('a value too long for the index is found by its hash', () => {
    const [facet = ''] = foundBy('order', { number: 'X'.repeat(5_000) }, 'erp').facets
    expect(facet).toMatch(/^order\.number=sha256:[0-9a-f]{64}$/)
  })
})
