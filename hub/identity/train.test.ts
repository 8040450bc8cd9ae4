import { HubError } from '../contracts/hub-error.ts'
import { identityFeatures } from './features.ts'
import { resolveInMemory } from './resolve.ts'
import { generatedPeople } from '../../test/support/generated-people.ts'
import { organization, person, seededRandom } from '../../test/support/identity-records.ts'
import { shippedDocument, shippedModel } from '../../test/support/matching-model.ts'
import { trainModel } from './train.ts'
import type { TrainOptions } from './train.ts'

const options = (seed: number): TrainOptions => ({
  kind: 'person',
  version: 'trained',
  random: seededRandom(seed),
  randomPairs: 20_000,
})

function refusal(records: Parameters<typeof trainModel>[0]): string {
  try {
    trainModel(records, shippedDocument(), options(1))
  } catch (error) {
    if (error instanceof HubError && error.family === 'reject') return error.code
    throw error
  }
  return 'none'
}

describe('training', () => {
  const people = generatedPeople(2500, seededRandom(8))
  const records = people.map(({ id, system, document }) => ({ id, features: identityFeatures(document, { system }) }))
  const copies = people.length - new Set(people.map(({ person: number }) => number)).size
  const correct = (clusters: string[][]): number =>
    clusters.filter((cluster) => cluster.length === 2 && new Set(cluster.map((id) => id.split('/')[1])).size === 1)
      .length

  const trained = trainModel(records, shippedDocument(), options(1))

  test('finds the copies, moves the probabilities and keeps or betters the clusters', () => {
    const { model, document, report } = trained
    expect(report).toMatchObject({ kind: 'person', records: 2500, converged: true })
    expect(Math.abs(report.expectedCopies - copies)).toBeLessThan(0.03 * copies)
    expect(report.changes.length).toBeGreaterThan(5)
    expect(document.version).toBe('trained')
    expect(document.organization).toEqual(shippedDocument().organization)
    // Generated people never move, and the trained model knows.
    expect(document.person.fields.streetInArea?.different?.same).toBeLessThan(0.04)
    const before = resolveInMemory(records, shippedModel()).clusters
    const after = resolveInMemory(records, model).clusters
    expect(correct(after)).toBeGreaterThanOrEqual(correct(before))
    expect(after.filter((cluster) => cluster.length > 1).length - correct(after)).toBe(0)
  })

  test('gives the same model for the same seed', () => {
    expect(trainModel(records, shippedDocument(), options(1)).document).toEqual(trained.document)
  })

  test('leaves a level that nobody ever shows near the shipped figure', () => {
    const stranger = trained.document.person.fields.nationalId?.same?.stranger ?? 0
    expect(stranger / 2e-7).toBeGreaterThan(0.5)
    expect(stranger / 2e-7).toBeLessThan(2)
  })

  test('refuses too few records', () => {
    expect(refusal([])).toBe('matching.train.records')
    expect(refusal(records.slice(0, 50))).toBe('matching.train.records')
    const companies = Array.from({ length: 200 }, (_, n) => organization(`${n}`, { name: `Company ${n}` }))
    expect(refusal(companies)).toBe('matching.train.records')
  })

  test('refuses records among which are no copies', () => {
    const single = records.filter(({ features }) => features.system === 'crm')
    expect(refusal(single)).toBe('matching.train.copies')
  })

  test('refuses records that are all the same', () => {
    const facts = {
      given: 'Edith',
      family: 'Pemberly',
      born: '1961-02-03',
      address: '14 Orchard Lane, Ludlow, SY8 1AA',
    }
    const same = Array.from({ length: 300 }, (_, n) => person(`${n}`, facts))
    expect(refusal(same)).toBe('matching.train.alike')
  })

  test('refuses records that say nothing', () => {
    expect(refusal(Array.from({ length: 300 }, (_, n) => person(`${n}`, {})))).toBe('matching.train.copies')
  })
})
