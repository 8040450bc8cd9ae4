/** What holds for any records, any configuration and any overrides. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Json, JsonObject } from '../contracts/json.ts'
import { createSchemaValidator } from '../contracts/schema-validator.ts'
import { DEFAULT_GOLDEN_CONFIG, type FieldRule, type GoldenConfig } from './golden-config.ts'
import type { Override, Preference, SourceView } from './golden-types.ts'
import { createSurvivorship } from './merge-customer.ts'

const few = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
const optional = (
  members: Record<string, fc.Arbitrary<unknown>>,
  requiredKeys: string[] = [],
): fc.Arbitrary<JsonObject> => fc.record(members, { requiredKeys }) as fc.Arbitrary<JsonObject>
const listOf = (item: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject[]> => fc.array(item, { maxLength: 4 })

const SYSTEMS = ['crm', 'erp', 'billing', 'web']
const moment = few(
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.250Z',
  '2026-01-01T11:00:00+11:00',
  '2025-06-30T12:00:00Z',
)
const validity = { validFrom: few('2020-01-01'), validTo: few('2030-01-01') }
const document = optional(
  {
    attributes: optional({ tier: few('gold', 'tin'), points: few(1, 2), vip: fc.boolean() }),
    consents: listOf(
      optional(
        {
          state: few('granted', 'denied', 'withdrawn'),
          purpose: few('marketing', 'news'),
          channel: few('any', 'email'),
          at: moment,
        },
        ['purpose', 'state'],
      ),
    ),
    timeZone: few('UTC', 'Europe/Berlin'),
    emails: listOf(
      optional(
        {
          primary: fc.boolean(),
          address: few('a@b.co', 'A@b.co', 'c@d.co', 'e@f.co'),
          purpose: few('home', 'work'),
          ...validity,
        },
        ['address'],
      ),
    ),
    phones: listOf(
      optional({ number: few('+6110000001', '+6110000002'), primary: fc.boolean(), purpose: few('fax', 'home') }, [
        'number',
      ]),
    ),
    addresses: listOf(
      optional({
        city: few('Köln', 'KOLN', 'Bonn'),
        purpose: few('home', 'billing'),
        street: few('Main St', 'main st.'),
        houseNumber: few('1', '2'),
        lines: few(['1 Main St'], ['Main St 1']),
      }),
    ),
    identifiers: listOf(
      optional({ value: few('1-2', '12', '3'), scheme: few('vat', 'tax-id'), country: few('DE') }, ['scheme', 'value']),
    ),
    name: optional({
      family: few('Smith', 'SMITH', 'Smyth'),
      given: few('Mary', 'Maria', 'M'),
      full: few('Mary Smith'),
    }),
    organization: optional({ legalName: few('Wattle', 'Wattle Pty Ltd') }),
    status: few('prospect', 'active', 'inactive', 'closed'),
    birthDate: few('1984-02-29', '1984-02-28'),
    gender: few('female', 'male'),
    language: few('en', 'de', 'fr'),
    kind: few('person', 'organization'),
  },
  ['kind'],
)
const sources: fc.Arbitrary<SourceView[]> = fc.uniqueArray(
  fc.record({
    lane: fc.record({ system: few(...SYSTEMS), entity: few('Contact', 'Partner'), key: few('1', '2', '3') }),
    document,
    changedAt: moment,
    mappingRevision: few(1, 2),
  }),
  { selector: ({ lane }) => JSON.stringify(lane), maxLength: 7 },
)

const preference: fc.Arbitrary<Preference> = few('source-priority', 'most-recent', 'most-frequent', 'longest')
const recordPreference: fc.Arbitrary<Preference> = few('source-priority', 'most-recent')
const rule: fc.Arbitrary<FieldRule> = fc.record(
  {
    rule: preference,
    then: fc.array(preference, { maxLength: 2 }),
    systems: fc.subarray(SYSTEMS),
    fillOnly: fc.subarray(SYSTEMS),
  },
  { requiredKeys: ['rule'] },
)
const listRule: fc.Arbitrary<FieldRule> = fc.oneof(
  rule,
  fc.record(
    {
      rule: few('keep-all' as const),
      then: fc.array(recordPreference, { maxLength: 2 }),
      systems: fc.subarray(SYSTEMS),
      fillOnly: fc.subarray(SYSTEMS),
    },
    { requiredKeys: ['rule'] },
  ),
)
const apart: fc.Arbitrary<FieldRule> = few({ rule: 'keep-all', apart: 'purpose' })
const config: fc.Arbitrary<GoldenConfig> = fc.record({
  systems: fc.shuffledSubarray(SYSTEMS),
  fillOnly: few<string[]>([], [], ['web'], ['web', 'erp']),
  default: rule,
  fields: fc.record({
    status: fc.oneof(few<FieldRule>({ rule: 'liveliest' }), rule),
    name: fc.oneof(
      rule,
      rule.map((it) => ({ ...it, together: true })),
    ),
    emails: fc.oneof(listRule, apart),
    phones: listRule,
    addresses: fc.oneof(listRule, apart),
    identifiers: listRule,
    consents: listRule,
    'attributes.tier': rule,
  }),
})

const overridden = (path: string, value: fc.Arbitrary<Json>): fc.Arbitrary<Override> =>
  fc.record({ path: few(path), value: fc.oneof(value, few<Json>(null)), author: few('ann', 'bob'), at: moment })
const overrides = fc.array(
  fc.oneof(
    overridden('language', few('it', 'es')),
    overridden('status', few('active', 'closed')),
    overridden('name', few<Json>({ given: 'Zoe' }, { family: 'Zed', given: 'Zack' })),
    overridden('name.given', few('Xena', 'Xander')),
    overridden('emails', few<Json>([{ address: 'x@y.co' }], [])),
    overridden('attributes.tier', few('lead')),
  ),
  { maxLength: 3 },
)

const text = (value: unknown): string => JSON.stringify(value)

/** The value at a provenance path: `name.given`, `emails[1]`; null where there is none. */
function valueAt(golden: JsonObject, path: string): Json {
  const match = /^(\w+)(?:\[(\d+)\]|\.(.+))?$/.exec(path)
  const member = golden[match?.[1] ?? ''] ?? null
  if (match?.[2] !== undefined) return (member as Json[] | null)?.[Number(match[2])] ?? null
  return match?.[3] === undefined ? member : ((member as JsonObject | null)?.[match[3]] ?? null)
}

