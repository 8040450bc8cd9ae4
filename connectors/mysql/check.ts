import type { CheckResult, EntityConfig } from '../../hub/contracts/connector.ts'
import { forbiddenError } from '../shared/errors.ts'
import { tableOptions } from '../shared/table-options.ts'
import { describeTable, texts } from './catalog.ts'
import { currentPosition } from './binlog/place.ts'
import type { Database } from './database.ts'

/** Connects and tries the rights that reading the configured entities needs. */
export async function checkMysql(database: Database, entities: readonly EntityConfig[]): Promise<CheckResult> {
  const [row] = texts(await database.query('SELECT version()'))
  const version = row?.[0] ?? ''
  const warnings: string[] = []
  for (const entity of entities) warnings.push(...(await checkEntity(database, entity)))
  if (entities.some((entity) => entity.mode === 'log')) warnings.push(...(await checkLog(database)))
  const server = version.includes('MariaDB') ? `MariaDB ${version.split('-')[0]}` : `MySQL ${version}`
  return { serverVersion: server, warnings }
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
  if (entity.mode !== 'log' && table.watermark) {
    if (table.watermark.nullable) warn(`rows without "${table.watermark.name}" are not polled`)
    const indexed = await database.query(
      `SELECT 1 FROM information_schema.STATISTICS
       WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND SEQ_IN_INDEX = 1 AND COLUMN_NAME = ? LIMIT 1`,
      [table.schema, table.name, table.watermark.name],
    )
    if (indexed.length === 0) warn(`no index begins with "${table.watermark.name}"; polling reads the table`)
    if (!options.deletedWhen) warn('polling does not see deleted rows; follow the log, or name deletedWhen')
  }
  return warnings
}

async function checkLog(database: Database): Promise<string[]> {
  const [row] = texts(await database.query('SELECT @@log_bin, @@binlog_format, @@binlog_row_image'))
  if (row?.[0] !== '1' || row[1] !== 'ROW') {
    throw forbiddenError("The log of this server can't be followed: it must be on and in row format.", {
      fix: 'Start the server with log_bin and binlog_format=ROW, or poll.',
    })
  }
  // Needs the same rights as following the log.
  await currentPosition(database)
  const warnings: string[] = []
  if (row[2] !== 'FULL') warnings.push('binlog_row_image is not FULL: rows are read again for what the log leaves out')
  const metadata = await database.query('SELECT @@binlog_row_metadata').catch(() => [])
  if (texts(metadata)[0]?.[0] !== 'FULL') {
    warnings.push("binlog_row_metadata is not FULL: after a change of a table's columns a snapshot is needed")
  }
  return warnings
}
