import { SETTINGS } from '../../settings-table.ts'
import { settingsHelp } from '../../settings-page.ts'
import { command, JSON_OPTION } from '../shared/command.ts'
import { EXIT } from '../shared/exit-codes.ts'
import { pathOf } from '../shared/files.ts'
import { json } from '../shared/text.ts'

const start = command({
  path: 'start',
  summary: 'start a hub',
  description:
    'Runs a hub in the foreground until it gets SIGTERM or SIGINT. Its settings come from the environment (`omnihub settings` lists them); the options here are short forms of some. Without DATABASE_URL and AMQP_URL it uses an embedded PostgreSQL and an embedded bus.',
  arguments: {},
  options: {
    workspace: { type: 'text', value: '<folder>', description: 'The same as OMNIHUB_WORKSPACE.' },
    port: { type: 'integer', maximum: 65535, description: 'The same as PORT.' },
    host: { type: 'text', value: '<address>', description: 'The same as HOST.' },
    'data-dir': { type: 'text', value: '<folder>', description: 'The same as OMNIHUB_DATA_DIR.' },
  },
  examples: ['omnihub start', 'omnihub start --workspace ./acme --port 8090'],
  async run({ options }, io) {
    const given = {
      OMNIHUB_WORKSPACE: options.workspace === undefined ? undefined : pathOf(io, options.workspace),
      PORT: options.port?.toString(),
      HOST: options.host,
      OMNIHUB_DATA_DIR: options['data-dir'],
    }
    for (const [name, value] of Object.entries(given)) if (value !== undefined) process.env[name] = value
    // The program itself: it keeps the process until it is told to end.
    await import('../../main.ts')
    return EXIT.done
  },
})

const init = command({
  path: 'init',
  summary: "make a company's own workspace",
  description:
    'Makes a folder with config/, mappings/ and schemas/ to begin with: a system that pushes, a mapping with cases, rules of survivorship and matching. The hub runs on it with `omnihub start --workspace <folder>`. A folder that has anything in it is refused.',
  arguments: { folder: { description: 'A new or an empty folder.' } },
  options: { ...JSON_OPTION },
  examples: ['omnihub init acme'],
  run: async ({ arguments: { folder }, options }, io) =>
    (await import('../init.ts')).initWorkspace(folder, options.json, io),
})

const settings = command({
  path: 'settings',
  summary: 'list the settings of the hub',
  description: 'Prints every setting with its meaning, values and default. Values that are set are not shown.',
  arguments: {},
  options: { ...JSON_OPTION },
  examples: ['omnihub settings'],
  run({ options }, io) {
    io.out(options.json ? json(Object.values(SETTINGS)) : settingsHelp())
    return Promise.resolve(EXIT.done)
  },
})

export const WORKSPACE_COMMANDS = [start, init, settings]
