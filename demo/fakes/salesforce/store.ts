import { randomUUID } from 'node:crypto'
import { badRequest, SalesforceFault } from './errors.ts'
import { canonicalId, makeId } from './ids.ts'
import { type Field, ObjectType, type ObjectOptions } from './schema.ts'
import { accepted, type StoredRecord, timeText, type Value } from './values.ts'

/** What a committed transaction did to one record. */
export interface RecordChange {
  object: ObjectType
  kind: 'CREATE' | 'UPDATE' | 'DELETE' | 'UNDELETE'
  before: StoredRecord | undefined
  after: StoredRecord
}

export interface Committed {
  transactionKey: string
  /** `com/salesforce/api/rest/62.0;client=...`; empty for changes by hand. */
  origin: string
  commitNumber: number
  commitTimestamp: number
  changes: readonly RecordChange[]
}

/** The origin of changes that were restored. */
export const RESTORED = 'restored'

const STAMPS = new Set(['CreatedDate', 'LastModifiedDate', 'SystemModstamp'])

interface Table {
  type: ObjectType
  rows: Map<string, StoredRecord>
  /** By lower-case field and value: where a value stands; more than one for fields that are not unique. */
  byExternalId: Map<string, Set<string>>
}

/** One transaction: everything in it is visible at once, with one time stamp. Records that were changed before a fault stay as they were. */
export interface Transaction {
  insert(object: string, fields: Readonly<Record<string, unknown>>): StoredRecord
  update(object: string, id: string, fields: Readonly<Record<string, unknown>>): StoredRecord
  delete(object: string, id: string): void
  undelete(object: string, id: string): void
}

export interface TransactionOptions {
  origin?: string
  /** The time stamp that the records get; default now. */
  at?: Date
}

/**
 * The records of the organization, in memory, with what the platform does to them: Ids, time stamps to the second, the
 * recycle bin, and a committed transaction told to whoever listens.
 */
export class Store {
  readonly #tables = new Map<string, Table>()
  readonly #listeners: ((committed: Committed) => void)[] = []
  readonly #now: () => number
  #records: number
  #commits = 1_000_000

  /** @param recordsBefore how many Ids are taken before the first record that is made here */
  constructor(now: () => number = Date.now, recordsBefore = 0) {
    this.#now = now
    this.#records = recordsBefore
  }

  onCommit(listener: (committed: Committed) => void): void {
    this.#listeners.push(listener)
  }

  addObject(name: string, options: ObjectOptions): ObjectType {
    const prefix = options.keyPrefix ?? `a${String(this.#tables.size).padStart(2, '0')}`
    const type = new ObjectType(name, prefix, options)
    this.#tables.set(name.toLowerCase(), { type, rows: new Map(), byExternalId: new Map() })
    return type
  }

