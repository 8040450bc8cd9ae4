import type { SourceRecord } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { rejectedError } from '../shared/errors.ts'
import { parseExactJson } from '../shared/exact-json.ts'
import { hashRow } from '../shared/row-hash.ts'
import { children, type XmlElement } from '../shared/xml.ts'
import { isNil } from './message-decode.ts'
import { CHANGES_MAX, CHANGES_NAMESPACE, FIELD_TYPES } from './push-wsdl.ts'
import { simpleType } from './wsdl-model.ts'
import { instantOf, lexicalOf, valueOf } from './xsd-values.ts'

const KEY_MAX = 500
const ENTITY_MAX = 200
const DIGITS_MAX = 38
const TYPES: readonly string[] = FIELD_TYPES

/**
 * The changes in a PushChanges message. Throws `connector.rejected` with a pointer (`/changes/2/key`) for the first that is
 * not as the WSDL says; no value is told.
 * @param entities those that may be pushed; undefined: any
 */
export function readChanges(message: XmlElement, entities: readonly string[] | undefined): SourceRecord[] {
  const changes = message.children
  checkNames(message, ['change'], '/changes')
  if (changes.length === 0 || changes.length > CHANGES_MAX) {
    throw rejectedError(`A push must have 1 to ${CHANGES_MAX} changes.`, { where: '/changes' })
  }
  return changes.map((change, index) => readChange(change, entities, `/changes/${index}`))
}

function readChange(change: XmlElement, entities: readonly string[] | undefined, where: string): SourceRecord {
  checkNames(change, ['entity', 'key', 'kind', 'sequence', 'time', 'fields'], where)
  const entity = text(change, 'entity', ENTITY_MAX, where)
  if (entities && !entities.includes(entity)) {
    throw rejectedError('The entity is none of those that may be pushed.', {
      where: `${where}/entity`,
      fix: `Push ${entities.join(', ')}.`,
    })
  }
  const key = text(change, 'key', KEY_MAX, where)
  const kind = text(change, 'kind', KEY_MAX, where)
  if (kind !== 'upsert' && kind !== 'delete') {
    throw rejectedError('The kind must be upsert or delete.', { where: `${where}/kind` })
  }
  const time = instantOf(
    lexicalOf(simpleType('dateTime'), text(change, 'time', KEY_MAX, where).trim(), `${where}/time`),
  )
  if (!time.endsWith('Z')) throw rejectedError('The time must have a zone.', { where: `${where}/time` })
  const sequence = sequenceOf(change, where)
  const data = dataOf(change, kind, where)
  return {
    entity,
    key,
    kind,
    time,
    // The same change pushed again is the same change; another state, time or place in the order is another one.
    version: hashRow([kind, sequence ?? null, time, data]),
    data,
    ...(sequence === undefined ? {} : { sequence, sequenceType: 'Integer' }),
  }
}

function sequenceOf(change: XmlElement, where: string): string | undefined {
  const element = single(change, 'sequence', where)
  if (element === undefined) return undefined
  const digits = element.text.trim()
  if (/^\d+$/.test(digits) && digits.length <= DIGITS_MAX) return digits
  throw rejectedError(`The sequence must be an integer of at most ${DIGITS_MAX} digits.`, {
    where: `${where}/sequence`,
  })
}

function dataOf(change: XmlElement, kind: string, where: string): JsonObject | null {
  const fields = single(change, 'fields', where)
  if (kind === 'delete') {
    if (fields === undefined || isNil(fields)) return null
    throw rejectedError('A delete has no fields.', { where: `${where}/fields` })
  }
  if (fields === undefined) throw rejectedError('An upsert needs its fields.', { where: `${where}/fields` })
  checkNames(fields, ['field'], `${where}/fields`)
  const seen = new Set<string>()
  const members = fields.children.map((field, index): [string, Json] => {
    const place = `${where}/fields/${index}`
    checkNames(field, ['name', 'type', 'value'], place)
    const name = text(field, 'name', ENTITY_MAX, place)
    if (seen.has(name)) throw rejectedError('The field is there twice.', { where: `${place}/name` })
    seen.add(name)
    return [name, fieldValue(field, place)]
  })
  // fromEntries makes plain members of all names, also of `__proto__`.
  return Object.fromEntries(members)
}

function fieldValue(field: XmlElement, where: string): Json {
  const declared = single(field, 'type', where)?.text.trim() ?? 'string'
  const type = declared === '' ? 'string' : declared
  if (!TYPES.includes(type)) {
    throw rejectedError('There is no such type of field.', {
      where: `${where}/type`,
      fix: `Use one of ${TYPES.join(', ')}.`,
    })
  }
  const value = single(field, 'value', where)
  if (value === undefined)
    throw rejectedError('The field has no value.', {
      where: `${where}/value`,
      fix: 'Leave the field out, or send xsi:nil.',
    })
  if (isNil(value)) return null
  if (value.children.length > 0) throw rejectedError('A value is text.', { where: `${where}/value` })
  if (type === 'string') return value.text
  if (type === 'json') return jsonOf(value.text, `${where}/value`)
  const simple = simpleType(type)
  return valueOf(simple, lexicalOf(simple, value.text.trim(), `${where}/value`))
}

function jsonOf(written: string, where: string): Json {
  try {
    return parseExactJson(written)
  } catch (error) {
    if (error instanceof HubError) throw error
    throw rejectedError('The value is no JSON.', { where })
  }
}

function text(element: XmlElement, name: string, max: number, where: string): string {
  const found = single(element, name, where)
  const value = found && !isNil(found) ? found.text : ''
  if (found === undefined || value === '') throw rejectedError(`The ${name} is missing.`, { where: `${where}/${name}` })
  if (value.length > max)
    throw rejectedError(`The ${name} is longer than ${max} characters.`, { where: `${where}/${name}` })
  return value
}

function single(element: XmlElement, name: string, where: string): XmlElement | undefined {
  const found = children(element, name, CHANGES_NAMESPACE)
  if (found.length > 1) throw rejectedError(`There is more than one ${name}.`, { where: `${where}/${name}` })
  return found[0]
}

function checkNames(element: XmlElement, names: readonly string[], where: string): void {
  const wrong = element.children.find((each) => each.namespace !== CHANGES_NAMESPACE || !names.includes(each.name))
  if (wrong === undefined) return
  throw rejectedError(`There is an element that the WSDL does not have here; it has ${names.join(', ')}.`, { where })
}
