import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../contracts/json.ts'
import {
  checkMapping,
  compileMapping,
  differenceText,
  differences,
  parseMappingOrThrow,
  previewMapping,
  runCases,
} from '../index.ts'

const TEXT = `
source: Contact
target: customer
key: Id
deletedWhen: IsDeleted == true
fields:
  kind: { constant: person }
  name.given: FirstName
  birthDate: { from: dob, convert: date }
`
const mapping = compileMapping(parseMappingOrThrow(TEXT, 'Contact.yaml'))

describe('cases', () => {
  test('each passes or tells what differs', () => {
    const result = runCases(
      mapping,
      `
- { title: a person has a name, input: { FirstName: Ada }, expect: { kind: person, name: { given: Ada } } }
- { title: a wrong expectation, input: { FirstName: Ada, dob: 2024-01-01 }, expect: { kind: person, name: { given: Eve }, status: active } }
- { title: a date that is none, input: { dob: soon }, error: mapping.value.unparsable }
- { title: the same at its target, input: { dob: soon }, expect: { error: { code: mapping.value.unparsable, target: birthDate } } }
- { title: an error that does not come, input: {}, error: mapping.value.absent }
- { title: a deleted record, input: { IsDeleted: true }, deleted: true }
- { title: a record that is not deleted, input: {}, expect: { deleted: true } }
- { title: a record that is deleted after all, input: { IsDeleted: true }, expect: { kind: person } }
- { title: another error than expected, input: { dob: soon }, expect: { kind: person } }
`,
      'Contact.cases.yaml',
    )
    expect(result.ok && result.results.map(({ passed, difference, where }) => [passed, difference, where])).toEqual([
      [true, '', 'Contact.cases.yaml:2:3'],
      [
        false,
        '- name.given: "Eve"\n+ name.given: "Ada"\n- status: "active"\n+ birthDate: "2024-01-01"',
        'Contact.cases.yaml:3:3',
      ],
      [true, '', 'Contact.cases.yaml:4:3'],
      [true, '', 'Contact.cases.yaml:5:3'],
      [false, '- mapping.value.absent\n+ a document', 'Contact.cases.yaml:6:3'],
      [true, '', 'Contact.cases.yaml:7:3'],
      [false, '- the record counts as deleted\n+ it does not', 'Contact.cases.yaml:8:3'],
      [false, '+ the record counts as deleted', 'Contact.cases.yaml:9:3'],
      [
        false,
        '+ mapping.value.unparsable: The value of dob, for birthDate, is not a date of the form iso.',
        'Contact.cases.yaml:10:3',
      ],
    ])
    expect(result).toMatchObject({ passed: 4, failed: 5 })
  })

  test.each([
    ['no cases', '[]', 'at least one case'],
    ['a case without a title', '- { input: {}, expect: {} }', 'needs a title'],
    ['a case without an input', '- { title: a, expect: {} }', 'needs input'],
    ['a case without an expectation', '- { title: a, input: {} }', 'needs exactly one'],
    ['a case with two', '- { title: a, input: {}, deleted: true, error: x }', 'needs exactly one'],
    ['an unknown key', '- { title: a, inputs: {}, expect: {} }', 'is not known'],
    [
      'two with one title',
      '- { title: a, input: {}, expect: {} }\n- { title: a, input: {}, expect: {} }',
      'Two cases have the title',
    ],
    ['an alias', '- &a { title: a, input: {}, expect: {} }\n- *a', 'is not allowed'],
  ])('%s is an error with its place', (_, text, message) => {
    const result = runCases(mapping, text, 'c.yaml')
    expect(result.ok ? [] : result.errors.map((error) => error.message)).toContainEqual(
      expect.stringContaining(message),
    )
  })
})