  get objects(): ObjectType[] {
    return [...this.#tables.values()].map(({ type }) => type)
  }

  object(name: string): ObjectType | undefined {
    return this.#tables.get(name.toLowerCase())?.type
  }

  /** All records, deleted ones too, in the order in which they were made, which is that of their Ids. */
  rows(object: string): Iterable<StoredRecord> {
    return this.#table(object).rows.values()
  }

  get(object: string, id: string): StoredRecord | undefined {
    return this.#table(object).rows.get(canonicalId(id) ?? '')
  }

  /** Those that are not deleted. */
  byExternalId(object: string, field: Field, value: string): StoredRecord[] {
    const table = this.#table(object)
    const ids = table.byExternalId.get(externalKey(field, value)) ?? new Set<string>()
    return [...ids]
      .map((id) => table.rows.get(id))
      .filter((row): row is StoredRecord => row !== undefined && row.IsDeleted !== true)
  }

  /** Runs `work`; what it did is told to the listeners together. A fault inside leaves the record at fault unchanged. */
  transaction<T>(work: (transaction: Transaction) => T, options: TransactionOptions = {}): T {
    const changes: RecordChange[] = []
    const at = timeText(options.at?.getTime() ?? this.#now())
    const result = work(this.#transaction(changes, at))
    if (changes.length > 0) this.#tell(changes, options.origin ?? '')
    return result
  }

  #tell(changes: readonly RecordChange[], origin: string): void {
    this.#commits += 1
    const committed: Committed = {
      transactionKey: randomUUID(),
      origin,
      commitNumber: this.#commits,
      commitTimestamp: this.#now(),
      changes,
    }
    for (const listener of this.#listeners) listener(committed)
  }

  #transaction(changes: RecordChange[], at: string): Transaction {
    return {
      insert: (object, fields) => {
        const table = this.#table(object)
        const values = this.#values(table, undefined, fields)
        const id = this.#freeId(table)
        const stamps = { Id: id, IsDeleted: false, CreatedDate: at, LastModifiedDate: at, SystemModstamp: at }
        return this.#save(table, undefined, { ...blank(table.type), ...values, ...stamps }, 'CREATE', changes)
      },
      update: (object, id, fields) => {
        const { table, row } = this.#existing(object, id)
        const values = this.#values(table, row, fields)
        const after = { ...row, ...values, LastModifiedDate: at, SystemModstamp: at }
        return this.#save(table, row, after, 'UPDATE', changes)
      },
      delete: (object, id) => {
        const { table, row } = this.#existing(object, id)
        const after = { ...row, IsDeleted: true, LastModifiedDate: at, SystemModstamp: at }
        this.#save(table, row, after, 'DELETE', changes)
      },
      undelete: (object, id) => {
        const table = this.#table(object)
        const row = table.rows.get(canonicalId(id) ?? '')
        if (row?.IsDeleted !== true) throw badRequest('UNDELETE_FAILED', 'Entity is not in the recycle bin')
        this.#save(table, row, { ...row, IsDeleted: false, SystemModstamp: at }, 'UNDELETE', changes)
      },
    }
  }

  /**
   * Takes records as they are, with their own Ids and time stamps: from a memory that outlives this process. Told to the
   * listeners unless `silent`; a record that differs in its stamps only stays as it is.
   */
  restore(object: string, records: readonly StoredRecord[], options: { silent?: boolean } = {}): void {
    const table = this.#table(object)
    const changes: RecordChange[] = []
    for (const record of records) {
      const before = table.rows.get(String(record.Id))
      const after = { ...blank(table.type), ...record }
      if (before !== undefined && isSameBesideStamps(before, after)) continue
      const kind = before === undefined ? 'CREATE' : after.IsDeleted === true ? 'DELETE' : 'UPDATE'
      this.#save(table, before, after, kind, changes)
    }
    if (changes.length > 0 && options.silent !== true) this.#tell(changes, RESTORED)
  }

  /** Empties the recycle bin: what was deleted can't be read any more, not even by queryAll. */
  purge(object: string): void {
    const { rows } = this.#table(object)
    for (const [id, row] of rows) if (row.IsDeleted === true) rows.delete(id)
  }

  /** Records that were restored may have taken the next one. */
  #freeId({ type, rows }: Table): string {
    for (;;) {
      this.#records += 1
      const id = makeId(type.keyPrefix, this.#records)
      if (!rows.has(id)) return id
    }
  }

  #existing(object: string, id: string): { table: Table; row: StoredRecord } {
    const table = this.#table(object)
    const canonical = canonicalId(id)
    if (canonical === undefined)
      throw badRequest('MALFORMED_ID', `${object} ID: id value of incorrect type: ${id}`, ['Id'])
    const row = table.rows.get(canonical)
    if (row === undefined)
      throw new SalesforceFault(404, 'NOT_FOUND', 'Provided external ID field does not exist or is not accessible: Id')
    if (row.IsDeleted === true) throw new SalesforceFault(404, 'ENTITY_IS_DELETED', 'entity is deleted')
    return { table, row }
  }

  #values(
    table: Table,
    row: StoredRecord | undefined,
    given: Readonly<Record<string, unknown>>,
  ): Record<string, Value> {
    const { type } = table
    const values: Record<string, Value> = {}
    for (const [name, value] of Object.entries(given)) {
      if (name === 'attributes') continue
      const field = type.field(name)
      if (field === undefined) {
        throw badRequest('INVALID_FIELD', `No such column '${name}' on sobject of type ${type.name}`)
      }
      if (field.readOnly === true || field.type === 'address') {
        const message = `Unable to create/update fields: ${field.name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`
        throw badRequest('INVALID_FIELD_FOR_INSERT_UPDATE', message, [field.name])
      }
      values[field.name] = accepted(type, field, value)
    }
    for (const field of type.fields) {
      const isNeeded = field.required === true && (field.defaultValue === undefined || field.name in values)
      if (row === undefined && isNeeded && (values[field.name] ?? null) === null) {
        throw badRequest('REQUIRED_FIELD_MISSING', `Required fields are missing: [${field.name}]`, [field.name])
      }
      this.#requireUnique(table, row, field, values[field.name])
      this.#requireReferenced(field, values[field.name])
    }
    return values
  }

