import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { valueAt } from '../shared/json-path.ts'
import { formText, parseRequest, requestOf } from './request.ts'
import { jsonOf, parseJson, parseText, pathOf, textOf } from './template.ts'

const NAMES = ['key', 'data', 'since']
const look =
  (values: JsonObject) =>
  (path: readonly string[]): Json | undefined =>
    valueAt(values, path)

describe('a placeholder', () => {
  test.each(["a/b'c %2F?#&=+", '😀 ü', '..a', 'a:b', '%'])('in a path leaves the key %j one segment', (key) => {
    const path = pathOf(parseText('/things/{{ key }}/parts', NAMES, '/x'), look({ key }))
    const [, things, segment = '', parts, ...more] = new URL(`http://h${path}`).pathname.split('/')
    expect([things, decodeURIComponent(segment), parts, more]).toEqual(['things', key, 'parts', []])
  })

  test.each(['', '.', '..', '\ud800'])('in a path refuses the key %j, which would name another resource', (key) => {
    const path = (): string => pathOf(parseText('/things/{{ key }}', NAMES, '/x'), look({ key }))
    expect(path).toThrow(expect.objectContaining({ code: 'connector.rejected', where: '/key' }) as Error)
  })

  test('that is all of a JSON value keeps its type, and is left out without one', () => {
    const template = parseJson(
      { a: '{{ data }}', b: ['{{ since }}', '{{ key }}'], c: '{{ since }}', d: 'x{{ key }}' },
      NAMES,
      '/x',
    )
    expect(jsonOf(template, look({ data: { n: null }, key: 7 }))).toEqual({ a: { n: null }, b: [7], d: 'x7' })
  })

  test('within a text needs a value that can stand there', () => {
    const text = parseText('since {{ since }}', NAMES, '/x')
    expect(textOf(text, look({ since: false }))).toBe('since false')
    for (const values of [{}, { since: null }, { since: {} }, { since: [] }]) {
      expect(() => textOf(text, look(values))).toThrow(expect.objectContaining({ code: 'connector.rejected' }) as Error)
    }
  })

  test('never becomes a placeholder itself', () => {
    expect(jsonOf(parseJson('{{ key }}', NAMES, '/x'), look({ key: '{{ data }}', data: 'secret' }))).toBe('{{ data }}')
  })

  test.each([
    ['{{ other }}', 'There are key, data, since.'],
    ['{{ key', 'Write it as {{ name }}.'],
    ['{{ }}', 'Write names joined by dots'],
  ])('written as %s is refused with what could be written', (text, fix) => {
    const parse = (): unknown => parseJson({ deep: [text] }, NAMES, '/body')
    const fault = { code: 'connector.settings', where: '/body/deep/0', fix: expect.stringContaining(fix) as string }
    expect(parse).toThrow(expect.objectContaining(fault) as Error)
  })
})

describe('a request', () => {
  const given = {
    method: 'POST',
    path: '/things',
    query: { since: '{{ since }}', limit: 5, flag: true },
    headers: { 'X-Key': '{{ key }}' },
    encoding: 'json',
  }

  test('leaves out what has no value', () => {
    const request = requestOf(parseRequest(given, NAMES, '/x'), look({}), { a: 1 })
    expect(request).toEqual({
      method: 'POST',
      path: '/things',
      query: { limit: '5', flag: 'true' },
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    })
  })

  test('may be form-encoded, nested as brackets', () => {
    expect(new URLSearchParams(formText({ a: { b: [1, { c: 'ü&' }] }, n: null, t: true })).toString()).toBe(
      new URLSearchParams({ 'a[b][0]': '1', 'a[b][1][c]': 'ü&', n: '', t: 'true' }).toString(),
    )
  })

  test.each<[JsonObject, string]>([
    [{ ...given, method: 'GET', body: {} }, '/x/body'],
    [{ ...given, query: { a: [] } }, '/x/query/a'],
    [{ ...given, headers: { 'a b': 'x' } }, '/x/headers/a b'],
    [{ ...given, headers: { 'a/b': 'x' } }, '/x/headers/a~1b'],
  ])('%j is refused with a pointer', (wrong, where) => {
    expect(() => parseRequest(wrong, NAMES, '/x')).toThrow(expect.objectContaining({ where }) as Error)
  })
})
