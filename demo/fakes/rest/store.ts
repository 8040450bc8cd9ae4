/** A record: `id`, its fields, and what the system keeps itself: `updated_at`, `deleted`. Values are JSON. */
export type StoredRecord = Record<string, unknown> & { id: string; updated_at: string; deleted: boolean }

/** Types of the fields of a collection; a field that is not named here is refused. */
export type FieldType = 'text' | 'integer' | 'number' | 'boolean' | 'any'

interface Entry {
  record: StoredRecord
  /** Grows with every change of the record: its ETag. */
  version: number
}

/** One collection: records by id, in order of id and of time of change. */
export class Collection {
  readonly fields: Map<string, FieldType>
  readonly #entries = new Map<string, Entry>()
  readonly #now: () => number
  /** Idempotency key -> id of the record that it made. */
  readonly #made = new Map<string, string>()
  #ids = 0
  #byId: StoredRecord[] | undefined
  #byTime: StoredRecord[] | undefined

  /** @param now wall clock, ms */
  constructor(fields: Record<string, FieldType>, now: () => number) {
    this.fields = new Map(Object.entries(fields))
    this.#now = now
  }

  get(id: string): { record: StoredRecord; etag: string } | undefined {
    const entry = this.#entries.get(id)
    return entry && { record: entry.record, etag: `"${entry.version}"` }
  }

  /** An id that no record has. */
  freeId(): string {
    do this.#ids += 1
    while (this.#entries.has(`n${this.#ids}`))
    return `n${this.#ids}`
  }

  madeFor(idempotencyKey: string | undefined): string | undefined {
    return idempotencyKey === undefined ? undefined : this.#made.get(idempotencyKey)
  }

  remember(idempotencyKey: string, id: string): void {
    this.#made.set(idempotencyKey, id)
  }

  all(): StoredRecord[] {
    return [...this.#entries.values()].map(({ record }) => record)
  }

  /** Fields left out stay. @param at time of change; now where absent */
  put(id: string, fields: Record<string, unknown>, at?: string): StoredRecord {
    const before = this.#entries.get(id)
    const updated_at = at ?? new Date(this.#now()).toISOString()
    const record = { deleted: false, ...before?.record, ...fields, id, updated_at } as StoredRecord
    this.#entries.set(id, { record, version: (before?.version ?? 0) + 1 })
    this.#byId = undefined
    this.#byTime = undefined
    return record
  }

  /** The record stays, marked as deleted. */
  remove(id: string): boolean {
    if (!this.#entries.has(id)) return false
    this.put(id, { deleted: true })
    return true
  }

  /** The record is gone without a trace. */
  purge(id: string): void {
    this.#entries.delete(id)
    this.#byId = undefined
    this.#byTime = undefined
  }

  /** Takes a field away from every record, and from the collection. Times of change stay. */
  dropField(name: string): void {
    this.fields.delete(name)
    for (const { record } of this.#entries.values()) Reflect.deleteProperty(record, name)
  }

  addField(name: string, type: FieldType): void {
    this.fields.set(name, type)
    for (const { record } of this.#entries.values()) record[name] = null
  }

  sorted(order: 'id' | 'updated_at'): readonly StoredRecord[] {
    const byId = (a: StoredRecord, b: StoredRecord): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
    if (order === 'id') return (this.#byId ??= this.all().sort(byId))
    const byTime = (a: StoredRecord, b: StoredRecord): number => {
      return a.updated_at < b.updated_at ? -1 : a.updated_at > b.updated_at ? 1 : byId(a, b)
    }
    return (this.#byTime ??= this.all().sort(byTime))
  }

  /** What is wrong with fields to be written; undefined: nothing. */
  fault(fields: Record<string, unknown>): { field: string; code: string } | undefined {
    for (const [field, value] of Object.entries(fields)) {
      const type = this.fields.get(field)
      if (type === undefined) return { field, code: 'unknown_field' }
      if (value !== null && !hasType(type, value)) return { field, code: 'wrong_type' }
    }
    return undefined
  }
}

function hasType(type: FieldType, value: unknown): boolean {
  if (type === 'any') return true
  if (type === 'text') return typeof value === 'string'
  if (type === 'boolean') return typeof value === 'boolean'
  const isBig = typeof value === 'object' && value !== null && 'rawJSON' in value
  return isBig || (type === 'integer' ? Number.isInteger(value) : typeof value === 'number')
}
