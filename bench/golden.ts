/**
 * Merges of customers per second, on one thread, for 1, 3 and 10 source records, beside a bare Object.assign over the
 * same documents, which is what merging would cost if there were nothing to decide. Run: node bench/golden.ts
 */
import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { JsonObject } from '../hub/contracts/json.ts'
import { createSchemaValidator } from '../hub/contracts/schema-validator.ts'
import { parseGoldenConfig } from '../hub/golden/golden-config.ts'
import type { SourceView } from '../hub/golden/golden-types.ts'
import { createSurvivorship } from '../hub/golden/merge-customer.ts'

const ROUND_MS = 120
const SYSTEMS = ['crm', 'billing', 'erp', 'inventory'] as const

/** One person as the `n`th of several systems knows her: mostly the same, with the differences that systems have. */
function recordOf(n: number): SourceView {
  const system = SYSTEMS[n % SYSTEMS.length] ?? 'crm'
  const document: JsonObject = {
    kind: 'person',
    status: n % 3 === 0 ? 'active' : 'inactive',
    name: { given: n % 2 === 0 ? 'Mary' : 'M', family: 'Smith', full: 'Mary Smith' },
    birthDate: n % 4 === 3 ? '1984-02-28' : '1984-02-29',
    gender: 'female',
    emails: [
      { address: n % 2 === 0 ? 'mary.smith@example.com' : 'Mary.Smith@example.com', purpose: 'home', primary: true },
    ],
    phones: [{ number: `+6125550${String(1000 + (n % 3))}`, purpose: 'mobile' }],
    addresses: [
      {
        purpose: 'home',
        houseNumber: '12',
        street: n % 2 === 0 ? 'Acacia Avenue' : 'ACACIA AVENUE',
        city: 'Sydney',
        postalCode: '2131',
        country: 'AU',
      },
    ],
    identifiers: [{ scheme: 'customer-number', value: `${system}-${n}` }],
    language: 'en-AU',
    attributes: { segment: 'residential', score: n },
  }
  const changedAt = `2026-0${1 + (n % 9)}-14T09:26:53Z`
  return { lane: { system, entity: 'Customer', key: String(1000 + n) }, document, changedAt, mappingRevision: 1 }
}

/** The best of three short rounds: what the machine can do when nothing else disturbs it. */
function perSecond(work: () => unknown): number {
  let best = 0
  for (let round = 0; round < 3; round += 1) {
    const started = performance.now()
    let done = 0
    for (; performance.now() - started < ROUND_MS; done += 100) for (let turn = 0; turn < 100; turn += 1) work()
    best = Math.max(best, (done / (performance.now() - started)) * 1000)
  }
  return Math.round(best)
}

const config = parseGoldenConfig(readFileSync(new URL('../config/golden.yaml', import.meta.url), 'utf8'))
const survivorship = createSurvivorship(config)
const rows = [1, 3, 10].map((count) => {
  const sources = Array.from({ length: count }, (_, n) => recordOf(n))
  return {
    records: count,
    'merges/s': perSecond(() => survivorship.merge(sources, [])),
    'with provenance/s': perSecond(() => survivorship.explain(sources, [])),
    'bare Object.assign/s': perSecond(() => Object.assign({}, ...sources.map(({ document }) => document))),
  }
})
console.log(`Survivorship by config/golden.yaml, one thread of ${cpus()[0]?.model ?? 'an unknown processor'}`)
console.table(rows)
const validator = createSchemaValidator()
const { document } = recordOf(0)
console.log(
  `Validations of such a document: ${perSecond(() => validator.validate('customer', document)).toLocaleString('en')}/s`,
)
