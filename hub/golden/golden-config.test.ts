import { describe, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HubError } from '../contracts/hub-error.ts'
import { DEFAULT_GOLDEN_CONFIG, parseGoldenConfig } from './golden-config.ts'

const faultOf = (text: string): { where: string | undefined; message: string; faults: unknown } => {
  try {
    parseGoldenConfig(text)
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    expect(error).toMatchObject({ code: 'golden.config.invalid', family: 'config' })
    return { where: error.where, message: error.message, faults: error.facts?.['faults'] }
  }
  throw new Error('nothing was found wrong')
}

describe('the configuration of survivorship', () => {
  test("the demo company's is valid", () => {
    const text = readFileSync(join(import.meta.dirname, '../../config/golden.yaml'), 'utf8')
    expect(parseGoldenConfig(text).fields['name']).toEqual({ rule: 'source-priority', together: true })
  })

  test('nothing said, the most recent value wins, names travel together and lists keep all', () => {
    expect(DEFAULT_GOLDEN_CONFIG.default).toEqual({ rule: 'most-recent' })
    expect(DEFAULT_GOLDEN_CONFIG.fields).toMatchObject({
      status: { rule: 'liveliest' },
      name: { rule: 'most-recent', together: true },
      emails: { rule: 'keep-all' },
    })
    expect(parseGoldenConfig('# only a comment\n')).toEqual(DEFAULT_GOLDEN_CONFIG)
  })

  test('names travel by the default rule, unless a part has its own', () => {
    const { fields } = parseGoldenConfig('{default: longest, fields: {name.given: most-recent}}')
    expect(fields['organization']).toEqual({ rule: 'longest', together: true })
    expect(fields['name']).toBeUndefined()
  })

  test.each([
    ['a setting that does not exist', 'systemz: []', 1, 'has no setting "systemz"'],
    [
      'a field that does not exist',
      'fields:\n  kind: longest\n  colour: longest',
      3,
      '"colour" is no field of a customer; fields are kind, status',
    ],
    ['a part of the name that does not exist', 'fields: {name.nick: longest}', 1, 'name has prefix, given'],
    ['a part of a list', 'fields: {emails.address: longest}', 1, 'emails is one as a whole'],
    ['a path that is too deep', 'fields: {name.given.first: longest}', 1, 'too deep'],
    ['an attribute that cannot be', 'fields: {attributes.a b: longest}', 1, "can't be an attribute"],
    ['a rule that does not exist', 'fields:\n  kind:\n    rule: newest', 3, 'source-priority, most-recent'],
    ['a short rule that does not exist', 'fields:\n  kind: newest', 2, 'source-priority, most-recent'],
    ['a rule without its name', 'fields:\n  kind:\n    systems: [a]', 3, "must have required property 'rule'"],
    ['keep-all for a single value', 'fields: {gender: keep-all}', 1, '"keep-all" is for lists'],
    ['keep-all as the default', 'default: keep-all', 1, '"keep-all" is for lists'],
    ['liveliest for anything but the status', 'fields: {gender: liveliest}', 1, '"liveliest" is for status'],
    ['together for a list', 'fields: {emails: {rule: keep-all, together: true}}', 1, '"together" is for name'],
    ['apart without keep-all', 'fields: {emails: {rule: longest, apart: purpose}}', 1, '"apart" goes with "keep-all"'],
    [
      'apart for items without a purpose',
      'fields: {identifiers: {rule: keep-all, apart: purpose}}',
      1,
      'have no purpose',
    ],
    [
      'values weighed where all are kept',
      'fields: {emails: {rule: keep-all, then: [longest]}}',
      1,
      'orders the records',
    ],
    ['trust without systems', 'default: most-recent\nfields:\n  gender: source-priority', 3, 'wants "systems"'],
    ['trust without systems as the default', 'default: source-priority', 1, 'wants "systems"'],
    [
      'a rule for a part of a name that travels',
      'systems: [a]\nfields:\n  name: {rule: longest, together: true}\n  name.given: longest',
      4,
      'travel together',
    ],
    ['a system twice', 'systems: [crm, crm]', 1, 'duplicate'],
    ['a list in place of a document', '- systems', 1, 'must be object'],
    ['a text in place of a document', 'systems', 1, 'must be object'],
    ['broken YAML', 'systems: [a\nfields: {}', 2, 'no valid YAML'],
    ['a setting twice', 'systems: [a]\nsystems: [b]', 2, 'no valid YAML'],
    ['an unknown tag', 'systems: !!js/function "x"', 1, 'no valid YAML'],
  ])('%s is told with its line', (_, text, line, words) => {
    const { where, message } = faultOf(text)
    expect(message).toContain(words)
    expect(where).toBe(`config/golden.yaml:${line}`)
  })

  test('all faults are told at once', () => {
    expect(faultOf('systemz: []\nfields:\n  kind: newest\n  gender: {rool: longest}').faults).toHaveLength(4)
  })

  test('a document that is too long or refers to itself without end is refused', () => {
    expect(faultOf(`# ${'x'.repeat(1_000_001)}`).message).toContain('too long')
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((it, at) => `${it}: &${it} [${`*${'abcdefg'[at] ?? ''},`.repeat(10)}]`),
    ]
    expect(faultOf(bomb.join('\n')).message).toContain('refers to itself')
  })
})
