import type { ConnectorSpec, SettingsSchema } from '../../hub/contracts/connector.ts'
import { TABLE_OPTIONS } from '../../connectors/shared/table-options.ts'
import { connectorReadmePart } from './connector-readme.ts'
import { connectorsPage } from './connectors-page.ts'
import { settingsTable } from './settings-rows.ts'

const settings: SettingsSchema = {
  type: 'object',
  properties: {
    token: { type: 'string', secret: true, title: 'Token', description: 'Token of the account.' },
    size: { type: 'integer', default: 5, title: 'Size', description: 'How many.' },
    auth: {
      type: 'object',
      title: 'Account',
      description: 'How to sign in.',
      properties: {
        kind: { type: 'string', enum: ['basic', 'bearer'], title: 'Kind', description: 'Which way.' },
        scopes: {
          type: 'array',
          title: 'Scopes',
          description: 'What for.',
          items: {
            type: 'object',
            title: 'Scope',
            description: 'One.',
            properties: { name: { type: 'string', title: 'Name', description: 'Its name.' } },
            required: ['name'],
          },
        },
      },
    },
  },
  required: ['token'],
  additionalProperties: false,
}
const spec: ConnectorSpec = {
  name: 'library',
  title: 'Library',
  description: 'Cards.',
  settings,
  entityOptions: TABLE_OPTIONS,
  capabilities: {
    discover: false,
    backfill: true,
    poll: true,
    subscribe: true,
    receive: false,
    write: false,
    deletes: { poll: false, subscribe: true },
  },
  verification: { by: 'real server', how: 'All of it.', liveEnvironment: 'LIBRARY_URL' },
  open: () => Promise.reject(new Error('nobody opens it')),
}

describe('the settings table of a connector', () => {
  test('has every setting, those inside others too, with default, choices, and what is secret or must be given', () => {
    expect(settingsTable('setting', settings)).toEqual([
      '| setting | default | meaning |',
      '|---|---|---|',
      '| `token` |  | Token of the account. Must be given. Secret. |',
      '| `size` | `5` | How many. |',
      '| `auth` |  | How to sign in. |',
      '| `auth.kind` |  | Which way. One of `basic`, `bearer`. |',
      '| `auth.scopes` |  | What for. |',
      '| `auth.scopes[].name` |  | Its name. Must be given. |',
    ])
  })
})

describe('the generated part of a README', () => {
  test('says what the connector can do and what stands behind its tests, and leaves the options of tables to their page', () => {
    const part = connectorReadmePart(spec)
    expect(part).toContain('| poll for changes | yes; deletes do not show |')
    expect(part).toContain('| follow a log | yes; deletes show |')
    expect(part).toContain('**Behind its tests: real server.** All of it. Where `LIBRARY_URL` names a real system')
    expect(part).toContain('They are those of [every table]')
    expect(part).not.toContain('watermarkColumn')
  })

  test('names the options that a connector of tables has beside those of every table', () => {
    const own = { type: 'boolean', title: 'Own', description: 'Only here.' } as const
    const entityOptions = { ...TABLE_OPTIONS, properties: { ...TABLE_OPTIONS.properties, own } }
    const part = connectorReadmePart({ ...spec, entityOptions })
    expect(part).toContain('Beside those of [every table]')
    expect(part).toContain('| `own` |  | Only here. |')
    expect(part).not.toContain('watermarkColumn')
  })
})

describe('docs/connectors.md', () => {
  const titles = new Map([
    [1, 'it reads'],
    [2, 'it ends'],
    [3, 'it waits'],
    [4, 'it writes'],
  ])
  const scores = {
    library: {
      'over TCP': {
        '1': { verdict: 'passed' as const },
        '2': { verdict: 'passed' as const, untried: { restart: 'a library never restarts' } },
        '3': { verdict: 'not applicable' as const, reason: 'nobody orders it' },
        '4': { verdict: 'waived' as const, reason: 'cards are printed' },
      },
    },
  }

  test('counts what passed of what applies, and gives the reason for all the rest', () => {
    const page = connectorsPage([spec], scores, titles)
    expect(page).toContain(
      '| [Library](../connectors/library/README.md) |  | yes | yes¹ | yes |  |  | real server | 2 of 3 over TCP |',
    )
    expect(page).toContain('| 2 | it ends | passed in part | restart: a library never restarts |')
    expect(page).toContain('| 3 | it waits | not applicable | nobody orders it |')
    expect(page).toContain('| 4 | it writes | waived | cards are printed |')
    expect(page).not.toContain('| 1 | it reads')
  })

  test('shows a connector that was never tried without a score', () => {
    expect(connectorsPage([spec], {}, titles)).toContain('| real server |  |')
  })
})
