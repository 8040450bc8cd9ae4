import type { NumberRange, Row, SetDefinition } from './definition.ts'
import type { Exchange } from './exchange.ts'
import { SapRefusal } from './refusal.ts'
import type { Table } from './store.ts'
import { readValue } from './values.ts'

export interface InsertContext {
  version: '2' | '4'
  set(name: string): SetDefinition
  table(set: SetDefinition): Table
  /** Fields that the system sets itself in a new record. */
  stamps(set: SetDefinition): Row
}

/** A new record, and the new records that come with it, by their set. */
export interface Insertion {
  row: Row
  brought: Map<SetDefinition, Row[]>
}

export function bodyOf({ body, headers }: Exchange): Readonly<Record<string, unknown>> {
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) {
    throw new SapRefusal(415, '/IWFND/CM_MGW_RT/080', 'The content type is not supported')
  }
  let given: unknown
  try {
    given = JSON.parse(body)
  } catch {
    throw new SapRefusal(400, '/IWFND/CM_MGW_RT/081', 'Malformed JSON')
  }
  if (isObject(given)) return given
  throw new SapRefusal(400, '/IWFND/CM_MGW_RT/081', 'The body is no entity')
}

export function readFields(version: '2' | '4', set: SetDefinition, given: readonly [string, unknown][]): Row {
  const known = new Map(set.fields.map((field) => [field.name, field]))
  const row: Row = {}
  for (const [name, value] of given) {
    const field = known.get(name)
    if (!field) throw new SapRefusal(400, '/IWFND/CM_MGW_RT/024', `Property '${name}' is invalid`)
    row[name] = readValue(version, field, value)
  }
  return row
}

/** Reads a new record with what stands behind its navigations (deep insert). Changes nothing: all of it is put, or nothing. */
export function insertion(
  context: InsertContext,
  set: SetDefinition,
  given: Readonly<Record<string, unknown>>,
): Insertion {
  const navigations = new Map((set.navigations ?? []).map((navigation) => [navigation.name, navigation]))
  const own = Object.entries(given).filter(([name]) => !navigations.has(name))
  const row = newRow(context, set, readFields(context.version, set, own), [])
  const brought = new Map<SetDefinition, Row[]>()
  const byName = new Map<string, Row[]>()
  for (const [name, value] of Object.entries(given)) {
    const navigation = navigations.get(name)
    if (navigation === undefined) continue
    const target = context.set(navigation.target)
    const records = recordsIn(value)
    if (records.length > (navigation.max ?? Infinity)) {
      throw new SapRefusal(400, '/IWBEP/CM_MGW_RT/022', `No more than ${navigation.max} entities in '${name}'`)
    }
    const rows = brought.get(target) ?? []
    const links = Object.fromEntries(Object.entries(navigation.on).map(([mine, theirs]) => [theirs, row[mine] ?? null]))
    for (const each of records) {
      rows.push(
        newRow(context, target, { ...readFields(context.version, target, Object.entries(each)), ...links }, rows),
      )
    }
    brought.set(target, rows)
    byName.set(name, rows)
  }
  set.derive?.(row, byName)
  return { row, brought }
}

/** @param besides rows of the same request, whose numbers are taken too */
function newRow(context: InsertContext, set: SetDefinition, fields: Row, besides: readonly Row[]): Row {
  const table = context.table(set)
  const row: Row = Object.fromEntries(set.fields.map(({ name }) => [name, null]))
  Object.assign(row, fields, context.stamps(set))
  const isTaken = (): boolean =>
    table.get(table.keyOf(row)) !== undefined || besides.some((each) => table.keyOf(each) === table.keyOf(row))
  if (set.numbers) number(set.numbers, row, isTaken)
  for (const { name, nullable = true, type } of set.fields) {
    if (row[name] !== null || (nullable && !set.keys.includes(name))) continue
    // ABAP has an initial value for everything but keys.
    if (set.keys.includes(name)) {
      throw new SapRefusal(400, '/IWBEP/CM_MGW_RT/021', `Property '${name}' must not be null`)
    }
    row[name] = initialValue(type)
  }
  if (isTaken()) throw new SapRefusal(400, '/IWBEP/CM_MGW_RT/022', 'Entity exists already')
  return row
}

function number({ field, from, step }: NumberRange, row: Row, isTaken: () => boolean): void {
  if ((row[field] ?? '') !== '') return
  for (let next = from; ; next += step) {
    row[field] = String(next)
    if (!isTaken()) return
  }
}

function initialValue(type: SetDefinition['fields'][number]['type']): Row[string] {
  if (type === 'Int32' || type === 'Double') return 0
  if (type === 'Boolean') return false
  return type === 'Int64' || type === 'Decimal' ? '0' : ''
}

/** V2 has them as a list, or as one in `results`. */
function recordsIn(value: unknown): Readonly<Record<string, unknown>>[] {
  if (value === null) return []
  const list: unknown = isObject(value) && Array.isArray(value.results) ? value.results : value
  const records: unknown[] = Array.isArray(list) ? list : [list]
  if (records.every(isObject)) return records
  throw new SapRefusal(400, '/IWFND/CM_MGW_RT/081', 'What stands behind a navigation is no entity')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
