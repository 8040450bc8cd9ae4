import { HubError } from '../../../contracts/hub-error.ts'
import { command, HUB_OPTIONS, JSON_OPTION } from '../shared/command.ts'

const check = command({
  path: 'mapping check',
  summary: 'say whether mappings are right',
  description:
    'Reads mapping documents as the hub does and tells everything that is wrong with them, with line and column: keys, conversions, expressions, targets that the canonical schema does not have. A folder stands for all mappings below it. Exit code 1 where one is wrong.',
  arguments: { files: { many: true, description: 'Mapping files or folders.' } },
  options: { ...JSON_OPTION },
  examples: ['omnihub mapping check mappings/crm/Contact.yaml', 'omnihub mapping check mappings'],
  run: async ({ arguments: { files }, options }, io) =>
    (await import('../mapping/check.ts')).checkMappings(files, options.json, io),
})

const test = command({
  path: 'mapping test',
  summary: 'run the cases of mappings',
  description:
    'Runs the cases beside mappings (`<Entity>.cases.yaml`) and shows where a result differs: `-` what was expected, `+` what came. A document that breaks its canonical schema fails too. Without a path: the mappings of OMNIHUB_WORKSPACE, or of the folder that you are in. Exit code 1 where a case fails or a document is wrong; a mapping without cases is only mentioned.',
  arguments: { paths: { many: true, optional: true, description: 'Mapping files, cases files or folders.' } },
  options: { ...JSON_OPTION },
  examples: [
    'omnihub mapping test',
    'omnihub mapping test mappings/crm',
    'omnihub mapping test mappings/crm/Contact.yaml',
  ],
  run: async ({ arguments: { paths }, options }, io) =>
    (await import('../mapping/test.ts')).testMappings(paths, options.json, io),
})

const preview = command({
  path: 'mapping preview',
  summary: 'show what a mapping makes of real records',
  description:
    'Runs a mapping over records and shows them before (`-`) and after (`+`), counts by error, and how often each field was filled. The records come from a file (NDJSON of any length, or a JSON array), from standard input (`-`), or are the newest that a running hub has stored (--system). Held against another mapping (--against; stored records: the one in force), only what differs is shown. Nothing is kept. Exit code 1 where a record fails.',
  arguments: { file: { description: 'The mapping.' } },
  options: {
    records: { type: 'text', value: '<file>', description: 'Records; `-` for standard input.' },
    against: { type: 'text', value: '<file>', description: 'With --records: another mapping to hold it against.' },
    system: {
      type: 'text',
      value: '<name>',
      description:
        'Take records that the hub has stored of this system, and hold the mapping against the one in force.',
    },
    entity: { type: 'text', value: '<name>', description: 'Their entity. Without it: the source of the mapping.' },
    newest: {
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 100,
      description: 'How many of the newest stored records.',
    },
    only: { type: 'text', value: '<what>', choices: ['failed', 'changed'], description: 'Which records to show.' },
    show: { type: 'integer', maximum: 10_000, default: 10, description: 'How many records to show. All are counted.' },
    ...HUB_OPTIONS,
  },
  examples: [
    'omnihub mapping preview mappings/crm/Contact.yaml --records contacts.ndjson',
    'omnihub mapping preview draft.yaml --records contacts.ndjson --against mappings/crm/Contact.yaml --only changed',
    'omnihub mapping preview mappings/crm/Contact.yaml --system crm',
  ],
  async run({ arguments: { file }, options }, io) {
    const { records, against, system, entity, newest, only, show, json } = options
    const common = { file, shown: only ?? 'all', samplesMax: show, asJson: json } as const
    if (records !== undefined && system === undefined && entity === undefined) {
      return (await import('../mapping/preview.ts')).previewRecords({ ...common, records, against }, io)
    }
    if (records !== undefined || system === undefined || against !== undefined) throw oneSource()
    const { openHub } = await import('../remote/hub-client.ts')
    const { previewStored } = await import('../mapping/preview-stored.ts')
    return previewStored(await openHub(options, io), { ...common, system, entity, newest }, io)
  },
})

function oneSource(): HubError {
  return new HubError({
    code: 'cli.usage.records',
    family: 'reject',
    message:
      'Records come from one source: --records <file> (with --against, where there is another mapping), or --system <name> (with --entity).',
    fix: 'Name one of the two.',
  })
}

export const MAPPING_COMMANDS = [check, test, preview]
