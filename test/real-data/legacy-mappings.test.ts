import { randomBytes } from 'node:crypto'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { createSchemaValidator } from '../../hub/contracts/schema-validator.ts'
import { runCases } from '../../hub/mapping/index.ts'
import { serverUrl } from '../support/environment.ts'
import { loadChinook, withMariadb } from '../support/legacy/chinook.ts'
import { LEGACY_DATA_MISSING, readData } from '../support/legacy/data.ts'
import { loadNorthwind } from '../support/legacy/northwind.ts'
import { legacyEntities, readAll } from '../support/legacy/read-all.ts'
import { legacyWorkspace } from '../support/legacy/workspace.ts'
import { tellSkipped } from '../support/skipped.ts'
import { type TestDatabase, testDatabase } from '../support/test-database.ts'

/** Chinook in MariaDB and Northwind in PostgreSQL, read by their connectors and mapped: every row, nothing of the hub behind it. */

const files = legacyWorkspace()
const entities = legacyEntities(files)
const validator = createSchemaValidator()
const ROWS: Record<string, string> = {
  'billing/Customer': 'chinook/Customer',
  'billing/Invoice': 'chinook/Invoice',
  'erp/Customer': 'northwind/customers',
  'erp/Supplier': 'northwind/suppliers',
  'erp/Order': 'northwind/orders',
  'erp/Product': 'northwind/products',
  'erp/StockLevel': 'northwind/products',
}

tellSkipped(LEGACY_DATA_MISSING)
const describeHere = LEGACY_DATA_MISSING === null ? describe : describe.skip

