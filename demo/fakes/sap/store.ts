import type { Row } from './definition.ts'

interface Stored {
  row: Row
  /** Grows with each change of the row: its ETag. */
  version: number
}

export interface Change {
  number: number
  key: string
  deleted: boolean
}

/** A table of the fake: rows by key, in the order of the key, and the list of what changed. */
export class Table {
  readonly keys: readonly string[]
  /** Told of each row that is put, with what it was before. */
  onPut: ((row: Row, before: Row | undefined) => void) | undefined
  readonly #rows = new Map<string, Stored>()
  #changes: Change[] = []
  #sorted: string[] | undefined
  /** The rows in that order, until one changes. */
  #list: Row[] | undefined
  #number = 0

  constructor(keys: readonly string[]) {
    this.keys = keys
  }

  keyOf(row: Row): string {
    return JSON.stringify(this.keys.map((name) => row[name] ?? null))
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key)?.row
  }

  version(key: string): number {
    return this.#rows.get(key)?.version ?? 0
  }

  /** Inserts, or replaces the whole row. */
  put(row: Row): void {
    this.#list = undefined
    const key = this.keyOf(row)
    const before = this.#rows.get(key)
    if (before === undefined) this.#sorted = undefined
    this.#number += 1
    this.#rows.set(key, { row, version: this.#number })
    this.#changes.push({ number: this.#number, key, deleted: false })
    this.onPut?.(row, before?.row)
  }

  remove(key: string): boolean {
    if (!this.#rows.delete(key)) return false
    this.#sorted = undefined
    this.#list = undefined
    this.#number += 1
    this.#changes.push({ number: this.#number, key, deleted: true })
    return true
  }

  /** In the order of the key, texts by their code points as HANA does. */
  rows(): readonly Row[] {
    this.#sorted ??= [...this.#rows.keys()].sort((a, b) =>
      compareKeys(this.#rows.get(a)?.row, this.#rows.get(b)?.row, this.keys),
    )
    this.#list ??= this.#sorted.map((key) => this.#rows.get(key)?.row ?? {})
    return this.#list
  }

  get size(): number {
    return this.#rows.size
  }

  get lastChange(): number {
    return this.#number
  }

  /** The last change of each row after `number`. */
  changesAfter(number: number): Change[] {
    const last = new Map<string, Change>()
    for (const change of this.#changes) {
      if (change.number <= number) continue
      last.delete(change.key)
      last.set(change.key, change)
    }
    return [...last.values()]
  }

  /** Renames or drops a field in all rows without counting as a change, as a new release of the service would. */
  reshape(change: (row: Row) => Row): void {
    this.#list = undefined
    for (const [key, stored] of this.#rows) this.#rows.set(key, { ...stored, row: change(stored.row) })
  }

  /** Makes the rows what they were; each that differs counts as changed. */
  restore(rows: ReadonlyMap<string, Row>): void {
    for (const key of [...this.#rows.keys()]) if (!rows.has(key)) this.remove(key)
    for (const [key, row] of rows) if (this.get(key) !== row) this.put(row)
  }

  /** Frees what was only kept for delta tokens. */
  forgetChanges(): void {
    this.#changes = []
  }
}

export function compareKeys(a: Row | undefined, b: Row | undefined, names: readonly string[]): number {
  for (const name of names) {
    const compared = compareValues(a?.[name] ?? null, b?.[name] ?? null)
    if (compared !== 0) return compared
  }
  return 0
}

/** Nulls first. Numbers as numbers; decimals, which are text, by their value. */
export function compareValues(a: Row[string], b: Row[string]): number {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  if (typeof a === 'string' && typeof b === 'string') {
    if (isInstant(a) && isInstant(b)) return Date.parse(a) - Date.parse(b) || (fraction(a) < fraction(b) ? -1 : 1)
    return Buffer.compare(Buffer.from(a), Buffer.from(b))
  }
  return Number(a) - Number(b)
}

function isInstant(text: string): boolean {
  return text.length >= 20 && text[10] === 'T' && text.endsWith('Z')
}

/** Digits after the second, which Date.parse cuts to three. */
function fraction(text: string): string {
  return text.slice(19, -1)
}
