import { describe, expect, test } from '@jest/globals'
import { postgres } from '../../connectors/postgres/index.ts'
import { compileMapping, parseMappingOrThrow } from '../mapping/index.ts'
import { WriteTerms } from './write-back-terms.ts'

const MAPPING = `source: Person
target: customer
fields:
  kind: { constant: person }
  name.given: first
  name.full: { expression: 'first + " " + last' }
  emails: [{ address: mail, purpose: { constant: home } }]
  phones: { each: numbers, item: { number: number } }
  attributes.tier: tier
`

function terms(write: string, mapping = MAPPING): WriteTerms {
  const text = `title: CRM
connector: postgres
settings: { url: '\${env:URL}' }
entities:
  Person: { options: { table: person, watermarkColumn: at }, write: ${write} }
`
  const compiled = compileMapping(parseMappingOrThrow(mapping.replace(/ {2}phones.*\n/, ''), 'Person.yaml'))
  return new WriteTerms({
    systems: new Map([['crm', { name: 'crm', path: 'crm.yaml', text }]]),
    connectors: [postgres],
    mapping: (system, entity) => (system === 'crm' && entity === 'Person' ? { revision: 1, compiled } : undefined),
  })
}

describe('What a system takes from the hub', () => {
  test('is what its document names and its mapping can write back', () => {
    const { takes, policy } = bound(
      terms('{ fields: { name: {}, emails: { onConflict: park } }, onConflict: hub-wins }'),
    )
    expect(['name.given', 'name.family', 'name.full', 'emails', 'attributes.tier'].filter(takes)).toEqual([
      'name.given',
      'emails',
    ])
    expect([policy('name.given'), policy('emails'), policy('status')]).toEqual(['hub-wins', 'park', 'system-wins'])
  })

  test('is nothing where no entity has `write`, or the document is wrong', () => {
    expect(terms('null').isOn).toBe(false)
    expect(terms('{ fields: [emails], onConflict: mine }').isOn).toBe(false)
    expect(terms('{ fields: [emails] }').isOn).toBe(true)
    expect(terms('{ fields: [emails] }').takes('crm', 'Other', 'emails')).toBe(false)
  })

  test('has faults where the mapping has no way back, each with its reason', () => {
    expect(terms('{ fields: [name, emails] }').faults()).toEqual([])
    const faults = terms('{ fields: [name.full, gender] }').faults()
    expect(faults.map(({ code }) => code)).toEqual(['write-back.field.irreversible', 'write-back.field.irreversible'])
    expect(faults[0]?.message).toContain('the result of an expression')
    expect(faults[1]?.message).toContain('does not make it')
    expect(faults[0]?.where).toBe('config/systems/crm.yaml#/entities/Person/write/fields')
    const product = 'source: Person\ntarget: product\nfields:\n  number: no\n  name: name\n'
    expect(terms('{ fields: [emails] }', product).faults()[0]?.message).toContain('does not make it')
    expect(terms('{ create: true, fields: [name] }', product).faults()).toEqual([])
    expect(terms('{ create: true, fields: [emails] }').faults()[0]?.message).toContain('makes customers')
  })
})

function bound(one: WriteTerms) {
  return {
    takes: (path: string) => one.takes('crm', 'Person', path),
    policy: (path: string) => one.policy('crm', 'Person', path),
  }
}
