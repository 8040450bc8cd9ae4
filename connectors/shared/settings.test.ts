import type { SettingsSchema } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { readSettings } from './settings.ts'

const text = { type: 'string', title: 'Text', description: 'Write a text.' } as const
const SCHEMA: SettingsSchema = {
  type: 'object',
  properties: {
    auth: {
      type: 'object',
      title: 'Account',
      description: 'Write a map.',
      properties: { scheme: { ...text, default: 'none' }, 'a/b': { ...text, type: 'integer' } },
      additionalProperties: false,
    },
    rules: {
      type: 'array',
      title: 'Rules',
      description: 'Write a list.',
      items: {
        type: 'object',
        title: 'Rule',
        description: 'Write a map.',
        properties: { then: text, times: { ...text, type: 'integer', default: 1 } },
        required: ['then'],
        additionalProperties: false,
      },
    },
    any: { type: 'object', title: 'Any', description: 'Write a map.' },
  },
  additionalProperties: false,
}

describe('settings that nest', () => {
  test('are filled with the defaults of their members', () => {
    expect(readSettings(SCHEMA, { auth: {}, rules: [{ then: 'x' }], any: { deep: [{}] } }, '/settings')).toEqual({
      auth: { scheme: 'none' },
      rules: [{ then: 'x', times: 1 }],
      any: { deep: [{}] },
    })
    expect(readSettings(SCHEMA, {}, '/settings')).toEqual({})
  })

  test.each<[JsonObject, string]>([
    [{ auth: { 'a/b': 'secret' } }, '/settings/auth/a~1b'],
    [{ auth: { other: 'secret' } }, '/settings/auth/other'],
    [{ auth: ['secret'] }, '/settings/auth'],
    [{ rules: [{ then: 'x' }, { times: 2 }] }, '/settings/rules/1/then'],
    [{ rules: ['secret'] }, '/settings/rules/0'],
    [{ rules: [{ then: 'x', 'so~': 'secret' }] }, '/settings/rules/0/so~0'],
  ])('%j is refused with the pointer %s', (given, where) => {
    const act = (): unknown => readSettings(SCHEMA, given, '/settings')
    expect(act).toThrow(expect.objectContaining({ code: 'connector.settings', where }) as Error)
    expect(act).not.toThrow(/secret/)
  })
})
