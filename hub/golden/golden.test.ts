import { describe, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { canonicalSchema } from '../contracts/canonical-schema.ts'
import type { Json, JsonObject } from '../contracts/json.ts'
import { closedCustomer } from './closed-customer.ts'
import { CUSTOMER_SHAPE } from './customer-shape.ts'
import { diffPaths } from './diff-paths.ts'
import { DEFAULT_GOLDEN_CONFIG, parseGoldenConfig } from './golden-config.ts'
import type { Override, SourceView } from './golden-types.ts'
import { compareInstants } from './instants.ts'
import { createSurvivorship } from './merge-customer.ts'
import { overridePathFault } from './overrides.ts'

interface Case {
  title: string
  config?: JsonObject
  records: ({ from: string; at: string } & JsonObject)[]
  overrides?: Override[]
  expect?: JsonObject
  expectText?: string
  /** By path of the provenance: the rule that decided. */
  rules?: Record<string, string>
}

const CASES = parse(readFileSync(join(import.meta.dirname, 'golden.cases.yaml'), 'utf8')) as Case[]

function sourceOf({ from, at, ...document }: Case['records'][number], index: number): SourceView {
  const [system = '', entity = '', key = ''] = from.split('/')
  const changedAt = /^\d{4}-\d\d-\d\d$/.test(at) ? `${at}T00:00:00Z` : at
  return { lane: { system, entity, key }, document, changedAt, mappingRevision: index + 1 }
}

describe('survivorship', () => {
  test.each(CASES)('$title', ({ config, records, overrides = [], expect: expected, expectText, rules }) => {
    const survivorship = createSurvivorship(parseGoldenConfig(stringify(config ?? {})))
    const sources = records.map(sourceOf)
    for (const order of [sources, sources.toReversed()]) {
      const golden = survivorship.merge(order, overrides)
      if (expectText !== undefined) expect(JSON.stringify(golden)).toBe(expectText)
      for (const [member, value] of Object.entries(expected ?? {})) expect(golden[member] ?? null).toEqual(value)
      const explained = survivorship.explain(order, overrides)
      expect(JSON.stringify(explained.golden)).toBe(JSON.stringify(golden))
      for (const [path, rule] of Object.entries(rules ?? {})) expect(explained.provenance[path]?.rule).toBe(rule)
    }
  })

  test('titles of examples are sentences of their own', () => {
    expect(new Set(CASES.map(({ title }) => title)).size).toBe(CASES.length)
    expect(CASES.length).toBeGreaterThan(30)
  })

  test('the members of a customer are those of its schema, in their order and bounds', () => {
    const properties = canonicalSchema('customer', 'contribution')['properties'] as Record<string, JsonObject>
    expect([...CUSTOMER_SHAPE.keys()]).toEqual(Object.keys(properties))
    for (const [member, shape] of CUSTOMER_SHAPE) {
      const schema = properties[member] as JsonObject
      if (shape.kind === 'object') expect(shape.members).toEqual(Object.keys(schema['properties'] as JsonObject))
      if (shape.kind !== 'list') continue
      const items = schema['items'] as JsonObject
      expect(shape.itemsMax).toBe(schema['maxItems'])
      expect(shape.members).toEqual(Object.keys(items['properties'] as JsonObject))
      expect(shape.essential).toEqual(items['required'] ?? [])
    }
  })

  test('more items than a customer can have are cut by trust, and told', () => {
    const survivorship = createSurvivorship(DEFAULT_GOLDEN_CONFIG)
    const phones = (from: number): Json[] =>
      Array.from({ length: 80 }, (_, at) => ({ number: `+61${String(from + at)}` }))
    const old = sourceOf({ from: 'crm/Contact/1', at: '2020-01-01', kind: 'person', phones: phones(1_000_000) }, 0)
    const recent = sourceOf({ from: 'erp/Partner/1', at: '2026-01-01', kind: 'person', phones: phones(2_000_000) }, 1)
    const { golden, provenance } = survivorship.explain([old, recent], [])
    expect(golden['phones']).toEqual([...phones(2_000_000), ...phones(1_000_000).slice(0, 20)])
    expect(provenance['phones[+]']?.losers).toHaveLength(60)
    expect(provenance['phones[+]']?.losers[0]).toMatchObject({ why: 'limit', source: { system: 'crm' } })
  })

  test('provenance names the record, the revision, those that agree and those that lost', () => {
    const survivorship = createSurvivorship(parseGoldenConfig('{systems: [crm, erp], default: source-priority}'))
    const sources = [
      sourceOf({ from: 'crm/Contact/1', at: '2020-01-01', kind: 'person', language: 'en' }, 0),
      sourceOf({ from: 'erp/Partner/7', at: '2026-01-01', kind: 'person', language: 'de' }, 1),
      sourceOf({ from: 'web/User/3', at: '2026-01-01', kind: 'person', language: 'en' }, 2),
    ]
    expect(survivorship.explain(sources, []).provenance['language']).toEqual({
      value: 'en',
      source: { system: 'crm', entity: 'Contact', key: '1', mappingRevision: 1 },
      rule: 'source-priority',
      agreeing: [{ system: 'web', entity: 'User', key: '3', mappingRevision: 3 }],
      losers: [
        {
          value: 'de',
          source: { system: 'erp', entity: 'Partner', key: '7', mappingRevision: 2 },
          why: 'source-priority',
        },
      ],
    })
  })

  test('an override is told with its author and with what it outranks', () => {
    const survivorship = createSurvivorship(DEFAULT_GOLDEN_CONFIG)
    const sources = [
      sourceOf({ from: 'crm/Contact/1', at: '2020-01-01', kind: 'person', emails: [{ address: 'a@b.co' }] }, 0),
    ]
    const override = { path: 'emails', value: [{ address: 'c@d.co' }], author: 'ann', at: '2026-01-01T00:00:00Z' }
    const { provenance } = survivorship.explain(sources, [override])
    expect(Object.keys(provenance)).toEqual(['kind', 'emails'])
    expect(provenance['emails']).toMatchObject({
      value: [{ address: 'c@d.co' }],
      source: null,
      rule: 'override',
      override: { author: 'ann', at: '2026-01-01T00:00:00Z' },
      losers: [{ value: { address: 'a@b.co' }, why: 'override', source: { system: 'crm' } }],
    })
  })

  test.each(['nothing', 'name.nick', 'emails.0', 'name.given.first', 'attributes', 'attributes.a b', '', 'toString'])(
    'an override of %j is refused',
    (path) => {
      expect(overridePathFault(path)).toMatch(/\.$/)
      const merge = (): unknown =>
        createSurvivorship(DEFAULT_GOLDEN_CONFIG).merge(
          [],
          [{ path, value: 1, author: 'ann', at: '2026-01-01T00:00:00Z' }],
        )
      expect(merge).toThrow(expect.objectContaining({ code: 'golden.override.path-unknown', family: 'reject' }))
    },
  )
})

describe('a customer without records', () => {
  test('is what was known last, closed', () => {
    const last = { kind: 'person', status: 'active', name: { given: 'Mary' } }
    expect(JSON.stringify(closedCustomer(last))).toBe('{"kind":"person","status":"closed","name":{"given":"Mary"}}')
    expect(last.status).toBe('active')
  })

  test('is closed too when it had no status, and stays as it is when it was closed', () => {
    expect(JSON.stringify(closedCustomer({ kind: 'person', gender: 'male' }))).toBe(
      '{"kind":"person","status":"closed","gender":"male"}',
    )
    const closed = closedCustomer({})
    expect(closedCustomer(closed)).toBe(closed)
  })
})

describe('paths of what changed', () => {
  const customer: JsonObject = {
    kind: 'person',
    name: { given: 'Mary', family: 'Smith' },
    emails: [{ address: 'a@b.co' }],
  }
  test.each<[string, JsonObject, string[]]>([
    ['nothing', { ...customer }, []],
    [
      'the order of members',
      { emails: [{ address: 'a@b.co' }], name: { family: 'Smith', given: 'Mary' }, kind: 'person' },
      [],
    ],
    ['a part of the name', { ...customer, name: { given: 'Maria', family: 'Smith' } }, ['name.given']],
    ['the name gone', { kind: 'person', emails: [{ address: 'a@b.co' }] }, ['name.family', 'name.given']],
    ['a list', { ...customer, emails: [{ address: 'a@b.co', primary: true }] }, ['emails']],
    [
      'new members, in the order of their names',
      { ...customer, status: 'active', attributes: { z: 1, a: 2 } },
      ['attributes.a', 'attributes.z', 'status'],
    ],
    ['a member called as every object has one', { ...customer, toString: 'x' }, ['toString']],
    ['an object in place of a text', { ...customer, kind: { a: 1 } }, ['kind']],
  ])('%s', (_, after, paths) => {
    expect(diffPaths(customer, after)).toEqual(paths)
    expect(diffPaths(after, customer)).toEqual(paths)
  })
})

describe('moments', () => {
  test.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 0],
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z', 0],
    ['2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00Z', 1],
    ['2026-01-01T00:00:00.000001Z', '2026-01-01T00:00:00.000002Z', -1],
    ['2026-01-01T00:00:00.1Z', '2026-01-01T00:00:00.05+00:00', 1],
    ['2026-01-01T11:00:00+11:00', '2026-01-01T00:00:00Z', 0],
    ['', '1970-01-01T00:00:00Z', -1],
    ['', 'never', 0],
  ])('%s against %s: %i', (a, b, order) => {
    expect(Math.sign(compareInstants(a, b))).toBe(order)
    expect(Math.sign(compareInstants(b, a))).toBe(order === 0 ? 0 : -order)
  })
})
