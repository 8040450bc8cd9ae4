import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { HubError } from '../contracts/hub-error.ts'
import { fieldsOf } from './fields.ts'
import { compileModel, probabilityOf } from './model.ts'
import { shippedDocument, shippedModel } from '../../test/support/matching-model.ts'

function refusal(edit: (document: ReturnType<typeof shippedDocument>) => unknown): HubError {
  const document = shippedDocument()
  edit(document)
  try {
    compileModel(document)
  } catch (error) {
    if (error instanceof HubError) return error
  }
  throw new Error('The model was taken.')
}

describe('the shipped model', () => {
  test('satisfies its schema and compiles', () => {
    const schema = JSON.parse(
      readFileSync(new URL('../../schemas/config/matching.schema.json', import.meta.url), 'utf8'),
    )
    const validate = new Ajv2020({ allErrors: true }).compile(schema)
    validate(shippedDocument())
    expect(validate.errors ?? []).toEqual([])
    expect(shippedModel().joinProbability).toBeCloseTo(0.8)
  })

  test('has every field and level that is compared, and no other', () => {
    for (const kind of ['person', 'organization'] as const) {
      const { fields } = shippedDocument()[kind]
      expect(Object.keys(fields).sort()).toEqual(Object.keys(fieldsOf(kind)).sort())
    }
  })

  test('weighs agreement for and difference against, against strangers', () => {
    for (const kind of ['person', 'organization'] as const) {
      for (const [field, levels] of Object.entries(shippedDocument()[kind].fields)) {
        const all = Object.values(levels)
        const weightOf = (odds: (typeof all)[number] | undefined): number => (odds?.same ?? 0) / (odds?.stranger ?? 1)
        // In which system two strangers are says the opposite of what it says of copies.
        if (field !== 'system') expect([field, weightOf(all[0]) > 1]).toEqual([field, true])
        if (field !== 'system') expect([field, weightOf(all.at(-1)) < 1]).toEqual([field, true])
      }
    }
  })
})

describe('a model that cannot be used is refused with the place', () => {
  const cases: [string, string, (document: ReturnType<typeof shippedDocument>) => unknown][] = [
    ['a field is missing', '/person/fields/given', ({ person }) => delete person.fields.given],
    ['a level is missing', '/person/fields/gender/same/same', ({ person }) => delete person.fields.gender?.same],
    [
      'a level is unknown',
      '/person/fields/gender/so-so',
      ({ person }) =>
        Object.assign(person.fields.gender ?? {}, { 'so-so': { same: 0.1, relative: 0.1, stranger: 0.1 } }),
    ],
    [
      'a probability is 0',
      '/person/fields/phone/same/same',
      ({ person }) => Object.assign(person.fields.phone?.same ?? {}, { same: 0 }),
    ],
    [
      'a column does not add up',
      '/person/fields/phone',
      ({ person }) => Object.assign(person.fields.phone?.same ?? {}, { same: 0.99 }),
    ],
    ['a field is unknown', '/organization/fields/shoe', ({ organization }) => (organization.fields.shoe = {})],
    ['the band leaves the threshold out', '/reviewBand', (model) => (model.reviewBand = { from: 5, to: 6 })],
    ['a cap is no whole number', '/blocking/blockMax/phone', ({ blocking }) => (blocking.blockMax.phone = 1.5)],
    ['a share is above 1', '/person/alone/relative', ({ person }) => (person.alone.relative = 1.1)],
    ['there is no version', '/version', (model) => (model.version = '')],
    ['unscored pairs would join', '/clustering/unscored', ({ clustering }) => (clustering.unscored = 3)],
  ]
  test.each(cases)('where %s', (_, where, edit) => {
    const error = refusal(edit)
    expect(error.code).toBe('matching.invalid')
    expect(error.where).toBe(`config/matching.yaml#${where}`)
  })

  test.each([[null], [[]], ['text'], [{}], [{ version: 'x', joinThreshold: 1 }]])('where it is %j', (document) => {
    expect(() => compileModel(document)).toThrow(HubError)
  })
})

test('a weight of 0 is even odds, of 10 a thousand to one', () => {
  expect(probabilityOf(0)).toBe(0.5)
  expect(probabilityOf(10)).toBeCloseTo(0.999, 3)
  expect(probabilityOf(-Infinity)).toBe(0)
})
