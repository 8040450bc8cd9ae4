import fc from 'fast-check'
import { identityFeatures } from './features.ts'
import { resolveInMemory } from './resolve.ts'
import type { IdentityRecord } from './resolve.ts'
import { generatedPeople, slipped } from '../../test/support/generated-people.ts'
import { organization, person, seededRandom, shuffled } from '../../test/support/identity-records.ts'
import { shippedModel } from '../../test/support/matching-model.ts'
import type { PersonFacts } from '../../test/support/identity-records.ts'

const model = shippedModel()
const clustersOf = (...records: IdentityRecord[]): string[][] => resolveInMemory(records, model).clusters
const alone = (...ids: string[]): string[][] => ids.map((id) => [id])

const home = '14 Orchard Lane, Ludlow, SY8 1AA'
const phone = '+441584555019'
const edith: PersonFacts = { given: 'Edith', family: 'Pemberly', born: '1961-02-03', address: home, phone }
const ronald: PersonFacts = { ...edith, given: 'Ronald', born: '1959-12-24' }

describe('people who share much stay apart', () => {
  test('a family of one surname, address and telephone, in one system', () => {
    const family = ['Edith', 'Ronald', 'Clara', 'Hugh'].map((given, n) =>
      person(`crm/${n}`, { ...edith, given, born: `${1960 + 3 * n}-0${n + 1}-11` }, 'crm'),
    )
    expect(clustersOf(...family)).toEqual(alone('crm/0', 'crm/1', 'crm/2', 'crm/3'))
  })

  test('the same family without birth dates', () => {
    const family = ['Edith', 'Ronald', 'Clara'].map((given, n) => {
      const { born: _, ...rest } = edith
      return person(`crm/${n}`, { ...rest, given }, 'crm')
    })
    expect(clustersOf(...family)).toHaveLength(3)
  })

  test('spouses of whom each system knows one, with birth dates', () => {
    expect(clustersOf(person('a', edith, 'crm'), person('b', ronald, 'billing'))).toHaveLength(2)
  })

  test('twins, also such as have similar names', () => {
    for (const given of ['Ronald', 'Edwin', 'Judith']) {
      expect(clustersOf(person('a', edith, 'crm'), person('b', { ...edith, given }, 'crm'))).toHaveLength(2)
      expect(clustersOf(person('a', edith), person('b', { ...edith, given }))).toHaveLength(2)
    }
    const [jayden, hayden] = ['Jayden', 'Hayden'].map((given, n) => person(`${n}`, { ...edith, given }, 'crm'))
    if (jayden !== undefined && hayden !== undefined) expect(clustersOf(jayden, hayden)).toHaveLength(2)
  })

  test('twins whom two systems both know, each with her own copy', () => {
    const clara = { ...edith, given: 'Clara' }
    const records = [
      person('c1', edith, 'crm'),
      person('c2', clara, 'crm'),
      person('b1', edith, 'billing'),
      person('b2', clara, 'billing'),
    ]
    expect(clustersOf(...records)).toEqual([
      ['b1', 'c1'],
      ['b2', 'c2'],
    ])
  })

  test('father and son of one name', () => {
    const son = { ...ronald, born: '1989-07-30' }
    expect(clustersOf(person('a', ronald, 'crm'), person('b', son, 'crm'))).toHaveLength(2)
    expect(clustersOf(person('a', ronald), person('b', son))).toHaveLength(2)
    const both = [
      person('c1', ronald, 'crm'),
      person('c2', son, 'crm'),
      person('b1', ronald, 'billing'),
      person('b2', son, 'billing'),
    ]
    expect(clustersOf(...both)).toEqual([
      ['b1', 'c1'],
      ['b2', 'c2'],
    ])
  })

  test('strangers behind one switchboard, however many', () => {
    const random = seededRandom(11)
    const people = generatedPeople(800, random).filter((one, at, all) => one.person !== all[at - 1]?.person)
    const records = people.slice(0, 500).map(({ id, document }) => {
      const own = { ...document, phones: [{ number: '+441584550000' }] }
      return { id, features: identityFeatures(own, { system: 'crm' }) }
    })
    expect(records).toHaveLength(500)
    const { clusters } = resolveInMemory(records, model)
    expect(clusters).toHaveLength(500)
  })

  test('namesakes without anything else, and namesakes in one town', () => {
    expect(
      clustersOf(person('a', { given: 'John', family: 'Smith' }), person('b', { given: 'John', family: 'Smith' })),
    ).toHaveLength(2)
    const [one, other] = ['3 Mill Road, York, YO1 7AA', '18 High Street, York, YO1 7AA']
    const johns = [one, other].map((address, n) =>
      person(`${n}`, { given: 'John', family: 'Smith', address: address ?? '' }, `s${n}`),
    )
    expect(clustersOf(...johns)).toHaveLength(2)
  })

  test('persons and organizations of one name, telephone and address', () => {
    const shop = organization('b', { name: 'Edith Pemberly', phone, address: home })
    expect(clustersOf(person('a', edith), shop)).toHaveLength(2)
  })

  test('companies with similar names at other addresses', () => {
    const companies = [
      organization('a', { name: 'Smith Ltd', address: home }, 'crm'),
      organization('b', { name: 'Smith Holdings Ltd', address: '3 Mill Road, York, YO1 7AA' }, 'erp'),
      organization('c', { name: 'Smith Brothers Ltd', address: '7 Quay, Hull, HU1 2AA' }, 'crm'),
      organization('d', { name: 'Smith GmbH', address: 'Hauptstr. 5, Bonn, 53111' }, 'erp'),
    ]
    expect(clustersOf(...companies)).toHaveLength(4)
  })

  test('two companies of a group behind one door and one telephone, in one system', () => {
    const [one, other] = ['Smith Ltd', 'Smith Holdings Ltd'].map((name, n) =>
      organization(`${n}`, { name, phone, address: home }, 'crm'),
    )
    if (one !== undefined && other !== undefined) expect(clustersOf(one, other)).toHaveLength(2)
  })
})

