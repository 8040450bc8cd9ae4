import type { CreateResult, RecordCreate } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { createAtMostOnce, createEach, createMark } from '../shared/create-mark.ts'
import { rejectedError, settingsError, unexpectedError } from '../shared/errors.ts'
import type { HttpResponse } from '../shared/http.ts'
import { errorsOf, recordError } from './errors.ts'
import type { FieldInfo, ObjectInfo } from './object-info.ts'
import { inLists } from './soql.ts'
import type { WriteParts } from './write.ts'
import { isOfTheRequest, RECORD_STATUSES } from './write-requests.ts'

/**
 * Makes records under Ids that Salesforce gives. With a mark field the records that carry the marks already are found first,
 * deleted ones too; the others are upserted by the mark, so that even two tries side by side make one record. Without one a
 * record is made at most once: where the answer was lost, it is not tried again.
 */
export async function createSalesforce(parts: WriteParts, creates: readonly RecordCreate[]): Promise<CreateResult[]> {
  const info = await parts.source.info()
  if (info.key.name !== 'Id') {
    throw settingsError('Records of this entity are made under keys that the hub chooses: its key is an external id.', {
      where: `/entities/${parts.source.options.entity}/options/externalIdField`,
    })
  }
  const { mark } = info
  if (mark === undefined) {
    return createEach(creates, (create) => createAtMostOnce(create, () => insert(parts, info, create)))
  }
  const marked = creates.map((create) => ({ ...create, mark: createMark(create.idempotencyKey, mark.length) }))
  const known = await idsByMark(parts, mark, marked)
  return createEach(marked, async (create) => {
    const there = known.get(create.mark.toLowerCase())
    if (there !== undefined) return { outcome: 'created', key: there }
    const made = await upsert(parts, info, mark, create)
    if (made.outcome === 'created') known.set(create.mark.toLowerCase(), made.key)
    return made
  })
}

/** @returns Id by mark in lower case, as external ids are the same in any case */
async function idsByMark(
  { api, source }: WriteParts,
  mark: FieldInfo,
  creates: readonly { mark: string }[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const { sql } of inLists(creates.map((create) => create.mark))) {
    // Without the filter of the entity, and in the recycle bin too: what was made is not made again.
    const soql = `SELECT Id, ${mark.name} FROM ${source.options.object} WHERE ${mark.name} IN ${sql}`
    const { records } = await api.query(soql, true)
    for (const record of records) found.set(String(record[mark.name]).toLowerCase(), String(record.Id))
  }
  return found
}

async function upsert(
  parts: WriteParts,
  info: ObjectInfo,
  mark: FieldInfo,
  create: RecordCreate & { mark: string },
): Promise<CreateResult> {
  const path = `/sobjects/${info.name}/${mark.name}/${encodeURIComponent(create.mark)}`
  return outcomeOf(await save(parts, 'PATCH', path, create, checkedFields(info, create, mark)))
}

async function insert(parts: WriteParts, info: ObjectInfo, create: RecordCreate): Promise<CreateResult> {
  const fields = checkedFields(info, create, undefined)
  return outcomeOf(await save(parts, 'POST', `/sobjects/${info.name}`, create, fields))
}

/** Throws `connector.rejected` for what the object does not have, before anything is sent. */
function checkedFields(info: ObjectInfo, { fields }: RecordCreate, mark: FieldInfo | undefined): JsonObject {
  for (const name of Object.keys(fields)) {
    const field = info.all.get(name.toLowerCase())
    if (field === undefined) {
      throw rejectedError(`The object ${info.name} has no field "${name}".`, { where: `/fields/${name}` })
    }
    if (field === mark || field.name === 'Id') {
      throw rejectedError(`The field "${name}" is set by the hub itself.`, { where: `/fields/${name}` })
    }
  }
  return fields
}

async function save(
  { api, marks }: WriteParts,
  method: 'PATCH' | 'POST',
  path: string,
  { idempotencyKey }: RecordCreate,
  body: JsonObject,
): Promise<HttpResponse> {
  const headers = marks.optionsFor(new Map([['', idempotencyKey]]))
  const response = await api.send({ method, path, body, headers, accept: RECORD_STATUSES })
  if (response.status >= 300 && errorsOf(response).some(isOfTheRequest)) api.refuse(response)
  return response
}

function outcomeOf(response: HttpResponse): CreateResult {
  if (response.status >= 300) {
    return { outcome: 'failed', error: recordError(errorsOf(response), response.status) }
  }
  const { id } = response.json() as { id?: unknown }
  if (typeof id !== 'string') throw unexpectedError('Salesforce made a record without telling its Id.')
  return { outcome: 'created', key: id }
}