test('a preview shows each record before and after, and counts errors and filled fields', () => {
  const changed = compileMapping(
    parseMappingOrThrow(
      TEXT.replace('name.given: FirstName', 'name.given: { from: FirstName, convert: upper }'),
      'Contact.yaml',
    ),
  )
  const records: JsonObject[] = [
    { Id: 1, FirstName: 'Ada' },
    { Id: 2, FirstName: 'EVE', dob: 'x' },
    { Id: 3, dob: 'y' },
    { Id: 4, IsDeleted: true },
    { Id: 5 },
  ]
  const preview = previewMapping(changed, records, mapping)
  expect(preview).toMatchObject({ mapped: 2, failed: 2, deleted: 1, changed: 1, filled: { kind: 2, 'name.given': 1 } })
  expect(preview.records[0]).toEqual({
    key: '1',
    input: { Id: 1, FirstName: 'Ada' },
    outcome: { kind: 'mapped', document: { kind: 'person', name: { given: 'ADA' } } },
    before: { kind: 'mapped', document: { kind: 'person', name: { given: 'Ada' } } },
    changes: [{ path: 'name.given', expected: 'Ada', actual: 'ADA' }],
  })
  expect(preview.errors).toEqual([
    expect.objectContaining({ code: 'mapping.value.unparsable', target: 'birthDate', conversion: 'date', records: 2 }),
  ])
})

test('a preview of a deletedWhen that fails counts the record as failed', () => {
  const failing = compileMapping(
    parseMappingOrThrow(TEXT.replace('IsDeleted == true', 'IsDeleted > 1'), 'Contact.yaml'),
  )
  expect(previewMapping(failing, [{ IsDeleted: 'x' }])).toMatchObject({
    failed: 1,
    records: [{ outcome: { errors: [{ code: 'mapping.deleted-when.failed' }] } }],
  })
})

describe('check', () => {
  const schemas = ['customer', 'common'].map(
    (name) =>
      JSON.parse(readFileSync(join(import.meta.dirname, `../../../schemas/${name}.schema.json`), 'utf8')) as JsonObject,
  )

  test('a mapping whose targets the canonical schema has is right', () => {
    const check = checkMapping(TEXT, 'Contact.yaml', {
      schemas,
      cases: { text: '- { title: a, input: {}, expect: { kind: person } }', fileName: 'c.yaml' },
    })
    expect(check).toMatchObject({ ok: true, errors: [], cases: [{ passed: true }] })
    expect([...check.irreversible]).toEqual([['kind', 'it is a constant']])
  })

  test('a target that the canonical schema lacks is told with the nearest', () => {
    const check = checkMapping(
      `${TEXT}  emails: [{ adress: Email }]\n  name.givn: X\n  attributes.anything: Y`,
      'Contact.yaml',
      { schemas },
    )
    expect(check.errors.map((error) => [error.code, error.where, error.fix?.split('?')[0]])).toEqual([
      ['mapping.target.unknown', 'Contact.yaml:10:22', 'Did you mean address'],
      ['mapping.target.unknown', 'Contact.yaml:11:14', 'Did you mean given'],
    ])
  })

  test('a broken mapping, a broken cases file and a failing case are not right', () => {
    expect(checkMapping('a: b', 'x.yaml')).toMatchObject({ ok: false, compiled: null })
    expect(checkMapping(TEXT, 'x.yaml', { cases: { text: '[]', fileName: 'c.yaml' } })).toMatchObject({ ok: false })
    expect(
      checkMapping(TEXT, 'x.yaml', { cases: { text: '- { title: a, input: {}, expect: {} }', fileName: 'c.yaml' } }),
    ).toMatchObject({ ok: false, errors: [] })
  })
})

test('differences are told leaf by leaf, absent and null apart', () => {
  expect(differenceText(differences({ a: [1, { b: null }], c: 1 }, { a: [1, {}, 3], d: { e: 1 } }))).toBe(
    '- a[1].b: null\n+ a[2]: 3\n- c: 1\n+ d: {"e":1}',
  )
})
