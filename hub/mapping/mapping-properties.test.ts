import fc from 'fast-check'
import type { Json, JsonObject } from '../contracts/json.ts'
import { isJsonObject } from '../contracts/json.ts'
import { readPath } from './conversions/scope.ts'
import { fieldsOf } from './document/document.ts'
import { parsePath, formatPath } from './document/path.ts'
import { fieldValue, traceField } from './engine/interpret.ts'
import { compileMapping, parseMapping, parseMappingOrThrow } from './index.ts'

/** Every conversion and policy at least once; sources F0, F1, ... so that arbitrary records meet them. */
const WIDE = `
source: S
target: customer
key: [F0, F1]
sequence: F2
deletedWhen: F3 == true
defaults: { region: AU, country: AU, timeZone: Australia/Sydney, currency: AUD }
fields:
  t0: F0
  t1: { from: F1, convert: [trim, upper], empty: keep }
  t2: { from: F2, convert: { split: { by: ',', index: 1 } }, default: none }
  t3: { from: F3, convert: { date: { format: [yyyyMMdd, iso, d.M.yyyy, odata] } }, unparsable: keep-raw-in-attributes }
  t4: { from: F4, convert: dateTime, unparsable: omit }
  t5: { from: F5, convert: { decimal: { thousands: ", ", scale: 2, round: half-even } }, absent: error }
  t6: { from: F6, convert: money, unparsable: omit }
  t7: { from: F7, convert: [{ split: ' ' }, { each: [title, { pad: 3 }] }, compact, { join: '-' }] }
  t8: { from: F8, convert: { phone: { regionFrom: F9 } }, unparsable: omit }
  t9: { from: F9, convert: country, unparsable: omit }
  t10: { from: 'F0.a[0].b', convert: email, unparsable: omit }
  t11: { from: [F0, F1, F2.a], convert: { join: ' ' }, unparsable: omit }
  t12: { expression: 'F0 == F1 ? F2 : F3 ?? "x"', unparsable: omit }
  t13: { expression: 'number(F4) * F5 + sum(F6)', unparsable: omit }
  t14: { from: F4, convert: { lookup: { table: { a: 1, b: true } } }, unparsable: omit }
  t15: { from: F5, convert: boolean, unparsable: omit }
  t16: { from: F6, convert: [digits, strip-zeros], keepSpaces: true, absentWhen: ['0', x], unparsable: omit }
  t17: { ref: { entity: E, key: [F0, F1] }, unparsable: omit }
  t18: { from: F7, convert: [{ substring: { start: 1, length: 2 } }, collapse-spaces, { replace: { find: a, with: bb } }], unparsable: omit }
  t19: { from: F8, convert: [integer, text, { concat: { before: '#' } }, { constant: c }], unparsable: omit }
  emails:
    - { each: F7, address: { from: a, convert: email, unparsable: omit }, purpose: { from: $root.F1, unparsable: omit } }
  lines: [{ from: F1, unparsable: omit }, { from: toString, unparsable: omit }, { from: F2.length, unparsable: omit }]
`

const wide = compileMapping(parseMappingOrThrow(WIDE, 'wide.yaml'))

