import { foldForSearch, searchTextOf } from './search-text.ts'

describe('The words that a customer is found by', () => {
  test('are its names, towns and customer numbers, folded', () => {
    const text = searchTextOf({
      kind: 'person',
      name: { given: 'Łucja', family: "O'Brien-Müller" },
      addresses: [{ city: 'Łódź', street: 'Piotrkowska' }],
      identifiers: [
        { scheme: 'customer-number', value: 'LC-1000033' },
        { scheme: 'national-id', value: '123' },
      ],
      emails: [{ address: 'secret@example.com' }],
    })
    expect(text).toBe('lucja o brien muller lodz lc 1000033')
  })

  test('fold like the words of a query, whatever PostgreSQL cannot keep', () => {
    expect(foldForSearch('Straße\u0000 ÆRØ')).toBe('strasse aero')
    expect(searchTextOf({})).toBe('')
  })
})
