import { compileMapping, parseMappingOrThrow } from './index.ts'
import type { CompiledMapping } from './index.ts'
import type { Json, JsonObject } from '../contracts/json.ts'

function mappingOf(fields: string, head = ''): CompiledMapping {
  return compileMapping(parseMappingOrThrow(`source: S\ntarget: customer\n${head}\nfields:\n${fields}`, 's.yaml'))
}

/** The document, or the problems as text. */
function applied(fields: string, record: JsonObject, head = ''): Json {
  const result = mappingOf(fields, head).apply(record)
  return result.ok
    ? result.document
    : result.errors.map((error) => `${error.code} ${error.source} ${error.target} ${error.conversion}`)
}

describe('absent, null, empty and unparsable', () => {
  test('null and a missing field are absent, and so is white space: the field is left out', () => {
    expect(applied('  a: x\n  b: y\n  c: z\n  d: w', { x: null, y: '', z: '  ' })).toEqual({})
  })

  test('zero and false are values', () => {
    expect(applied('  a: x\n  b: y', { x: 0, y: false })).toEqual({ a: 0, b: false })
  })

  test.each([
    ['absent: error', {}, ['mapping.value.absent x a null']],
    ['absent: error', { x: ' ' }, ['mapping.value.absent x a null']],
    ['default: 7', {}, { a: 7 }],
    ['default: 7', { x: '' }, { a: 7 }],
    ['default: 7', { x: 1 }, { a: 1 }],
    ['default: [1]', {}, { a: [1] }],
    ['empty: keep', { x: '  ' }, { a: '' }],
    ['empty: keep', {}, {}],
    ['empty: error', { x: '' }, ['mapping.value.empty x a null']],
    ['empty: error', {}, {}],
    ['convert: integer', { x: 'one' }, ['mapping.value.unparsable x a integer']],
    ['convert: integer, unparsable: omit', { x: 'one' }, {}],
    ['convert: integer, unparsable: omit, default: 3', { x: 'one' }, {}],
    ['convert: integer, unparsable: keep-raw-in-attributes', { x: ' one ' }, { attributes: { aRaw: ' one ' } }],
    ['convert: integer, unparsable: keep-raw-in-attributes', { x: [1] }, {}],
    ['convert: digits', { x: 'n/a' }, {}],
    ['convert: digits, default: 0', { x: 'n/a' }, { a: 0 }],
    ['absentWhen: ["00000000", N/A]', { x: 'N/A' }, {}],
    ['absentWhen: 0', { x: 0 }, {}],
    ['absentWhen: 0, absent: error', { x: '0 ' }, ['mapping.value.absent x a null']],
    ['keepSpaces: true', { x: ' a ' }, { a: ' a ' }],
    ['keepSpaces: true', { x: '  ' }, {}],
  ])('%s over %j', (rule, record, expected) => {
    expect(applied(`  a: { from: x, ${rule} }`, record as JsonObject)).toEqual(expected)
  })

  test('a document sets the rule for all its fields, and a field may differ', () => {
    const head = 'policies: { absent: error, unparsable: omit }'
    expect(
      applied('  a: x\n  b: { from: y, absent: omit }\n  c: { from: z, convert: integer }', { z: 'q' }, head),
    ).toEqual(['mapping.value.absent x a null'])
  })

  test('every fault of a record is told at once, and none shows the value', () => {
    const mapping = mappingOf('  a: { from: x, convert: email }\n  b: { from: y, convert: [trim, date] }')
    const result = mapping.apply({ x: 'secret-1', y: 'secret-2' })
    expect(result).toMatchObject({
      ok: false,
      errors: [
        { target: 'a', conversion: 'email' },
        { target: 'b', conversion: 'date' },
      ],
    })
    expect(JSON.stringify(result)).not.toContain('secret')
  })

  test('what a mapping puts into attributes itself counts more than what was kept', () => {
    const fields = '  attributes.aRaw: y\n  a: { from: x, convert: integer, unparsable: keep-raw-in-attributes }'
    expect(applied(fields, { x: 'q', y: 'mine' })).toEqual({ attributes: { aRaw: 'mine' } })
  })
})

