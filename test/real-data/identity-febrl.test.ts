import { tellSkipped } from '../support/skipped.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { identityFeatures } from '../../hub/identity/features.ts'
import { matchKeys } from '../../hub/identity/keys.ts'
import { candidatesInMemory, resolveInMemory } from '../../hub/identity/resolve.ts'
import type { IdentityRecord } from '../../hub/identity/resolve.ts'
import { countValues, frequencySnapshot, measureAlone, snapshotContext } from '../../hub/identity/snapshot.ts'
import { seededRandom, shuffled } from '../support/identity-records.ts'
import { shippedDocument, shippedModel } from '../support/matching-model.ts'
import { FEBRL_MISSING, readFebrl } from '../support/febrl.ts'
import type { FebrlRow } from '../support/febrl.ts'
import { trainModel } from '../../hub/identity/train.ts'

/** FEBRL 4: 5,000 people, each once in a CRM (4a) and once, with errors, in a billing system (4b). */
tellSkipped(FEBRL_MISSING)

const PEOPLE = 5000

function load(withNationalId: boolean): IdentityRecord[] {
  return [['crm', 'dataset4a.csv'] as const, ['billing', 'dataset4b.csv'] as const].flatMap(([system, file]) =>
    readFebrl(file).map((row) => ({
      id: `${system}/${row.rec_id ?? ''}`,
      features: identityFeatures(customerOf(row, withNationalId), { system }),
    })),
  )
}

function customerOf(record: FebrlRow, withNationalId: boolean): JsonObject {
  const of = (name: string): string => record[name] ?? ''
  const born = of('date_of_birth').replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3')
  // A date that does not exist is no date, as the mapping's conversion says too.
  const exists = born !== '' && new Date(`${born}T00:00:00Z`).toJSON()?.startsWith(born) === true
  return {
    kind: 'person',
    name: { given: of('given_name'), family: of('surname') },
    ...(exists ? { birthDate: born } : {}),
    identifiers: withNationalId ? [{ scheme: 'national-id', value: of('soc_sec_id'), country: 'AU' }] : [],
    addresses: [
      {
        houseNumber: of('street_number'),
        street: of('address_1'),
        locality: of('address_2'),
        city: of('suburb'),
        postalCode: of('postcode'),
        region: of('state'),
        country: 'AU',
      },
    ],
  }
}

interface Quality {
  right: number
  wrong: number
  missed: number
  f1: number
}

function qualityOf(clusters: string[][]): Quality {
  let [right, wrong] = [0, 0]
  for (const cluster of clusters) {
    const people = cluster.map((id) => id.split('-')[1])
    people.forEach((one, at) => {
      for (const other of people.slice(at + 1))
        if (one === other) right++
        else wrong++
    })
  }
  return { right, wrong, missed: PEOPLE - right, f1: (2 * right) / (right + wrong + PEOPLE) }
}

function told(what: string, quality: Quality): number {
  console.log(
    `FEBRL 4, ${what}: pairwise F1 ${quality.f1.toFixed(5)} (${quality.right} right, ${quality.wrong} wrong, ${quality.missed} missed)`,
  )
  return quality.f1
}

const suite = FEBRL_MISSING === null ? describe : describe.skip

suite('identity resolution on FEBRL 4', () => {
  const model = shippedModel()

  test('reaches F1 0.999 with the national id, with the shipped model and threshold', () => {
    expect(
      told('national id, as shipped', qualityOf(resolveInMemory(load(true), model).clusters)),
    ).toBeGreaterThanOrEqual(0.999)
  })

  test('reaches F1 0.998 without the national id once a snapshot has measured how far the systems overlap', () => {
    const records = load(false)
    // Without a snapshot the model will not join two people of one surname and address who have other given names and
    // other or no birth dates. Of FEBRL's copies more are such than the figure allows to miss.
    expect(told('no national id, as shipped', qualityOf(resolveInMemory(records, model).clusters))).toBeGreaterThan(
      0.99,
    )
    const counted = countValues(records.map(({ features }) => features))
    const snapshot = frequencySnapshot('febrl', counted, measureAlone(records, model))
    const { clusters } = resolveInMemory(records, model, { context: snapshotContext(snapshot) })
    expect(told('no national id, with a snapshot', qualityOf(clusters))).toBeGreaterThanOrEqual(0.998)
  }, 60_000)

  test('gives the same customers for sorted, shuffled, adjacent and repeated records', () => {
    const records = load(true)
    const expected = resolveInMemory(records, model).clusters
    const byId = (a: IdentityRecord, b: IdentityRecord): number => (a.id < b.id ? -1 : 1)
    const byPerson = (a: IdentityRecord, b: IdentityRecord): number =>
      (a.id.split('-')[1] ?? '') < (b.id.split('-')[1] ?? '') ? -1 : 1
    const orders = [
      [...records].sort(byId),
      records.toReversed(),
      [...records].sort(byPerson),
      [...records, ...shuffled(records, seededRandom(5)).slice(0, 3000)],
      ...[1, 2, 3].map((seed) => shuffled(records, seededRandom(seed))),
    ]
    for (const order of orders) expect(resolveInMemory(order, model).clusters).toEqual(expected)
  }, 60_000)

  test('finds nearly all copies by few keys in small blocks', () => {
    const records = load(false)
    const { pairs } = candidatesInMemory(records, model, {})
    const person = (at: number): string => records[at]?.id.split('-')[1] ?? ''
    const found = pairs.filter(([one, other]) => person(one) === person(other)).length
    const keys = records.reduce((sum, { features }) => sum + matchKeys(features).length, 0) / records.length
    console.log(
      `FEBRL 4, no national id: ${found} of ${PEOPLE} copies are candidates, ${(pairs.length / records.length).toFixed(2)} pairs and ${keys.toFixed(1)} keys a record`,
    )
    expect(found).toBeGreaterThanOrEqual(0.997 * PEOPLE)
    expect(pairs.length).toBeLessThan(2 * records.length)
    expect(keys).toBeLessThan(13)
  })

  test.each([
    [true, 0.999],
    [false, 0.998],
  ])(
    'training betters the shipped figure (national id: %s) and reaches %d',
    (withNationalId, least) => {
      const records = load(withNationalId)
      const options = { kind: 'person' as const, version: 'trained', random: seededRandom(1) }
      const { model: trained } = trainModel(records, shippedDocument(), options)
      const before = qualityOf(resolveInMemory(records, model).clusters).f1
      const what = `${withNationalId ? 'national id' : 'no national id'}, trained`
      const after = told(what, qualityOf(resolveInMemory(records, trained).clusters))
      expect(after).toBeGreaterThanOrEqual(before)
      expect(after).toBeGreaterThanOrEqual(least)
    },
    60_000,
  )
})
