import type { Checkpoint, Page, SourceRecord } from '../../../hub/contracts/connector.ts'
import { HubError } from '../../../hub/contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../hub/contracts/json.ts'
import { schemaError, settingsError } from '../../shared/errors.ts'
import { digest, hashRow } from '../../shared/row-hash.ts'
import { recordOf } from '../../shared/table-records.ts'
import type { ODataOptions } from '../entity-options.ts'
import { asTable } from './poll.ts'
import { keyFromId } from './entity-id.ts'
import type { ODataService, RawPage } from './service.ts'
import { ODataSource } from './source.ts'

/** Asks for a delta link with the first read. V2 services give one unasked where they have them; the header does no harm. */
const TRACKED = { prefer: 'odata.track-changes' }

/**
 * One pass over what changed by delta tokens: deletes included, exactly what the service noted down. The place of now is
 * had only by reading the set to its end, so the first call costs as much as a snapshot; nothing of it is delivered.
 *
 * A token that the service no longer knows (410, or 400 or 404 in older gateways) is a gap.
 */
export async function* pollByDelta(
  service: ODataService,
  options: ODataOptions,
  checkpoint: Checkpoint | null,
): AsyncGenerator<Page> {
  const source = await ODataSource.open(service, options, [])
  if (checkpoint === null) {
    yield* placeOfNow(source, options)
    return
  }
  const token = checkpoint.delta
  if (typeof token !== 'string' || !token.startsWith(`${options.entitySet}?`)) {
    throw settingsError(`The stored position of polling "${options.entity}" is no delta token of this set.`, {
      fix: 'Reset the position; the next start takes a snapshot.',
    })
  }
  let query: string | undefined = token
  const run = digest(token).toString('base64url').slice(0, 12)
  while (query !== undefined) {
    const page: RawPage | undefined = await pageOrExpired(service, query)
    if (page === undefined) {
      yield* placeOfNow(source, options, 'SAP no longer knows the delta token; changes may be missing.')
      return
    }
    const records = await changesOf(source, options, page, run)
    query = page.next
    // Only the end of the answer is a place to go on from.
    const place: Checkpoint | null = query === undefined ? { delta: page.delta ?? token } : null
    if (records.length > 0 || (place !== null && place.delta !== token)) yield { records, checkpoint: place }
  }
}

async function* placeOfNow(source: ODataSource, options: ODataOptions, gap?: string): AsyncGenerator<Page> {
  let query: string | undefined = source.allQuery()
  while (query !== undefined) {
    const page: RawPage = await source.service.page(query, { ...TRACKED, ...pageSizePreference(options) })
    query = page.next
    if (page.delta !== undefined) {
      yield { records: [], checkpoint: { delta: page.delta }, ...(gap === undefined ? {} : { gap }) }
      return
    }
    // Tells the engine that it is still going on.
    if (query !== undefined) yield { records: [], checkpoint: null }
  }
  throw schemaError(`The entity set "${options.entitySet}" gives no delta tokens.`, {
    where: `${options.where}/follow`,
    fix: 'Use changeFields, or follow: scan.',
  })
}

function pageSizePreference({ pageSize, version }: ODataOptions): Record<string, string> {
  return version === '4' ? { prefer: `odata.track-changes,odata.maxpagesize=${pageSize}` } : {}
}

async function pageOrExpired(service: ODataService, query: string): Promise<RawPage | undefined> {
  try {
    return await service.page(query)
  } catch (error) {
    if (error instanceof HubError && /^HTTP (400|404|410)\b/.test(error.internal ?? '')) return undefined
    throw error
  }
}

async function changesOf(
  source: ODataSource,
  options: ODataOptions,
  page: RawPage,
  run: string,
): Promise<SourceRecord[]> {
  const records: SourceRecord[] = []
  const table = asTable(options)
  for (const raw of page.rows) {
    const key = deletedKey(source, raw)
    if (key !== undefined) {
      records.push({ entity: options.entity, key, kind: 'delete', version: `${run}~deleted`, data: null })
      continue
    }
    const [row] = await source.read({ ...page, rows: [raw] })
    if (row) records.push(recordOf(row, table, `${run}~${hashRow(row.data)}`))
  }
  return records
}

/** The key of a tombstone, in any of the forms that services write; undefined for a record that is there. */
function deletedKey(source: ODataSource, raw: JsonObject): string | undefined {
  const context = raw['@odata.context'] ?? raw['@context']
  const isDeletedEntity = typeof context === 'string' && context.endsWith('/$deletedEntity')
  const removed = raw['@odata.removed'] ?? raw['@removed']
  if (!isDeletedEntity && !isJsonObject(removed ?? null)) return undefined
  const id: Json | undefined = raw.id ?? raw['@odata.id'] ?? raw['@id']
  return typeof id === 'string' ? keyFromId(source, id) : source.keyOf(raw)
}
