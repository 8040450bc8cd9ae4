import { parseCsv } from './csv.ts'
import { isSame, textValue, timeText } from './values.ts'

const field = (type: string): Parameters<typeof isSame>[0] => ({
  name: 'F',
  type,
  createable: true,
  updateable: true,
  externalId: false,
  idLookup: false,
  nillable: true,
  length: 18,
})

describe('values that come as text', () => {
  test.each([
    ['string', '', null],
    ['string', ' a ', ' a '],
    ['boolean', 'true', true],
    ['boolean', 'false', false],
    ['double', '1.50', 1.5],
    ['double', '1.0E7', 10_000_000],
    ['double', '9007199254740993', '9007199254740993'],
    ['double', '123456789012345.1234', '123456789012345.1234'],
    ['int', '-7', -7],
    ['currency', 'n/a', 'n/a'],
    ['datetime', '2024-02-29T18:29:59.000+0000', '2024-02-29T18:29:59.000Z'],
    ['datetime', '2024-02-29T23:59:59+05:30', '2024-02-29T18:29:59.000Z'],
    ['date', '2024-02-29', '2024-02-29'],
    ['phone', '0123', '0123'],
  ])('of the type %s: %j is %j', (type, text, value) => {
    expect(textValue(field(type), text)).toBe(value)
  })

  test('that are no time stay as they are', () => {
    expect(timeText('tomorrow')).toBe('tomorrow')
  })
})

describe('a stored value is the wanted one', () => {
  test.each([
    ['string', null, '', true],
    ['string', 'a', ' a ', true],
    ['string', 'a', 'A', false],
    ['double', 1.5, '1.50', true],
    ['double', '9007199254740993', '9007199254740992', false],
    ['double', 0, null, false],
    ['datetime', '2024-02-29T18:29:59.000Z', '2024-02-29T18:29:59.750Z', true],
    ['datetime', '2024-02-29T18:29:59.000Z', '2024-02-29T18:30:00Z', false],
    ['reference', '0035g00000AAAAAAA0', '0035g00000AAAAA', true],
    ['multipicklist', 'b;a', 'a;b', true],
    ['boolean', false, 'false', true],
  ])('for %s: %j and %j: %j', (type, stored, wanted, same) => {
    expect(isSame(field(type), stored, wanted)).toBe(same)
  })
})

describe('pages of results', () => {
  test('are read exactly, with quotes, line ends and commas in values', () => {
    expect(parseCsv('\uFEFF"Id","Name"\n"1","a ""b"", c\r\nd"\n"2",""\n')).toEqual([
      ['Id', 'Name'],
      ['1', 'a "b", c\r\nd'],
      ['2', ''],
    ])
  })

  test.each(['"Id"\n"1', '"Id","Name"\n"1"\n', '"Id"\n"1"x\n'])('that are no CSV are told as such: %j', (text) => {
    expect(() => parseCsv(text)).toThrow(expect.objectContaining({ code: 'connector.unexpected' }))
  })
})
