import { createHmac } from 'node:crypto'
import type { PushRequest, PushResult } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { quietContext } from '../conformance/quiet-context.ts'
import { webhook } from './index.ts'
import { signatureScheme } from './signature-settings.ts'
import { verifySignature } from './signature.ts'

const NOW = 1_700_000_000_000
const SECOND = String(NOW / 1000)
const refused = expect.objectContaining({ code: 'connector.push.unauthorized', status: 401 }) as Error

function verify(signature: JsonObject, headers: Record<string, string>, body: string, now = NOW): void {
  verifySignature({ headers, body: Buffer.from(body) }, signatureScheme(signature), now)
}

const sign = (
  secret: string | Buffer,
  text: string,
  encoding: 'hex' | 'base64' = 'hex',
  algorithm = 'sha256',
): string => createHmac(algorithm, secret).update(text).digest(encoding)

describe('signatures', () => {
  test('of the published examples are right', () => {
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    const github = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
    const secret = "It's a Secret to Everybody"
    verify({ scheme: 'github', secrets: [secret] }, { 'x-hub-signature-256': github }, 'Hello, World!')
    // https://github.com/standard-webhooks/standard-webhooks
    verify(
      { scheme: 'standardWebhooks', secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] },
      {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
      '{"test": 2432232314}',
      1_614_265_330_000,
    )
  })

  test('may be several: one that is right is enough, made with any of the secrets', () => {
    const scheme = { scheme: 'stripe', secrets: ['new', 'old'] }
    for (const secret of ['new', 'old']) {
      const right = sign(secret, `${SECOND}.{}`)
      verify(scheme, { 'stripe-signature': `t=${SECOND},v0=abc,v1=${'0'.repeat(64)},v1=${right}` }, '{}')
    }
    expect(() =>
      verify(scheme, { 'stripe-signature': `t=${SECOND},v1=${sign('other', `${SECOND}.{}`)}` }, '{}'),
    ).toThrow(refused)
  })

  test.each([
    ['shopify', { 'x-shopify-hmac-sha256': sign('s', '{}', 'base64') }],
    ['slack', { 'x-slack-signature': `v0=${sign('s', `v0:${SECOND}:{}`)}`, 'x-slack-request-timestamp': SECOND }],
    ['github', { 'x-hub-signature-256': `sha256=${sign('s', '{}')}` }],
  ])('of %s are checked over every byte of the body', (scheme, headers) => {
    const given = headers as Record<string, string>
    verify({ scheme, secrets: ['s'] }, given, '{}')
    expect(() => verify({ scheme, secrets: ['s'] }, given, '{} ')).toThrow(refused)
    expect(() => verify({ scheme, secrets: ['t'] }, given, '{}')).toThrow(refused)
    expect(() => verify({ scheme, secrets: ['s'] }, {}, '{}')).toThrow(refused)
  })

  test.each<[string, number, boolean]>([
    ['now', 0, true],
    ['at the edge', 300, true],
    ['a second beyond', 301, false],
    ['of the future', -301, false],
  ])('made %s are judged by their time', (_, secondsAgo, isGood) => {
    const at = String(NOW / 1000 - secondsAgo)
    const act = (): void =>
      verify({ scheme: 'stripe', secrets: ['s'] }, { 'stripe-signature': `t=${at},v1=${sign('s', `${at}.{}`)}` }, '{}')
    if (isGood) act()
    else expect(act).toThrow(refused)
  })

  test.each([
    ['without a time', (right: string) => `v1=${right}`],
    ['with a time that is none', (right: string) => `t=soon,v1=${right}`],
    ['with half a signature', (right: string) => `t=${SECOND},v1=${right.slice(0, 32)}`],
    ['with a signature and more', (right: string) => `t=${SECOND},v1=${right}00`],
    ['with no hex', () => `t=${SECOND},v1=zz`],
    ['with nothing', () => `t=${SECOND},v1=`],
    ['with a hundred signatures', (right: string) => `t=${SECOND},${`v1=${right},`.repeat(100)}`],
  ])('%s are refused', (_, header) => {
    const given = header(sign('s', `${SECOND}.{}`))
    expect(() => verify({ scheme: 'stripe', secrets: ['s'] }, { 'stripe-signature': given }, '{}')).toThrow(refused)
  })

  test('of any other manner are described', () => {
    const scheme = {
      scheme: 'hmac',
      secrets: ['00ff'],
      header: 'X-Sig',
      prefix: 'a:',
      separator: ';',
      algorithm: 'sha512',
      encoding: 'base64',
      secretEncoding: 'hex',
      timestampHeader: 'X-Time',
      signed: 'v2|{{ timestamp }}|{{ header.X-Id }}|{{ body }}',
      toleranceSeconds: 10,
    }
    const signature = sign(Buffer.from([0, 255]), `v2|${NOW}|7|{}`, 'base64', 'sha512')
    // This sender counts milliseconds.
    const headers = { 'x-sig': `b:x; a:${signature}`, 'x-time': String(NOW), 'x-id': '7' }
    verify(scheme, headers, '{}')
    expect(() => verify(scheme, { ...headers, 'x-id': '8' }, '{}')).toThrow(refused)
    expect(() => verify(scheme, headers, '{}', NOW + 11_000)).toThrow(refused)
  })

  test('may be no more than a token, compared whole', () => {
    const scheme = { scheme: 'token', secrets: ['one', 'two'], header: 'Authorization', prefix: 'Bearer ' }
    verify(scheme, { authorization: 'Bearer two' }, 'x')
    for (const text of ['Bearer tw', 'Bearer twoo', 'two', 'Bearer ']) {
      expect(() => verify(scheme, { authorization: text }, 'x')).toThrow(refused)
    }
  })

  test.each<[JsonObject, string]>([
    [{ scheme: 'github', secrets: [] }, '/settings/signature/secrets'],
    [{ scheme: 'github', secrets: ['s', ''] }, '/settings/signature/secrets/1'],
    [{ scheme: 'standardWebhooks', secrets: ['whsec_no base64!'] }, '/settings/signature/secrets/0'],
    [{ scheme: 'github', secrets: ['s'], header: 'X' }, '/settings/signature/header'],
    [{ scheme: 'github', secrets: ['s'], toleranceSeconds: 5 }, '/settings/signature/toleranceSeconds'],
    [{ scheme: 'token', secrets: ['s'], header: 'X', algorithm: 'sha1' }, '/settings/signature/algorithm'],
    [{ scheme: 'hmac', secrets: ['s'] }, '/settings/signature/header'],
    [
      { scheme: 'hmac', secrets: ['s'], header: 'X', signed: '{{ timestamp }}.{{ body }}' },
      '/settings/signature/timestampHeader',
    ],
    [{ scheme: 'hmac', secrets: ['s'], header: 'X', signed: '{{ header.x }}' }, '/settings/signature/signed'],
    [{ scheme: 'hmac', secrets: ['s'], header: 'X', signed: '{{ query }}{{ body }}' }, '/settings/signature/signed'],
    [{ scheme: 'hmac', secrets: ['zz'], header: 'X', secretEncoding: 'hex' }, '/settings/signature/secrets/0'],
  ])('described as %j are refused with a pointer', (given, where) => {
    expect(() => signatureScheme(given)).toThrow(
      expect.objectContaining({ code: 'connector.settings', where }) as Error,
    )
  })
})

