/** Canonical customers as records of identity resolution: from a file, or from the hub's own database. */
import { laneName } from '../../../contracts/change.ts'
import { HubError } from '../../../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../contracts/json.ts'
import { identityFeatures } from '../../../identity/features.ts'
import type { IdentityRecord } from '../../../identity/resolve.ts'
import type { Database } from '../../../store/database.ts'
import type { Io } from '../shared/io.ts'
import { readRecords } from '../shared/records.ts'

/** Resolving holds all records in memory, about 3 KB each. */
export const RECORDS_MAX = 2_000_000
const PAGE_ROWS = 5_000

/**
 * From a file. A line is `{system, key, document}` (`entity` too, where keys repeat among entities), or the document
 * alone, whose system is then `system`. Throws at the first line that is neither.
 */
export async function customersFromFile(io: Io, source: string, system: string | undefined): Promise<IdentityRecord[]> {
  const records: IdentityRecord[] = []
  for await (const { record, where, line } of readRecords(io, source)) {
    if (records.length >= RECORDS_MAX) throw tooMany()
    const customer = customerOf(record, where)
    const from = customer.system ?? system
    const id = laneName({ system: from ?? '', entity: customer.entity ?? '', key: customer.key ?? `line ${line}` })
    records.push({ id, features: identityFeatures(customer.document, from === undefined ? {} : { system: from }) })
  }
  return records
}

export interface Customer {
  system: string | undefined
  entity: string | undefined
  key: string | undefined
  document: JsonObject
}

/** Throws unless it is a canonical customer document, alone or as `document` beside where it came from. */
export function customerOf(record: JsonObject, where: string): Customer {
  const isWrapped = isJsonObject(record['document'])
  const document = isWrapped ? (record['document'] as JsonObject) : record
  if (document['kind'] !== 'person' && document['kind'] !== 'organization') throw noCustomer(where)
  const from = isWrapped ? record : {}
  return {
    system: textOf(from['system'], `${where}, system`),
    entity: textOf(from['entity'], `${where}, entity`),
    key: textOf(from['key'], `${where}, key`),
    document,
  }
}

function textOf(value: Json | undefined, where: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string' && value !== '') return value
  throw new HubError({
    code: 'cli.records.name-invalid',
    family: 'reject',
    message: 'The name of a system, an entity or a key is a text.',
    where,
  })
}

/** From the hub's database: the document of each record that has a part in a customer, page by page. */
export async function customersFromDatabase(db: Database): Promise<IdentityRecord[]> {
  const records: IdentityRecord[] = []
  for (let after = '0'; ;) {
    const { rows } = await db.query<{ no: string; system: string; entity: string; key: string; document: string }>({
      name: 'cli-customer-documents',
      text: `
        select r.no::text as no, r.system, r.entity, r.key, r.document::text as document from source_record r
        where r.target = 'customer' and not r.deleted and r.document is not null and r.no > $1::bigint
        order by r.no limit ${PAGE_ROWS}`,
      values: [after],
    })
    for (const { system, entity, key, document } of rows) {
      const features = identityFeatures(JSON.parse(document) as JsonObject, { system })
      records.push({ id: laneName({ system, entity, key }), features })
    }
    if (records.length > RECORDS_MAX) throw tooMany()
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE_ROWS) return records
    after = last.no
  }
}

function noCustomer(where: string): HubError {
  return new HubError({
    code: 'cli.records.not-customer',
    family: 'reject',
    message: 'This is no canonical customer: it has no `kind` of person or organization.',
    where,
    fix: 'Give canonical customers, as a mapping makes them: {"system": "crm", "key": "1", "document": {"kind": "person", ...}}.',
  })
}

function tooMany(): HubError {
  return new HubError({
    code: 'cli.records.too-many',
    family: 'reject',
    message: `There are more than ${RECORDS_MAX} records; they do not fit into memory.`,
    fix: 'Give a part of them: all records of some post codes, not every second record.',
  })
}
