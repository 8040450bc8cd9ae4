const BYTES_FIRST = 1_024

/** Which records of the hub were seen, one bit each by their number: a million take 125 kB. */
export class SeenRecords {
  #bits = new Uint8Array(BYTES_FIRST)
  #first: number | undefined

  /** Answers whether it was seen for the first time. */
  add(no: number): boolean {
    const place = this.#place(no)
    const [byte, bit] = [Math.floor(place / 8), 1 << (place % 8)]
    if (byte >= this.#bits.length) this.#grow(byte)
    if (((this.#bits[byte] ?? 0) & bit) !== 0) return false
    this.#bits[byte] = (this.#bits[byte] ?? 0) | bit
    return true
  }

  has(no: number): boolean {
    const place = this.#place(no)
    return ((this.#bits[Math.floor(place / 8)] ?? 0) & (1 << (place % 8))) !== 0
  }

  /** Numbers may lie billions above zero; those of one entity lie closer together. Below the first one: mirrored into odd places. */
  #place(no: number): number {
    this.#first ??= no
    return no >= this.#first ? (no - this.#first) * 2 : (this.#first - no) * 2 - 1
  }

  #grow(byte: number): void {
    const more = new Uint8Array(Math.max(byte + 1, this.#bits.length * 2))
    more.set(this.#bits)
    this.#bits = more
  }
}
