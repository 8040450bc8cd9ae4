import type { JsonObject } from '../../contracts/json.ts'
import { compileMapping, irreversibleTargets, parseMappingOrThrow } from '../index.ts'
import type { InverseResult } from '../index.ts'

function invert(fields: string, changes: JsonObject, current: JsonObject | null): InverseResult {
  return compileMapping(parseMappingOrThrow(`source: S\ntarget: customer\nfields:\n${fields}`, 's.yaml')).inverse(
    changes,
    current,
  )
}

describe('a canonical change becomes native fields', () => {
  test.each<[string, string, JsonObject, JsonObject | null, JsonObject]>([
    ['a copy', '  a: X', { a: 'new' }, { X: 'old' }, { X: 'new' }],
    ['nothing where it says so already', '  a: { from: X, convert: lower }', { a: 'abc' }, { X: ' ABC ' }, {}],
    ['a number where the system has one', '  a: { from: X, convert: text }', { a: '12' }, { X: 11 }, { X: 12 }],
    ['a clearing', '  a: X', { a: null }, { X: 'old' }, { X: null }],
    [
      'a lookup',
      '  a: { from: X, convert: { lookup: { table: { A: active, C: closed } } } }',
      { a: 'closed' },
      { X: 'A' },
      { X: 'C' },
    ],
    [
      'a date',
      '  a: { from: X, convert: { date: { format: yyyyMMdd } } }',
      { a: '2024-02-29' },
      null,
      { X: '20240229' },
    ],
    [
      'a date in the form the system has now',
      '  a: { from: X, convert: { date: { format: [yyyyMMdd, dd/MM/yyyy] } } }',
      { a: '2024-02-29' },
      { X: '01/01/2000' },
      { X: '29/02/2024' },
    ],
    [
      'a moment in the zone of the system',
      '  a: { from: X, convert: { dateTime: { format: yyyy-MM-dd HH:mm, zone: Europe/Berlin } } }',
      { a: '2024-07-01T10:00:00Z' },
      null,
      { X: '2024-07-01 12:00' },
    ],
    [
      'a moment as milliseconds',
      '  a: { from: X, convert: { dateTime: { format: epoch-ms } } }',
      { a: '2024-03-01T08:00:00.5Z' },
      { X: 1 },
      { X: 1709280000500 },
    ],
    [
      'a decimal',
      "  a: { from: X, convert: { decimal: { decimal: ',' } } }",
      { a: '-12.50' },
      { X: '1,00-' },
      { X: '12,50-' },
    ],
    [
      'an amount in smallest units, with its currency where the record has none',
      '  a: { from: X, convert: { money: { currencyFrom: C, minorUnits: true } } }',
      { a: { amount: '38.99', currency: 'GBP' } },
      null,
      { X: 3899, C: 'GBP' },
    ],
    [
      'an amount as the system writes it now, its currency as it stands',
      '  a: { from: X, convert: { money: { currencyFrom: C, minorUnits: true } } }',
      { a: { amount: '-0.05', currency: 'GBP' } },
      { X: '3899', C: 'gbp' },
      { X: '-5' },
    ],
    [
      'an amount',
      '  a: { from: X, convert: { money: EUR } }',
      { a: { amount: '12.50', currency: 'EUR' } },
      { X: '1' },
      { X: '12.50' },
    ],
    ['a word for true', '  a: { from: X, convert: boolean }', { a: true }, { X: 'N' }, { X: 'Y' }],
    ['a country as three letters', '  a: { from: X, convert: country }', { a: 'NZ' }, { X: 'AUS' }, { X: 'NZL' }],
    ['zeros put back', '  a: { from: X, convert: strip-zeros }', { a: '42' }, { X: '0000000007' }, { X: '0000000042' }],
    [
      'text around taken off',
      "  a: { from: X, convert: { concat: { before: 'AU-' } } }",
      { a: 'AU-7' },
      null,
      { X: '7' },
    ],
    [
      'one part of a text',
      "  a: { from: X, convert: { split: { by: ', ', index: 1 } } }",
      { a: 'Eve' },
      { X: 'Lovelace, Ada' },
      { X: 'Lovelace, Eve' },
    ],
    [
      'both parts of a text, in any order',
      "  b: { from: X, convert: { split: { by: ' ', index: 1 } } }\n  a: { from: X, convert: { split: { by: ' ', index: 0 } } }",
      { b: 'King', a: 'Eve' },
      null,
      { X: 'Eve King' },
    ],
    [
      'part of a fixed-width text',
      '  a: { from: X, convert: { substring: { start: 2, length: 3 } } }',
      { a: 'zz' },
      { X: 'abcdefg' },
      { X: 'abzz fg' },
    ],
    [
      'a joined list into its fields',
      '  a: { from: [X, Y], convert: { join: " " } }',
      { a: 'Eve King' },
      { X: 'Ada', Y: 'L' },
      { X: 'Eve', Y: 'King' },
    ],
    [
      'a nested field, with its neighbours',
      '  a: X.y[0].z',
      { a: 'new' },
      { X: { y: [{ z: 1, w: 2 }], v: 3 } },
      { X: { y: [{ z: 'new', w: 2 }], v: 3 } },
    ],
    ['a nested field of a new record', '  a: X.y[0].z', { a: 'new' }, null, { X: { y: [{ z: 'new' }] } }],
    [
      'a reference',
      '  a: { ref: { entity: E, key: [X, Y] } }',
      { a: { entity: 'E', key: '1%3A0:k' } },
      null,
      { X: '1:0', Y: 'k' },
    ],
  ])('%s', (_, fields, changes, current, expected) => {
    expect(invert(fields, changes, current)).toEqual({ fields: expected, notInverted: [], alsoChanged: [] })
  })

  const phones =
    '  phones:\n    - { number: { from: P, convert: phone }, purpose: { constant: home } }\n    - { number: M, purpose: { constant: mobile } }'

  test('items of a list find their fields by their constants; a field without an item is cleared', () => {
    const { fields, notInverted } = invert(
      phones,
      { phones: [{ number: '+61400000000', purpose: 'mobile' }] },
      { P: '+61298765432', M: '+61411111111' },
    )
    expect({ fields, notInverted }).toEqual({ fields: { P: null, M: '+61400000000' }, notInverted: [] })
  })

  test('an item for which the system has no field is told', () => {
    const changes = { phones: [{ number: '+61400000000', purpose: 'fax' }] }
    expect(invert(phones, changes, {}).notInverted).toEqual([
      { target: 'phones', reason: 'the system has no place for another item of this purpose' },
    ])
  })
})