describe('sources', () => {
  test('nested paths, indexes and odd names', () => {
    const fields = `  a: p.q[1].r\n  b: '"odd.name"'\n  c: '"say \\"hi\\"".x'\n  d: Strasse / Nr.x\n  e: ключ\n  f: Company Name`
    const record = {
      p: { q: [0, { r: 1 }] },
      'odd.name': 2,
      'say "hi"': { x: 3 },
      'Strasse / Nr': { x: 4 },
      ключ: 5,
      'Company Name': 6,
    }
    expect(applied(fields, record)).toEqual({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 })
  })

  test('names that every object or list inherits are read only where the record has them itself', () => {
    const fields = '  a: toString\n  b: x.length\n  c: x.valueOf\n  d: hasOwnProperty'
    expect(applied(fields, { x: [1, 2] })).toEqual({})
    expect(applied(fields, { toString: 1, x: { length: 2, valueOf: 3 }, hasOwnProperty: 4 })).toEqual({
      a: 1,
      b: 2,
      c: 3,
      d: 4,
    })
  })

  test('several fields make a list, or one text', () => {
    expect(
      applied('  a: { from: [x, y, z], convert: { join: ", " } }\n  b: { from: [x, y] }', { x: ' A ', y: '', z: 'C' }),
    ).toEqual({ a: 'A, C', b: ['A'] })
  })

  test('a plain copy takes lists and objects as a copy, within bounds', () => {
    const inner = { p: [1, { q: null }] }
    const mapping = mappingOf('  a: x')
    const result = mapping.apply({ x: inner })
    expect(result).toEqual({ ok: true, document: { a: inner } })
    expect(result.ok && result.document['a']).not.toBe(inner)
    let deep: Json = 1
    for (let i = 0; i < 100; i++) deep = [deep]
    expect(applied('  a: x', { x: deep })).toEqual(['mapping.value.unparsable x a null'])
    expect(applied('  a: x', { x: JSON.parse('{"__proto__": {"polluted": true}}') as Json })).toEqual([
      'mapping.value.unparsable x a null',
    ])
    expect(applied('  a: x', { x: Number.POSITIVE_INFINITY })).toEqual(['mapping.value.unparsable x a null'])
  })

  test('a reference names the other record in the terms of the source', () => {
    const fields =
      '  customer: { ref: { entity: Contact, key: AccountId } }\n  account: { ref: { entity: A, system: erp, key: [MANDT, KUNNR], convert: upper } }'
    expect(applied(fields, { AccountId: 12, MANDT: '1:0', KUNNR: 'k%' })).toEqual({
      customer: { entity: 'Contact', key: '12' },
      account: { system: 'erp', entity: 'A', key: '1%3A0:K%25' },
    })
    expect(applied(fields, { MANDT: '100', KUNNR: ' ' })).toEqual({})
  })

  test('an expression that gives null has no value, and one that fails makes the record fail', () => {
    expect(applied(`  a: { expression: "x == 'p' ? y : null" }`, { x: 'q', y: 1 })).toEqual({})
    expect(applied('  a: { expression: "x + 1" }', { x: 'q' })).toEqual(['mapping.expression.failed x + 1 a null'])
    expect(applied('  a: { expression: "upper(x)", convert: lower, unparsable: omit }', {})).toEqual({})
  })
})

