import { HubError } from '../../hub/contracts/hub-error.ts'
import type { PushRequest } from '../../hub/contracts/connector.ts'
import { type Change, pushMessage } from '../../demo/fakes/soap-billing/index.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { faultOf, parseEnvelope } from '../shared/soap-envelope.ts'
import { parseXml } from '../shared/xml.ts'
import { PushReceiver } from './push.ts'
import type { PushSettings } from './settings.ts'

const ACCOUNT = { user: 'billing', password: 'secret & "so"' }
const SETTINGS: PushSettings = { ...ACCOUNT, accept: 'any', windowMs: 300_000, entities: undefined }
const CHANGE: Change = {
  table: 'Account',
  register: undefined,
  key: 'A1',
  kind: 'upsert',
  row: { full_name: 'Zoë', email: null, phone: '' },
  version: 3,
  changedAt: Date.parse('2025-01-01T00:00:00Z'),
}
const NOW = Date.parse('2025-06-01T12:00:00Z')
let now = NOW

beforeEach(() => (now = NOW))

function receiver(settings: Partial<PushSettings> = {}): PushReceiver {
  const context = { ...quietContext('billing', new AbortController().signal), now: () => now }
  return new PushReceiver({ ...SETTINGS, ...settings }, context)
}

function push(
  options: Partial<Parameters<typeof pushMessage>[1]> = {},
  forge: (text: string) => string = (text) => text,
): PushRequest {
  const { headers, body } = pushMessage([CHANGE], { ...ACCOUNT, entityOf: () => 'Account', now: () => now, ...options })
  return { method: 'POST', headers, query: {}, body: Buffer.from(forge(body)) }
}

async function refusal(by: PushReceiver, request: PushRequest): Promise<HubError> {
  try {
    await by.receive(request)
  } catch (error) {
    if (error instanceof HubError) return error
    throw error
  }
  throw new Error('it was taken')
}

describe('a token', () => {
  test('may hold the password as text or as digest, or only as the settings say', async () => {
    for (const passwordAs of ['text', 'digest'] as const) {
      const other = passwordAs === 'text' ? 'digest' : 'text'
      expect((await receiver().receive(push({ passwordAs }))).records).toHaveLength(1)
      expect((await receiver({ accept: passwordAs }).receive(push({ passwordAs }))).records).toHaveLength(1)
      expect((await refusal(receiver({ accept: other }), push({ passwordAs }))).internal).toBe('type of password')
    }
  })

  test('is good for one message: the same bytes again are the same delivery, others are refused', async () => {
    for (const passwordAs of ['text', 'digest'] as const) {
      const by = receiver()
      const request = push({ passwordAs })
      const first = await by.receive(request)
      expect((await by.receive(request)).records).toEqual(first.records)
      const forged = { ...request, body: Buffer.from(request.body.toString().replace('Zoë', 'Eve')) }
      expect((await refusal(by, forged)).internal).toBe('a nonce used before')
    }
  })

  test('is good for a while, before and after now', async () => {
    const request = push()
    for (const [ms, good] of [
      [-301_000, false],
      [-299_000, true],
      [299_000, true],
      [301_000, false],
    ] as const) {
      now = NOW + ms
      const by = receiver()
      if (good) expect((await by.receive(request)).records).toHaveLength(1)
      else expect((await refusal(by, request)).internal).toMatch(/Created/)
    }
  })

  test.each<[string, (text: string) => string]>([
    ['no header', (text) => text.replace(/<soap:Header>.*<\/soap:Header>/, '')],
    ['two security headers', (text) => text.replace(/<wsse:Security.*<\/wsse:Security>/, '$&$&')],
    ['two tokens', (text) => text.replace(/<wsse:UsernameToken.*<\/wsse:UsernameToken>/, '$&$&')],
    [
      'two names',
      (text) => text.replace(/<wsse:Username>[^<]*<\/wsse:Username>/, '<wsse:Username>x</wsse:Username>$&'),
    ],
    ['no nonce', (text) => text.replace(/<wsse:Nonce>.*<\/wsse:Nonce>/, '')],
    ['no time', (text) => text.replace(/<wsu:Created>.*<\/wsu:Created>/, '')],
    ['a time that is none', (text) => text.replace(/(<wsu:Created>)[^<]*/, '$1now')],
    ['another type of password', (text) => text.replace('#PasswordDigest', '#PasswordOther')],
    ['a huge nonce', (text) => text.replace(/(<wsse:Nonce>)/, `$1${'A'.repeat(2000)}`)],
    [
      'a signature',
      (text) =>
        text.replace('</wsse:Security>', '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></wsse:Security>'),
    ],
    [
      'a timestamp that has expired',
      (text) =>
        text.replace(
          '<wsse:UsernameToken>',
          '<wsu:Timestamp><wsu:Expires>2025-06-01T11:59:59Z</wsu:Expires></wsu:Timestamp><wsse:UsernameToken>',
        ),
    ],
    ['a security header of another namespace', (text) => text.replaceAll('wssecurity-secext', 'other')],
  ])('is refused with %s, always in the same words', async (_, forge) => {
    const error = await refusal(receiver(), push({}, forge))
    const usual = await refusal(receiver(), push({ password: 'wrong' }))
    expect([error.code, error.message, error.fix, error.status]).toEqual([usual.code, usual.message, usual.fix, 401])
  })

  test('is refused where the hub has no password for pushes', async () => {
    const by = new PushReceiver(undefined, quietContext('billing', new AbortController().signal))
    expect((await refusal(by, push())).code).toBe('connector.push.unauthorized')
  })
})

