/** The service's messages: elements read strictly in the order of the WSDL, as strict services do, and written from records. */
import { attributeOf, type XmlElement, xmlAttribute, xmlText } from '../../../connectors/shared/xml.ts'
import type { BillingStore, StoredRow } from './store.ts'
import type { Field, Row, Table, Value } from './tables.ts'

export const TYPES_NAMESPACE = 'urn:lindenbridge:billing:types'
const XSI = 'http://www.w3.org/2001/XMLSchema-instance'

/** The sender's fault, with a code of the service's own. */
export class BillingFault extends Error {
  readonly code: string
  readonly field: string | undefined
  /** `Client.NotFound`, `Server.Busy`: SOAP 1.1's way to say more. */
  readonly kind: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(
    kind: string,
    code: string,
    details: { field?: string; status?: number; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(code)
    this.kind = kind
    this.code = code
    this.field = details.field
    this.status = details.status ?? 500
    this.headers = details.headers ?? {}
  }
}

/** The children of a request by name; each at most once, in the order of `names`, and no others. */
export function argumentsOf(request: XmlElement, names: readonly string[], isOpen = false): Map<string, XmlElement> {
  const found = new Map<string, XmlElement>()
  let at = -1
  for (const each of request.children) {
    const place = names.indexOf(each.name)
    if (place < 0 && isOpen) {
      found.set(each.name, each)
      continue
    }
    if (each.namespace !== TYPES_NAMESPACE || place <= at)
      throw new BillingFault('Client', 'UNEXPECTED_ELEMENT', { field: each.name })
    at = place
    found.set(each.name, each)
  }
  return found
}

/** A record as it was put: the service's own fields are left out. */
export function readRow(element: XmlElement, table: Table, store: BillingStore): Row {
  const custom = table.registered
    ? store.customFields.map((name): Field => ({ name, type: 'string', nillable: true }))
    : []
  const fields = [...table.fields, ...custom]
  const given = argumentsOf(
    element,
    fields.map((field) => field.name),
  )
  const row: Row = {}
  for (const field of fields) {
    const value = given.get(field.name)
    if (value !== undefined && !field.own) row[field.name] = readValue(value, field)
  }
  const key = row[table.key]
  if (key === undefined || key === null || key === '') throw new BillingFault('Client', 'MISSING', { field: table.key })
  return row
}

const FORMS: Partial<Record<Field['type'], RegExp>> = {
  boolean: /^(true|false|1|0)$/,
  short: /^[+-]?\d{1,5}$/,
  int: /^[+-]?\d{1,10}$/,
  long: /^[+-]?\d{1,19}$/,
  decimal: /^[+-]?(\d+(\.\d*)?|\.\d+)$/,
  double: /^([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN)$/,
  date: /^\d{4}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?$/,
  dateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/,
  base64Binary: /^[A-Za-z0-9+/\s]*={0,2}$/,
}

function readValue(element: XmlElement, field: Field): Value {
  if (attributeOf(element, 'nil', XSI) === 'true' || attributeOf(element, 'nil', XSI) === '1') {
    if (field.nillable) return null
    throw new BillingFault('Client', 'NOT_NILLABLE', { field: field.name })
  }
  if (field.type === 'lines') return readLines(element)
  if (element.children.length > 0) throw new BillingFault('Client', 'UNEXPECTED_ELEMENT', { field: field.name })
  const text = field.type === 'string' ? element.text : element.text.trim()
  const isInt = field.type !== 'int' || Math.abs(Number(text)) < 2 ** 31
  if (!(FORMS[field.type]?.test(text) ?? true) || !isInt || text.length > (field.max ?? Infinity))
    throw new BillingFault('Client', 'INVALID_VALUE', { field: field.name })
  if (field.type === 'boolean') return text === 'true' || text === '1'
  return field.type === 'int' || field.type === 'short' ? Number(text) : text
}

function readLines(element: XmlElement): Record<string, string>[] {
  return element.children.map((line) => {
    const [text, quantity] = [attributeOf(line, 'text'), attributeOf(line, 'quantity')]
    if (line.name !== 'line' || text === undefined)
      throw new BillingFault('Client', 'INVALID_VALUE', { field: 'lines' })
    return { amount: line.text.trim(), text, ...(quantity === undefined ? {} : { quantity }) }
  })
}

/** A record as an element, with what it has: a field that was never set is absent. */
export function writeRow(
  { row, version, changedAt }: StoredRow,
  table: Table,
  store: BillingStore,
  register?: string,
): string {
  const own: Row = { changed_at: new Date(changedAt).toISOString(), version }
  const fields = table.fields.filter(({ name }) => !store.isDropped(register, name))
  const inner = fields.map((field) => writeValue(field.name, own[field.name] ?? row[field.name]))
  const custom = table.registered ? store.customFields.map((name) => writeValue(name, row[name] ?? null)) : []
  return `<${table.element}>${[...inner, ...custom].join('')}</${table.element}>`
}

export function writeValue(name: string, value: Value | undefined): string {
  if (value === undefined) return ''
  if (value === null) return `<${name} xsi:nil="true"/>`
  if (Array.isArray(value)) return `<${name}>${value.map(writeLine).join('')}</${name}>`
  return `<${name}>${xmlText(String(value))}</${name}>`
}

function writeLine({ text = '', quantity, amount = '' }: Record<string, string>): string {
  const more = quantity === undefined ? '' : ` quantity="${xmlAttribute(quantity)}"`
  return `<line text="${xmlAttribute(text)}"${more}>${xmlText(amount)}</line>`
}