const RULE = { entity: 'Customer', key: ['event.id'] }

async function receive(settings: JsonObject, push: Partial<PushRequest> & { text?: string }): Promise<PushResult> {
  const { text = '', headers = {}, ...more } = push
  const body = Buffer.from(text)
  const all = { signature: { scheme: 'github', secrets: ['s'] }, rules: [RULE], ...settings }
  const context = { ...quietContext('shop', new AbortController().signal), now: () => NOW }
  const connector = await webhook.open(all, context)
  const signed = { 'x-hub-signature-256': `sha256=${createHmac('sha256', 's').update(body).digest('hex')}`, ...headers }
  return (await connector.receive?.({ method: 'POST', headers: signed, query: {}, ...more, body })) as PushResult
}

describe('events', () => {
  test('are records with key, time, sequence and version from where the settings say', async () => {
    const settings = {
      deliveryId: 'headers.x-id',
      list: 'body.items',
      rules: [
        {
          entityAt: 'event.type',
          key: ['event.doc.a', 'event.doc.b'],
          data: 'event.doc',
          deleted: { path: 'event.gone' },
          time: 'event.at',
          sequence: 'event.n',
        },
      ],
    }
    const text = `{"items":[{"type":"A","doc":{"a":"x:1","b":2},"at":1700000000,"n":9007199254740993},
      {"type":"B","doc":{"a":1,"b":"%"},"gone":true,"at":"2026-01-01T00:00:00Z","n":2}]}`
    const { records, answer } = await receive(settings, { text, headers: { 'x-id': 'd1' } })
    expect(records).toEqual([
      {
        entity: 'A',
        key: 'x%3A1:2',
        kind: 'upsert',
        version: 'd1~0',
        data: { a: 'x:1', b: 2 },
        time: '2023-11-14T22:13:20.000Z',
        sequence: '9007199254740993',
        sequenceType: 'Integer',
      },
      {
        entity: 'B',
        key: '1:%25',
        kind: 'delete',
        version: 'd1~1',
        data: null,
        time: '2026-01-01T00:00:00Z',
        sequence: '2',
        sequenceType: 'Integer',
      },
    ])
    expect(answer).toEqual({ status: 200, body: '', contentType: 'text/plain; charset=utf-8' })
  })

  test('have the same version when they come again, and another one when the body is another', async () => {
    const version = async (text: string): Promise<string | undefined> =>
      (await receive({}, { text })).records[0]?.version
    expect(await version('{"id":1,"n":1}')).toBe(await version('{"id":1,"n":1}'))
    expect(await version('{"id":1,"n":1}')).not.toBe(await version('{"id":1,"n":2}'))
  })

  test('of a form are read as an object of texts', async () => {
    const { records } = await receive(
      {},
      {
        text: 'id=7&name=A+B',
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      },
    )
    expect(records).toMatchObject([{ key: '7', data: { id: '7', name: 'A B' } }])
  })

  test('go by the first rule whose questions all hold', async () => {
    const rules = [
      { when: [{ path: 'headers.x-kind', is: ['ping'] }], ignore: true },
      { when: [{ path: 'event.id' }, { path: 'query.from', is: ['eu'] }], ...RULE, entity: 'European' },
      RULE,
    ]
    const entities = async (push: Partial<PushRequest>): Promise<string[]> => {
      return (await receive({ rules }, { text: '{"id":1}', ...push })).records.map(({ entity }) => entity)
    }
    expect(await entities({ headers: { 'x-kind': 'ping' } })).toEqual([])
    expect(await entities({ query: { from: 'eu' } })).toEqual(['European'])
    expect(await entities({})).toEqual(['Customer'])
  })

  test.each<[string, JsonObject, string, string]>([
    ['no JSON', {}, '{"name":"Ada"', ''],
    ['a list where one event is wanted', {}, '[]', ''],
    ['no key', {}, '{"name":"Ada"}', '/id'],
    ['an empty key', {}, '{"id":""}', '/id'],
    ['a key that is an object', {}, '{"id":{"x":1}}', '/id'],
    ['no list', { list: 'body.a/b' }, '{"a/b":{}}', '/a~1b'],
    ['no key in an item', { list: 'body.items' }, '{"items":[{"id":1},{}]}', '/items/1/id'],
    ['no object in an item', { list: 'body.items' }, '{"items":[{"id":1},null]}', '/items/1'],
    ['no sequence', { rules: [{ ...RULE, sequence: 'event.n' }] }, '{"id":1,"n":1.5}', '/n'],
    ['no rule', { rules: [{ ...RULE, when: [{ path: 'event.x' }] }] }, '{"id":1}', ''],
  ])('with %s are refused with a pointer, and all of the push with them', async (_, settings, text, where) => {
    const received = receive(settings, { text })
    await expect(received).rejects.toMatchObject({ code: 'connector.rejected', family: 'reject', where })
    await expect(received).rejects.not.toThrow(/Ada/)
  })

  test('that are not signed are refused before they are read', async () => {
    await expect(receive({}, { text: 'no JSON', headers: { 'x-hub-signature-256': 'sha256=00' } })).rejects.toThrow(
      refused,
    )
  })
})

