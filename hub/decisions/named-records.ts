import { HubError } from '../contracts/hub-error.ts'
import type { Json, JsonObject } from '../contracts/json.ts'
import { unknownRecord } from '../contracts/record-errors.ts'
import { entityTexts } from '../api/rest/entity-text.ts'
import { ownerOf } from '../api/rest/included-records.ts'
import type { RecordRead } from '../rules/index.ts'
import type { Queryable } from '../store/queryable.ts'
import { readEntity, wasEntity } from '../store/source-record-queries.ts'

/** The hub's ids of single records, by the names that the input has for them: `invoice: {id}`. */
export type NamedRecords = ReadonlyMap<RecordRead, string>

export interface NamedRecord {
  name: RecordRead
  id: string
  /** As the API answers it. */
  record: Json
  /** The customer that it belongs to, itself or by its account; null: the hub knows of none. */
  owner: string | null
}

/** Reads single records. Throws `record.unknown` (404) and `record.deleted` (410), with a pointer into the input. */
export async function readNamedRecords(db: Queryable, named: NamedRecords): Promise<NamedRecord[]> {
  const records: NamedRecord[] = []
  for (const [name, id] of named) {
    const row = await readEntity(db, name, id)
    if (row === undefined) throw unknownRecord(await wasEntity(db, name, id), `/${name}/id`)
    const [text = 'null'] = await entityTexts(db, [row])
    const owner = await ownerOf(db, { system: row.system, document: JSON.parse(row.document) as JsonObject })
    records.push({ name, id: row.id, record: JSON.parse(text) as Json, owner: owner ?? null })
  }
  return records
}

export function noRecordOf(rule: string, name: string): HubError {
  return new HubError({
    code: 'rule.input.invalid',
    family: 'reject',
    message: `The input of the rule ${rule} is not valid: /${name}/id names a record that is not this customer's.`,
    where: `/${name}/id`,
    fix: `Name the customer that it belongs to, or leave the customer out: the ${name} brings its own.`,
    facts: { rule },
  })
}
