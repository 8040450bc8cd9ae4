import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mergePatch } from '../../api/rest/merge-patch.ts'
import { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { createSchemaValidator } from '../../contracts/schema-validator.ts'
import { type CompiledMapping, compileMapping, parseMappingOrThrow } from '../../mapping/index.ts'
import { holdsWanted, planCreate, planPatch } from './plan.ts'

const FOLDER = join(import.meta.dirname, '../../../mappings/billing')
const mappingOf = (entity: string): CompiledMapping =>
  compileMapping(parseMappingOrThrow(readFileSync(join(FOLDER, `${entity}.yaml`), 'utf8'), `${entity}.yaml`))
const validator = createSchemaValidator()
const [PAYMENT, INVOICE] = [mappingOf('Payment'), mappingOf('Invoice')]

const create = (document: JsonObject, required: readonly string[] = []) =>
  planCreate(PAYMENT, document, { required, validate: (one) => validator.validate('payment', one, { all: true }) })

const RAW: JsonObject = {
  ...{ invoice_no: 7, account_no: 'LC-1', doc_type: 'I', due: '2026-10-15', currency: 'GBP', state: 'O' },
  ...{ total_cents: 3899, open_cents: 3899, e_bill: true },
}
const patch = (change: JsonObject, takes: (path: string) => boolean = () => true) =>
  planPatch(INVOICE, {
    ...{ raw: RAW, patch: change, merge: mergePatch, takes },
    validate: (one) => validator.validate('invoice', one, { all: true }),
  })

function refusalOf(work: () => unknown): [string, string | undefined] {
  try {
    work()
  } catch (error) {
    if (error instanceof HubError) return [error.code, error.where]
    throw error
  }
  throw new Error('nothing was refused')
}

const GOOD: JsonObject = {
  customer: { entity: 'CustomerAccount', key: 'LC-1' },
  amount: { amount: '12.50', currency: 'GBP' },
  method: 'card',
}

describe('A new record', () => {
  test('becomes native fields, none of which may be there before, and reads back as what was ordered and more', () => {
    const { fields, expected, document } = create(GOOD)
    expect(fields).toEqual({ account_no: 'LC-1', amount: '12.50', currency: 'GBP', method: 'CC' })
    expect(expected).toEqual({ account_no: null, amount: null, currency: null, method: null })
    expect(document).toEqual({ ...GOOD, account: { entity: 'CreditStanding', key: 'LC-1' }, direction: 'in' })
  })

  test('has what its entity needs, one or the other', () => {
    expect(refusalOf(() => create(GOOD, ['customer|account', 'status']))).toEqual(['record.field.missing', '/status'])
    expect(refusalOf(() => create({ amount: GOOD.amount ?? null }, ['customer|account']))).toEqual([
      ...['record.field.missing', '/customer'],
    ])
  })

  test.each<[string, JsonObject, string, string]>([
    ['a member without a place', { attributes: { tier: 'gold' } }, 'record.field.not-writable', '/attributes'],
    ['a word that the system does not have', { method: 'wallet' }, 'record.field.not-writable', '/method'],
    ['another value than the only one there is', { direction: 'out' }, 'record.field.not-writable', '/direction'],
    ['the key', { number: '8' }, 'record.field.not-writable', '/number'],
    [
      'two references that need the same field',
      { account: { entity: 'CreditStanding', key: 'LC-2' } },
      ...(['record.field.not-writable', '/customer'] as const),
    ],
    [
      'a day that contradicts its moment',
      { paidOn: '2026-01-01', paidAt: '2026-02-01T00:00:00Z' },
      'record.field.not-writable',
      '/paidOn',
    ],
  ])('is refused with %s', (_, more, code, pointer) => {
    expect(refusalOf(() => create({ ...GOOD, ...more }))).toEqual([code, pointer])
  })
})

describe('A change of a record', () => {
  test('sets the fields that differ, where they are as they were read', () => {
    const { fields, expected, wanted, before, document } = patch({ balance: { amount: '0.00' }, status: 'paid' })
    expect(fields).toEqual({ open_cents: 0, state: 'P' })
    expect(expected).toEqual({ open_cents: 3899, state: 'O' })
    expect(wanted).toEqual({ balance: { amount: '0.00', currency: 'GBP' }, status: 'paid' })
    expect(holdsWanted(wanted, before)).toBe(false)
    expect(holdsWanted(wanted, document)).toBe(true)
  })

  test('is none where the record says so already', () => {
    expect(patch({ status: 'open', total: { amount: '38.99' } }).fields).toEqual({})
  })

  test('takes only what the system takes', () => {
    const takes = (path: string): boolean => path === 'status' || path === 'attributes.tier'
    expect(patch({ status: 'paid' }, takes).fields).toEqual({ state: 'P' })
    expect(refusalOf(() => patch({ status: 'paid', dueOn: '2026-01-01' }, takes))).toEqual([
      ...['record.field.not-writable', '/dueOn'],
    ])
    expect(refusalOf(() => patch({ attributes: { colour: 'red' } }, takes))).toEqual([
      ...['record.field.not-writable', '/attributes/colour'],
    ])
  })

  test.each<[string, JsonObject, string, string]>([
    ['breaks the schema', { dueOn: 'soon' }, 'record.invalid', '/dueOn'],
    ['sets what the mapping can not carry back', { lines: [] }, 'record.field.not-writable', '/lines'],
    ['has part of a penny', { balance: { amount: '0.005' } }, 'record.field.not-writable', '/balance'],
    ['has another currency than the record', { balance: { currency: 'EUR' } }, 'record.field.not-writable', '/balance'],
    [
      'sets a part of a member that is there already',
      { customer: { colour: 'red' } },
      'record.invalid',
      '/customer/colour',
    ],
  ])('is refused where it %s', (_, change, code, pointer) => {
    expect(refusalOf(() => patch(change))).toEqual([code, pointer])
  })

  test('empties what it sets to null, where the system can be without it', () => {
    expect(patch({ dueOn: null }).fields).toEqual({ due: null })
  })
})
