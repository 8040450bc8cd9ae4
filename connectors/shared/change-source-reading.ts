import type { Checkpoint, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import type { ChangedRecord, ChangePlace, ChangeSource, ChangeSourceOptions } from './change-source.ts'
import { settingsError } from './errors.ts'
import { LookBackMemory } from './look-back.ts'
import { hashRow } from './row-hash.ts'

/** Reads everything by keyset on the key: reading can go on from each page, and memory holds one page. */
export async function* backfillChanges(
  source: ChangeSource,
  options: ChangeSourceOptions,
  checkpoint: Checkpoint | null,
): AsyncGenerator<Page> {
  let after = checkpoint === null ? null : text(checkpoint.after, options)
  const totalEstimate = await source.count?.()
  for (;;) {
    const rows = await source.pageByKey(after, options.pageSize)
    after = rows.at(-1)?.key ?? after
    yield {
      records: rows.map((row) => recordOf(row, options, stateOf(row))),
      checkpoint: after === null ? null : { after },
      ...(totalEstimate === undefined ? {} : { totalEstimate }),
    }
    if (rows.length < options.pageSize) return
  }
}

/**
 * One pass over what changed. A record may become visible after others with a later time of change did, so the last
 * `lookBackSeconds` are read again each time, and the checkpoint remembers what was delivered of them. Without a
 * checkpoint it delivers nothing but the place of now.
 */
export async function* pollChanges(
  source: ChangeSource,
  options: ChangeSourceOptions,
  checkpoint: Checkpoint | null,
): AsyncGenerator<Page> {
  if (checkpoint === null) {
    yield { records: [], checkpoint: { changed: (await source.latest()) ?? '', seen: '' } }
    return
  }
  const from = text(checkpoint.changed, options)
  const before = LookBackMemory.parse(text(checkpoint.seen, options))
  const window = new LookBackMemory()
  let place: ChangePlace = { changed: lookedBack(from, options.lookBackSeconds), key: '' }
  let newest = from
  for (;;) {
    const rows = await source.pageByChange(place, options.pageSize)
    const records = rows.flatMap((row) => newOf(row, options, before, window))
    const last = rows.at(-1)
    if (last !== undefined) {
      place = { changed: last.changed, key: last.key }
      if (last.changed > newest) newest = last.changed
    }
    const ended = rows.length < options.pageSize
    const seen = (ended ? window : before.with(window)).toString()
    if (records.length > 0 || (ended && seen !== checkpoint.seen))
      yield { records, checkpoint: { changed: newest, seen } }
    if (ended) return
  }
}

/** The record, unless it was delivered in this very state. */
function newOf(
  row: ChangedRecord,
  options: ChangeSourceOptions,
  before: LookBackMemory,
  window: LookBackMemory,
): SourceRecord[] {
  const state = stateOf(row)
  const now = window.compare(row.key, state)
  const compared = now.known || now.times > 0 ? now : before.compare(row.key, state)
  window.remember(row.key, compared)
  if (compared.known) return []
  return [recordOf(row, options, compared.times === 0 ? state : `${state}~${compared.times}`)]
}

function recordOf(
  { key, changed, data }: ChangedRecord,
  { entity }: ChangeSourceOptions,
  version: string,
): SourceRecord {
  return { entity, key, kind: 'upsert', version, time: changed, data }
}

function stateOf({ changed, data }: ChangedRecord): string {
  return `${changed}~${hashRow(data)}`
}

function lookedBack(changed: string, seconds: number): string {
  const at = Date.parse(changed)
  return Number.isNaN(at) ? '' : new Date(at - seconds * 1000).toISOString()
}

function text(stored: unknown, { entity }: ChangeSourceOptions): string {
  if (typeof stored === 'string') return stored
  throw settingsError(`The stored position of "${entity}" is not one of this connector.`, {
    fix: 'Reset the position; the next start takes a snapshot.',
  })
}
