import type { HttpResponse } from '../shared/http.ts'
import { odataError, sapError } from './errors.ts'

const MORE = { lockCodes: ['ZSALES/017'], rightCodes: ['ZAUTH/001'] }

function answer(status: number, body: string, headers: Record<string, string> = {}): HttpResponse {
  const bytes = Buffer.from(body)
  return { status, headers: new Headers(headers), body: bytes, url: '', text: () => body, json: () => null }
}

const v2 = (code: string, ...inner: string[]): string =>
  JSON.stringify({
    error: {
      code,
      message: { lang: 'en', value: 'Business partner Erika Geheim is locked' },
      innererror: { errordetails: inner.map((each) => ({ code: each, message: 'Erika Geheim' })) },
    },
  })
const v4 = (code: string, ...details: string[]): string =>
  JSON.stringify({
    error: { code, message: 'Erika Geheim', details: details.map((each) => ({ code: each, message: 'x' })) },
  })
const xml = (code: string, inner: string): string =>
  `<error xmlns="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><code>${code}</code><message xml:lang="en">Erika Geheim</message><innererror><errordetails><errordetail><code>${inner}</code></errordetail></errordetails></innererror></error>`

test.each([
  ['V2 JSON', v2('SY/530', 'MC/601', 'SY/530'), ['SY/530', 'MC/601']],
  ['V4 JSON', v4('MC/601', 'V1/042'), ['MC/601', 'V1/042']],
  ['V2 XML', xml('/IWBEP/CM_TEA/004', 'MC/601'), ['/IWBEP/CM_TEA/004', 'MC/601']],
  ['texts where codes should be', v2('Erika Geheim was here'), []],
  ['a logon page', '<!DOCTYPE html><html><body>Logon</body></html>', []],
  ['another XML', '<html/>', []],
  ['other JSON', '[1]', []],
  ['JSON cut off', '{"error": {"code": "MC', []],
  ['nothing', '', []],
])('The messages of an error body are read from %s', (_, body, codes) => {
  expect(sapError(Buffer.from(body)).codes).toEqual(codes)
})

test.each<[string, number, string, string, string]>([
  ['a lock told as 400', 400, v2('SY/530', 'MC/601'), 'connector.busy', 'retry'],
  ['a lock of this system', 400, v2('zsales/017'), 'connector.busy', 'retry'],
  ['a lock by its status', 423, '', 'connector.busy', 'retry'],
  ['a missing right told as 400', 400, v4('ZAUTH/001'), 'connector.forbidden', 'config'],
  ['a missing right by its status', 403, xml('X/001', 'X/002'), 'connector.forbidden', 'config'],
  ['a service that is not there', 403, v2('/IWFND/MED/170'), 'connector.schema', 'config'],
  ['a refused account', 401, '<html>Logon</html>', 'connector.auth', 'config'],
  ['too many requests', 429, v2('MC/601'), 'connector.throttled', 'retry'],
  ['a wrong record', 400, v2('V1/555'), 'connector.rejected', 'reject'],
  ['a dump', 500, v2('SY/530'), 'connector.busy', 'retry'],
  ['a server that stops', 503, '', 'connector.busy', 'retry'],
  ['a gateway without its backend', 502, '', 'connector.unreachable', 'retry'],
])('An answer is classified by message and status, and quotes nothing: %s', (_, status, body, code, family) => {
  const error = odataError(answer(status, body, status === 429 ? { 'retry-after': '7' } : {}), 0, MORE)
  expect([error.code, error.family]).toEqual([code, family])
  expect(JSON.stringify({ ...error, message: error.message })).not.toMatch('Geheim')
  if (status === 429) expect(error.retryAfterMs).toBe(7000)
})
