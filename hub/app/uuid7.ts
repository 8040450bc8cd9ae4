import { randomFillSync } from 'node:crypto'

/**
 * UUID version 7 (RFC 9562, section 5.7): 48 bits of milliseconds, then a counter in the next 12 bits so that ids made
 * in the same millisecond are in order too, then 62 random bits. Random bytes are drawn for many ids at a time.
 */
export function createUuid7(now: () => number = Date.now): () => string {
  const random = Buffer.alloc(8 * 256)
  let used = random.length
  let lastMs = 0
  let counter = 0
  return () => {
    const ms = Math.max(now(), lastMs)
    counter = ms === lastMs ? counter + 1 : 0
    // More than 4096 in one millisecond borrow from the next.
    lastMs = counter > 0xfff ? ms + 1 : ms
    if (counter > 0xfff) counter = 0
    if (used === random.length) {
      randomFillSync(random)
      used = 0
    }
    const tail = random.subarray(used, used + 8)
    used += 8
    tail[0] = ((tail[0] ?? 0) & 0x3f) | 0x80
    const time = lastMs.toString(16).padStart(12, '0')
    const rest = tail.toString('hex')
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${rest.slice(0, 4)}-${rest.slice(4)}`
  }
}