const names = [
  ...Array.from({ length: 10 }, (_, index) => `F${index}`),
  'a',
  'b',
  '__proto__',
  'constructor',
  'toString',
  'length',
]
const awkwardTexts = [
  '',
  ' ',
  '20240229',
  '2024-02-30',
  '01.1.2024',
  '/Date(1)/',
  '1,234.5-',
  '1e5',
  '+61298765432',
  'AU',
  'a@b.cd',
  'true',
  '\ud800',
  '\0',
  '__proto__',
  '99999999999999999999999',
]
const leaf = fc.oneof(
  fc.constantFrom<Json>(...awkwardTexts, null, true, 0, -0, 1e21, 1e300, 5e-324, 2 ** 53, 0.1),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.double(),
  fc.integer(),
)
/** Made by JSON.parse, as real records are, so that `__proto__` is an own member and numbers may be infinite. */
const json = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf as fc.Arbitrary<Json>,
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 5 })), tie('value')), { maxLength: 12 })
    .map(
      (pairs) =>
        JSON.parse(
          `{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value) ?? 'null'}`).join(',')}}`,
        ) as JsonObject,
    ),
}))

const plain = (value: unknown): boolean => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return Object.keys(value).length === value.length && value.every(plain)
  return (
    typeof value === 'object' &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Reflect.ownKeys(value).every(
      (name) => name !== '__proto__' && plain((value as Record<string | symbol, unknown>)[name]),
    )
  )
}

describe('whatever the record is', () => {
  test('mapping answers, gives plain JSON of its own, and leaves the record and all prototypes as they were', () => {
    const prototype = JSON.stringify(Object.getOwnPropertyNames(Object.prototype))
    fc.assert(
      fc.property(json.object, (record) => {
        const before = JSON.stringify(record)
        const result = wide.apply(record)
        expect(JSON.stringify(record)).toBe(before)
        expect(plain(result.ok ? result.document : result.errors)).toBe(true)
        expect(wide.apply(record)).toEqual(result)
        wide.keyOf(record)
        wide.sequenceOf(record)
      }),
      { numRuns: 1_500 },
    )
    expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(prototype)
  })

  test('the generated code does what the plain reading of the document says, field by field', () => {
    const direct = [...fieldsOf(wide.document.root)].filter((field) => /^t\d+$/.test(field.target))
    fc.assert(
      fc.property(json.object, (record) => {
        const result = wide.apply(record)
        const failed = new Set(result.ok ? [] : result.errors.map((error) => error.target))
        for (const field of direct) {
          const { outcome } = traceField(field, record, record)
          const isFailure =
            (outcome.kind === 'unparsable' && field.unparsable === 'error') ||
            ((outcome.kind === 'absent' || outcome.kind === 'empty') && field.absent === 'error')
          expect([field.target, failed.has(field.target)]).toEqual([field.target, isFailure])
          if (result.ok) expect(readPath([field.target], result.document)).toEqual(fieldValue(field, record, record))
        }
      }),
      { numRuns: 600 },
    )
  })

  test('writing back answers too, whatever the change is', () => {
    fc.assert(
      fc.property(json.object, json.object, (record, changes) => {
        const result = wide.inverse({ ...changes, t0: changes['a'] ?? null, t2: changes['b'] ?? null }, record)
        expect(plain(result.notInverted)).toBe(true)
        expect(({} as Record<string, unknown>)['F0']).toBeUndefined()
      }),
      { numRuns: 600 },
    )
  })
})

test('whatever the text is, reading it as a mapping answers', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 200 }),
        json.value.map((value) => JSON.stringify(value) ?? ''),
        fc.array(fc.constantFrom(...WIDE.split(/(?<=[\s{}[\],:])/)), { maxLength: 60 }).map((parts) => parts.join('')),
      ),
      (text) => {
        const result = parseMapping(text, 'any.yaml')
        if (!result.ok)
          expect(
            result.errors.every((error) => error.family === 'config' && /^any\.yaml:\d+:\d+$/.test(error.where ?? '')),
          ).toBe(true)
      },
    ),
    { numRuns: 1_500 },
  )
})

test('any path that can be written is read back', () => {
  const segment = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a b', 'a.b', 'é/ü', '"', '[0]', ''))
  fc.assert(
    fc.property(fc.tuple(segment, fc.array(fc.oneof(segment, fc.nat(9_999)), { maxLength: 6 })), ([first, rest]) => {
      const path = [first, ...rest]
      fc.pre(!path.some((name) => name === '__proto__' || name === 'constructor' || name === 'prototype'))
      expect(parsePath(formatPath(path))).toEqual({ ok: true, path })
    }),
  )
})

describe('for a mapping that inverts', () => {
  const TWO_WAYS = compileMapping(
    parseMappingOrThrow(
      `
