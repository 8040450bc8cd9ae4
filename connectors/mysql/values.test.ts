import { choicesOf } from './binlog/logged-table.ts'
import { toJson, toParameter } from './values.ts'
import { writeMark, writerOf } from './write-mark.ts'

describe('values of MySQL', () => {
  test('a float is the shortest number of its bits, a double is as it is', () => {
    expect(toJson('float', Buffer.from('0.10000000149011612'))).toBe(0.1)
    expect(toJson('float', Buffer.from('16777216'))).toBe(16777216)
    expect(toJson('double', Buffer.from('0.10000000149011612'))).toBe(0.10000000149011612)
  })

  test('times go back as the session in UTC takes them', () => {
    expect(toParameter('2024-01-02T03:04:05.123456Z', 'timestamp')).toBe('2024-01-02 03:04:05.123456')
    expect(toParameter('2024-01-02T03:04:05.123456+05:30', 'timestamp')).toBe('2024-01-01 21:34:05.123456')
    expect(toParameter('2024-01-02T03:04:05.5', 'datetime')).toBe('2024-01-02 03:04:05.5')
    expect(toParameter('soon', 'timestamp')).toBe('soon')
  })

  test('JSON, booleans and null go back as themselves', () => {
    expect(toParameter({ a: [1] }, 'json')).toBe('{"a":[1]}')
    expect(toParameter('text', 'json')).toBe('"text"')
    expect(toParameter(null, 'json')).toBeNull()
    expect(toParameter(true, 'integer')).toBe(1)
    expect(toParameter(null, 'text')).toBeNull()
  })

  test('JSON that is none stays text', () => {
    expect(toJson('json', Buffer.from('{oops'))).toBe('{oops')
  })

  test('the choices of an enum may have quotes, commas and brackets', () => {
    expect(choicesOf("enum('a','it''s, (so)','')").map(String)).toEqual(['a', "it's, (so)", ''])
  })

  test('the mark of a write can say any idempotency key, and none can end its comment', () => {
    for (const key of ['plain', '*/ DROP TABLE x; /*', 'ü 😀', '%2A']) {
      const mark = writeMark(key)
      expect(mark.slice(2, -2)).not.toContain('*/')
      expect(writerOf(`${mark} UPDATE t SET a = 1`)).toBe(key)
    }
    expect(writerOf('UPDATE t SET a = 1')).toBeUndefined()
  })
})
