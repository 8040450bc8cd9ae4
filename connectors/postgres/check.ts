import type { CheckResult, EntityConfig } from '../../hub/contracts/connector.ts'
import { forbiddenError } from '../shared/errors.ts'
import { tableOptions } from '../shared/table-options.ts'
import { describeTable, type Table } from './catalog.ts'
import type { Database } from './database.ts'

/** Connects and tries the rights that reading the configured entities needs. */
export async function checkPostgres(database: Database, entities: readonly EntityConfig[]): Promise<CheckResult> {
  const [server] = await database.query(
    `SELECT current_setting('server_version'), current_setting('wal_level'),
            (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user)`,
  )
  const warnings: string[] = []
  for (const entity of entities) warnings.push(...(await checkEntity(database, entity)))
  if (entities.some((entity) => entity.mode === 'log')) {
    if (server?.[1] !== 'logical') {
      throw forbiddenError('The log of this server can\'t be followed: its wal_level is not "logical".', {
        fix: 'ALTER SYSTEM SET wal_level = logical, then restart the server; or poll.',
      })
    }
    if (server[2] !== 't') {
      throw forbiddenError('The database user may not read the log.', {
        fix: 'ALTER ROLE <user> REPLICATION; or poll.',
      })
    }
  }
  return { serverVersion: `PostgreSQL ${server?.[0] ?? ''}`, warnings }
}

async function checkEntity(database: Database, entity: EntityConfig): Promise<string[]> {
  const options = tableOptions(entity)
  const table = await describeTable(database, options)
  // Reads nothing, but needs the right to read.
  await database.query(`SELECT 1 FROM ${table.sql} LIMIT 0`)
  const warnings: string[] = []
  const warn = (text: string): void => void warnings.push(`${entity.entity}: ${text}`)
  for (const key of table.key) {
    if (key.nullable) warn(`key column "${key.name}" may be null; rows without it are not read`)
  }
  if (entity.mode === 'log') {
    if (!sendsKeys(table)) {
      warn("deletes can't be followed without a primary key or REPLICA IDENTITY FULL")
    }
  } else if (table.watermark) {
    if (table.watermark.nullable) warn(`rows without "${table.watermark.name}" are not polled`)
    if (!(await hasIndex(database, table)))
      warn(`no index begins with "${table.watermark.name}"; polling reads the table`)
    if (!options.deletedWhen) warn('polling does not see deleted rows; follow the log, or name deletedWhen')
  }
  return warnings
}

/** Whether the log names the key columns of a deleted row. */
export function sendsKeys(table: Table): boolean {
  if (table.replicaIdentity === 'f') return true
  const keys = table.key.map((column) => column.name)
  return table.replicaIdentity === 'd' && keys.every((name) => table.primaryKey.includes(name))
}

async function hasIndex(database: Database, table: Table): Promise<boolean> {
  const rows = await database.query(
    `SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
     WHERE i.indrelid = $1 AND a.attname = $2`,
    [table.oid, table.watermark?.name],
  )
  return rows.length > 0
}
