import type { SourceRecord } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { knowFile, readRecords, sequenceOf } from './file-reader.ts'
import { currentFiles, type FolderReading } from './reading.ts'

const AFTER_ALL_LINES = 9_999_999_999

/** Deletes for those of the keys that no current file has. Without a full file nobody can know: none. */
export async function missingFromFiles(reading: FolderReading, keys: readonly string[]): Promise<SourceRecord[]> {
  const [full, ...deltas] = await currentFiles(reading)
  if (full?.kind !== 'full') return []
  const index = await reading.indexes.of(reading, full)
  const gone = new Set(keys.filter((key) => !index.has(key)))
  for (const file of deltas) {
    for await (const { record } of readRecords(reading, await knowFile(reading, file), 0)) {
      if (record.kind === 'upsert') gone.delete(record.key)
      else if (keys.includes(record.key)) gone.add(record.key)
    }
  }
  const last = deltas.at(-1) ?? full
  return [...gone].map((key) => ({
    entity: reading.options.entity,
    key,
    kind: 'delete',
    sequence: sequenceOf(last, AFTER_ALL_LINES, reading.options),
    version: `${index.known.sha256.slice(0, 22)}:missing:${last.modified}`,
    data: null,
  }))
}

/** What the current files say of these keys last; absent: nothing, or that it is gone. */
export async function stateOf(reading: FolderReading, keys: ReadonlySet<string>): Promise<Map<string, JsonObject>> {
  const state = new Map<string, JsonObject>()
  for (const file of await currentFiles(reading)) {
    for await (const { record } of readRecords(reading, await knowFile(reading, file), 0)) {
      if (!keys.has(record.key)) continue
      if (record.kind === 'upsert' && record.data !== null) state.set(record.key, record.data)
      else state.delete(record.key)
    }
  }
  return state
}
