import { describe, expect, test } from '@jest/globals'
import { DEPTH_MAX, parseJsonBody } from './json-guard.ts'

function refusal(body: string | Buffer): { code: string; where: string; message: string } | undefined {
  try {
    parseJsonBody(Buffer.from(body))
    return undefined
  } catch (error) {
    return error as { code: string; where: string; message: string }
  }
}

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

describe('The reading of a JSON body', () => {
  test.each([
    ['{"a":[1,2.5,-3e2,"x",null,true]}', { a: [1, 2.5, -300, 'x', null, true] }],
    ['"text"', 'text'],
    ['9007199254740991', 9007199254740991],
    ['{"a":"\\ud83d\\ude00"}', { a: '😀' }],
    ['{"constructor":{"prototype":1},"toString":2}', { constructor: { prototype: 1 }, toString: 2 }],
    [' {"a" : {"b" : {}}} ', { a: { b: {} } }],
  ])('takes %s as it is', (text, value) => {
    expect(parseJsonBody(Buffer.from(text))).toEqual(value)
  })

  test('takes nesting up to its limit and no deeper', () => {
    expect(refusal(nested(DEPTH_MAX))).toBeUndefined()
    expect(refusal(nested(DEPTH_MAX + 1))).toMatchObject({ code: 'request.body.too-deep' })
    expect(refusal('['.repeat(500_000))).toMatchObject({ code: 'request.body.too-deep' })
  })

  test.each([
    ['a name that is there twice', '{"a":{"b":1,"b":2}}', 'request.body.duplicate-name', '/a/b'],
    ['the same name written in two ways', '{"a":1,"\\u0061":2}', 'request.body.duplicate-name', '/a'],
    ['a name that reaches prototypes', '{"x":[{"__proto__":{"admin":true}}]}', 'request.body.forbidden-name', ''],
    ['such a name in escapes', '{"\\u005f_proto__":1}', 'request.body.forbidden-name', ''],
    ['a number of more digits than a double has', '{"a":12345678901234567890}', 'request.body.inexact-number', ''],
    ['a number beyond all doubles', '[1e999]', 'request.body.inexact-number', ''],
    ['a number with a long fraction', '[0.1234567890123456789]', 'request.body.inexact-number', ''],
    ['NUL', '{"a":"\\u0000"}', 'request.body.invalid', '/a'],
    ['half a surrogate pair', '{"a":["\\ud83d"]}', 'request.body.invalid', '/a/0'],
    ['what is no JSON', '{a:1}', 'request.body.malformed', ''],
    ['nothing', ' ', 'request.body.malformed', ''],
    ['two values', '1 2', 'request.body.malformed', ''],
  ])('refuses %s', (_, body, code, where) => {
    expect(refusal(body)).toMatchObject({ code, where })
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
  })

  test('refuses bytes that are no UTF-8', () => {
    expect(refusal(Buffer.from([0x22, 0xff, 0x22]))).toMatchObject({ code: 'request.body.malformed' })
  })

  test('says in which line and column the number stands', () => {
    expect(refusal('{\n  "a": 1e999}')).toMatchObject({
      message: 'The number in line 2, column 8 has more digits than programs keep.',
    })
  })
})
