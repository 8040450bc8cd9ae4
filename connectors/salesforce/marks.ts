import { digest } from '../shared/row-hash.ts'

const PREFIX = 'omnihub.'
const KEY_BYTES_MAX = 90
const REMEMBERED_MAX = 5000

/**
 * The hub's own writes carry a mark, as the client of the call options (Sforce-Call-Options), which change events show as
 * their origin: `com/salesforce/api/rest/62.0;client=omnihub....`. A short idempotency key stands in the mark itself. A long
 * one, and several in one request, don't fit: such a mark is a name, and this process remembers what it stands for.
 */
export class WriteMarks {
  readonly #remembered = new Map<string, Map<string, string>>()

  /** The call options of a request that writes these records. @param keys idempotency key by record key */
  optionsFor(keys: ReadonlyMap<string, string>): Record<string, string> {
    const [only, ...others] = keys.values()
    if (only === undefined) return {}
    const text = Buffer.from(only)
    const isShort = others.length === 0 && text.length <= KEY_BYTES_MAX
    const mark = isShort
      ? `k${text.toString('base64url')}`
      : `n${digest([...keys].join('\n'))
          .toString('base64url')
          .slice(0, 22)}`
    if (!isShort) this.#remember(mark, keys)
    return { 'sforce-call-options': `client=${PREFIX}${mark}` }
  }

  /** The idempotency key of the write that made this change of the record, where it was ours and can be told. */
  writtenBy(origin: string, recordKey: string): string | undefined {
    const [, mark] = new RegExp(`;client=${PREFIX.replace('.', '\\.')}([\\w-]+)`).exec(origin) ?? []
    if (mark === undefined) return undefined
    if (mark.startsWith('k')) return Buffer.from(mark.slice(1), 'base64url').toString()
    return this.#remembered.get(mark)?.get(recordKey)
  }

  #remember(mark: string, keys: ReadonlyMap<string, string>): void {
    this.#remembered.delete(mark)
    this.#remembered.set(mark, new Map(keys))
    let size = 0
    for (const each of this.#remembered.values()) size += each.size
    for (const [oldest, each] of this.#remembered) {
      if (size <= REMEMBERED_MAX) return
      this.#remembered.delete(oldest)
      size -= each.size
    }
  }
}