describe('lists', () => {
  const phones =
    '  phones:\n    - { number: { from: p, convert: { phone: AU } }, purpose: { constant: home } }\n    - { number: m, purpose: { constant: mobile } }'

  test('an item without its essential member is left out, and a list without items too', () => {
    expect(applied(phones, { m: '+61400000000' })).toEqual({ phones: [{ number: '+61400000000', purpose: 'mobile' }] })
    expect(applied(phones, {})).toEqual({})
  })

  test('elsewhere an item is left out when none of its source values is there; constants and defaults alone do not count', () => {
    const fields = '  addresses:\n    - { city: c, country: { from: l, default: AU }, purpose: { constant: home } }'
    expect(applied(fields, {})).toEqual({})
    expect(applied(fields, { c: 'Sydney' })).toEqual({
      addresses: [{ city: 'Sydney', country: 'AU', purpose: 'home' }],
    })
  })

  test('require names what an item must have', () => {
    const fields = '  addresses:\n    - { city: c, postalCode: z, require: postalCode }'
    expect(applied(fields, { c: 'Sydney' })).toEqual({})
  })

  test('indexed paths make one list, in the order of the indexes', () => {
    const fields = '  emails[1].address: b\n  emails[0].address: a\n  emails[0].purpose: { constant: work }'
    expect(applied(fields, { a: 'x@y.z', b: 'p@q.r' })).toEqual({
      emails: [{ address: 'x@y.z', purpose: 'work' }, { address: 'p@q.r' }],
    })
    expect(applied(fields, { b: 'p@q.r' })).toEqual({ emails: [{ address: 'p@q.r' }] })
  })

  test('a list of values', () => {
    expect(applied('  lines: [a, { from: b, convert: upper }]', { b: 'x' })).toEqual({ lines: ['X'] })
  })

  test('each repeats an item over a source list; paths are relative to it', () => {
    const fields =
      '  emails:\n    - { each: contact.mails, address: { from: adr, convert: email }, purpose: { from: $root.kind }, primary: { expression: "item.first == true" } }'
    const record = {
      kind: 'work',
      contact: { mails: [{ adr: 'A@b.cd', first: true }, { adr: '' }, { adr: 'e@f.gh' }] },
    }
    expect(applied(fields, record)).toEqual({
      emails: [
        { address: 'a@b.cd', purpose: 'work', primary: true },
        { address: 'e@f.gh', purpose: 'work', primary: false },
      ],
    })
    expect(mappingOf(fields).lineage.get('emails[0].address')).toEqual(['contact.mails[].adr'])
  })

  test('each takes a single object as a list of one, and a list of texts by $item', () => {
    expect(applied('  emails:\n    - { each: m, address: a }', { m: { a: 'x' } })).toEqual({
      emails: [{ address: 'x' }],
    })
    expect(applied('  lines:\n    - { each: l, from: $item, convert: upper }', { l: ['a', null, 'b'] })).toEqual({
      lines: ['A', 'B'],
    })
  })

  test.each<[string, string, JsonObject]>([
    ['a list', ' [{"a": "x"}, {"a": "y"}]', { emails: [{ address: 'x' }, { address: 'y' }] }],
    ['an object', '{"a": "x"}', { emails: [{ address: 'x' }] }],
    ['an empty list', '[]', {}],
    ['no JSON', '[{"a": "x"}', {}],
    ['nested without end', '['.repeat(1_000_000), {}],
    ['nothing', '', {}],
  ])('each reads JSON that the system has as text: %s', (_, text, expected) => {
    expect(applied('  emails:\n    - { each: m, address: a }', { m: text })).toEqual(expected)
  })

  test('each leaves text that only looks like JSON as it is', () => {
    expect(applied('  lines:\n    - { each: l, from: $item }', { l: '[door 3] Mill Lane' })).toEqual({
      lines: ['[door 3] Mill Lane'],
    })
  })
})

describe('hostile names and values stay data', () => {
  const hostile = [
    '"];throw 1;//',
    "'+process.exit()+'",
    '`${globalThis.pwned=1}`',
    '\\',
    '\u2028',
    '*/',
    '\0',
    '</script>',
    '"]}}}',
    '$&',
    'é"\n"',
  ]

  test.each(hostile)('%j as a field name, a target, a table and a constant', (name) => {
    const quoted = JSON.stringify(JSON.stringify(name))
    const text = JSON.stringify(name)
    const fields = [
      `  ${quoted}: ${quoted}`,
      `  attributes.x: { constant: ${text} }`,
      `  b: { from: ${quoted}, convert: { lookup: { table: { v: ${text} } } } }`,
      `  c: { from: nested.${'q'}, default: ${text} }`,
      `  d: { ref: { entity: ${text}, key: k } }`,
    ].join('\n')
    expect(applied(fields, { [name]: 'v', k: '1' })).toEqual({
      [name]: 'v',
      attributes: { x: name },
      b: name,
      c: name,
      d: { entity: name, key: '1' },
    })
    expect((globalThis as { pwned?: unknown }).pwned).toBeUndefined()
  })
})

