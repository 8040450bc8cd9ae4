import { badRequest } from './errors.ts'
import { canonicalId } from './ids.ts'
import type { Field, ObjectType } from './schema.ts'
import type { Condition, Literal, SoqlQuery } from './soql-parse.ts'
import type { Store } from './store.ts'
import type { StoredRecord, Value } from './values.ts'

export interface QueryResult {
  object: ObjectType
  /** In the order asked for; empty for a count. */
  fields: Field[]
  rows: StoredRecord[]
  /** All that match, for COUNT() too. */
  count: number
}

/** @param includeDeleted as queryAll does */
export function runSoql(store: Store, query: SoqlQuery, includeDeleted: boolean): QueryResult {
  const object = store.object(query.object)
  if (object === undefined) {
    const message = `sObject type '${query.object}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`
    throw badRequest('INVALID_TYPE', message)
  }
  const fields = query.isCount ? [] : query.fields.map((name) => fieldOf(object, name))
  const test = query.where ? conditionOf(object, query.where) : (): boolean => true
  const matching: StoredRecord[] = []
  for (const row of store.rows(object.name)) {
    if ((includeDeleted || row.IsDeleted !== true) && test(row)) matching.push(row)
  }
  sort(matching, object, query)
  const end = query.limit === undefined ? undefined : query.offset + query.limit
  const rows = matching.slice(query.offset, end)
  return { object, fields, rows: query.isCount ? [] : rows, count: rows.length }
}

export function fieldOf(object: ObjectType, name: string): Field {
  const field = object.field(name)
  if (field) return field
  const message = `\nSELECT ${name}\n       ^\nERROR at Row:1:Column:8\nNo such column '${name}' on entity '${object.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`
  throw badRequest('INVALID_FIELD', message)
}

function sort(rows: StoredRecord[], object: ObjectType, query: SoqlQuery): void {
  if (query.orderBy.length === 0) return
  const order = query.orderBy.map(({ field, descending }) => ({ name: fieldOf(object, field).name, descending }))
  rows.sort((a, b) => {
    for (const { name, descending } of order) {
      const difference = compare(a[name] ?? null, b[name] ?? null)
      if (difference !== 0) return descending ? -difference : difference
    }
    return 0
  })
}

/** Nothing comes first, as in the real system. */
function compare(a: Value, b: Value): number {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  return a < b ? -1 : 1
}

type Test = (row: StoredRecord) => boolean

function conditionOf(object: ObjectType, condition: Condition): Test {
  if (condition.kind === 'not') {
    const inner = conditionOf(object, condition.part)
    return (row) => !inner(row)
  }
  if (condition.kind !== 'compare') {
    const parts = condition.parts.map((part) => conditionOf(object, part))
    return condition.kind === 'and'
      ? (row) => parts.every((part) => part(row))
      : (row) => parts.some((part) => part(row))
  }
  const field = fieldOf(object, condition.field)
  if (field.type === 'textarea' || field.type === 'base64') {
    throw badRequest('INVALID_FIELD', `field '${field.name}' can not be filtered in a query call`)
  }
  const wanted = condition.values.map((literal) => literalValue(field, literal))
  return comparison(field, condition.operator, wanted)
}

function comparison(field: Field, operator: string, wanted: Value[]): Test {
  const [first = null] = wanted
  const valueOf = (row: StoredRecord): Value => fold(field, row[field.name] ?? null)
  const folded = wanted.map((value) => fold(field, value))
  if (operator === 'IN') return (row) => folded.includes(valueOf(row))
  if (operator === 'NOT IN') return (row) => !folded.includes(valueOf(row))
  if (operator === '=') return (row) => valueOf(row) === folded[0]
  if (operator === '!=') return (row) => valueOf(row) !== folded[0]
  if (operator === 'LIKE') {
    const pattern = String(first)
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('%', '.*')
      .replaceAll('_', '.')
    const like = new RegExp(`^${pattern}$`, 'is')
    return (row) => like.test(String(row[field.name] ?? ''))
  }
  // A record without a value is neither less nor more.
  const against = folded[0] ?? null
  const ordered: Record<string, (difference: number) => boolean> = {
    '<': (difference) => difference < 0,
    '<=': (difference) => difference <= 0,
    '>': (difference) => difference > 0,
    '>=': (difference) => difference >= 0,
  }
  const holds = ordered[operator] ?? ((): boolean => false)
  return (row) => {
    const value = valueOf(row)
    return value !== null && against !== null && holds(compare(value, against))
  }
}

/** Texts compare in any case, Ids only in their own. */
function fold(field: Field, value: Value): Value {
  const exact = ['id', 'reference', 'datetime', 'date', 'time'].includes(field.type)
  return typeof value === 'string' && !exact ? value.toLowerCase() : value
}

function literalValue(field: Field, { kind, text }: Literal): Value {
  if (kind === 'bare' && /^null$/i.test(text)) return null
  const wrong = (): Error =>
    badRequest(
      'INVALID_FIELD',
      `\nvalue of filter criterion for field '${field.name}' must be of type ${field.type} and should ${field.type === 'datetime' || field.type === 'date' ? 'not ' : ''}be enclosed in quotes`,
    )
  if (field.type === 'boolean') {
    if (kind === 'bare' && /^(true|false)$/i.test(text)) return /^true$/i.test(text)
    throw wrong()
  }
  if (['int', 'double', 'currency', 'percent'].includes(field.type)) {
    if (kind !== 'number') throw wrong()
    return Number(text)
  }
  if (field.type === 'datetime') {
    const ms = kind === 'bare' ? Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')) : Number.NaN
    if (Number.isNaN(ms) || !text.includes('T')) throw wrong()
    return new Date(ms).toISOString()
  }
  if (field.type === 'date' || field.type === 'time') {
    if (kind !== 'bare') throw wrong()
    return text
  }
  if (kind !== 'text') throw wrong()
  if (field.type !== 'id' && field.type !== 'reference') return text
  const id = text === '' ? '' : canonicalId(text)
  if (id === undefined) throw badRequest('INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${text}`)
  return id
}
