/**
 * FNV-1a, 64 bits, over UTF-8, from G. Fowler, L. C. Noll and K.-P. Vo (draft-eastlake-fnv; test vectors pinned beside
 * this file). Halves of 32 bits are kept as numbers: BigInt arithmetic would be some thirty times slower.
 * The prime is 2^40 + 0x1b3, so a multiplication is one by 0x1b3 and one shift.
 */
const words = new Uint32Array(2)
const whole = new BigInt64Array(words.buffer)
const [lowWord, highWord] = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? [0, 1] : [1, 0]

/** A signed 64-bit number, as PostgreSQL's bigint holds it. The same text gives the same number on every machine, for ever. */
export function hash64(text: string): bigint {
  hashInto(text)
  return whole[0] ?? 0n
}

/**
 * The upper 53 bits of the same hash, as a number that a double holds exactly: what match keys are stored and locked by.
 * Two of a hundred million keys then meet by chance about once, which costs one comparison more and changes no result.
 */
export function hash53(text: string): number {
  hashInto(text)
  return (words[highWord] ?? 0) * 0x200000 + ((words[lowWord] ?? 0) >>> 11)
}

function hashInto(text: string): void {
  let low = 0x84222325
  let high = 0xcbf29ce4
  for (let at = 0; at < text.length; at++) {
    let code = text.charCodeAt(at)
    if (code > 127) {
      code = text.codePointAt(at) ?? 0
      if (code > 0xffff) at++
      const lead = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
      for (let part = lead - 1; part > 0; part--) {
        const byte = part === lead - 1 ? leadByte(code, lead) : 0x80 | ((code >>> (6 * part)) & 0x3f)
        low = (low ^ byte) >>> 0
        const product = low * 0x1b3
        high = (Math.imul(high, 0x1b3) + Math.floor(product / 0x100000000) + (low << 8)) >>> 0
        low = product >>> 0
      }
      code = 0x80 | (code & 0x3f)
    }
    low = (low ^ code) >>> 0
    const product = low * 0x1b3
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 0x100000000) + (low << 8)) >>> 0
    low = product >>> 0
  }
  words[lowWord] = low
  words[highWord] = high
}

function leadByte(code: number, bytes: number): number {
  if (bytes === 2) return 0xc0 | (code >>> 6)
  if (bytes === 3) return 0xe0 | (code >>> 12)
  return 0xf0 | (code >>> 18)
}
