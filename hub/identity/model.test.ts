import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { HubError } from '../contracts/hub-error.ts'
import { fieldsOf } from './fields.ts'
import { compileModel, probabilityOf } from './model.ts'
import { shippedDocument, shippedModel } from './testing.ts'

function refusal(edit: (document: ReturnType<typeof shippedDocument>) => void): HubError {
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

  test('weighs agreement for and difference against, wherever it is evidence', () => {
    const { fields } = shippedDocument().person
    for (const [name, levels] of Object.entries(fields)) {
      const all = Object.values(levels)
      const [best, worst] = [all[0], all.at(-1)]
      expect([
        name,
        (best?.same ?? 0) / (best?.relative ?? 1) >= ((worst?.same ?? 0) / (worst?.relative ?? 1)) * 0.99 ||
          name.startsWith('street') ||
          ['area', 'houseNumber', 'locality', 'system'].includes(name),
      ]).toEqual([name, true])
    }
  })
})

describe('a model that cannot be used is refused with the place', () => {
  test.each([
    [
      'a field is missing',
      '/person/fields/given',
      (d: never) => delete (d as ReturnType<typeof shippedDocument>).person.fields.given,
    ],
    [
      'a level is unknown',
      '/person/fields/given/sort-of',
      (d: never) =>
        ((d as ReturnType<typeof shippedDocument>).person.fields.given!['sort-of'] = {
          same: 0.1,
          relative: 0.1,
          stranger: 0.1,
        }),
    ],
    [
      'a probability is 0',
      '/person/fields/phone/same/same',
      (d: never) => ((d as ReturnType<typeof shippedDocument>).person.fields.phone!.same!.same = 0),
    ],
    [
      'a column does not add up',
      '/person/fields/phone',
      (d: never) => ((d as ReturnType<typeof shippedDocument>).person.fields.phone!.same!.same = 0.99),
    ],
    [
      'a field is unknown',
      '/organization/fields/shoe',
      (d: never) => ((d as ReturnType<typeof shippedDocument>).organization.fields.shoe = {}),
    ],
    [
      'the band leaves the threshold out',
      '/reviewBand',
      (d: never) => ((d as ReturnType<typeof shippedDocument>).reviewBand = { from: 5, to: 6 }),
    ],
    [
      'a cap is no whole number',
      '/blocking/blockMax/phone',
      (d: never) => ((d as ReturnType<typeof shippedDocument>).blocking.blockMax.phone = 1.5),
    ],
    [
      'a share is above 1',
      '/person/alone/relative',
      (d: never) => ((d as ReturnType<typeof shippedDocument>).person.alone.relative = 1.1),
    ],
    ['there is no version', '/version', (d: never) => ((d as ReturnType<typeof shippedDocument>).version = '')],
  ])('where %s', (_, where, edit) => {
    const error = refusal(edit as (document: ReturnType<typeof shippedDocument>) => void)
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
