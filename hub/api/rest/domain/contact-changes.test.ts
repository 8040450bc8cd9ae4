import { type ContactChange, withContactChanges } from './contact-changes.ts'

const CORE = {
  kind: 'person',
  emails: [
    { address: 'm@example.com', purpose: 'home', primary: true },
    { address: 'm@work.example', purpose: 'work' },
    { address: 'M@example.com', purpose: 'billing' },
  ],
  phones: [{ number: '+61255501234' }],
  addresses: [{ street: 'High Street', houseNumber: '1', city: 'Wagga' }],
}

const after = (...changes: ContactChange[]) => withContactChanges(CORE, changes)

describe('Changes of contact data', () => {
  test('add to the end, replace in place, remove; one after the other', () => {
    const result = after(
      { op: 'add', member: 'phones', item: { number: '+61255509999' } },
      { op: 'replace', member: 'phones', of: '+61 2 5550 1234', item: { number: '+61255500000' } },
      { op: 'remove', member: 'emails', of: { address: 'm@example.com', purpose: 'home' } },
    )
    expect(result.phones).toEqual([{ number: '+61255500000' }, { number: '+61255509999' }])
    expect(result.emails).toEqual([CORE.emails[1], CORE.emails[2]])
    expect(result.addresses).toBe(CORE.addresses)
    expect(CORE.phones).toHaveLength(1)
  })

  test('a new first one takes the place of the former first one', () => {
    const { emails } = after({ op: 'add', member: 'emails', item: { address: 'n@example.com', primary: true } })
    expect((emails as { primary?: boolean }[]).map(({ primary }) => primary === true)).toEqual([
      false,
      false,
      false,
      true,
    ])
  })

  test('the first item of a list that is not there yet', () => {
    const item = { number: '+61255501234' }
    expect(withContactChanges({ kind: 'person' }, [{ op: 'add', member: 'phones', item }])).toEqual({
      kind: 'person',
      phones: [item],
    })
  })

  test('a postal address is named by some of its members', () => {
    expect(after({ op: 'remove', member: 'addresses', of: { street: 'high street' } }).addresses).toEqual([])
  })

  test.each<[string, ContactChange, string, string]>([
    [
      'what is there already',
      { op: 'add', member: 'phones', item: { number: '+61255501234' } },
      'there-already',
      '/changes/0/item',
    ],
    ['what is not there', { op: 'remove', member: 'emails', of: 'x@example.com' }, 'not-there', '/changes/0/of'],
    ['one of several', { op: 'remove', member: 'emails', of: 'm@example.com' }, 'several', '/changes/0/of'],
    ['nothing new', { op: 'add', member: 'emails' }, 'incomplete', '/changes/0/item'],
    [
      'nobody knows which',
      { op: 'replace', member: 'emails', item: { address: 'a@b.example' } },
      'incomplete',
      '/changes/0/of',
    ],
    [
      'an item to remove',
      { op: 'remove', member: 'emails', of: 'm@work.example', item: {} },
      'incomplete',
      '/changes/0/item',
    ],
    ['an address by a text', { op: 'remove', member: 'addresses', of: 'High Street' }, 'incomplete', '/changes/0/of'],
    ['an empty name', { op: 'remove', member: 'emails', of: {} }, 'incomplete', '/changes/0/of'],
  ])('refuses %s with a pointer', (_, change, code, where) => {
    expect(() => after(change)).toThrow(expect.objectContaining({ code: `customer.contact.${code}`, where }))
  })
})
