import type { RecordWrite, SourceRecord, WriteResult } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import type { ChangedRecord, ChangeSource } from './change-source.ts'
import { busyError } from './errors.ts'
import { hashRow } from './row-hash.ts'

/** Writes one after the other, each answered for itself; nothing is written that is there already. */
export async function writeChanges(source: ChangeSource, writes: readonly RecordWrite[]): Promise<WriteResult[]> {
  const results: WriteResult[] = []
  for (const write of writes) {
    try {
      results.push(await writeOne(source, write))
    } catch (error) {
      if (!(error instanceof HubError) || error.code === 'connector.stopped') throw error
      results.push({ outcome: 'failed', key: write.key, error })
    }
  }
  return results
}

async function writeOne(source: ChangeSource, { key, fields, expected }: RecordWrite): Promise<WriteResult> {
  const current = await source.get(key)
  // The same write again, also after a line that broke behind the first: done.
  if (current !== null && has(current, fields)) return { outcome: 'written', key }
  if (expected !== undefined && (current === null || !has(current, expected))) {
    return { outcome: 'conflict', key, current: current?.data ?? null }
  }
  if ((await source.put?.(key, fields, current?.changed ?? null)) === true) return { outcome: 'written', key }
  const now = await source.get(key)
  // Who was first may have been this very write, whose answer was lost and which was then sent again.
  if (now !== null && has(now, fields)) return { outcome: 'written', key }
  if (expected === undefined) throw busyError('The record was changed by somebody else at the same moment.')
  return { outcome: 'conflict', key, current: now?.data ?? null }
}

function has({ data }: ChangedRecord, fields: JsonObject): boolean {
  return Object.entries(fields).every(([name, value]) => hashRow(data[name] ?? null) === hashRow(value ?? null))
}

/** Deletes for those of the keys that the system no longer has. `stamp` tells one look from another. */
export async function missingChanges(
  source: ChangeSource,
  entity: string,
  keys: readonly string[],
  stamp: string,
): Promise<SourceRecord[]> {
  const missing: SourceRecord[] = []
  for (const key of keys) {
    if ((await source.get(key)) !== null) continue
    missing.push({ entity, key, kind: 'delete', version: `${stamp}~missing`, data: null })
  }
  return missing
}
