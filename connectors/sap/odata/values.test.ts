import fc from 'fast-check'
import type { Json } from '../../../hub/contracts/json.ts'
import type { Property, ServiceModel } from './model.ts'
import { beyond, expandOption, keyPredicate, withQuery } from './query.ts'
import { isSame, literal, readEntity, writtenValue } from './values.ts'

const property = (type: string, more: Partial<Property> = {}): Property => ({
  name: 'F',
  type,
  many: false,
  nullable: true,
  isDay: false,
  ...more,
})

function read(version: '2' | '4', field: Property, value: Json): Json | undefined {
  const model: ServiceModel = {
    version,
    sets: new Map(),
    complexTypes: new Map([['N.Complex', [property('Edm.Decimal')]]]),
  }
  const type = { name: 'N.T', keyFields: [], properties: new Map([['F', field]]), navigations: new Map() }
  return readEntity(model, type, { F: value }).F
}

describe('values of OData V2', () => {
  test.each<[string, Property, Json, Json]>([
    ['a time', property('Edm.DateTime'), '/Date(1709251199999)/', '2024-02-29T23:59:59.999'],
    ['a day', property('Edm.DateTime', { isDay: true }), '/Date(1709164800000)/', '2024-02-29'],
    ['the first day', property('Edm.DateTime', { isDay: true }), '/Date(-62135596800000)/', '0001-01-01'],
    ['the last day', property('Edm.DateTime', { isDay: true }), '/Date(253402214400000)/', '9999-12-31'],
    ['a moment', property('Edm.DateTimeOffset'), '/Date(1709251199000+0120)/', '2024-02-29T23:59:59Z'],
    ['a time of day', property('Edm.Time'), 'PT7H5M', '07:05:00'],
    ['a time of day with a fraction', property('Edm.Time'), 'PT23H59M59.123S', '23:59:59.123'],
    ['the end of a day', property('Edm.Time'), 'PT24H00M00S', '24:00:00'],
    ['a duration that is no time of day', property('Edm.Time'), 'P1DT2H', 'P1DT2H'],
    ['a decimal', property('Edm.Decimal'), '-12345678901234567890.1200', '-12345678901234567890.1200'],
    ['a decimal that came as a number', property('Edm.Decimal'), 1.5, '1.5'],
    ['a 64-bit integer', property('Edm.Int64'), '9007199254740993', '9007199254740993'],
    ['a double', property('Edm.Double'), '1.0E-7', 1e-7],
    ['an infinite double', property('Edm.Double'), 'INF', 'INF'],
    ['text that looks like a date', property('Edm.String'), '/Date(0)/', '/Date(0)/'],
    ['nothing', property('Edm.DateTime'), null, null],
    ['ticks beyond all times', property('Edm.DateTime'), '/Date(99999999999999999)/', '/Date(99999999999999999)/'],
    ['a complex value', property('N.Complex'), { __metadata: { type: 'N.Complex' }, F: 1 }, { F: '1' }],
  ])('come in plain forms: %s', (_, field, value, expected) => {
    expect(read('2', field, value)).toEqual(expected)
  })

  test('that are times come back as they went out', () => {
    const time = fc.date({
      min: new Date(-62_135_596_800_000),
      max: new Date(253_402_300_799_000),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(time, (date) => {
        for (const type of ['Edm.DateTime', 'Edm.DateTimeOffset']) {
          const field = property(type)
          const written = read('2', field, `/Date(${date.getTime()})/`) as string
          expect(read('2', field, writtenValue('2', field, written))).toBe(written)
        }
      }),
    )
  })
})

test.each<[string, string, string, string]>([
  ['Edm.String', "O'Neil", "'O''Neil'", "'O''Neil'"],
  ['Edm.Int64', '9007199254740993', '9007199254740993L', '9007199254740993'],
  ['Edm.Decimal', '1.50', '1.50M', '1.50'],
  ['Edm.Double', '1e-7', '1e-7d', '1e-7'],
  ['Edm.Boolean', 'true', 'true', 'true'],
  ['Edm.Int32', '-7', '-7', '-7'],
  ['Edm.DateTimeOffset', '2024-02-29T23:59:59.5Z', "datetimeoffset'2024-02-29T23:59:59.5Z'", '2024-02-29T23:59:59.5Z'],
  [
    'Edm.Guid',
    '123e4567-e89b-12d3-a456-426655440000',
    "guid'123e4567-e89b-12d3-a456-426655440000'",
    '123e4567-e89b-12d3-a456-426655440000',
  ],
])('A literal of %s is written as each version wants it', (type, value, v2, v4) => {
  expect([literal('2', property(type), value), literal('4', property(type), value)]).toEqual([v2, v4])
})

test('Literals of V2 days, times and bytes have their own forms', () => {
  expect(literal('2', property('Edm.DateTime', { isDay: true }), '2024-02-29')).toBe("datetime'2024-02-29T00:00:00'")
  expect(literal('2', property('Edm.Time'), '07:05:00')).toBe("time'PT07H05M00S'")
  expect(literal('2', property('Edm.Binary'), 'AP86')).toBe("X'00FF3A'")
})

test.each<['2' | '4', string]>([
  ...['Int32', 'Int64', 'Decimal', 'Double', 'Boolean', 'DateTime', 'DateTimeOffset', 'Time'].map(
    (type): ['2', string] => ['2', type],
  ),
  ...['Int32', 'Int64', 'Decimal', 'Double', 'Boolean', 'Date', 'DateTimeOffset', 'TimeOfDay', 'Guid'].map(
    (type): ['4', string] => ['4', type],
  ),
])('No literal of OData V%s lets anything but an %s into a filter', (version, type) => {
  for (const value of ['1 or 1 eq 1', "'", '', ' ', "2024-02-29' or true or '", '2024-02-29 or true']) {
    expect(() => literal(version, property(`Edm.${type}`), value)).toThrow(/needs it/)
  }
})

test.each<[string, Json]>([
  ['Edm.Int32', 'x'],
  ['Edm.Int32', 1.5],
  ['Edm.Int32', 2_147_483_648],
  ['Edm.Int64', 1.5],
  ['Edm.Decimal', '1,5'],
  ['Edm.Decimal', '1e3'],
  ['Edm.Boolean', 'true'],
  ['Edm.String', 1],
  ['Edm.String', { a: 1 }],
  ['Edm.DateTime', '29.02.2024'],
  ['Edm.DateTimeOffset', '2024-02-29T00:00:00'],
  ['Edm.Time', '7:05'],
  ['Edm.Double', 'one'],
])('A value of another type is not sent as %s: %j', (type, value) => {
  expect(() => writtenValue('2', property(type), value)).toThrow(/takes no such value/)
})

test.each<[string, Json, Json, boolean]>([
  ['Edm.Decimal', '1.50', '1.5', true],
  ['Edm.Decimal', '-0.0', '0', true],
  ['Edm.Decimal', '007', '7.000', true],
  ['Edm.Decimal', '12345678901234567890.1', '12345678901234567890.2', false],
  ['Edm.Int64', '9007199254740993', '9007199254740992', false],
  ['Edm.DateTimeOffset', '2024-02-29T10:00:00+02:00', '2024-02-29T08:00:00Z', true],
  ['Edm.DateTime', '2024-02-29', '2024-02-29T00:00:00', true],
  ['Edm.String', '1.50', '1.5', false],
  ['Edm.String', '', null, false],
  ['Edm.String', null, null, true],
])('Two values of %s mean the same or not: %j and %j', (type, a, b, same) => {
  expect(isSame(property(type), a, b)).toBe(same)
})

test('Queries name what comes after a place, keys whatever they hold, and expansions of both versions', () => {
  const fields = [
    { property: property('Edm.DateTime', { name: 'D', isDay: true }), value: '2024-02-29' },
    { property: property('Edm.String', { name: 'K' }), value: "a'/&%" },
  ]
  const day = "datetime'2024-02-29T00:00:00'"
  expect(beyond('2', fields, 'gt')).toBe(`(D gt ${day} or (D eq ${day} and K gt 'a''/&%'))`)
  expect(keyPredicate('2', fields.slice(1))).toBe("('a''%2F%26%25')")
  expect(keyPredicate('2', fields)).toBe("(D=datetime'2024-02-29T00%3A00%3A00',K='a''%2F%26%25')")
  const paths = ['a', 'a/b', 'a/c', 'd']
  expect(expandOption('2', paths)).toBe('a,a/b,a/c,d')
  expect(expandOption('4', paths)).toBe('a($expand=b,c),d')
  expect(withQuery('Set', { $filter: "a eq 'x&y'", $top: '1', $skip: undefined })).toBe(
    "Set?$filter=a%20eq%20'x%26y'&$top=1",
  )
})
