import fc from 'fast-check'
import { explainPair, outcomeOf } from './explain.ts'
import { scorePair } from './score.ts'
import type { PairScore } from './score.ts'
import { organization, person } from '../../test/support/identity-records.ts'
import { shippedModel } from '../../test/support/matching-model.ts'
import type { PersonFacts } from '../../test/support/identity-records.ts'

const model = shippedModel()
const home = '14 Orchard Lane, Ludlow, SY8 1AA'
const edith: PersonFacts = { given: 'Edith', family: 'Pemberly', born: '1961-02-03', address: home }

function score(a: PersonFacts, b: PersonFacts, context = {}): PairScore {
  return scorePair(person('a', a).features, person('b', b).features, model, context)
}

function level(result: PairScore, field: string): string | undefined {
  return result.fields.find((one) => one.field === field)?.level
}

const facts: fc.Arbitrary<PersonFacts> = fc.record({
  given: fc.constantFrom('', 'Edith', 'Edie', 'E', 'Mary Jane', 'Mary', 'Jane', 'Jayne', 'Pemberly'),
  middle: fc.constantFrom('', 'Ann', 'A', 'Jane'),
  family: fc.constantFrom('', 'Pemberly', 'Pemberley', 'Smith', 'Smith Jr', 'Garcia Lopez', 'Garcia', 'Edith'),
  born: fc.constantFrom('', '1961-02-03', '1961-03-02', '1961-02-30', '1989-12-24', '1961-02-19'),
  phone: fc.constantFrom('', '+441584555019', '01584555019', '+441584555020'),
  email: fc.constantFrom('', 'edith@example.org', 'edith@example.net', 'info@example.org'),
  nationalId: fc.constantFrom('', 'QQ123456C', 'QQ123465C', 'ZZ999999A'),
  address: fc.constantFrom(
    '',
    home,
    '14 Orchrad Lane, Ludlow, SY8 1AB',
    '3 Mill Road, York, YO1 7AA',
    '15 Orchard Lane, Ludlow, SY8 1AA',
  ),
})

describe('the score of two records', () => {
  test('is the same in either direction, and its parts add up to it', () => {
    fc.assert(
      fc.property(facts, facts, fc.constantFrom('crm', 'erp'), (a, b, system) => {
        const left = person('a', a, 'crm').features
        const right = person('b', b, system).features
        const forth = scorePair(left, right, model)
        expect(scorePair(right, left, model)).toEqual(forth)
        const sum = forth.fields.reduce((total, { weight }) => total + weight, 0)
        expect(sum).toBeCloseTo(forth.weight, 6)
        expect(Number.isFinite(forth.weight)).toBe(true)
      }),
    )
  })

  test('does not depend on what was scored before', () => {
    const first = score(edith, { ...edith, family: 'Marsh' })
    score({ given: 'Bob', nationalId: 'ZZ999999A' }, { given: 'Bob', nationalId: 'ZZ999999A' })
    expect(score(edith, { ...edith, family: 'Marsh' })).toEqual(first)
  })

  test('of a person and an organization is never', () => {
    const result = scorePair(person('a', edith).features, organization('b', { name: 'Edith Pemberly' }).features, model)
    expect(result).toEqual({ weight: -Infinity, probability: 0, amongOthers: -Infinity, fields: [] })
    expect(explainPair(result, model).summary).toContain('never')
  })

  test('of records that say nothing is far below the review band', () => {
    expect(outcomeOf(score({}, {}), model)).toBe('apart')
  })

  test('falls with every conflict in strong evidence', () => {
    const same = score({ ...edith, nationalId: 'QQ123456C' }, { ...edith, nationalId: 'QQ123456C' }).weight
    const silent = score(edith, edith).weight
    const other = score({ ...edith, nationalId: 'QQ123456C' }, { ...edith, nationalId: 'ZZ999999A' }).weight
    expect(same).toBeGreaterThan(silent)
    expect(silent - other).toBeGreaterThan(4)
    expect(silent - score(edith, { ...edith, born: '1989-12-24' }).weight).toBeGreaterThan(8)
  })

  test('says more for a rare name than for a common one', () => {
    const frequencyOf = (field: string, value: string): number | undefined =>
      field === 'family' && value === 'pemberly' ? 0.02 : undefined
    const family = (result: PairScore): number => result.fields.find((one) => one.field === 'family')?.weight ?? 0
    expect(family(score(edith, edith))).toBeGreaterThan(
      family(score({ ...edith, family: 'Smith' }, { ...edith, family: 'Smith' })),
    )
    expect(family(score(edith, edith, { frequencyOf }))).toBeCloseTo(Math.log2(0.86 / 0.02), 6)
  })

  test('takes a generic value for no evidence at all', () => {
    const withPhone = { ...edith, phone: '+441584555019' }
    const isGeneric = (kind: string): boolean => kind === 'phone'
    expect(score(withPhone, withPhone, { isGeneric })).toEqual(score(edith, edith))
    expect(score(withPhone, { ...edith, phone: '+441584999999' }, { isGeneric })).toEqual(score(edith, edith))
  })
})