describe('copies find each other', () => {
  const copies: [string, PersonFacts, PersonFacts][] = [
    [
      'with slips in both names and the street',
      edith,
      { ...edith, given: 'Edtih', family: 'Pemberley', address: '14 Orchrad Ln, Ludlow, SY8 1AA' },
    ],
    [
      'by a nickname and a mistyped birth date',
      { ...edith, given: 'Elizabeth' },
      { ...edith, given: 'Liz', born: '1961-03-02', phone: '' },
    ],
    ['with names exchanged', edith, { ...edith, given: 'Pemberly', family: 'Edith', phone: '' }],
    [
      'after a move, by telephone',
      edith,
      { given: 'Edith', family: 'Pemberly', phone, address: '3 Mill Road, York, YO1 7AA' },
    ],
    ['after a move, by birth date', edith, { ...edith, phone: '', address: '3 Mill Road, York, YO1 7AA' }],
    ['after a marriage', edith, { ...edith, family: 'Marsh', phone: '' }],
    [
      'by e-mail and given name',
      { ...edith, email: 'e.pemberly@example.org' },
      { given: 'Edith', email: 'E.Pemberly@example.org' },
    ],
    ['with a double-barrelled name', { ...edith, family: 'Pemberly-Marsh' }, { ...edith, phone: '' }],
    ['with accents lost', { ...edith, family: 'Müller-Özgür' }, { ...edith, family: 'Muller Ozgur', born: '' }],
  ]
  test.each(copies)('%s, within a system and across two', (_, one, other) => {
    expect(clustersOf(person('a', one, 'crm'), person('b', other, 'crm'))).toEqual([['a', 'b']])
    expect(clustersOf(person('a', one, 'crm'), person('b', other, 'billing'))).toEqual([['a', 'b']])
    expect(clustersOf(person('a', one), person('b', other))).toEqual([['a', 'b']])
  })

  test('of organizations, whatever the legal form is written like', () => {
    const one = organization('a', { name: 'Kestrel & Sons Pty Ltd', address: home }, 'crm')
    expect(
      clustersOf(
        one,
        organization('b', { name: 'KESTREL AND SONS PTY. LIMITED', address: '14 Orchard Ln, Ludlow, SY8 1AA' }, 'erp'),
      ),
    ).toHaveLength(1)
    expect(
      clustersOf(
        organization('a', { name: 'Kestrel Ltd', vat: 'GB123456789' }),
        organization('b', { name: 'Kestrel', vat: 'GB 123 4567 89' }),
      ),
    ).toHaveLength(1)
  })

  test('in a generated company: pairwise F1 above 0.99 with not one wrong join', () => {
    const people = generatedPeople(6000, seededRandom(5))
    const records = people.map(({ id, system, document }) => ({ id, features: identityFeatures(document, { system }) }))
    const { clusters } = resolveInMemory(records, model)
    const personOf = new Map(people.map(({ id, person: number }) => [id, number]))
    const joined = clusters.filter((cluster) => cluster.length > 1)
    const wrong = joined.filter((cluster) => new Set(cluster.map((id) => personOf.get(id))).size > 1)
    const copies = people.length - new Set(personOf.values()).size
    expect(wrong).toEqual([])
    expect((2 * joined.length) / (joined.length + copies)).toBeGreaterThan(0.99)
  })
})

