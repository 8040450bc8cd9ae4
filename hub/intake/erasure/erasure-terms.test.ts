import { createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { hmacSha256 } from './erasure-terms.ts'

describe('What lanes are remembered by', () => {
  test('is HMAC-SHA-256, whatever the key and the text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.string({ unit: 'binary', maxLength: 300 }), (bytes, text) => {
        const key = Buffer.from(bytes)
        expect(hmacSha256(key)(text)).toEqual(createHmac('sha256', key).update(text).digest())
      }),
    )
  })

  test('is the value of RFC 4231, test case 2', () => {
    expect(hmacSha256(Buffer.from('Jefe'))('what do ya want for nothing?').toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })

  test('differs with the secret, and keys of more than a block are refused', () => {
    const [one, other] = [hmacSha256(randomBytes(32)), hmacSha256(randomBytes(32))]
    expect(one('crm/Contact/1')).not.toEqual(other('crm/Contact/1'))
    expect(() => hmacSha256(Buffer.alloc(65))).toThrow(RangeError)
  })
})