test('the record stays as it is', () => {
  const record = { x: ' a ', y: [' b '] }
  mappingOf('  a: { from: x, convert: upper }\n  b: y').apply(record)
  expect(record).toEqual({ x: ' a ', y: [' b '] })
})

test('documents share nothing with each other', () => {
  const mapping = mappingOf('  a: { constant: { b: [1] } }\n  c: { from: x, default: [2] }')
  const first = mapping.apply({})
  const second = mapping.apply({})
  expect(
    first.ok &&
      second.ok &&
      first.document['a'] !== second.document['a'] &&
      first.document['c'] !== second.document['c'],
  ).toBe(true)
})

test.each([null, 1, 'x', [], undefined])('%j is no record', (record) => {
  expect(mappingOf('  a: x').apply(record as unknown as JsonObject)).toMatchObject({
    ok: false,
    errors: [{ code: 'mapping.record.invalid' }],
  })
})

describe('key, sequence and deletion', () => {
  const head = 'key: [a, b]\nsequence: s\ndeletedWhen: gone == true'
  const mapping = mappingOf('  x: y', head)

  test('a key of several parts is joined, and each part escaped', () => {
    expect(mapping.keyOf({ a: 1, b: 'x' })).toBe('1:x')
    expect(mapping.keyOf({ a: '1:x', b: '%' })).toBe('1%3Ax:%25')
    expect(mapping.keyOf({ a: 1 })).toBeNull()
    expect(mapping.keyOf({ a: 1, b: {} })).toBeNull()
    expect(mappingOf('  x: y').keyOf({ a: 1 })).toBeNull()
  })

  test('a sequence that is a whole JSON number orders as one', () => {
    expect(mapping.sequenceOf({ s: 12 })).toEqual({ sequence: '12', sequenceType: 'Integer' })
    expect(mapping.sequenceOf({ s: '2024-01-01' })).toEqual({ sequence: '2024-01-01' })
    expect(mapping.sequenceOf({})).toBeNull()
  })

  test('deletedWhen is false for absent fields, and an expression that fails rejects the record', () => {
    expect(mapping.isDeleted({ gone: true })).toBe(true)
    expect(mapping.isDeleted({})).toBe(false)
    expect(() => mappingOf('  x: y', 'deletedWhen: a > 1').isDeleted({ a: 'q' })).toThrow(
      'deletedWhen of S failed on this record',
    )
    expect(() => mappingOf('  x: y', 'deletedWhen: a').isDeleted({ a: 'q' })).toThrow('other than true or false')
  })
})

describe('Expressions over a long list', () => {
  const fields = '  lines:\n    - { each: l, text: { expression: "string(count($root.l, some($root.l, # == item)))" } }'
  const mapping = mappingOf(fields)

  test('are stopped at what one record may cost, and the record is refused with the field', () => {
    const start = performance.now()
    const result = mapping.apply({ l: Array.from({ length: 1_000 }, (_, at) => `line ${at}`) })
    expect(result).toMatchObject({ ok: false, errors: [{ code: 'mapping.expression.failed' }] })
    expect(performance.now() - start).toBeLessThan(5_000)
  })

  test('that are short are done, as often as the record is mapped', () => {
    const record = { l: Array.from({ length: 60 }, (_, at) => `line ${at}`) }
    for (let time = 0; time < 30; time++) expect(mapping.apply(record)).toMatchObject({ ok: true })
  })

  test('that used up what a record may cost leave nothing of that to the way back of another', () => {
    const l = Array.from({ length: 1_000 }, (_, at) => `line ${at}`)
    const both = mappingOf(
      '  attributes.same: { expression: "string(count(l, some(l, # == $root.f)))" }\n  name.family: f',
    )
    const back = () => both.inverse({ name: { family: 'King' } }, { l, f: 'line 7' })
    const before = back()
    expect(before).toEqual({ fields: { f: 'King' }, notInverted: [], alsoChanged: ['attributes.same'] })
    mapping.apply({ l })
    expect(back()).toEqual(before)
  })
})
