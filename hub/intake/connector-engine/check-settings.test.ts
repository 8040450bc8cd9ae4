import type { SettingsSchema } from '../../contracts/connector.ts'
import { optionFaults, writtenFaults } from './check-settings.ts'

const text = { type: 'string', title: 'Text', description: 'Write a text.' } as const
const SCHEMA: SettingsSchema = {
  type: 'object',
  properties: {
    auth: {
      type: 'object',
      title: 'Account',
      description: 'Write a map.',
      properties: { scheme: { ...text, enum: ['none', 'basic'] }, password: { ...text, secret: true } },
      required: ['scheme'],
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
        properties: { then: text },
        required: ['then'],
        additionalProperties: false,
      },
    },
    secrets: { type: 'array', title: 'Secrets', description: 'Write a list.', items: { ...text, secret: true } },
  },
  additionalProperties: false,
}

describe('Settings that nest', () => {
  test('are right when every member is', () => {
    const settings = {
      auth: { scheme: 'basic', password: '${env:PW}' },
      rules: [{ then: 'x' }],
      secrets: ['${env:A}'],
    }
    expect(writtenFaults(SCHEMA, settings, ['settings'])).toEqual([])
  })

  test('are told with the place of each fault, inside of maps and lists', () => {
    const settings = {
      auth: { password: 'plain-secret', user: 'x' },
      rules: [{ then: 'x' }, { than: 'y' }, 'z'],
      secrets: ['${env:A}', 'plain-secret'],
    }
    const faults = writtenFaults(SCHEMA, settings, ['settings'])
    expect(faults.map(({ path }) => path.slice(1).join('/'))).toEqual([
      'auth/user',
      'auth',
      'auth/password',
      'rules/1/than',
      'rules/1',
      'rules/2',
      'secrets/1',
    ])
    expect(JSON.stringify(faults)).not.toContain('plain-secret')
  })

  test('are checked in the options of an entity alike', () => {
    const faults = optionFaults(SCHEMA, { auth: { scheme: 'digest' }, rules: {} }, ['options'])
    expect(faults.map(({ path, message }) => [path.join('/'), message])).toEqual([
      ['options/auth/scheme', '"scheme" must be one of none, basic.'],
      ['options/rules', '"rules" must be of type array.'],
    ])
  })
})
