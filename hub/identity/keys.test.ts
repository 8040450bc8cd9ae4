import { matchKeyHash, matchKeys } from './keys.ts'
import { person } from '../../test/support/identity-records.ts'

const texts = (id: string, facts: Parameters<typeof person>[1]): Set<string> =>
  new Set(matchKeys(person(id, facts).features).map(({ kind, text }) => `${kind}|${text}`))

function shared(a: Parameters<typeof person>[1], b: Parameters<typeof person>[1]): string[] {
  return [...texts('a', a).intersection(texts('b', b))].map((key) => key.slice(0, key.indexOf('|')))
}

const home = '14 Orchard Lane, Ludlow, SY8 1AA'
const whole = { given: 'Edith', family: 'Pemberly', born: '1961-02-03', address: home, phone: '+441584555019' }

describe('match keys', () => {
  test.each([
    ['names are exchanged', { ...whole, given: 'Pemberly', family: 'Edith', address: '', phone: '' }, 'nameBirth'],
    ['the family name is new', { ...whole, family: 'Marsh', address: '', phone: '' }, 'nameBirth'],
    ['the birth date is missing', { given: 'Edith', family: 'Pemberley', address: home }, 'namePostcode'],
    [
      'the post code is mistyped',
      { given: 'Edith', family: 'Marsh', address: '14 Orchard Lane, Ludlow, SY8 1AB' },
      'nameStreet',
    ],
    ['all but the telephone is new', { phone: whole.phone }, 'phone'],
    ['all but the address is new', { given: 'Zoe', family: 'Quill', address: home }, 'address'],
    ['a nickname is used', { given: 'Edie', family: 'Pemberly', born: '1961-02-03' }, 'nameBirth'],
  ])('meet where %s', (_, other, kind) => {
    expect(shared(whole, other)).toContain(kind)
  })

  test('do not meet for two strangers', () => {
    const stranger = { given: 'Tom', family: 'Quill', born: '1990-10-10', address: '3 Mill Road, York, YO1 7AA' }
    expect(shared(whole, stranger)).toEqual([])
  })

  test('are few and without repeats', () => {
    const keys = matchKeys(person('a', whole).features)
    expect(keys.length).toBeLessThanOrEqual(13)
    expect(new Set(keys.map(matchKeyHash)).size).toBe(keys.length)
  })

  test('of a record that says nothing are none', () => {
    expect(matchKeys(person('a', {}).features)).toEqual([])
  })

  test('of different kinds differ in their hash though their text is one', () => {
    expect(matchKeyHash({ kind: 'phone', text: '1' })).not.toBe(matchKeyHash({ kind: 'email', text: '1' }))
  })
})