describe('challenges', () => {
  const challenges = [
    {
      when: { path: 'query.hub\\.mode', is: ['subscribe'] },
      token: 'query.hub\\.verify_token',
      echo: 'query.hub\\.challenge',
    },
    { when: { path: 'body.type', is: ['url_verification'] }, echo: 'body.challenge', member: 'challenge' },
    { when: { path: 'query.validationToken' }, unsigned: true, echo: 'query.validationToken' },
  ]
  const headers = { 'x-content-type-options': 'nosniff' }

  test('by GET show a secret and get their text', async () => {
    const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 's', 'hub.challenge': '<b>42' }
    expect(await receive({ challenges }, { method: 'GET', query })).toEqual({
      records: [],
      answer: { status: 200, contentType: 'text/plain; charset=utf-8', body: '<b>42', headers },
    })
    const wrong = receive({ challenges }, { method: 'GET', query: { ...query, 'hub.verify_token': 'x' } })
    await expect(wrong).rejects.toThrow(refused)
  })

  test('by POST are signed and answered as JSON', async () => {
    const text = '{"type":"url_verification","challenge":"abc"}'
    const { records, answer } = await receive({ challenges }, { text })
    expect([records, answer.body, answer.contentType]).toEqual([[], '{"challenge":"abc"}', 'application/json'])
    await expect(receive({ challenges }, { text, headers: { 'x-hub-signature-256': 'sha256=00' } })).rejects.toThrow(
      refused,
    )
  })

  test('may be unsigned where the settings say so, and are bounded', async () => {
    const ask = (validationToken: string): Promise<PushResult> => {
      return receive({ challenges }, { query: { validationToken }, headers: { 'x-hub-signature-256': '' } })
    }
    expect((await ask('opaque')).answer.body).toBe('opaque')
    await expect(ask('x'.repeat(1025))).rejects.toMatchObject({ code: 'connector.rejected' })
  })

  test('that there are not leave a GET unauthorized', async () => {
    await expect(receive({}, { method: 'GET', headers: { 'x-hub-signature-256': 'sha256=00' } })).rejects.toThrow(
      refused,
    )
  })
})