describe('what has no way back is told with its reason, and the rest is done', () => {
  test.each<[string, string, JsonObject, JsonObject | null, string]>([
    ['an expression', '  a: { expression: "X + Y" }', { a: 'q' }, {}, 'the result of an expression'],
    ['a constant', '  a: { constant: person }', { a: 'organization' }, {}, 'a constant'],
    ['digits', '  a: { from: X, convert: { replace: { find: a } } }', { a: 'q' }, {}, 'replace has no inverse'],
    [
      'a lookup of several to one',
      '  a: { from: X, convert: { lookup: { table: { A: on, B: on, C: off } } } }',
      { a: 'on' },
      { X: 'C' },
      'no counterpart',
    ],
    ['a lossy conversion', '  a: { from: X, convert: lower }', { a: 'ABC' }, {}, 'would not give this value back'],
    [
      'a value that would be cut',
      '  a: { from: X, convert: { substring: { start: 0, length: 2 } } }',
      { a: 'abc' },
      { X: 'xxyy' },
      'no counterpart',
    ],
    [
      'a separator inside a part',
      "  a: { from: X, convert: { split: { by: ' ', index: 0 } } }",
      { a: 'Mary Ann' },
      { X: 'A B' },
      'no counterpart',
    ],
    [
      'an amount of another currency',
      '  a: { from: X, convert: { money: EUR } }',
      { a: { amount: '1.00', currency: 'USD' } },
      {},
      'would not give this value back',
    ],
    [
      'a number that a float would change',
      '  a: { from: X, convert: decimal }',
      { a: '0.12345678901234567890' },
      { X: 1.5 },
      'no counterpart',
    ],
    [
      'a year outside the two digits',
      '  a: { from: X, convert: { date: { format: ddMMyy, pivot: 30 } } }',
      { a: '1850-01-01' },
      {},
      'no counterpart',
    ],
    ['a field that the mapping lacks', '  a: X', { b: 1 }, {}, 'no field for it'],
    ['a default', '  a: { from: X, default: z }', { a: null }, { X: 'q' }, 'cannot be cleared'],
    [
      'one of two readers of a field',
      "  a: { from: X, convert: { split: { by: ' ', index: 0 } } }\n  b: X",
      { a: null },
      { X: 'A B' },
      'comes from the same source field',
    ],
    ['two changes of one field that contradict', '  a: X\n  b: X', { a: '1', b: '2' }, {}, ''],
    ['a repeated list', '  emails:\n    - { each: m, address: a }', { emails: [] }, {}, 'repeated'],
  ])('%s', (_, fields, changes, current, reason) => {
    const result = invert(`${fields}\n  other: O`, { ...changes, other: 'done' }, current)
    expect(result.fields['O']).toBe('done')
    expect(result.notInverted).toHaveLength(1)
    expect(result.notInverted[0]?.reason).toContain(reason)
  })

  test('a change that alters what another target reads says so', () => {
    const result = invert(
      "  a: { from: X, convert: { split: { by: ' ', index: 0 } } }\n  full: X",
      { a: 'Eve' },
      { X: 'Ada L' },
    )
    expect(result).toEqual({ fields: { X: 'Eve L' }, notInverted: [], alsoChanged: ['full'] })
  })

  test('the targets without a way back are known without any record', () => {
    const document = parseMappingOrThrow(
      'source: S\ntarget: customer\nfields:\n  a: X\n  k: { constant: person }\n  e: { expression: X }\n  emails:\n    - { each: m, address: a }',
      's.yaml',
    )
    expect([...irreversibleTargets(document).keys()].sort()).toEqual(['e', 'emails[0].address', 'k'])
  })
})
