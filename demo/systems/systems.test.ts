import { customersOf, makeCompany } from '../company/company.ts'
import { recordName } from '../company/truth.ts'
import { accountRow } from './crm/contacts.ts'
import { CAREFUL } from '../company/clerk.ts'
import { Random } from '../company/random.ts'
import { amountText, capitals, quantityText } from './erp/forms.ts'
import { internationalPhone, nationalPhone, pounds } from './forms.ts'
import { DEMO_SYSTEMS } from './index.ts'
import type { Row } from './system.ts'

const company = makeCompany()
const stored = DEMO_SYSTEMS.map((system) => ({ system, ...system.store(company) }))
const truth = stored.flatMap((each) => each.truth)

function rows(system: string, table: string): readonly Row[] {
  return stored.find((each) => each.system.name === system)?.tables.get(table) ?? []
}

test('3,000 customers are about 7,500 customer records, and everybody stands somewhere', () => {
  expect(truth.length).toBeGreaterThan(7_000)
  expect(truth.length).toBeLessThan(8_000)
  expect(new Set(truth.map(recordName)).size).toBe(truth.length)
  const known = new Set(truth.map((entry) => entry.customer))
  expect(customersOf(company).filter((customer) => !known.has(customer.id))).toEqual([])
})

test('The same company is stored the same way twice', () => {
  for (const each of stored) {
    const again = each.system.store(makeCompany())
    expect([...again.tables]).toEqual([...each.tables])
    expect(again.truth).toEqual(each.truth)
  }
})

test.each(DEMO_SYSTEMS)('$name writes one and the same customer down twice now and then', ({ name }) => {
  const own = truth.filter((entry) => entry.system === name)
  const perCustomer = Map.groupBy(own, (entry) => entry.customer)
  const twice = [...perCustomer.values()].filter((entries) => entries.length > 1)
  expect(twice.length).toBeGreaterThan(10)
})

test('Each record of the truth is a row of its table', () => {
  const tables = {
    Contact: ['contact', 'id'],
    Account: ['account', 'id'],
    Partner: ['PARTNR', 'PARNR'],
    CustomerAccount: ['customer_account', 'account_no'],
    Site: ['site', 'site_id'],
  }
  for (const [entity, [table = '', key = '']] of Object.entries(tables)) {
    const entries = truth.filter((entry) => entry.entity === entity)
    const keys = rows(entries[0]?.system ?? '', table).map((row) => String(row[key]))
    expect(entries.map((entry) => entry.key)).toEqual(keys)
  }
})

test('The ERP holds no letter beyond ASCII, the CRM does', () => {
  const ascii = /^[\x20-\x7e]*$/
  expect(
    rows('erp', 'PARTNR').filter((row) => !Object.values(row).every((value) => ascii.test(String(value)))),
  ).toEqual([])
  expect(rows('crm', 'contact').filter((row) => !ascii.test(String(row.first_name))).length).toBeGreaterThan(100)
})

test('References point at rows that are there', () => {
  const partners = new Set(rows('erp', 'PARTNR').map((row) => row.PARNR))
  const materials = new Set(rows('erp', 'MATMAS').map((row) => row.MATNR))
  expect(rows('erp', 'AUFTRG').every((row) => partners.has(row.PARNR) && materials.has(row.MATNR))).toBe(true)
  expect(rows('inventory', 'stock_level').every((row) => materials.has(row.material))).toBe(true)
  expect(rows('inventory', 'offer').every((row) => materials.has(row.material))).toBe(true)
})

test('What an account owes is what its invoices leave open', () => {
  const open = new Map<unknown, number>()
  for (const invoice of rows('billing', 'invoice')) {
    open.set(invoice.account_no, (open.get(invoice.account_no) ?? 0) + Number(invoice.open_cents))
  }
  for (const standing of rows('billing', 'credit_standing')) {
    const owed = open.get(standing.account_no) ?? 0
    // Whoever owes nothing may have paid too much.
    if (owed > 0) expect(standing.balance_cents).toBe(owed)
    else expect(Number(standing.balance_cents)).toBeLessThanOrEqual(0)
  }
})

test('Written forms are those of their age', () => {
  expect(amountText(-1_250)).toBe('00012,50-')
  expect(amountText(5)).toBe('00000,05')
  expect(quantityText(2)).toBe('0000002,000')
  expect(capitals('Łukasz Müller-Weiß', 35)).toBe('LUKASZ MULLER-WEISS')
  expect(nationalPhone('02079460123')).toBe('020 7946 0123')
  expect(internationalPhone('07700100123')).toBe('+44 7700 100123')
  expect(pounds(-5)).toBe('-0.05')
})

test('An organization is written down without a field of a person', () => {
  const organization = company.organizations[0]
  if (!organization) throw new Error('There is no organization.')
  const row = accountRow(organization, CAREFUL, new Random('a'))
  expect(Object.keys(row)).not.toContain('first_name')
})
