import type { CreateResult, RecordCreate } from '../../../hub/contracts/connector.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../hub/contracts/json.ts'
import { createAtMostOnce, createEach, createMark, MARK_LENGTH_MIN } from '../../shared/create-mark.ts'
import { rejectedError, schemaError, unexpectedError } from '../../shared/errors.ts'
import type { BatchOperation } from './batch.ts'
import type { EntityType, ODataVersion, Property, ServiceModel } from './model.ts'
import { equal, withQuery } from './query.ts'
import { propertyOf } from './service.ts'
import type { ODataSource } from './source.ts'
import { writtenValue } from './values.ts'
import { changeHeaders, recordIn, send } from './write.ts'

/** Longest mark where the metadata do not say how long a text is. */
const MARK_LENGTH_DEFAULT = 35
/** How deep records may stand in records: an order, its items, their prices. */
const DEPTH_MAX = 5

/**
 * Makes records under keys of SAP's own number ranges, with the records behind their navigations in one request (deep insert), and
 * reads the key from the answer. OData knows no key against doubling: with a mark field the record that carries the mark is looked
 * up first; without one a record is made at most once, and where the answer was lost it is not tried again.
 */
export async function createOData(source: ODataSource, creates: readonly RecordCreate[]): Promise<CreateResult[]> {
  const model = await source.service.model()
  const mark = requireMark(source)
  return createEach(creates, async (create) => {
    const fields = bodyOf(source.service.version, source.type, create.fields, '/fields')
    const make = async (body: JsonObject): Promise<CreateResult> => ({
      outcome: 'created',
      key: await post(source, model, body),
    })
    if (mark === undefined) return createAtMostOnce(create, () => make(fields))
    if (Object.hasOwn(fields, mark.name)) {
      throw rejectedError(`The field "${mark.name}" is set by the hub itself.`, { where: `/fields/${mark.name}` })
    }
    const value = createMark(create.idempotencyKey, mark.maxLength ?? MARK_LENGTH_DEFAULT)
    const there = await keyByMark(source, mark, value)
    return there === undefined ? make({ ...fields, [mark.name]: value }) : { outcome: 'created', key: there }
  })
}

/** The field of the option markField, where there is one. Throws `connector.schema` where it can't hold a mark. */
export function requireMark({ options, type }: ODataSource): Property | undefined {
  const { markField, where } = options
  if (markField === undefined) return undefined
  const property = propertyOf(type, markField, options, 'markField')
  if (property.type === 'Edm.String' && (property.maxLength ?? MARK_LENGTH_DEFAULT) >= MARK_LENGTH_MIN) return property
  throw schemaError(`The field "${markField}" can't hold a mark.`, {
    where: `${where}/markField`,
    fix: `It must be a text of at least ${MARK_LENGTH_MIN} characters that can be filtered by.`,
  })
}

async function keyByMark(source: ODataSource, mark: Property, value: string): Promise<string | undefined> {
  const { service, options, key } = source
  const query = withQuery(options.entitySet, {
    $filter: equal(service.version, [{ property: mark, value }]),
    $select: key.map(({ name }) => name).join(','),
    $top: '1',
  })
  const [row] = (await service.page(query)).rows
  return row && source.keyOf(row)
}

/** The key that SAP gave. */
async function post(source: ODataSource, model: ServiceModel, fields: JsonObject): Promise<string> {
  const operation: BatchOperation = {
    method: 'POST',
    path: source.options.entitySet,
    headers: changeHeaders(source),
    body: JSON.stringify(fields),
  }
  const answer = await send(source, operation)
  if (answer.status !== 201) {
    // 204 (no content) would leave the key unknown; services that give keys answer with the record.
    if (answer.status >= 200 && answer.status < 300) throw unexpectedError('SAP made a record without telling its key.')
    throw source.service.http.refusal(answer)
  }
  return source.keyOf(recordIn(source, model, { ...answer, status: 200 }).current)
}

/** The fields as they are sent, with records behind navigations. Throws `connector.rejected` for what the type does not have. */
function bodyOf(
  version: ODataVersion,
  type: EntityType,
  fields: Readonly<Record<string, Json>>,
  where: string,
  depth = 1,
): JsonObject {
  const entries = Object.entries(fields).map(([name, value]): [string, Json] => {
    const at = `${where}/${name}`
    const property = type.properties.get(name)
    if (property) return [name, writtenValue(version, property, value)]
    const navigation = type.navigations.get(name)
    const target = navigation?.target()
    if (navigation === undefined || target === undefined || depth > DEPTH_MAX) {
      throw rejectedError(`There is no field "${name}" to write.`, { where: at })
    }
    const one = (each: Json, place: string): JsonObject => {
      if (!isJsonObject(each)) throw rejectedError('A record behind a navigation must be an object.', { where: place })
      return bodyOf(version, target, each, place, depth + 1)
    }
    if (!navigation.many) return [name, value === null ? null : one(value, at)]
    if (!Array.isArray(value)) throw rejectedError('Records behind this navigation are a list.', { where: at })
    return [name, value.map((each, place) => one(each, `${at}/${place}`))]
  })
  return Object.fromEntries(entries)
}