  /** Of the objects that this organization has; others are not looked at. */
  #requireReferenced({ name, referenceTo = [] }: Field, value: Value | undefined): void {
    const targets = referenceTo.flatMap((object) => this.#tables.get(object.toLowerCase()) ?? [])
    if (value === null || value === undefined || targets.length === 0 || targets.length < referenceTo.length) return
    const id = canonicalId(String(value)) ?? ''
    if (targets.some(({ rows }) => (rows.get(id)?.IsDeleted ?? true) === false)) return
    throw badRequest('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [name])
  }

  #requireUnique(table: Table, row: StoredRecord | undefined, field: Field, value: Value | undefined): void {
    if (field.unique !== true || value === null || value === undefined) return
    const rival = this.byExternalId(table.type.name, field, String(value)).find(({ Id }) => Id !== row?.Id)
    if (rival === undefined) return
    const message = `duplicate value found: ${field.name} duplicates value on record with id: ${String(rival.Id).slice(0, 15)}`
    throw badRequest('DUPLICATE_VALUE', message, [])
  }

  #save(
    table: Table,
    before: StoredRecord | undefined,
    after: StoredRecord,
    kind: RecordChange['kind'],
    changes: RecordChange[],
  ): StoredRecord {
    const id = String(after.Id)
    for (const field of table.type.fields) {
      if (field.externalId !== true) continue
      const [old, fresh] = [before?.[field.name] ?? null, after[field.name] ?? null]
      if (old === fresh) continue
      if (old !== null) table.byExternalId.get(externalKey(field, String(old)))?.delete(id)
      if (fresh === null) continue
      const key = externalKey(field, String(fresh))
      const ids = table.byExternalId.get(key)
      if (ids) ids.add(id)
      else table.byExternalId.set(key, new Set([id]))
    }
    table.rows.set(id, after)
    changes.push({ object: table.type, kind, before, after })
    return after
  }

  #table(object: string): Table {
    const table = this.#tables.get(object.toLowerCase())
    if (table) return table
    throw badRequest('INVALID_TYPE', `sObject type '${object}' is not supported.`)
  }
}

function isSameBesideStamps(before: StoredRecord, after: StoredRecord): boolean {
  return Object.entries(after).every(([name, value]) => STAMPS.has(name) || before[name] === value)
}

/** External ids are the same in any case, as text fields are unless they say otherwise. */
function externalKey(field: Field, value: string): string {
  return `${field.name.toLowerCase()}=${value.toLowerCase()}`
}

function blank(type: ObjectType): Record<string, Value> {
  return Object.fromEntries(
    type.fields.map((field) => [field.name, field.defaultValue ?? (field.type === 'boolean' ? false : null)]),
  )
}
