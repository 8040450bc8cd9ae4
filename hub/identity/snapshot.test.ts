import { HubError } from '../contracts/hub-error.ts'
import { identityFeatures } from './features.ts'
import { resolveInMemory } from './resolve.ts'
import { countValues, frequencySnapshot, measureAlone, snapshotContext } from './snapshot.ts'
import { generatedPeople } from '../../test/support/generated-people.ts'
import { organization, person, seededRandom } from '../../test/support/identity-records.ts'
import { shippedModel } from '../../test/support/matching-model.ts'

describe('a snapshot of value frequencies', () => {
  test('knows the frequent values and leaves the rare ones to the model', () => {
    const records = Array.from({ length: 100 }, (_, n) =>
      person(`${n}`, { given: 'Edith', family: n < 10 ? 'Marsh' : `Rare${n}` }),
    )
    const snapshot = frequencySnapshot('s1', countValues(records.map(({ features }) => features)))
    const { frequencyOf } = snapshotContext(snapshot)
    expect(snapshot).toMatchObject({ version: 's1', records: 100 })
    expect(frequencyOf('given', 'edith')).toBe(1)
    expect(frequencyOf('family', 'marsh')).toBe(0.1)
    expect(frequencyOf('family', 'rare50')).toBeUndefined()
    expect(frequencyOf('family', 'constructor')).toBeUndefined()
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
  })

  test('counts organizations and post codes, a post code once a record', () => {
    const features = Array.from(
      { length: 6 },
      (_, n) => organization(`${n}`, { name: 'Kestrel Ltd', address: '1 A Street, York, YO1' }).features,
    )
    features[0]?.addresses?.push(...(features[0].addresses ?? []))
    const { counts } = countValues(features)
    expect(counts.name.get('kestrel')).toBe(6)
    expect(counts.area.get('yo1')).toBe(6)
  })

  test('of nothing is refused', () => {
    expect(() => frequencySnapshot('s', countValues([]))).toThrow(HubError)
  })
})

describe('how far systems hold the same customers', () => {
  const model = shippedModel()
  const people = generatedPeople(4000, seededRandom(2))
  const records = people.map(({ id, system, document }) => ({ id, features: identityFeatures(document, { system }) }))

  test('is measured, whatever the order', () => {
    const alone = measureAlone(records, model)
    const copies = people.length - new Set(people.map(({ person: number }) => number)).size
    const missing = (system: string): number => {
      const own = people.filter((one) => one.system === system).length
      return (own - copies) / own
    }
    expect(Object.keys(alone)).toEqual(['billing|crm'])
    expect(alone['billing|crm']).toBeCloseTo(missing('crm') * missing('billing'), 1)
    expect(measureAlone(records.toReversed(), model)).toEqual(alone)
  })

  test('makes lone pairs likelier where nearly all are in both, and does not where few are', () => {
    const edith = { given: 'Edith', family: 'Pemberly', address: '14 Orchard Lane, Ludlow, SY8 1AA' }
    const pair = [person('a', edith, 'crm'), person('b', { ...edith, given: 'Zebedee' }, 'billing')]
    const at = (share: number): number => {
      const snapshot = frequencySnapshot('s', countValues(records.map(({ features }) => features)), {
        'billing|crm': share,
      })
      return resolveInMemory(pair, model, { context: snapshotContext(snapshot) }).clusters.length
    }
    expect(at(0.5)).toBe(2)
    expect(at(0.00001)).toBe(1)
  })

  test('of one system is nothing', () => {
    expect(
      measureAlone(
        records.filter(({ features }) => features.system === 'crm'),
        model,
      ),
    ).toEqual({})
  })
})
