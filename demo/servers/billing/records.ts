/** How billing's tables look from outside: the elements of its WSDL. */
import { type Table, tableNamed } from '../../fakes/soap-billing/index.ts'
import type { Row } from '../../systems/system.ts'

/** Table of the database -> record of the service; their columns and elements have the same names. */
export const SERVED_RECORDS: Readonly<Record<string, Table>> = {
  customer_account: tableNamed('Account'),
  credit_standing: tableNamed('CreditStanding'),
  invoice: tableNamed('Invoice'),
  payment: tableNamed('Payment'),
}

/** A row as a record of the service: the columns that it has elements for, whole numbers and decimals with every digit. */
export function recordOf({ fields }: Table, row: Row): Row {
  const entries = fields.flatMap(({ name, type, own }) => {
    const value = row[name]
    if (value === undefined || own === true) return []
    return [[name, typeof value === 'number' ? numberText(type, value) : value] as const]
  })
  return Object.fromEntries(entries)
}

/** Columns of a row that elements of a record are. */
export function columnsOf(table: Table, row: Row, record: Readonly<Record<string, unknown>>): Row {
  const entries = table.fields.flatMap(({ name, own }) => {
    const value = record[name]
    const isColumn = own !== true && name !== table.key && (Object.hasOwn(row, name) || value !== null)
    return isColumn && isScalar(value) ? [[name, value] as const] : []
  })
  return Object.fromEntries(entries)
}

function isScalar(value: unknown): value is Row[string] {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

/** What a long and a decimal are on the wire; short and int fit any reader's numbers. */
function numberText(type: string, value: number): string | number {
  if (type === 'decimal') return value.toFixed(2)
  return type === 'long' ? String(value) : value
}

/** When a row changed; the column is in UTC, and does not say so. */
export function changedAt(row: Row): number {
  return Date.parse(`${String(row.changed_at)}Z`)
}
