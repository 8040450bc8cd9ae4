import type { CheckResult, EntityConfig } from '../../hub/contracts/connector.ts'
import { schemaError } from '../shared/errors.ts'
import { tableOptions } from '../shared/table-options.ts'
import { describeTable, run, type Table } from './catalog.ts'
import { assertFollowable } from './change-tracking.ts'
import type { Database } from './database.ts'
import { changes, CURRENT_VERSION, indexBeginsWith, pageByKey, SERVER, SNAPSHOT_STATE } from './statements.ts'

/** Connects and tries the rights that reading the configured entities needs. */
export async function checkSqlServer(database: Database, entities: readonly EntityConfig[]): Promise<CheckResult> {
  const [server] = await run(database, SERVER)
  const warnings: string[] = []
  for (const entity of entities) warnings.push(...(await checkEntity(database, entity)))
  if (entities.some((entity) => entity.mode === 'log')) await checkSnapshots(database)
  return { serverVersion: `SQL Server ${String(server?.[0])}, ${String(server?.[1])}`, warnings }
}

async function checkEntity(database: Database, entity: EntityConfig): Promise<string[]> {
  const options = tableOptions(entity)
  const table = await describeTable(database, options)
  // Reads nothing, but needs the right to read these columns.
  await run(database, pageByKey(table, null, 0))
  const warnings: string[] = []
  const warn = (text: string): void => void warnings.push(`${entity.entity}: ${text}`)
  for (const key of table.key) {
    if (key.nullable) warn(`key column "${key.name}" may be null; rows without it are not read`)
  }
  if (entity.mode === 'log') {
    assertFollowable(table, options)
    const [current] = await run(database, CURRENT_VERSION)
    await run(database, changes(table, { version: BigInt(String(current?.[0] ?? 0)), after: null }, 0))
  } else if (table.watermark) {
    for (const text of await pollWarnings(database, table)) warn(text)
    if (!options.deletedWhen) warn('polling does not see deleted rows; follow Change Tracking, or name deletedWhen')
  }
  return warnings
}

async function pollWarnings(database: Database, { objectId, watermark, isView }: Table): Promise<string[]> {
  if (!watermark) return []
  const warnings: string[] = []
  if (watermark.nullable) warnings.push(`rows without "${watermark.name}" are not polled`)
  const index = await run(database, indexBeginsWith(objectId, watermark.name))
  if (index.length === 0 && !isView) warnings.push(`no index begins with "${watermark.name}"; polling reads the table`)
  return warnings
}

async function checkSnapshots(database: Database): Promise<void> {
  const [state] = await run(database, SNAPSHOT_STATE)
  if (state?.[0] === 1) return
  throw schemaError('The database does not allow snapshot isolation, in which Change Tracking has to be read.', {
    fix: 'ALTER DATABASE <name> SET ALLOW_SNAPSHOT_ISOLATION ON; or poll.',
  })
}