describe('a push', () => {
  test('becomes changes with their order, time and values', async () => {
    const { records, answer } = await receiver().receive(push())
    expect(records).toEqual([
      {
        entity: 'Account',
        key: 'A1',
        kind: 'upsert',
        sequence: '3',
        sequenceType: 'Integer',
        time: '2025-01-01T00:00:00.000Z',
        version: expect.any(String) as string,
        data: { full_name: 'Zoë', email: null, phone: '', changed_at: '2025-01-01T00:00:00.000Z', version: '3' },
      },
    ])
    expect(answer).toMatchObject({ status: 200, contentType: 'text/xml; charset=utf-8' })
  })

  test.each<[string, (text: string) => string, string | undefined]>([
    ['nothing in it', (text) => text.replace(/<change>.*<\/change>/, ''), '/changes'],
    ['a key that is empty', (text) => text.replace('<key>A1</key>', '<key/>'), '/changes/0/key'],
    ['a key that is huge', (text) => text.replace('<key>A1', `<key>${'A'.repeat(501)}`), '/changes/0/key'],
    ['a sequence that is none', (text) => text.replace('<sequence>3', '<sequence>-3'), '/changes/0/sequence'],
    ['a time that is none', (text) => text.replace(/<time>[^<]*/, '<time>today'), '/changes/0/time'],
    ['an upsert without fields', (text) => text.replace(/<fields>.*<\/fields>/, ''), '/changes/0/fields'],
    ['a delete with fields', (text) => text.replace('>upsert<', '>delete<'), '/changes/0/fields'],
    ['a type that there is not', (text) => text.replace('<type>dateTime', '<type>money'), '/changes/0/fields/3/type'],
    [
      'a value that is not of its type',
      (text) => text.replace('<type>dateTime', '<type>int'),
      '/changes/0/fields/3/value',
    ],
    ['JSON that is none', (text) => text.replace('<type>dateTime', '<type>json'), '/changes/0/fields/3/value'],
    ['a field without a value', (text) => text.replace('<value>Zoë</value>', ''), '/changes/0/fields/0/value'],
    ['elements in a value', (text) => text.replace('Zoë', '<b/>'), '/changes/0/fields/0/value'],
    ['two keys', (text) => text.replace('<key>A1</key>', '<key>A1</key><key>A2</key>'), '/changes/0/key'],
    ['two messages', (text) => text.replace(/<PushChanges.*<\/PushChanges>/, '$&$&'), '/body'],
    [
      'a body in the header',
      (text) => text.replace('<soap:Header>', '<soap:Header><soap:Body/>').replace(/<soap:Body>.*<\/soap:Body>/, ''),
      undefined,
    ],
    ['a second envelope inside', (text) => text.replace('<PushChanges ', '<soap:Envelope/><PushChanges '), '/body'],
  ])('with %s is refused with the place', async (_, forge, where) => {
    const error = await refusal(receiver(), push({}, forge))
    expect([error.code, error.family, error.where]).toEqual(['connector.rejected', 'reject', where])
    expect(error.message).not.toMatch(/Zoë|A1/)
  })

  test('of an entity that is not in the settings is refused', async () => {
    expect((await receiver({ entities: ['Account'] }).receive(push())).records).toHaveLength(1)
    expect((await refusal(receiver({ entities: ['Invoice'] }), push())).where).toBe('/changes/0/entity')
  })

  test('of another media type or version than its envelope is refused', async () => {
    const request = push()
    const as = (type: string): PushRequest => ({ ...request, headers: { 'content-type': type } })
    expect((await refusal(receiver(), as('application/json'))).status).toBe(415)
    expect((await refusal(receiver(), as('application/soap+xml'))).code).toBe('connector.rejected')
    expect((await refusal(receiver(), as('text/xml; charset=klingon'))).code).toBe('connector.rejected')
  })
})

