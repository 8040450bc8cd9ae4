import type pg from 'pg'
import type { Company, Customer, Organization, Person } from '../company/model.ts'
import type { Random } from '../company/random.ts'
import type { TruthEntry } from '../company/truth.ts'
import type { Row, SystemName } from '../systems/system.ts'

/** What a happening may do: look at the company as it really is, and write to the systems as their own programs would. */
export interface World {
  random: Random
  company: Company
  /** Whose records are where; grows and shrinks with the day. */
  records: Records
  databases: Databases
  /** The day's date by the clock, `YYYY-MM-DD`. */
  today(): string
  /** A number that nobody and nothing of this or an earlier day was given. */
  newcomerNumber(): Promise<number>
}

export class Records {
  private readonly byCustomer: Map<string, TruthEntry[]>

  constructor(truth: readonly TruthEntry[]) {
    this.byCustomer = Map.groupBy(truth, (entry) => entry.customer)
  }

  of(customer: Customer): readonly TruthEntry[] {
    return this.byCustomer.get(customer.id) ?? []
  }

  in(customer: Customer, system: SystemName): TruthEntry | undefined {
    return this.of(customer).find((entry) => entry.system === system)
  }

  add(entry: TruthEntry): void {
    const entries = this.byCustomer.get(entry.customer)
    if (entries) entries.push(entry)
    else this.byCustomer.set(entry.customer, [entry])
  }

  remove(entry: TruthEntry): void {
    const left = (this.byCustomer.get(entry.customer) ?? []).filter((other) => other !== entry)
    this.byCustomer.set(entry.customer, left)
  }

  all(): TruthEntry[] {
    return [...this.byCustomer.values()].flat()
  }
}

/** The columns that name a row of the tables that hold customers. */
const CUSTOMER_TABLES: Readonly<Record<string, { table: string; key: string }>> = {
  Contact: { table: 'contact', key: 'id' },
  Account: { table: 'account', key: 'id' },
  Partner: { table: 'PARTNR', key: 'PARNR' },
  CustomerAccount: { table: 'customer_account', key: 'account_no' },
  Site: { table: 'site', key: 'site_id' },
}

/** Plain SQL on the four databases, with a ceiling for each table so that a demo left running never fills a disk. */
export class Databases {
  /** Rows written so far. */
  changes = 0
  private readonly pools: Record<SystemName, pg.Pool>
  private readonly room = new Map<string, number>()

  constructor(pools: Record<SystemName, pg.Pool>) {
    this.pools = pools
  }

  /** How many more rows the table may take. */
  setRoom(system: SystemName, table: string, rows: number): void {
    this.room.set(`${system}.${table}`, rows)
  }

  hasRoom(system: SystemName, table: string): boolean {
    return (this.room.get(`${system}.${table}`) ?? 0) > 0
  }

  async read(system: SystemName, sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.pools[system].query<Row>(sql, values)).rows
  }

  async write(system: SystemName, sql: string, values: unknown[] = []): Promise<Row[]> {
    const result = await this.pools[system].query<Row>(sql, values)
    this.changes += result.rowCount ?? 0
    return result.rows
  }

  /** The row as it was written, with the system's own defaults; undefined: the table is full. */
  async insert(system: SystemName, table: string, row: Row): Promise<Row | undefined> {
    const name = `${system}.${table}`
    const room = this.room.get(name) ?? 0
    if (room <= 0) return undefined
    this.room.set(name, room - 1)
    const columns = Object.keys(row)
    const places = columns.map((_, index) => `$${index + 1}`)
    const sql = `INSERT INTO ${quoted(table)} (${columns.map(quoted).join(', ')}) VALUES (${places.join(', ')}) RETURNING *`
    return (await this.write(system, sql, Object.values(row)))[0]
  }

  async updateRow(system: SystemName, table: string, key: Row, set: Row): Promise<void> {
    const columns = Object.keys(set)
    const assignments = columns.map((column, index) => `${quoted(column)} = $${index + 1}`)
    const conditions = Object.keys(key).map((column, index) => `${quoted(column)} = $${columns.length + index + 1}`)
    const sql = `UPDATE ${quoted(table)} SET ${assignments.join(', ')} WHERE ${conditions.join(' AND ')}`
    await this.write(system, sql, [...Object.values(set), ...Object.values(key)])
  }

  /** Changes columns of one customer record. */
  async updateRecord(record: TruthEntry, set: Row): Promise<void> {
    const place = CUSTOMER_TABLES[record.entity]
    if (!place) throw new Error(`No table holds ${record.entity} of ${record.system}.`)
    await this.updateRow(record.system as SystemName, place.table, { [place.key]: record.key }, set)
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** One of the people at home who is known to that system, after some tries; undefined where chance finds none. */
export function somePerson(world: World, system: SystemName): Person | undefined {
  for (let tries = 0; tries < 20; tries++) {
    const person = world.random.pick(world.company.people)
    if (person.role !== 'contact' && person.standing === 'active' && world.records.in(person, system)) return person
  }
  return undefined
}

export function someCustomer(world: World, system: SystemName): Person | Organization | undefined {
  if (world.random.chance(0.85)) return somePerson(world, system)
  const organization = world.random.pick(world.company.organizations)
  return organization.standing === 'active' && world.records.in(organization, system) ? organization : undefined
}