describe('levels of agreement', () => {
  test.each([
    ['given', { given: 'Elizabeth' }, { given: 'Liz' }, 'nickname'],
    ['given', { given: 'Zebedee' }, { given: 'Zebedde' }, 'close'],
    ['given', { given: 'Mary Jane' }, { given: 'Mary' }, 'part'],
    ['given', { given: 'Zebedee' }, { given: 'Z' }, 'initial'],
    ['given', { given: 'Jayden' }, { given: 'Hayden' }, 'different'],
    ['family', { family: 'Garcia-Lopez' }, { family: 'Garcia' }, 'part'],
    ['family', { family: "O'Neil" }, { family: 'ONEIL' }, 'same'],
    ['birthDate', { born: '1961-02-03' }, { born: '1961-03-02' }, 'slip'],
    ['birthDate', { born: '1961-02-03' }, { born: '1916-02-03' }, 'slip'],
    ['birthDate', { born: '1961-02-03' }, { born: '1962-02-03' }, 'slip'],
    ['birthDate', { born: '1961-02-03' }, { born: '1961-02-17' }, 'parts'],
    ['birthDate', { born: '1961-02-03' }, { born: '1989-12-24' }, 'different'],
    ['nationalId', { nationalId: 'QQ123456C' }, { nationalId: 'QQ 12 34 65 C' }, 'slip'],
    ['phone', { phone: '+441584555019' }, { phone: '01584555019' }, 'ending'],
    ['email', { email: 'edith.p@example.org' }, { email: 'Edith.P@example.net' }, 'local-part'],
    ['email', { email: 'info@example.org' }, { email: 'info@example.net' }, 'different'],
    ['area', { address: home }, { address: '3 Mill Road, Ludlow, SY7 9QQ' }, 'city'],
    ['streetInArea', { address: home }, { address: '14 Orchard Ln, Ludlow, SY8 1AA' }, 'same'],
    ['houseNumber', { address: home }, { address: '72 Orchard Ln, Ludlow, SY8 1AA' }, 'different'],
    ['generation', { family: 'Pemberly Jr' }, { family: 'Pemberly', suffix: 'Senior' }, 'different'],
  ])('%s of %j and %j: %s', (field, a, b, expected) => {
    expect(level(score(a, b), field)).toBe(expected)
  })

  test('given and family names that were exchanged are found again', () => {
    const result = score(edith, { ...edith, given: 'Pemberly', family: 'Edith' })
    expect(level(result, 'nameOrder')).toBe('swapped')
    expect(level(result, 'given')).toBe('same')
    expect(outcomeOf(result, model)).toBe('join')
  })

  test('a family name found in the wrong place does not stand for the given name', () => {
    const result = score(edith, { ...edith, given: 'Pemberly', family: 'Ronald' })
    expect(level(result, 'family')).toBe('same')
    expect(level(result, 'given')).toBe('different')
  })

  test('of several addresses the pair that agrees best counts', () => {
    const two = person('a', edith).features
    two.addresses?.push({ number: '3', street: 'millrd', city: 'york', postcode: 'yo17aa' })
    const one = person('b', { ...edith, address: '3 Mill Road, York, YO1 7AA' }).features
    expect(level(scorePair(two, one, model), 'area')).toBe('same')
    expect(level(scorePair(two, one, model), 'houseNumber')).toBe('same')
  })
})

describe('the explanation of a score', () => {
  test('names outcome and evidence, the strongest first, and no personal value', () => {
    const explanation = explainPair(score(edith, { ...edith, given: 'Edie', family: 'Pemberley' }), model)
    expect(explanation.outcome).toBe('join')
    expect(explanation.summary).toMatch(/bits: .* % likely to be one customer\. They are joined\./)
    const weights = explanation.lines.map(({ weight }) => Math.abs(weight))
    expect(weights).toEqual([...weights].sort((x, y) => y - x))
    expect(explanation.lines.map(({ text }) => text).join()).toContain('Birth dates are the same (+14.2)')
    expect(JSON.stringify(explanation).toLowerCase()).not.toMatch(/edith|pemberl|1961|orchard/)
  })

  test('has the four outcomes', () => {
    const at = (weight: number, amongOthers = weight): string => outcomeOf({ weight, amongOthers }, model)
    expect(at(20)).toBe('join')
    expect(at(model.joinThreshold)).toBe('join-and-review')
    expect(at(model.joinThreshold - 0.01)).toBe('review')
    expect(at(model.reviewBand.from - 0.01)).toBe('apart')
    expect(at(20, model.joinThreshold - 0.01)).toBe('join-and-review')
  })

  test('puts twins of whom each of two systems knows one before a steward', () => {
    const [one, other] = [person('a', edith, 'crm'), person('b', { ...edith, given: 'Clara' }, 'billing')]
    expect(outcomeOf(scorePair(one.features, other.features, model), model)).toBe('join-and-review')
  })
})