describeHere('Mappings written for Chinook and Northwind', () => {
  const chinook = `legacy_${randomBytes(5).toString('hex')}`
  const mariadb = new URL(process.env.MYSQL_URL ?? 'mysql://')
  let northwind: TestDatabase

  beforeAll(async () => {
    mariadb.href = serverUrl('MYSQL_URL')
    await withMariadb(mariadb.href, (db) => db.query(`CREATE DATABASE ${chinook} CHARACTER SET utf8mb4`))
    mariadb.pathname = chinook
    northwind = await testDatabase({ empty: true })
    await Promise.all([loadChinook(mariadb.href), loadNorthwind(northwind.url)])
  })

  afterAll(async () => {
    await withMariadb(mariadb.href, (db) => db.query(`DROP DATABASE ${chinook}`))
    await northwind.drop()
  })

  async function documentsOf(system: string, entity: string): Promise<Map<string, JsonObject>> {
    const mapping = entities.find((each) => each.system === system && each.entity === entity)?.mapping
    if (mapping === undefined) throw new Error(`no mapping of ${system}/${entity}`)
    const url = system === 'billing' ? mariadb.href : northwind.url
    const documents = new Map<string, JsonObject>()
    for (const { key, data } of await readAll(files, { system, entity, url })) {
      const result = mapping.apply(data ?? {})
      if (!result.ok) throw new Error(`${key}: ${JSON.stringify(result.errors)}`)
      const faults = validator.validate(mapping.document.target, result.document, { all: true })
      if (faults.length > 0) throw new Error(`${key}: ${JSON.stringify(faults)}`)
      documents.set(key, result.document)
    }
    return documents
  }

  test.each(entities)('every row of $system/$entity becomes a document that its schema takes', async (each) => {
    const documents = await documentsOf(each.system, each.entity)
    expect(documents.size).toBe(readData(ROWS[`${each.system}/${each.entity}`] ?? '').length)
  })

  test('phones typed for people of their own country become E.164, and those that no plan has room for stay raw', async () => {
    const [chinookCustomers, northwindCustomers] = [
      await documentsOf('billing', 'Customer'),
      await documentsOf('erp', 'Customer'),
    ]
    expect(numbers(northwindCustomers.get('ALFKI'))).toEqual(['+49300074321', '+49300076545'])
    expect(numbers(northwindCustomers.get('BONAP'))).toEqual([])
    expect(northwindCustomers.get('BONAP')?.attributes).toMatchObject({
      phones0NumberRaw: '91.24.45.40',
      phones1NumberRaw: '91.24.45.41',
    })
    expect(numbers(chinookCustomers.get('1'))).toEqual(['+551239235555', '+551239235566'])
    expect(numbers(chinookCustomers.get('56'))).toEqual(['+541143114333'])
    expect(readCounts(chinookCustomers)).toEqual({ read: 69, raw: 1 })
    expect(readCounts(northwindCustomers)).toEqual({ read: 115, raw: 45 })
  })

  test('countries by any of their names become codes', async () => {
    const customers = await documentsOf('erp', 'Customer')
    const countries = new Map(readData('northwind/customers').map((row) => [row.country, row.customer_id ?? '']))
    const codeOf = (name: string): unknown => addressOf(customers.get(countries.get(name) ?? ''))?.country
    expect(codeOf('UK')).toBe('GB')
    expect(codeOf('USA')).toBe('US')
    expect(codeOf('Venezuela')).toBe('VE')
    const codes = new Set([...customers.values()].map((customer) => addressOf(customer)?.country))
    expect(codes.size).toBe(countries.size)
  })

  test('who buys for a company is its contact, everybody else a person', async () => {
    const customers = [...(await documentsOf('billing', 'Customer')).values()]
    const companies = readData('chinook/Customer').filter((row) => row.Company !== null)
    const organizations = customers.filter(({ kind }) => kind === 'organization')
    expect(organizations.map(({ organization }) => organization)).toEqual(
      companies.map(({ Company }) => ({ legalName: Company })),
    )
    expect(organizations.map(({ attributes }) => (attributes as JsonObject).contactName)).toEqual(
      companies.map(({ FirstName, LastName }) => `${FirstName} ${LastName}`),
    )
    expect(customers.filter(({ kind }) => kind === 'person')).toHaveLength(59 - companies.length)
  })

  test('invoices have all their lines, which add up to the totals', async () => {
    const invoices = [...(await documentsOf('billing', 'Invoice')).values()]
    expect(invoices.flatMap(linesOf)).toHaveLength(readData('chinook/InvoiceLine').length)
    for (const invoice of invoices) {
      const sum = linesOf(invoice).reduce((cents, line) => cents + centsOf(line.total), 0)
      expect([invoice.number, sum]).toEqual([invoice.number, centsOf(invoice.total)])
    }
  })

  test('orders have all their details, and the net of a line is its discounted price', async () => {
    const orders = await documentsOf('erp', 'Order')
    const details = readData('northwind/order_details')
    expect([...orders.values()].flatMap(linesOf)).toHaveLength(details.length)
    for (const detail of details) {
      const [price, quantity, discount] = [detail.unit_price, detail.quantity, detail.discount].map(Number)
      const line = linesOf(orders.get(detail.order_id ?? '')).find(
        ({ product }) => (product as JsonObject).key === detail.product_id,
      )
      const exact = (price ?? 0) * (quantity ?? 0) * (1 - (discount ?? 0)) * 100
      expect(Math.abs(centsOf(line?.net) - exact)).toBeLessThanOrEqual(0.5 + 1e-6)
      expect(Number(line?.discount)).toBeCloseTo((discount ?? 0) * 100, 6)
    }
  })

  const withCases = entities.filter(({ system, entity }) => `mappings/${system}/${entity}.cases.yaml` in files)
  test.each(withCases)('the cases of $system/$entity hold', ({ system, entity, mapping }) => {
    const outcome = runCases(mapping, files[`mappings/${system}/${entity}.cases.yaml`] ?? '')
    expect(outcome).toMatchObject({ ok: true, failed: 0 })
  })
})

function listOf(document: JsonObject | undefined, member: string): JsonObject[] {
  return (document?.[member] ?? []) as JsonObject[]
}

function linesOf(document: JsonObject | undefined): JsonObject[] {
  return listOf(document, 'lines')
}

function addressOf(customer: JsonObject | undefined): JsonObject | undefined {
  return listOf(customer, 'addresses')[0]
}

function numbers(customer: JsonObject | undefined): unknown[] {
  return listOf(customer, 'phones').map(({ number }) => number)
}

/** How many phone numbers could be read, and how many were kept as they were typed. */
function readCounts(customers: Map<string, JsonObject>): { read: number; raw: number } {
  const all = [...customers.values()]
  const raw = all.flatMap(({ attributes }) => Object.keys(attributes ?? {})).filter((name) => name.endsWith('Raw'))
  return { read: all.flatMap(numbers).length, raw: raw.length }
}

function centsOf(money: unknown): number {
  return Math.round(Number((money as JsonObject | undefined)?.amount) * 100)
}
