import type { Row, Table, Value } from './tables.ts'
import { TABLES } from './tables.ts'

export interface StoredRow {
  row: Row
  version: number
  /** Milliseconds since 1970. */
  changedAt: number
}

export interface Change {
  table: string
  register: string | undefined
  key: string
  kind: 'upsert' | 'delete'
  row: Row | null
  version: number
  changedAt: number
}

export interface ListQuery {
  pageSize: number
  /** Milliseconds; records that changed at or after it, in the order of their change. Undefined: all, by key. */
  since: number | undefined
  /** Place behind which to go on: [changedAt, key] or [key]. */
  after: readonly (string | number)[] | undefined
}

export interface Listed {
  rows: StoredRow[]
  /** Undefined behind the last page. */
  next: (string | number)[] | undefined
  total: number
}

type Shelf = Map<string, StoredRow>

/** The records of the billing service, in memory. Each change is stamped, numbered and told to whoever listens. */
export class BillingStore {
  readonly #shelves = new Map<string, Shelf>()
  /** Versions of what was removed: they go on where a key comes again. */
  readonly #gone = new WeakMap<Shelf, Map<string, number>>()
  /** Fields that a register does not have any more. */
  readonly #dropped = new Map<string, Set<string>>()
  readonly #order = new WeakMap<Shelf, { byKey?: string[]; byChange?: string[] }>()
  readonly #listeners = new Set<(change: Change) => void>()
  readonly #now: () => number
  /** Custom fields of all registers, in the order in which they were made. */
  readonly customFields: string[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  get(table: Table, register: string | undefined, key: string): StoredRow | undefined {
    return this.#shelf(table, register).get(key)
  }

  all(table: Table, register?: string): StoredRow[] {
    return [...this.#shelf(table, register).values()]
  }

  /** Sets the fields given, and leaves the others as they are; `at` in ms, by default the time of now. */
  put(
    table: Table,
    fields: Row,
    options: { register?: string | undefined; at?: number; requestId?: string | null } = {},
  ): StoredRow {
    const shelf = this.#shelf(table, options.register)
    const key = String(fields[table.key])
    const before = shelf.get(key)
    const version = (before?.version ?? this.#gone.get(shelf)?.get(key) ?? 0) + 1
    const changedAt = options.at ?? this.#now()
    const row: Row = { ...before?.row, ...fields, last_request: options.requestId ?? null }
    const stored = { row, version, changedAt }
    shelf.set(key, stored)
    const order = this.#order.get(shelf)
    this.#order.set(shelf, before && order?.byKey ? { byKey: order.byKey } : {})
    this.#tell({ table: table.name, register: options.register, key, kind: 'upsert', row, version, changedAt })
    return stored
  }

  remove(table: Table, key: string, register?: string): void {
    const shelf = this.#shelf(table, register)
    const before = shelf.get(key)
    if (before === undefined) return
    shelf.delete(key)
    this.#order.delete(shelf)
    const version = before.version + 1
    const gone = this.#gone.get(shelf) ?? new Map<string, number>()
    this.#gone.set(shelf, gone.set(key, version))
    this.#tell({ table: table.name, register, key, kind: 'delete', row: null, version, changedAt: this.#now() })
  }

  list(table: Table, register: string | undefined, { pageSize, since, after }: ListQuery): Listed {
    const shelf = this.#shelf(table, register)
    const order = this.#orderOf(shelf, since === undefined ? 'byKey' : 'byChange')
    const placeOf = (key: string): (string | number)[] =>
      since === undefined ? [key] : [shelf.get(key)?.changedAt ?? 0, key]
    const isBehind = (key: string): boolean => {
      if (since !== undefined && (shelf.get(key)?.changedAt ?? 0) < since) return false
      return after === undefined || compare(placeOf(key), after) > 0
    }
    const begin = firstIndex(order, isBehind)
    const keys = order.slice(begin, begin + pageSize)
    const last = keys.at(-1)
    return {
      rows: keys.flatMap((key) => shelf.get(key) ?? []),
      next: last !== undefined && begin + pageSize < order.length ? placeOf(last) : undefined,
      total:
        since === undefined
          ? order.length
          : order.length - firstIndex(order, (key) => (shelf.get(key)?.changedAt ?? 0) >= since),
    }
  }

  /** A custom field that all registers have from now on; records that lack it have it as nil. */
  addField(name: string): void {
    if (!this.customFields.includes(name)) this.customFields.push(name)
  }

  dropField(register: string, name: string): void {
    const dropped = this.#dropped.get(register) ?? new Set()
    this.#dropped.set(register, dropped.add(name))
  }

  isDropped(register: string | undefined, name: string): boolean {
    return register !== undefined && (this.#dropped.get(register)?.has(name) ?? false)
  }

  #shelf(table: Table, register: string | undefined): Shelf {
    const name = table.registered ? `${table.name}/${register ?? ''}` : table.name
    const shelf = this.#shelves.get(name) ?? new Map<string, StoredRow>()
    this.#shelves.set(name, shelf)
    return shelf
  }

  #orderOf(shelf: Shelf, by: 'byKey' | 'byChange'): string[] {
    const known = this.#order.get(shelf) ?? {}
    this.#order.set(shelf, known)
    known[by] ??= [...shelf.keys()].sort((a, b) => {
      const earlier = by === 'byChange' ? (shelf.get(a)?.changedAt ?? 0) - (shelf.get(b)?.changedAt ?? 0) : 0
      return earlier === 0 ? (a < b ? -1 : a > b ? 1 : 0) : earlier
    })
    return known[by]
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change)
  }
}

export function tableNamed(name: string): Table {
  const table = TABLES.find((each) => each.name === name)
  if (table) return table
  throw new RangeError(`The billing service has no ${name}.`)
}

function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index]
    if (other === undefined || value > other) return 1
    if (value < other) return -1
  }
  return 0
}

/** The first place in the sorted list from which on `isBehind` holds. */
function firstIndex(order: readonly string[], isBehind: (key: string) => boolean): number {
  let [low, high] = [0, order.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBehind(order[middle] ?? '')) high = middle
    else low = middle + 1
  }
  return low
}

export type { Row, Value }
