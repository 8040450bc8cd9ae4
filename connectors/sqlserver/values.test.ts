import { parameterSql, selectSql, toJson, toParameter, valueType } from './values.ts'
import { writeMark, writerOf } from './write-mark.ts'

const of = (name: string, length = 80, precision = 38, scale = 10): ReturnType<typeof valueType> =>
  valueType(name, length, precision, scale)

describe('values of SQL Server', () => {
  test('big integers are text, a real is the shortest number of its bits, a row version is hexadecimal', () => {
    expect(toJson('bigint', '9007199254740993')).toBe('9007199254740993')
    expect(toJson('bigint', '-5')).toBe(-5)
    expect(toJson('real', 0.10000000149011612)).toBe(0.1)
    expect(toJson('rowversion', Buffer.from('00000000000007d1', 'hex'))).toBe('0x00000000000007D1')
    expect(toJson('binary', Buffer.from([0, 255]))).toBe('AP8=')
  })

  test('times keep all their digits and their offset', () => {
    expect(toJson('datetime2', '2024-02-29 23:59:59.0000001')).toBe('2024-02-29T23:59:59.0000001')
    expect(toJson('datetimeoffset', '2024-02-29 23:59:59.0000001 -03:30')).toBe('2024-02-29T23:59:59.0000001-03:30')
  })

  test.each([
    ['datetime2', '2024-01-02T03:04:05.1234567', '2024-01-02 03:04:05.1234567'],
    ['datetime2', '2024-01-02T03:04:05.123456789Z', '2024-01-02 03:04:05.1234567'],
    ['datetime2', '2024-01-02', '2024-01-02 00:00:00'],
    ['datetime', '2024-01-02T03:04:05.1234567', '2024-01-02 03:04:05.123'],
    ['smalldatetime', '2024-01-02T03:04:05.5', '2024-01-02 03:04:05'],
    ['datetimeoffset', '2024-01-02T03:04:05Z', '2024-01-02 03:04:05 +00:00'],
    ['datetimeoffset', '2024-01-02T03:04:05.5+0530', '2024-01-02 03:04:05.5 +05:30'],
    ['datetime2', 'soon', 'soon'],
  ])('a %s %s goes back as %s', (type, given, sent) => {
    expect(toParameter(given, of(type)).value).toBe(sent)
  })

  test('what can not be binary is refused, and null has a type', () => {
    expect(() => toParameter('no base64!', of('varbinary'))).toThrow(expect.objectContaining({ family: 'reject' }))
    expect(() => toParameter('0x12', of('timestamp'))).toThrow(expect.objectContaining({ family: 'reject' }))
    expect(toParameter(null, of('varbinary'))).toEqual({ binary: true, value: null })
    expect(toParameter(null, of('int'))).toEqual({ binary: false, value: null })
    expect(toParameter(true, of('bit')).value).toBe('1')
    expect(toParameter({ a: 1 }, of('nvarchar')).value).toBe('{"a":1}')
  })

  test('no cast cuts a value to the length of its column', () => {
    expect(parameterSql('@p0', of('varchar', 10))).toBe('CAST(@p0 AS varchar(8000))')
    expect(parameterSql('@p0', of('nvarchar', 10))).toBe('@p0')
    expect(parameterSql('@p0', of('decimal', 17, 38, 10))).toBe('CAST(@p0 AS decimal(38,10))')
  })

  test('what the driver would round comes as text', () => {
    expect(selectSql('[a]', of('decimal'))).toBe('CONVERT(varchar(41), [a])')
    expect(selectSql('[a]', of('money'))).toBe('CONVERT(varchar(30), [a], 2)')
    expect(selectSql('[a]', of('bigint'))).toBe('[a]')
  })

  test('the mark of a write says any idempotency key that it has room for', () => {
    for (const key of ['plain', 'ü 😀', 'x'.repeat(120)]) expect(writerOf(writeMark(key))).toBe(key)
    expect(writeMark('x'.repeat(121))).toBeNull()
    expect(writerOf(Buffer.from('somebody else'))).toBeUndefined()
    expect(writerOf(null)).toBeUndefined()
  })
})
