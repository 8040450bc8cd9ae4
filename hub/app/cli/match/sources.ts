import { HubError } from '../../../contracts/hub-error.ts'
import type { IdentityRecord } from '../../../identity/resolve.ts'
import { databaseUrlOf } from '../shared/database-url.ts'
import type { Io } from '../shared/io.ts'
import { customersFromDatabase, customersFromFile } from './customer-records.ts'

export interface CustomerSource {
  records: string | undefined
  system: string | undefined
  databaseUrl: string | undefined
}

/** The records to learn from; exactly one source must be named. */
export async function readCustomers(io: Io, source: CustomerSource): Promise<IdentityRecord[]> {
  const { records, databaseUrl } = source
  if ((records === undefined) === (databaseUrl === undefined)) {
    throw new HubError({
      code: 'cli.usage.source',
      family: 'reject',
      message: 'Name one source of records: --records <file> or --database-url <url>.',
      fix: '`--database-url env` takes the address from DATABASE_URL.',
    })
  }
  if (records !== undefined) return customersFromFile(io, records, source.system)
  const url = databaseUrlOf(databaseUrl ?? 'env', io)
  const { openDatabase } = await import('../../../store/database.ts')
  const db = openDatabase(url, { poolMax: 1, applicationName: 'omnihub-cli' })
  try {
    return await customersFromDatabase(db)
  } finally {
    await db.close()
  }
}
