/**
 * `node bench/identity.ts [seconds per row]`: features and keys, scoring, clustering and a whole resolution on one thread, on generated people
 * (one of four exists twice, with slips), each beside a bare loop that does only what cannot be left out.
 */
import { matchKeyHash, matchKeys } from '../hub/identity/keys.ts'
import { identityFeatures } from '../hub/identity/features.ts'
import { jaroWinkler } from '../hub/identity/jaro-winkler.ts'
import { candidatesInMemory, resolveComponent, resolveInMemory } from '../hub/identity/resolve.ts'
import { scorePair } from '../hub/identity/score.ts'
import { seededRandom } from '../test/support/identity-records.ts'
import { shippedModel } from '../test/support/matching-model.ts'
import { generatedPeople } from '../test/support/generated-people.ts'

const secondsPerRow = Number(process.argv[2] ?? 1.2)
const model = shippedModel()
const people = generatedPeople(20_000, seededRandom(7))

/** Runs for the time given, after a warm-up of a quarter of it; operations per second, the best of three stretches. */
function rate(operations: number, run: () => void): number {
  const until = performance.now() + secondsPerRow * 250
  while (performance.now() < until) run()
  let best = 0
  for (let stretch = 0; stretch < 3; stretch++) {
    const start = performance.now()
    let done = 0
    while (performance.now() - start < secondsPerRow * 250) {
      run()
      done += operations
    }
    best = Math.max(best, (done / (performance.now() - start)) * 1000)
  }
  return best
}

function print(what: string, figure: number, bare: number, wanted?: number): void {
  const round = (value: number): string => Math.round(value).toLocaleString('en')
  const verdict = wanted === undefined ? '' : `  wanted ${round(wanted)}: ${figure >= wanted ? 'reached' : 'MISSED'}`
  console.log(
    `${what.padEnd(46)} ${round(figure).padStart(12)}/s   bare ${round(bare).padStart(12)}/s   ${(figure / bare).toFixed(2)}${verdict}`,
  )
}

const documents = people.slice(0, 2000)
let sink = 0
print(
  'features, keys and their hashes of a record',
  rate(documents.length, () => {
    for (const { document } of documents) {
      for (const key of matchKeys(identityFeatures(document, { system: 'crm' }))) sink += matchKeyHash(key) % 2
    }
  }),
  rate(documents.length, () => {
    for (const { document } of documents) sink += JSON.stringify(document).toLowerCase().length
  }),
  30_000,
)

const records = people.map(({ id, system, document }) => ({ id, features: identityFeatures(document, { system }) }))
const { pairs, context } = candidatesInMemory(records, model, {})
const pairsOf = pairs
  .slice(0, 20_000)
  .map(([one, other]) => [records[one]?.features, records[other]?.features] as const)
print(
  `score of a candidate pair (${pairs.length.toLocaleString('en')} pairs)`,
  rate(pairsOf.length, () => {
    for (const [a, b] of pairsOf) if (a !== undefined && b !== undefined) sink += scorePair(a, b, model, context).weight
  }),
  rate(pairsOf.length, () => {
    for (const [a, b] of pairsOf)
      sink += jaroWinkler(a?.given ?? '', b?.given ?? '') + jaroWinkler(a?.family ?? '', b?.family ?? '')
  }),
  300_000,
)

const household = records.slice(0, 12)
print(
  'component of 12 records, all pairs scored',
  rate(1, () => {
    sink += resolveComponent(household, [], [], model).length
  }),
  rate(1, () => {
    household.forEach((one, at) => {
      for (const other of household.slice(at + 1))
        sink += jaroWinkler(one.features.family ?? '', other.features.family ?? '')
    })
  }),
)

const start = performance.now()
const { clusters } = resolveInMemory(records, model)
const seconds = (performance.now() - start) / 1000
console.log(
  `whole resolution in memory: ${records.length.toLocaleString('en')} records, ${clusters.length.toLocaleString('en')} customers, ${Math.round(records.length / seconds).toLocaleString('en')} records/s`,
)
if (Number.isNaN(sink)) throw new Error('The work was left out.')