describe('the settings', () => {
  test.each<[JsonObject, string]>([
    [{ rules: [] }, '/settings/rules'],
    [{ rules: [{ key: ['event.id'] }] }, '/settings/rules/0/entity'],
    [{ rules: [{ ...RULE, entityAt: 'event.x' }] }, '/settings/rules/0/entity'],
    [{ rules: [{ entity: 'A' }] }, '/settings/rules/0/key'],
    [{ rules: [{ ...RULE, key: ['id'] }] }, '/settings/rules/0/key/0'],
    [{ rules: [{ ...RULE, ignore: true }] }, '/settings/rules/0/entity'],
    [{ rules: [{ ...RULE, when: [{ path: 'type' }] }] }, '/settings/rules/0/when/0/path'],
    [{ rules: [{ ...RULE, wehn: [] }] }, '/settings/rules/0/wehn'],
    [{ deliveryId: 'x-id' }, '/settings/deliveryId'],
    [
      { challenges: [{ when: { path: 'query.a' }, echo: 'query.b', token: 'query.c', unsigned: true }] },
      '/settings/challenges/0/unsigned',
    ],
    [{ answer: { status: 500 } }, '/settings/answer/status'],
  ])('%j are refused with a pointer', async (settings, where) => {
    await expect(receive(settings, {})).rejects.toMatchObject({ code: 'connector.settings', where })
  })

  test('that leave a door open are warned of', async () => {
    const warnings = async (signature: JsonObject, more: JsonObject = {}): Promise<string[]> => {
      const context = quietContext('shop', new AbortController().signal)
      return (await (await webhook.open({ signature, rules: [RULE], ...more }, context)).check()).warnings
    }
    expect(await warnings({ scheme: 'stripe', secrets: ['s'] }, { deliveryId: 'headers.x' })).toEqual([])
    expect((await warnings({ scheme: 'github', secrets: ['s'] })).length).toBe(2)
    expect((await warnings({ scheme: 'token', secrets: ['s'], header: 'X' }))[0]).toMatch(/fixed token/)
  })
})
