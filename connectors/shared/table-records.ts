import type { SourceRecord } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import type { DeletedWhen, TableOptions } from './table-options.ts'
import type { TableRow, TableSource } from './table-source.ts'

/** Whether the row says of itself that it is deleted. Numbers and booleans are compared by their text: `1` is `"1"`. */
export function isDeleted(data: JsonObject, rule: DeletedWhen | undefined): boolean {
  if (rule === undefined) return false
  const value = data[rule.column]
  if (value === undefined || value === null) return false
  if ('notNull' in rule) return true
  return rule.values.some((wanted) => String(wanted) === String(value))
}

export function recordOf(row: TableRow, options: TableOptions, version: string): SourceRecord {
  const record: SourceRecord = {
    entity: options.entity,
    key: row.key,
    kind: isDeleted(row.data, options.deletedWhen) ? 'delete' : 'upsert',
    version,
    data: row.data,
  }
  if (row.time !== undefined) record.time = row.time
  if (row.sequence !== undefined) {
    record.sequence = row.sequence
    record.sequenceType = 'Integer'
  }
  return record
}

/** Deletes for those of the keys that the table no longer has. */
export async function missingRecords(
  source: TableSource,
  options: TableOptions,
  keys: readonly string[],
  stamp: string,
  sequence: string | undefined,
): Promise<SourceRecord[]> {
  const existing = await source.existing(keys)
  return keys
    .filter((key) => !existing.has(key))
    .map((key) => ({
      entity: options.entity,
      key,
      kind: 'delete',
      version: `${stamp}~missing`,
      data: null,
      ...(sequence === undefined ? {} : { sequence, sequenceType: 'Integer' }),
    }))
}
