import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { identityFeatures } from '../hub/identity/features.ts'
import { compileModel } from '../hub/identity/model.ts'
import { type IdentityRecord, resolveInMemory } from '../hub/identity/resolve.ts'
import { compileMapping, parseMappingOrThrow } from '../hub/mapping/index.ts'
import { makeCompany } from './company/company.ts'
import { type PairScores, pairScores, recordName, type TruthEntry } from './company/truth.ts'
import { DEMO_ENTITIES, recordsAsRead } from './servers/entities.ts'
import { DEMO_SYSTEMS } from './systems/index.ts'

const ROOT = join(import.meta.dirname, '..')
const company = makeCompany()
const truth: TruthEntry[] = []
const records: IdentityRecord[] = []
for (const system of DEMO_SYSTEMS) {
  const stored = system.store(company)
  truth.push(...stored.truth)
  for (const place of DEMO_ENTITIES.filter((each) => each.system === system.name)) {
    const file = `mappings/${system.name}/${place.entity}.yaml`
    const mapping = compileMapping(parseMappingOrThrow(readFileSync(join(ROOT, file), 'utf8'), file))
    if (mapping.document.target !== 'customer') continue
    for (const record of recordsAsRead(place, stored)) {
      const result = mapping.apply(record)
      if (!result.ok) throw new Error(JSON.stringify(result.errors))
      const id = recordName({ system: system.name, entity: place.entity, key: mapping.keyOf(record) ?? '' })
      records.push({ id, features: identityFeatures(result.document, { system: system.name }) })
    }
  }
}
const model = compileModel(parse(readFileSync(join(ROOT, 'config/matching.yaml'), 'utf8')))

function score(systems: readonly string[]): PairScores {
  const taken = records.filter(({ id }) => systems.includes(id.split('/')[0] ?? ''))
  const clusterOf = new Map<string, string>()
  for (const cluster of resolveInMemory(taken, model).clusters)
    for (const id of cluster) clusterOf.set(id, cluster[0] ?? id)
  const scores = pairScores(
    truth.filter((entry) => systems.includes(entry.system)),
    (name) => clusterOf.get(name),
  )
  const [precision, recall, f1] = [scores.precision, scores.recall, scores.f1].map((figure) => figure.toFixed(4))
  console.log(
    `${systems.join(' + ')}: precision ${precision}, recall ${recall}, F1 ${f1} over ${scores.truePairs} pairs`,
  )
  return scores
}

test('The shipped model finds who is who in the three systems that hold names', () => {
  const scores = score(['crm', 'erp', 'billing'])
  expect(scores.precision).toBeGreaterThan(0.99)
  expect(scores.f1).toBeGreaterThan(0.96)
})

test('Sites without a name find their customer by mobile, e-mail and door, and seldom the wrong one', () => {
  const scores = score(['crm', 'erp', 'billing', 'inventory'])
  expect(scores.precision).toBeGreaterThan(0.99)
  expect(scores.f1).toBeGreaterThan(0.9)
})
