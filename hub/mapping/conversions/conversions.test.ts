import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import type { Json } from '../../contracts/json.ts'
import { compileMapping, parseMappingOrThrow } from '../index.ts'
import { CONVERSIONS } from './registry.ts'

interface Group {
  convert: unknown
  cases: { title: string; in: Json; gives?: Json; fails?: true; absent?: true }[]
}

const text = readFileSync(join(import.meta.dirname, '../test-data/conversions.yaml'), 'utf8')
const groups = parse(text) as Group[]

function mappingWith(convert: unknown): ReturnType<typeof compileMapping> {
  const mapping = { source: 'S', target: 'customer', fields: { 'attributes.out': { from: 'in', convert } } }
  return compileMapping(parseMappingOrThrow(stringify(mapping), 'conversion.yaml'))
}

describe.each(groups.map((group) => [JSON.stringify(group.convert), group] as const))('%s', (_, group) => {
  const mapping = mappingWith(group.convert)

  test.each(group.cases)('$title', ({ in: given, gives, fails, absent }) => {
    const result = mapping.apply({ in: given })
    if (fails === true) {
      expect(result).toMatchObject({ ok: false, errors: [{ target: 'attributes.out', source: 'in' }] })
    } else if (absent === true) {
      expect(result).toEqual({ ok: true, document: {} })
    } else {
      expect(result).toEqual({ ok: true, document: { attributes: { out: gives } } })
    }
  })
})

test('Every conversion has cases', () => {
  const tried = new Set(
    groups.flatMap((group) =>
      [...CONVERSIONS.keys()].filter((name) => JSON.stringify(group.convert).includes(`"${name}"`)),
    ),
  )
  expect([...CONVERSIONS.keys()].filter((name) => !tried.has(name))).toEqual([])
})

test('The example of every conversion is a mapping that works', () => {
  for (const definition of CONVERSIONS.values()) {
    const example = `source: S\ntarget: customer\ndefaults: { currency: EUR }\nfields:\n  a.b:\n    from: x\n    convert: { ${definition.example} }`
    const bare = example.replace(/\{ ([\w-]+) \}$/, '$1')
    expect(parseMappingOrThrow(bare, `${definition.name}.yaml`).source).toBe('S')
  }
})

test('A phone number takes its region from another field, be it a code or a name, else from the mapping', () => {
  const mapping = mappingWith({ phone: { regionFrom: 'Land', region: 'AU' } })
  const numberOf = (record: Record<string, Json>): Json => {
    const result = mapping.apply(record)
    return result.ok ? result.document : null
  }
  expect(numberOf({ in: '030 123456', Land: 'Deutschland' })).toEqual({ attributes: { out: '+4930123456' } })
  expect(numberOf({ in: '030 123456', Land: 'DEU' })).toEqual({ attributes: { out: '+4930123456' } })
  expect(numberOf({ in: '(02) 9876 5432' })).toEqual({ attributes: { out: '+61298765432' } })
  expect(mapping.lineage.get('attributes.out')).toEqual(['Land', 'in'])
})

test('An amount takes its currency from another field', () => {
  const mapping = mappingWith({ money: { currencyFrom: 'WAERS' } })
  expect(mapping.apply({ in: '12', WAERS: 'kwd' })).toEqual({
    ok: true,
    document: { attributes: { out: { amount: '12.000', currency: 'KWD' } } },
  })
  expect(mapping.apply({ in: '12' })).toMatchObject({ ok: false, errors: [{ conversion: 'money' }] })
  expect(mapping.apply({ in: '12', WAERS: 'QQQ' })).toMatchObject({ ok: false })
})

test('What conversions repeat stays within bounds instead of growing without end', () => {
  const long = 'a'.repeat(900_000)
  expect(mappingWith({ replace: { find: 'a', with: 'b'.repeat(1_000) } }).apply({ in: long })).toMatchObject({
    ok: false,
  })
  expect(
    mappingWith({ join: 'b'.repeat(1_000) }).apply({ in: Array.from({ length: 1_000_000 }, () => 'a') }),
  ).toMatchObject({ ok: false })
  expect(() => mappingWith({ join: 'b'.repeat(1_001) })).toThrow('longer than 1000 characters')
})

test('Hostile text costs no more than its length', () => {
  const hostile = [
    `${'a'.repeat(50_000)}@`,
    `a@${'a.'.repeat(25_000)}`,
    `a@${'a-'.repeat(25_000)}`,
    ' '.repeat(50_000) + 'x',
    '1'.repeat(50_000),
    `${'9,'.repeat(25_000)}`,
  ]
  for (const convert of [
    'email',
    'title',
    'collapse-spaces',
    'digits',
    'phone',
    'country',
    'date',
    'decimal',
    'strip-zeros',
    'boolean',
  ]) {
    const mapping = mappingWith(convert)
    for (const value of hostile) {
      const start = performance.now()
      mapping.apply({ in: value })
      expect(performance.now() - start).toBeLessThan(500)
    }
  }
})