source: S
target: customer
defaults: { region: AU, timeZone: Europe/Berlin }
fields:
  kind: { constant: person }
  name.given: { from: NAME, convert: { split: { by: ' ', index: 0 } } }
  name.family: { from: NAME, convert: { split: { by: ' ', index: 1 } } }
  name.prefix: { from: ANREDE, convert: trim }
  status: { from: ST, convert: { lookup: { table: { A: active, I: inactive, C: closed } } } }
  birthDate: { from: GEB, convert: { date: { format: dd.MM.yyyy } } }
  attributes.seen: { from: SEEN, convert: { dateTime: { format: yyyy-MM-dd HH:mm:ss.SSS XXX } } }
  attributes.limit: { from: LIM, convert: { decimal: { decimal: ',' } } }
  attributes.points: { from: PT, convert: integer }
  attributes.vip: { from: VIP, convert: { boolean: { true: [J], false: [N] } } }
  attributes.partner: { from: PARTNER, convert: { strip-zeros: { length: 10 } } }
  attributes.code: { from: CODE, convert: { concat: { before: 'AU-' } } }
  emails: [{ address: { from: MAIL, convert: email }, purpose: { constant: work } }]
  phones: [{ number: { from: TEL, convert: phone }, purpose: { constant: mobile } }]
  addresses: [{ lines: { from: [L1, L2], convert: compact }, country: { from: LAND, convert: country } }]
`,
      'two-ways.yaml',
    ),
  )
  const word = fc.stringMatching(/^[A-Za-zÀ-ÿ'-]{1,12}$/)
  const day = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-30T00:00:00Z'),
    noInvalidDate: true,
  })
  const recent = fc.date({
    min: new Date('1900-01-01T00:00:00Z'),
    max: new Date('2100-01-01T00:00:00Z'),
    noInvalidDate: true,
  })
  const canonical: fc.Arbitrary<JsonObject> = fc.record({
    kind: fc.constant('person'),
    name: fc.record({ prefix: word, given: word, family: word }),
    status: fc.constantFrom('active', 'inactive', 'closed'),
    birthDate: day.map((date) => date.toISOString().slice(0, 10)),
    attributes: fc.record({
      seen: recent.map((date) => date.toISOString().replace(/\.?0*Z$/, 'Z')),
      limit: fc
        .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.stringMatching(/^\d{1,20}$/))
        .map(([whole, part]) => `${whole}.${part}`),
      points: fc.maxSafeInteger(),
      vip: fc.boolean(),
      partner: fc.integer({ min: 1, max: 999_999_999 }).map(String),
      code: word.map((text) => `AU-${text}`),
    }),
    emails: fc.tuple(word, word).map(([name, host]) => [
      {
        address: `a${name}@h${host.replace(/[^a-z]/gi, 'x')}.example`.toLowerCase().replaceAll("'", ''),
        purpose: 'work',
      },
    ]),
    phones: fc
      .integer({ min: 400_000_000, max: 499_999_999 })
      .map((number) => [{ number: `+61${number}`, purpose: 'mobile' }]),
    addresses: fc
      .record({ lines: fc.tuple(word, word).map((two): Json => two), country: fc.constantFrom('AU', 'DE', 'JP', 'BR') })
      .map((one): Json => [one]),
  })

  test('a canonical document written back and read again is the same', () => {
    fc.assert(
      fc.property(canonical, (document) => {
        const { fields, notInverted } = TWO_WAYS.inverse(document, null)
        expect(notInverted).toEqual([])
        expect(TWO_WAYS.apply(fields)).toEqual({ ok: true, document })
      }),
      { numRuns: 600 },
    )
  })

  test('what was read needs no writing back, and a change of one field touches only its own native field', () => {
    fc.assert(
      fc.property(canonical, word, (document, given) => {
        const record = TWO_WAYS.inverse(document, null).fields
        const read = TWO_WAYS.apply(record)
        expect(TWO_WAYS.inverse(read.ok ? read.document : {}, record)).toEqual({
          fields: {},
          notInverted: [],
          alsoChanged: [],
        })
        const { fields } = TWO_WAYS.inverse({ name: { given } }, record)
        const name = document['name']
        const family = name !== undefined && isJsonObject(name) ? String(name['family']) : ''
        expect(Object.keys(fields)).toEqual(record['NAME'] === `${given} ${family}` ? [] : ['NAME'])
      }),
      { numRuns: 500 },
    )
  })
})
