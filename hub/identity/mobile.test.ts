import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { identityFeatures } from './features.ts'
import { compileModel } from './model.ts'
import { scorePair } from './score.ts'

const model = compileModel(parse(readFileSync(new URL('../../config/matching.yaml', import.meta.url), 'utf8')))

function person(purpose: string, number = '+447700100001') {
  const addresses = [{ houseNumber: '12', street: 'Mill Road', city: 'Leeds', postalCode: 'LS1 4AP', country: 'GB' }]
  return identityFeatures({ kind: 'person', phones: [{ number, purpose }], addresses }, { system: purpose })
}

describe('A shared telephone number', () => {
  test('says more about a person when it is a mobile than when it is a household’s', () => {
    const mobile = scorePair(person('mobile'), person('other'), model)
    const landline = scorePair(person('home'), person('other'), model)
    expect(mobile.fields.find(({ field }) => field === 'phone')?.level).toBe('same-mobile')
    expect(landline.fields.find(({ field }) => field === 'phone')?.level).toBe('same')
    expect(mobile.weight).toBeGreaterThan(landline.weight + 2)
  })

  test('weighs the same from either side, and a mobile beats another number that agrees', () => {
    const one = identityFeatures({
      kind: 'person',
      phones: [
        { number: '+441134960001', purpose: 'home' },
        { number: '+447700100001', purpose: 'mobile' },
      ],
    })
    const other = identityFeatures({
      kind: 'person',
      phones: [
        { number: '+447700100001', purpose: 'other' },
        { number: '+441134960001', purpose: 'other' },
      ],
    })
    expect(scorePair(one, other, model).weight).toBe(scorePair(other, one, model).weight)
    expect(scorePair(one, other, model).fields.find(({ field }) => field === 'phone')?.level).toBe('same-mobile')
  })

  test('of organizations has no mobiles', () => {
    const company = identityFeatures({ kind: 'organization', phones: [{ number: '+447700100001', purpose: 'mobile' }] })
    expect(scorePair(company, company, model).fields.find(({ field }) => field === 'phone')?.level).toBe('same')
  })
})
