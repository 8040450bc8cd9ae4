import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { checkMapping } from '../../hub/mapping/index.ts'

const FOLDER = join(import.meta.dirname, 'examples')
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.cases.yaml'))
  .map((file) => file.replace('.cases.yaml', ''))

const SCHEMAS = join(import.meta.dirname, '../../schemas')
const schemas = readdirSync(SCHEMAS)
  .filter((file) => file.endsWith('.schema.json'))
  .map((file) => JSON.parse(readFileSync(join(SCHEMAS, file), 'utf8')) as JsonObject)

function text(file: string): string {
  return readFileSync(join(FOLDER, file), 'utf8')
}

test('The README has an example mapping for business partner, order, invoice, stock and customer IDoc', () => {
  expect(names.sort()).toEqual([
    'A_BillingDocument',
    'A_BusinessPartner',
    'A_MatlStkInAcctMod',
    'A_SalesOrder',
    'DEBMAS',
  ])
})

test.each(names)('The example mapping %s gives in its cases documents that the canonical schema takes', (name) => {
  const fileName = `${name}.cases.yaml`
  const { errors, cases } = checkMapping(text(`${name}.yaml`), `${name}.yaml`, {
    cases: { text: text(fileName), fileName },
    schemas,
  })
  expect(errors.map(({ message, where }) => `${where}: ${message}`)).toEqual([])
  expect(cases.length).toBeGreaterThan(0)
  expect(cases.filter(({ passed }) => !passed)).toEqual([])
})
