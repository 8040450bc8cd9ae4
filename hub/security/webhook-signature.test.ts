import { mintWebhookSecret, webhookHeaders } from './webhook-signature.ts'

/** The reference vector of the Standard Webhooks specification. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const MESSAGE = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' }
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='

describe('The signature of a webhook', () => {
  test('is that of the reference vector', () => {
    expect(webhookHeaders(MESSAGE, [SECRET])).toEqual({
      'webhook-id': MESSAGE.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': SIGNATURE,
    })
  })

  test('comes once for each secret, with a space between', () => {
    const both = webhookHeaders(MESSAGE, [mintWebhookSecret(), SECRET])['webhook-signature'] ?? ''
    expect(both.split(' ')).toEqual([expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/), SIGNATURE])
  })

  test('rests on secrets of 32 bytes, which are never the same', () => {
    const secrets = Array.from({ length: 100 }, mintWebhookSecret)
    expect(new Set(secrets).size).toBe(100)
    for (const secret of secrets) expect(Buffer.from(secret.slice('whsec_'.length), 'base64')).toHaveLength(32)
  })
})
