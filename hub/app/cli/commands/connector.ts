import { command, JSON_OPTION } from '../shared/command.ts'

const WORKSPACE = {
  workspace: {
    type: 'text',
    value: '<folder>',
    description: 'The workspace. Without it: OMNIHUB_WORKSPACE, or the folder that you are in.',
  },
} as const

const list = command({
  path: 'connector list',
  summary: 'list the connectors that there are',
  description:
    "Shows the hub's connectors and those of the workspace (`connectors/<name>/index.ts`): what each can do, and what stands behind its tests.",
  arguments: {},
  options: { ...WORKSPACE, ...JSON_OPTION },
  examples: ['omnihub connector list', 'omnihub connector list --workspace ./acme --json'],
  standard: true,
  run: async ({ options }, io) =>
    (await import('../connector/list.ts')).listConnectors(options.workspace, options.json, io),
})

const make = command({
  path: 'connector new',
  summary: 'make a connector to begin with',
  description:
    "Makes `connectors/<name>/` in the workspace: a connector that works, against a system in memory that yours takes the place of, with its settings, its README and the harness by which the conformance kit tries it. In the hub's own repository it becomes one of the hub's connectors. A folder that is there already is left alone.",
  arguments: { name: { description: 'Name of the connector: lower-case letters, digits and hyphens.' } },
  options: { ...WORKSPACE, ...JSON_OPTION },
  examples: ['omnihub connector new library'],
  run: async ({ arguments: { name }, options }, io) =>
    (await import('../connector/new.ts')).newConnector(name, options.workspace, options.json, io),
})

const test = command({
  path: 'connector test',
  summary: 'run the conformance kit',
  description:
    "Tries the connector of a system as `config/systems/<system>.yaml` configures it, and prints a scored report. Only what changes nothing is tried, and the log is not followed, unless --write-entity names an entity: then one field of its first record is changed, and changed back. With --harness the whole kit runs instead, against the system that the connector's own harness starts (`connectors/<name>/harness.ts`). Exit code 1 where a check fails.",
  arguments: { system: { description: 'The system; with --harness the connector of the workspace.' } },
  options: {
    ...WORKSPACE,
    harness: { type: 'flag', description: "Run all checks against the connector's own harness." },
    'write-entity': { type: 'text', value: '<entity>', description: 'An entity whose first record may be changed.' },
    'write-field': {
      type: 'text',
      value: '<field>',
      description: 'The field to change, a text. Without it: the first text that is neither the key nor a time.',
    },
    records: {
      type: 'integer',
      minimum: 1,
      maximum: 100_000,
      default: 500,
      description: 'How many records of each entity are looked at.',
    },
    ...JSON_OPTION,
  },
  examples: [
    'omnihub connector test crm',
    'omnihub connector test crm --write-entity Contact --write-field Description',
    'omnihub connector test library --harness',
  ],
  run: async ({ arguments: { system }, options }, io) =>
    (await import('../connector/test.ts')).testConnector(system, options, io),
})

export const CONNECTOR_COMMANDS = [list, make, test]