describe('for any records, configuration and overrides', () => {
  test('the fast way and the explained way give the same golden record', () => {
    fc.assert(
      fc.property(sources, config, overrides, (records, settings, words) => {
        const survivorship = createSurvivorship(settings)
        expect(text(survivorship.explain(records, words).golden)).toBe(text(survivorship.merge(records, words)))
      }),
      { numRuns: 600 },
    )
  })

  test('golden record and provenance depend on no order: not of records, overrides or members', () => {
    const shuffled = (object: JsonObject): JsonObject => Object.fromEntries(Object.entries(object).toReversed())
    const cases = fc
      .tuple(sources, config, overrides)
      .chain(([records, settings, words]) =>
        fc.tuple(
          fc.constant({ records, settings, words }),
          fc.shuffledSubarray(records, { minLength: records.length }),
          fc.shuffledSubarray(words, { minLength: words.length }),
        ),
      )
    fc.assert(
      fc.property(cases, ([{ records, settings, words }, otherRecords, otherWords]) => {
        const survivorship = createSurvivorship(settings)
        const again = otherRecords.map((it) => ({ ...it, document: shuffled(it.document) }))
        const once = survivorship.explain(records, words)
        expect(text(survivorship.explain(again, otherWords))).toBe(text(once))
        expect(text(survivorship.merge(again, otherWords))).toBe(text(once.golden))
      }),
      { numRuns: 600 },
    )
  })

  test('each value in the golden record has its provenance, and each provenance its value', () => {
    fc.assert(
      fc.property(sources, config, overrides, (records, settings, words) => {
        const { golden, provenance } = createSurvivorship(settings).explain(records, words)
        for (const [path, entry] of Object.entries(provenance)) {
          const isEmptyList = Array.isArray(entry.value) && entry.value.length === 0
          expect(text(valueAt(golden, path))).toBe(isEmptyList ? 'null' : text(entry.value))
          expect(entry.source === null).toBe(entry.rule === 'override')
        }
        for (const member of Object.keys(golden)) {
          expect(Object.keys(provenance).some((path) => path.replace(/[.[].*$/, '') === member)).toBe(true)
        }
      }),
      { numRuns: 400 },
    )
  })

  test('nothing that a record says of a single field goes untold', () => {
    fc.assert(
      fc.property(sources, config, (records, settings) => {
        const { provenance } = createSurvivorship(settings).explain(records, [])
        for (const { lane, document: said } of records) {
          for (const path of ['kind', 'status', 'birthDate', 'language']) {
            if (said[path] === undefined) continue
            const entry = provenance[path]
            const told = [
              entry?.source,
              ...(entry?.agreeing ?? []),
              ...(entry?.losers ?? []).map(({ source }) => source),
            ]
            const mine = told.filter(
              (it) => it?.system === lane.system && it.entity === lane.entity && it.key === lane.key,
            )
            expect(mine).toHaveLength(1)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  test('the golden record of valid records is valid', () => {
    const validator = createSchemaValidator()
    fc.assert(
      fc.property(sources, config, (records, settings) => {
        for (const it of records) expect(validator.validate('customer', it.document)).toEqual([])
        const golden = createSurvivorship(settings).merge(records, [])
        if (records.length > 0) expect(validator.validate('customer', golden)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  test('at most one e-mail and one phone are primary, and no e-mail address is there twice', () => {
    fc.assert(
      fc.property(sources, (records) => {
        const golden = createSurvivorship(DEFAULT_GOLDEN_CONFIG).merge(records, [])
        for (const member of ['emails', 'phones']) {
          const items = (golden[member] ?? []) as JsonObject[]
          expect(items.filter(({ primary }) => primary === true).length).toBeLessThanOrEqual(1)
        }
        const addresses = ((golden['emails'] ?? []) as JsonObject[]).map(({ address }) => String(address).toLowerCase())
        expect(new Set(addresses).size).toBe(addresses.length)
      }),
      { numRuns: 300 },
    )
  })

  test('a golden record merged with nothing else is itself', () => {
    fc.assert(
      fc.property(sources, (records) => {
        const survivorship = createSurvivorship(DEFAULT_GOLDEN_CONFIG)
        const golden = survivorship.merge(records, [])
        const lane = { system: 'hub', entity: 'customer', key: '1' }
        const again = survivorship.merge([{ lane, document: golden, changedAt: '', mappingRevision: 1 }], [])
        expect(text(again)).toBe(text(golden))
      }),
      { numRuns: 300 },
    )
  })

  test('no record is changed by being merged', () => {
    fc.assert(
      fc.property(sources, config, overrides, (records, settings, words) => {
        const before = text([records, words])
        createSurvivorship(settings).explain(records, words)
        expect(text([records, words])).toBe(before)
      }),
      { numRuns: 300 },
    )
  })
})
