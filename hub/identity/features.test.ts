import fc from 'fast-check'
import type { JsonObject } from '../contracts/json.ts'
import { identityFeatures } from './features.ts'

const of = (document: JsonObject): ReturnType<typeof identityFeatures> =>
  identityFeatures({ kind: 'person', ...document })

describe('the features of a person', () => {
  test('are normalised, and what is absent stays absent', () => {
    const features = identityFeatures(
      {
        kind: 'person',
        name: { prefix: 'Mrs', given: 'Mary-Jane', family: "O'Brien", suffix: '' },
        birthDate: '1984-02-29',
        emails: [{ address: ' Mary.Jane+news@Example.ORG ' }],
        phones: [{ number: '+61 2 5550 1000' }],
        identifiers: [{ scheme: 'national-id', value: '12-34 56x', country: 'AU' }],
        addresses: [{ houseNumber: '12A', street: 'Acacia Avenue', city: 'Sydney', postalCode: '2000', country: 'AU' }],
      },
      { system: 'crm' },
    )
    expect(features).toEqual({
      form: 1,
      kind: 'person',
      system: 'crm',
      given: 'maryjane',
      givenWords: ['mary', 'jane'],
      family: 'obrien',
      gender: 'female',
      born: '19840229',
      phones: ['61255501000'],
      emails: ['mary.jane@example.org'],
      identifiers: [{ scheme: 'national-id', value: '123456X', country: 'AU' }],
      addresses: [{ number: '12a', street: 'acaciaave', city: 'sydney', postcode: '2000', country: 'au' }],
    })
    expect(JSON.parse(JSON.stringify(features))).toEqual(features)
  })

  test('read a full name where the parts are missing', () => {
    expect(of({ name: { full: 'Dr John Paul Smith' } })).toMatchObject({
      given: 'john',
      middle: 'paul',
      family: 'smith',
    })
    expect(of({ name: { full: 'Smith, Mr John' } })).toMatchObject({ given: 'john', family: 'smith' })
    expect(of({ name: { full: 'John Smith Jr.' } })).toMatchObject({ given: 'john', family: 'smith', generation: 'jr' })
  })

  test('leave out values that stand for nothing', () => {
    const nothing = of({
      name: { given: 'Unknown', family: 'N/A' },
      birthDate: '1900-01-01',
      phones: [{ number: '000000000' }, { number: '12' }],
      emails: [{ address: 'none' }, { address: '@x' }],
      identifiers: [{ scheme: 'national-id', value: '000000' }],
      addresses: [{ country: 'AU' }],
    })
    expect(nothing).toEqual({ form: 1, kind: 'person' })
  })

  test.each([
    ['12 Main Street', { number: '12', street: 'mainst' }],
    ['Hauptstraße 12 a', { number: '12a', street: 'hauptst' }],
    ['Hauptstr. 12a', { number: '12a', street: 'hauptst' }],
    ['Rose Cottage', { street: 'rosecottage' }],
  ])('split the address line %s', (line, expected) => {
    expect(of({ addresses: [{ lines: [line] }] }).addresses).toEqual([expected])
  })

  test('never throw, whatever the document holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (name, addresses, emails) => {
        const document = {
          kind: 'person',
          name,
          addresses,
          emails,
          phones: addresses,
          identifiers: emails,
        } as JsonObject
        return identityFeatures(document).form === 1
      }),
    )
  })

  test('stay small for a document that lists thousands', () => {
    const phones = Array.from({ length: 5000 }, (_, n) => ({ number: `+61255${100000 + n}` }))
    expect(of({ phones }).phones).toHaveLength(12)
  })
})

describe('the features of an organization', () => {
  test('set legal forms apart from names', () => {
    const features = identityFeatures({
      kind: 'organization',
      organization: { legalName: 'The Smith & Sons Pty. Limited', tradeName: 'Smiths' },
    })
    expect(features.organizations).toEqual([
      { tight: 'smithsons', words: ['smith', 'sons'], legalForm: 'ltd' },
      { tight: 'smiths', words: ['smiths'] },
    ])
  })

  test.each([
    ['Kestrel GmbH & Co. KG', 'kestrel', 'gmbh-kg'],
    ['KESTREL S.A.R.L.', 'kestrel', 'sarl'],
    ['Kestrel Ltd.', 'kestrel', 'ltd'],
    ['Limited', 'limited', undefined],
  ])('read %s', (legalName, tight, legalForm) => {
    const [first] = identityFeatures({ kind: 'organization', organization: { legalName } }).organizations ?? []
    expect(first?.tight).toBe(tight)
    expect(first?.legalForm).toBe(legalForm)
  })
})
