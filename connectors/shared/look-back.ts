import { digest } from './row-hash.ts'

const KEY_BYTES = 6
const STATE_BYTES = 7
const ENTRY_BYTES = KEY_BYTES + STATE_BYTES + 1
/** 14 bytes an entry are 19 characters of base64; with the rest of the checkpoint this stays below its 64 KiB. */
const ENTRIES_MAX = 3000

interface Remembered {
  state: string
  /** How often the record changed while it was remembered, modulo 256. */
  times: number
}

/**
 * Which rows of the look-back window were delivered, and in what state, small enough to live in a checkpoint: 48 bits of
 * the key's hash, 56 of the state's, and a count. A row in a new state is taken for a known one only where both hashes
 * agree by chance (2^-56 for one row). Beyond 3,000 rows the rest is not remembered and is delivered again for as long as
 * it stays in the window, each time under the same version, so that the hub knows it as a repeat.
 */
export class LookBackMemory {
  readonly #rows: Map<string, Remembered>

  constructor(rows = new Map<string, Remembered>()) {
    this.#rows = rows
  }

  static parse(text: string): LookBackMemory {
    const bytes = Buffer.from(text, 'base64')
    const rows = new Map<string, Remembered>()
    for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
      const stateAt = at + KEY_BYTES
      const state = bytes.toString('latin1', stateAt, stateAt + STATE_BYTES)
      rows.set(bytes.toString('latin1', at, stateAt), { state, times: bytes.readUInt8(at + ENTRY_BYTES - 1) })
    }
    return new LookBackMemory(rows)
  }

  /**
   * Compares the record with what was delivered of it. `known`: in this very state. Otherwise `times` tells apart the
   * states that it goes through within the window: one that goes from A to B and back to A has changed twice, even where
   * its watermark is too coarse to show it.
   */
  compare(key: string, stateText: string): Remembered & { known: boolean } {
    const state = digest(stateText).toString('latin1', 0, STATE_BYTES)
    const before = this.#rows.get(keyMark(key))
    if (before === undefined) return { known: false, state, times: 0 }
    if (before.state === state) return { known: true, ...before }
    return { known: false, state, times: (before.times + 1) % 256 }
  }

  remember(key: string, { state, times }: Remembered): void {
    const mark = keyMark(key)
    if (this.#rows.size < ENTRIES_MAX || this.#rows.has(mark)) this.#rows.set(mark, { state, times })
  }

  /** Both memories; where they differ, the other's word counts. */
  with(other: LookBackMemory): LookBackMemory {
    const all = new Map(other.#rows)
    for (const [mark, row] of this.#rows) if (all.size < ENTRIES_MAX && !all.has(mark)) all.set(mark, row)
    return new LookBackMemory(all)
  }

  toString(): string {
    const entries = [...this.#rows].map(([mark, row]) => mark + row.state + String.fromCharCode(row.times))
    return Buffer.from(entries.join(''), 'latin1').toString('base64')
  }
}

function keyMark(key: string): string {
  return digest(key).toString('latin1', 0, KEY_BYTES)
}
