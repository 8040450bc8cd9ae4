import type { ConnectorContext } from '../../hub/contracts/connector.ts'
import { MARK_LENGTH_MIN } from '../shared/create-mark.ts'
import { forbiddenError, schemaError, unexpectedError } from '../shared/errors.ts'
import type { SalesforceApi } from './api.ts'
import { hasCode } from './errors.ts'
import type { ObjectOptions } from './options.ts'

export interface FieldInfo {
  name: string
  type: string
  createable: boolean
  updateable: boolean
  externalId: boolean
  idLookup: boolean
  nillable: boolean
  /** Characters that a text holds. */
  length: number
}

/** An object as it is read: which of its fields, by which of them it is named and followed. */
export interface ObjectInfo {
  name: string
  /** Those that are read, in the order of the object. */
  fields: FieldInfo[]
  /** Every field by lower-case name, those that can't be read too. */
  all: ReadonlyMap<string, FieldInfo>
  /** `Id`, or the external id. */
  key: FieldInfo
  /** External id that carries the mark of records that the hub makes. */
  mark: FieldInfo | undefined
  /** SystemModstamp, or the next best. */
  watermark: FieldInfo | undefined
  /** Whether deleted records can be told from others. */
  hasDeletes: boolean
}

/** Compound fields are their components again; files are no data for a record. Bulk API 2.0 has neither. */
const UNREADABLE = new Set(['address', 'location', 'base64', 'complexvalue', 'anyType'])
const WATERMARKS = ['SystemModstamp', 'LastModifiedDate', 'CreatedDate']

/** What the objects are like, asked again after `describeMs`. */
export class ObjectCatalog {
  readonly #api: SalesforceApi
  readonly #context: ConnectorContext
  readonly #describeMs: number
  readonly #known = new Map<string, { at: number; fields: FieldInfo[] }>()

  constructor(api: SalesforceApi, context: ConnectorContext, describeMs: number) {
    this.#api = api
    this.#context = context
    this.#describeMs = describeMs
  }

  async info(options: ObjectOptions): Promise<ObjectInfo> {
    return chosen(options, await this.fields(options.object))
  }

  /** To be called when Salesforce no longer knows a field, or tells of one that is not known here. */
  forget(object: string): void {
    this.#known.delete(object)
  }

  async fields(object: string): Promise<FieldInfo[]> {
    const known = this.#known.get(object)
    if (known && this.#context.now() - known.at < this.#describeMs) return known.fields
    const fields = await this.#describe(object)
    this.#known.set(object, { at: this.#context.now(), fields })
    return fields
  }

  async #describe(object: string): Promise<FieldInfo[]> {
    try {
      const { fields } = await this.#api.describing.describe(object)
      if (!Array.isArray(fields)) throw unexpectedError('Salesforce describes an object without fields.')
      return fields.map(({ name, type, createable, updateable, externalId, idLookup, nillable, length }) => ({
        name,
        type,
        createable,
        updateable,
        externalId,
        idLookup,
        nillable,
        length,
      }))
    } catch (error) {
      if (!hasCode(error, 'NOT_FOUND', 'INVALID_TYPE')) throw error
      throw forbiddenError(`The account sees no object "${object}".`, {
        fix: 'Check the API name (custom ones end in __c), and give the integration user the right to read the object.',
      })
    }
  }
}

function chosen(options: ObjectOptions, described: readonly FieldInfo[]): ObjectInfo {
  const where = `/entities/${options.entity}/options`
  const all = new Map(described.map((field) => [field.name.toLowerCase(), field]))
  const field = (name: string, pointer: string): FieldInfo => {
    const found = all.get(name.toLowerCase())
    if (found && !UNREADABLE.has(found.type)) return found
    throw schemaError(
      found
        ? `The field "${name}" of ${options.object} is a ${found.type}, which can't be read.`
        : `The object ${options.object} has no field "${name}" that the account may read.`,
      {
        where: `${where}/${pointer}`,
        fix: `It has ${described
          .filter(({ type }) => !UNREADABLE.has(type))
          .map(({ name }) => name)
          .join(', ')}.`,
      },
    )
  }
  const named = new Set(options.fields?.map((name, at) => field(name, `fields/${at}`)))
  const left = new Set(options.exclude.map((name, at) => field(name, `exclude/${at}`)))
  const key = field(options.externalIdField ?? 'Id', 'externalIdField')
  if (key.name !== 'Id' && !key.externalId) {
    throw schemaError(`The field "${key.name}" of ${options.object} is no external id.`, {
      where: `${where}/externalIdField`,
      fix: 'Mark it as external id and unique in Setup, or leave the option out: then the Id is the key.',
    })
  }
  const mark = options.markField === undefined ? undefined : field(options.markField, 'markField')
  if (mark !== undefined && !(mark.externalId && mark.type === 'string' && mark.length >= MARK_LENGTH_MIN)) {
    throw schemaError(`The field "${mark.name}" of ${options.object} can't hold a mark.`, {
      where: `${where}/markField`,
      fix: `It must be a text of at least ${MARK_LENGTH_MIN} characters, marked as external id and unique in Setup.`,
    })
  }
  const id = field('Id', 'object')
  const watermark = WATERMARKS.map((name) => all.get(name.toLowerCase())).find((each) => each !== undefined)
  const deleted = all.get('isdeleted')
  const needed = new Set([id, key, watermark, deleted])
  const fields = described.filter(
    (each) =>
      needed.has(each) ||
      (!UNREADABLE.has(each.type) && !left.has(each) && (options.fields === undefined || named.has(each))),
  )
  return { name: options.object, fields, all, key, mark, watermark, hasDeletes: deleted !== undefined }
}
