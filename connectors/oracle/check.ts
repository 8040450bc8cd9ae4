import type { CheckResult, EntityConfig } from '../../hub/contracts/connector.ts'
import { describeTable, type Table } from './catalog.ts'
import { changeTableIdentity, describeFollowed } from './change-table.ts'
import type { Database } from './database.ts'
import { oracleTableOptions } from './settings.ts'
import { forgetChanges, indexBeginsWith, nextNumber, notedChanges, pageByKey, SERVER } from './statements.ts'

/** Connects and tries the rights that reading the configured entities needs. */
export async function checkOracle(database: Database, entities: readonly EntityConfig[]): Promise<CheckResult> {
  const [server] = await database.query(SERVER)
  const warnings: string[] = []
  for (const entity of entities) warnings.push(...(await checkEntity(database, entity)))
  return { serverVersion: String(server?.[0]), warnings }
}

async function checkEntity(database: Database, entity: EntityConfig): Promise<string[]> {
  const options = oracleTableOptions(entity)
  const table = await describeTable(database, options)
  // Reads nothing, but needs the right to read these columns.
  await database.query(pageByKey(table, null, 0))
  const warnings: string[] = []
  const warn = (text: string): void => void warnings.push(`${entity.entity}: ${text}`)
  for (const key of table.key) {
    if (key.nullable) warn(`key column "${key.name}" may be null; rows without it are not read`)
  }
  if (entity.mode === 'log') await checkChangeTable(database, entity)
  else if (table.watermark) {
    for (const text of await pollWarnings(database, table)) warn(text)
    if (!options.deletedWhen) warn('polling does not see deleted rows; follow a change table, or name deletedWhen')
  }
  return warnings
}

/** Tries to read it, to delete from it and to take a number, without an effect but that number. */
async function checkChangeTable(database: Database, entity: EntityConfig): Promise<void> {
  const followed = await describeFollowed(database, oracleTableOptions(entity))
  await changeTableIdentity(database, followed)
  await database.query(notedChanges(followed.table, followed.changes, 0))
  await database.query(nextNumber(followed.changes))
  await database.transaction(async ({ execute }) => void (await execute(forgetChanges(followed.changes, [[-1n, -1n]]))))
}

async function pollWarnings(database: Database, { owner, name, watermark, isView }: Table): Promise<string[]> {
  if (!watermark) return []
  const warnings: string[] = []
  if (watermark.nullable) warnings.push(`rows without "${watermark.name}" are not polled`)
  const index = await database.query(indexBeginsWith(owner, name, watermark.name))
  if (index.length === 0 && !isView) warnings.push(`no index begins with "${watermark.name}"; polling reads the table`)
  return warnings
}
