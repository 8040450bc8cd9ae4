import type { Lane } from '../contracts/change.ts'
import { HubError } from '../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../contracts/json.ts'
import { entityTexts } from '../api/rest/entity-text.ts'
import type { RecordRead } from '../rules/index.ts'
import type { Queryable } from '../store/queryable.ts'
import { type EntityRow, idsBehind, readEntity, wasEntity } from '../store/source-record-queries.ts'

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
    if (row === undefined) throw noSuchRecord(await wasEntity(db, name, id), name)
    const [text = 'null'] = await entityTexts(db, [row])
    records.push({ name, id: row.id, record: JSON.parse(text) as Json, owner: await ownerOf(db, row) })
  }
  return records
}

async function ownerOf(db: Queryable, row: EntityRow): Promise<string | null> {
  const { customer, account } = lanesIn(row)
  if (customer !== undefined) return (await idsBehind(db, [customer]))[0]?.id ?? null
  const [holder] = account === undefined ? [] : await idsBehind(db, [account])
  const accountRow = holder?.target === 'account' ? await readEntity(db, 'account', holder.id) : undefined
  const owner = accountRow && lanesIn(accountRow).customer
  return owner === undefined ? null : ((await idsBehind(db, [owner]))[0]?.id ?? null)
}

function lanesIn({ document, system }: EntityRow): { customer: Lane | undefined; account: Lane | undefined } {
  const whole = JSON.parse(document) as JsonObject
  const laneAt = (member: Json | undefined): Lane | undefined => {
    if (member === undefined || !isJsonObject(member)) return undefined
    const { system: own = system, entity, key } = member
    return typeof entity === 'string' && typeof key === 'string' ? { system: String(own), entity, key } : undefined
  }
  return { customer: laneAt(whole['customer']), account: laneAt(whole['account']) }
}

function noSuchRecord(isGone: boolean, name: string): HubError {
  const where = `/${name}/id`
  return new HubError(
    isGone
      ? {
          code: 'record.deleted',
          family: 'reject',
          status: 410,
          message: 'The record was deleted in its system.',
          where,
        }
      : {
          code: 'record.unknown',
          family: 'reject',
          status: 404,
          message: 'There is no record of this kind with this id.',
          where,
        },
  )
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