describe('the customers are a function of the set of records', () => {
  const random = seededRandom(21)
  // A crowded set: few names, few doors and telephones, copies with slips, three systems.
  const crowd = Array.from({ length: 160 }, (_, n) => {
    const pick = (...list: string[]): string => list[Math.floor(random() * list.length)] ?? ''
    const family = pick('Pemberly', 'Pemberley', 'Marsh', 'Smith', 'Quill')
    const facts = {
      given: pick('Edith', 'Edie', 'Ronald', 'Ron', 'Clara', 'Hugh', ''),
      family: random() < 0.2 ? slipped(family, random) : family,
      born: pick('', '1961-02-03', '1961-03-02', '1989-12-24', '1959-12-24'),
      phone: pick('', phone, '+441584555020', '+441584555021'),
      address: pick('', home, '3 Mill Road, York, YO1 7AA', '15 Orchard Lane, Ludlow, SY8 1AA'),
    }
    return person(`r${String(n).padStart(3, '0')}`, facts, pick('crm', 'billing', 'erp'))
  })

  test('in any order, and repeated', () => {
    const expected = resolveInMemory(crowd, model).clusters
    expect(expected.length).toBeGreaterThan(10)
    expect(expected.length).toBeLessThan(150)
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const order = shuffled([...crowd, ...crowd.slice(0, 40)], seededRandom(seed))
        expect(resolveInMemory(order, model).clusters).toEqual(expected)
      }),
      { numRuns: 25 },
    )
  })

  test('when a record goes, what is left is as if it had never been', () => {
    const rest = crowd.filter((_, n) => n % 7 !== 0)
    expect(resolveInMemory(rest, model).clusters).toEqual(
      resolveInMemory(shuffled(rest, seededRandom(4)), model).clusters,
    )
  })

  test('with decisions, in any order', () => {
    const decisions = [
      { a: 'r001', b: 'r077', kind: 'must-join' as const },
      { a: 'r002', b: 'r030', kind: 'must-not-join' as const },
    ]
    const { clusters } = resolveInMemory(crowd, model, { decisions })
    expect(clusters.some((cluster) => cluster.includes('r001') && cluster.includes('r077'))).toBe(true)
    expect(clusters.some((cluster) => cluster.includes('r002') && cluster.includes('r030'))).toBe(false)
    expect(
      resolveInMemory(shuffled(crowd, seededRandom(9)), model, { decisions: decisions.toReversed() }).clusters,
    ).toEqual(clusters)
  })
})
