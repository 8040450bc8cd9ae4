import fc from 'fast-check'
import { hash64 } from './key-hash.ts'
import { seededRandom } from '../../test/support/identity-records.ts'

/** The definition, in BigInt, byte by byte. */
function slowly(text: string): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return BigInt.asIntN(64, hash)
}

describe('the hash of a match key', () => {
  // Test vectors of the FNV authors.
  test.each([
    ['', 0xcbf29ce484222325n],
    ['a', 0xaf63dc4c8601ec8cn],
    ['foobar', 0x85944171f73967e8n],
  ])('of "%s" is the published one', (text, expected) => {
    expect(hash64(text)).toBe(BigInt.asIntN(64, expected))
  })

  test('is FNV-1a over UTF-8 for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => hash64(text) === slowly(text)))
  })

  test('fits a signed 64-bit column and does not collide among 200,000 keys', () => {
    const random = seededRandom(3)
    const seen = new Set<bigint>()
    for (let n = 0; n < 200_000; n++) {
      const hash = hash64(`namePostcode|${Math.floor(random() * 1e6).toString(36)}|${n}`)
      expect(BigInt.asIntN(64, hash)).toBe(hash)
      seen.add(hash)
    }
    expect(seen.size).toBe(200_000)
  })
})