describe('a fault', () => {
  const error = new HubError({
    code: 'change.too-large',
    family: 'reject',
    message: 'A <change> is too large.',
    where: '/changes/0',
    fix: 'Send less.',
    internal: 'STACK at secret.ts',
    cause: new Error('CAUSE'),
  })

  test.each([
    ['1.1', 'text/xml', 500, 'Client'],
    ['1.2', 'application/soap+xml', 400, 'Sender'],
  ] as const)('of SOAP %s says what the sender may know, and nothing else', async (version, type, status, code) => {
    const { refuse } = await receiver().receive(push({ version }))
    const answer = refuse?.(error)
    expect(answer).toMatchObject({ status, contentType: `${type}; charset=utf-8` })
    expect(answer?.body).toContain(`>soap:${code}<`)
    expect(answer?.body).toContain('A &lt;change&gt; is too large.')
    expect(answer?.body).not.toMatch(/STACK|CAUSE/)
    expect(parseXml(answer?.body ?? '').name).toBe('Envelope')
    const later = refuse?.(new HubError({ code: 'bus.away', family: 'retry', message: 'Later.', retryAfterMs: 1500 }))
    expect(later).toMatchObject({ status: 500, headers: { 'retry-after': '2' } })
  })
})

test('a push that was not taken at all is refused by a fault of the version in which it came', async () => {
  const by = receiver()
  for (const version of ['1.1', '1.2'] as const) {
    const request = push({ version, password: 'wrong' })
    const answer = by.refuse(await refusal(by, request), request)
    expect(answer?.contentType).toMatch(version === '1.1' ? /^text/ : /^application\/soap/)
    const fault = faultOf(parseEnvelope(answer?.body ?? ''))
    expect(fault?.codes).toEqual(version === '1.1' ? ['FailedAuthentication'] : ['Sender', 'FailedAuthentication'])
  }
  expect(
    by.refuse(new HubError({ code: 'a.b', family: 'reject', message: 'm' }), { ...push(), method: 'GET' }),
  ).toBeUndefined()
})

describe('the WSDL of the hub', () => {
  const get = (query: Record<string, string>): PushRequest => ({
    method: 'GET',
    headers: {},
    query,
    body: Buffer.alloc(0),
  })

  test('is given to whoever asks, with the address of the hook and the entities of the settings', async () => {
    const { answer, records } = await receiver({ entities: ['A & B'] }).receive(get({ WSDL: '' }))
    expect(records).toEqual([])
    expect(answer.body).toContain('location="http://127.0.0.1:8080/v1/hooks/billing"')
    expect(answer.body).toContain('<xs:enumeration value="A &amp; B"/>')
    expect(parseXml(answer.body).name).toBe('definitions')
  })

  test('is nowhere else', async () => expect((await refusal(receiver(), get({}))).status).toBe(404))
})
