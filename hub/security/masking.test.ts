import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Json, JsonObject } from '../contracts/json.ts'
import { parseAccessPolicy } from './access-policy.ts'
import type { Masking } from './masking.ts'

function maskingOf(fields: string): Masking {
  const masking = parseAccessPolicy(`roles: { viewer: ${fields} }`).maskingOf('viewer')
  if (masking === null) throw new Error('The policy masks nothing.')
  return masking
}

const masking = maskingOf(
  '{ customer: { birthDate: masked, emails.address: masked, identifiers: hidden, name.family: hidden }, invoice: { total: masked } }',
)
const seen = (value: Json): Json => masking.json(value, null)

describe('Masking', () => {
  test.each<[string, Json, Json]>([
    ['a golden record', { id: '1', birthDate: '1971-03-12', version: 2 }, { id: '1', birthDate: '***', version: 2 }],
    ['a list', { emails: [{ address: 'a@b.c', purpose: 'home' }] }, { emails: [{ address: '***', purpose: 'home' }] }],
    ['what is hidden', { identifiers: [{ value: '1' }], name: { given: 'A', family: 'B' } }, { name: { given: 'A' } }],
    [
      'provenance by path',
      {
        fields: {
          birthDate: { value: 'x', losers: [{ value: 'y' }] },
          'emails[0]': { value: { address: 'z', purpose: 'home' } },
        },
      },
      {
        fields: {
          birthDate: { value: '***', losers: [{ value: '***' }] },
          'emails[0]': { value: { address: '***', purpose: 'home' } },
        },
      },
    ],
    [
      'paths of parts',
      { fields: { 'emails[0].address': { value: 'x' }, 'name.family': { value: 'y' } } },
      { fields: { 'emails[0].address': { value: '***' } } },
    ],
    [
      'values beside the name of their field',
      [{ field: 'birthDate', value: 'x', at: 'y' }],
      [{ field: 'birthDate', value: '***', at: '***' }],
    ],
    [
      'an event',
      { type: 'customer.updated', data: { customer: { birthDate: 'x', status: 'active' } } },
      { type: 'customer.updated', data: { customer: { birthDate: '***', status: 'active' } } },
    ],
    [
      'a change of a system',
      { type: 'omnihub.change.upserted', data: { dob: 'x', n: 1, none: null } },
      { type: 'omnihub.change.upserted', data: { dob: '***', n: '***', none: null } },
    ],
    [
      'a raw record',
      { system: 'crm', raw: { Notes: [{ text: 'born x' }] } },
      { system: 'crm', raw: { Notes: [{ text: '***' }] } },
    ],
    [
      'records of another entity',
      { invoices: [{ total: { amount: '1' } }], orders: [{ total: { amount: '2' } }] },
      { invoices: [{ total: { amount: '***' } }], orders: [{ total: { amount: '2' } }] },
    ],
    [
      'a name that reaches prototypes',
      JSON.parse('{"__proto__":{"birthDate":"x"}}') as Json,
      JSON.parse('{"__proto__":{"birthDate":"***"}}') as Json,
    ],
    ['no value', { birthDate: null }, { birthDate: null }],
  ])('takes from %s what is not seen', (_, value, expected) => {
    expect(seen(value)).toEqual(expected)
  })

  test('leaves invoices whole but for their own fields where an answer is of invoices', () => {
    expect(masking.json({ birthDate: 'x', total: 'y' }, 'invoice')).toEqual({ birthDate: 'x', total: '***' })
  })

  test('finds a value wherever in an answer its field stands', () => {
    const names = fc.constantFrom(
      'customer',
      'items',
      'data',
      'x',
      'wanted',
      'current',
      'losers',
      'fields',
      'name',
      'emails',
    )
    const place = fc.array(fc.tuple(names, fc.boolean()), { maxLength: 6 })
    const field = fc.constantFrom('birthDate', 'birthDate[0]', 'identifiers', 'emails[2].address', 'name.family')
    fc.assert(
      fc.property(place, field, fc.jsonValue(), (way, name, noise) => {
        const inner: JsonObject = { [name]: { value: 'SECRET' }, noise: noise as Json }
        const whole = way.reduce<Json>(
          (holder, [at, inList]) => ({ [at]: inList ? [holder] : holder, kind: 'person' }),
          inner,
        )
        expect(JSON.stringify(seen(whole))).not.toContain('SECRET')
      }),
      { seed: 7, numRuns: 500 },
    )
  })

  test('covers a field, its parts and what it is a part of', () => {
    expect(
      [['emails'], ['emails', 'address'], ['birthDate'], ['name']].map((path) => masking.covers('customer', path)),
    ).toEqual([true, true, true, true])
    expect([['emails', 'purpose'], ['phones'], ['total']].map((path) => masking.covers('customer', path))).toEqual([
      false,
      false,
      false,
    ])
  })
})

describe('The policy of access', () => {
  test.each(['', '{}', 'roles: {}', 'roles: { viewer: {} }', 'roles: { viewer: { customer: {} } }'])(
    '%j masks nothing',
    (text) => {
      expect(parseAccessPolicy(text).masked).toEqual([])
    },
  )

  test.each([
    'roles: { admin: { customer: { birthDate: masked } } }',
    'roles: { emperor: {} }',
    'roles: { viewer: { person: { birthDate: masked } } }',
    'roles: { viewer: { customer: { birthdate: masked } } }',
    'roles: { viewer: { customer: { emails.adress: masked } } }',
    'roles: { viewer: { customer: { birthDate.year: masked } } }',
    'roles: { viewer: { customer: { birthDate: secret } } }',
    'roles: { viewer: { customer: { birthDate: masked',
    '- x',
  ])('%s is refused', (text) => {
    expect(() => parseAccessPolicy(text)).toThrow('The policy of access is wrong')
  })

  test('may name fields of lists, of parts and of extensions', () => {
    const text =
      'roles: { viewer: { customer: { attributes.loyaltyTier: hidden, addresses.lines: masked, consents: hidden } } }'
    expect(parseAccessPolicy(text).masked).toEqual(['viewer'])
  })
})
