import type { Company } from '../company/model.ts'
import type { TruthEntry } from '../company/truth.ts'

export const SYSTEM_NAMES = ['crm', 'erp', 'billing', 'inventory'] as const
export type SystemName = (typeof SYSTEM_NAMES)[number]

/** A row by column name, as JSON: dates and times as text in the system's own form. A column that no row of a table names takes its default. */
export type Row = Record<string, string | number | boolean | null>

/** A legacy system of the demo company: its own tables, and its own way of writing the company down. Pure. */
export interface DemoSystem {
  name: SystemName
  /** PostgreSQL database that it lives in. */
  database: string
  /** Makes the tables and what belongs to them in an empty schema. */
  ddl: string
  /** Run once the rows are in: sequences behind the last key. */
  afterLoad: string
  /** The tables that a server of its own speaks for, with their key columns; absent: the hub reads the tables themselves. */
  served?: Readonly<Record<string, readonly string[]>>
  store(company: Company): StoredCompany
}

export interface StoredCompany {
  /** Table name -> rows, in the order in which they can be inserted. */
  tables: ReadonlyMap<string, readonly Row[]>
  truth: TruthEntry[]
}
