import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseCsv } from './csv.ts'

const FOLDER = fileURLToPath(new URL('../../../../shared/data/', import.meta.url))
const missing = ['chinook/Customer.csv', 'northwind/customers.csv'].filter((file) => !existsSync(FOLDER + file))

/** Chinook and Northwind are test data that the repository does not carry: ../shared/data beside the checkout has it, or nobody. */
export const LEGACY_DATA_MISSING =
  missing.length === 0
    ? null
    : `Tests of legacy databases are skipped: ${missing.join(' and ')} are not at ../shared/data beside this checkout`

export type CsvRow = Record<string, string | null>

/** @param file such as `chinook/Customer` */
export function readData(file: string): CsvRow[] {
  return parseCsv(readFileSync(`${FOLDER}${file}.csv`, 'utf8'))
}

/** SQL of a file beside this one. */
export function readSql(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8')
}
