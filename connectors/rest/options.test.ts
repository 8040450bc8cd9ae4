import type { JsonObject } from '../../hub/contracts/json.ts'
import { errorRules, judge } from './errors.ts'
import { restOptions } from './options.ts'
import { restSettings } from './settings.ts'

const LIST = { path: '/things', records: 'data' }
const FULL: JsonObject = {
  key: ['id'],
  list: { ...LIST, query: { page: '{{ page.number }}', since: '{{ since }}' } },
  page: { style: 'number' },
  changes: { fields: ['at'] },
  get: { path: '/things/{{ key }}' },
  update: { path: '/things/{{ key }}' },
}

test('Options that are right are taken', () => {
  expect(restOptions({ entity: 'A', options: FULL }).page).toMatchObject({ style: 'number', size: 100, first: 1 })
})

test.each<[JsonObject, string]>([
  [{ key: [] }, 'key'],
  [{ key: ['id', 'id'] }, 'key'],
  [{ key: ['id', 'a..b'] }, 'key/1'],
  [{ key: 'id' }, 'key'],
  [{ list: {} }, 'list/path'],
  [{ list: { ...LIST, methot: 'GET' } }, 'list/methot'],
  [{ list: { ...LIST, query: { page: '{{ page.offset }}' } } }, 'list'],
  [{ list: LIST }, 'list'],
  [{ list: { ...LIST, query: { page: '{{ page.number }}', key: '{{ key }}' } } }, 'list/query/key'],
  [{ page: { style: 'cursor' } }, 'page/at'],
  [{ page: { style: 'number', at: 'x' } }, 'page/at'],
  [{ page: { style: 'number', after: 'x' } }, 'page/after'],
  [{ page: { style: 'pages' } }, 'page/style'],
  [{ page: { style: 'number', size: 0 } }, 'page/size'],
  [{ changes: {} }, 'changes/fields'],
  [{ changes: { fields: ['at'], list: { ...LIST, query: { page: '{{ page.number }}' } } } }, 'changes/list'],
  [{ list: { ...LIST, query: { page: '{{ page.number }}' } } }, 'changes'],
  [{ changes: { fields: ['at'], format: 'ticks' } }, 'changes/format'],
  [{ deleted: { path: 'a', is: [1], contains: ['b'] } }, 'deleted/contains'],
  [{ get: null }, 'get'],
  [{ update: { path: '/x', method: 'GET' } }, 'update/method'],
  [{ update: { path: '/x', body: { a: '{{ page.number }}' } } }, 'update/body/a'],
  [{ lock: { style: 'field' } }, 'lock/field'],
  [{ lock: { style: 'etag', field: 'v' } }, 'lock/field'],
  [{ lock: { style: 'field', field: 'v', absent: 'never' } }, 'lock/absent'],
  [{ other: 1 }, 'other'],
])('%j is refused with a pointer', (wrong, where) => {
  const act = (): unknown => restOptions({ entity: 'a/b', options: { ...FULL, ...wrong } })
  const fault = { code: 'connector.settings', family: 'config', where: `/entities/a~1b/options/${where}` }
  expect(act).toThrow(expect.objectContaining(fault) as Error)
})

test.each<[JsonObject, string]>([
  [{ baseUrl: 'https://h?x=1' }, '/settings/baseUrl'],
  [{}, '/settings/baseUrl'],
  [{ baseUrl: 'https://h', errors: [{ means: 'retry' }] }, '/settings/errors/0'],
  [{ baseUrl: 'https://h', errors: [{ status: [500], means: 'give up' }] }, '/settings/errors/0/means'],
  [{ baseUrl: 'https://h', errors: [{ status: ['500'], means: 'retry' }] }, '/settings/errors/0/status'],
  [{ baseUrl: 'https://h', errors: [{ body: { path: '' }, means: 'retry' }] }, '/settings/errors/0/body/path'],
  [{ baseUrl: 'https://h', headers: { a: {} } }, '/settings/headers/a'],
  [{ baseUrl: 'https://h', headers: { a: '{{ key }}' } }, '/settings/headers/a'],
  [{ baseUrl: 'https://h', check: { path: '/x', version: '.' } }, '/settings/check/version'],
  [{ baseUrl: 'https://h', timeoutMs: 1 }, '/settings/timeoutMs'],
])('The settings %j are refused with a pointer', (settings, where) => {
  expect(() => restSettings(settings)).toThrow(expect.objectContaining({ code: 'connector.settings', where }) as Error)
})

describe('rules of errors', () => {
  const rules = errorRules(
    [
      { status: [200], body: { path: 'error', is: ['none'] }, means: 'ok' },
      { status: [404], means: 'ok' },
      { body: { path: 'error.code', is: [7] }, means: 'throttle', code: 'error.code', retryAfter: 'error.wait' },
      { body: { path: 'error.text', contains: ['locked'] }, means: 'retry', code: 'error.text' },
      { body: { path: 'error' }, means: 'reject', code: 'error.code' },
    ],
    '/settings/errors',
  )
  const of = (status: number, body: JsonObject): ReturnType<typeof judge> =>
    judge({ status, headers: new Headers() }, body, rules, 0)

  test.each<[number, JsonObject, string, string | undefined]>([
    [200, {}, 'ok', undefined],
    [200, { error: [] }, 'ok', undefined],
    [200, { error: 'none' }, 'ok', undefined],
    [404, {}, 'ok', undefined],
    [200, { error: { code: 7, wait: 3 } }, 'throttle', 'connector.throttled'],
    [200, { error: { text: 'Ada has it locked' } }, 'retry', 'connector.busy'],
    [200, { error: { code: 'E1' } }, 'reject', 'connector.rejected'],
    [500, {}, 'reject', 'connector.busy'],
    [409, {}, 'conflict', 'connector.rejected'],
    [410, {}, 'missing', 'connector.rejected'],
    [401, {}, 'auth', 'connector.auth'],
  ])('make of %i with %j: %s', (status, body, meaning, code) => {
    const judged = of(status, body)
    expect([judged.meaning, judged.error?.code]).toEqual([meaning, code])
  })

  test('tell a code and a wait, and never a sentence', () => {
    expect(of(200, { error: { code: 7, wait: 3 } }).error).toMatchObject({
      retryAfterMs: 3000,
      message: expect.stringContaining('7') as string,
    })
    expect(of(200, { error: { code: 'E1' } }).error?.message).toContain('E1')
    expect(of(200, { error: { text: 'Ada has it locked' } }).error?.message).not.toContain('Ada')
  })
})
