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
    'Runs a mapping over records and shows them before (`-`) and after (`+`), counts by error, and how often each field was filled. The records come from a file (NDJSON of any length, or a JSON array), from standard input (`-`), or are those that a running hub has stored (--system and --entity). With --against only what the other mapping made otherwise is shown. Nothing is stored. Exit code 1 where a record fails.',
  arguments: { file: { description: 'The mapping.' } },
  options: {
    records: { type: 'text', value: '<file>', description: 'Records; `-` for standard input.' },
    system: { type: 'text', value: '<name>', description: 'Take the newest records that the hub has of this system.' },
    entity: { type: 'text', value: '<name>', description: 'Their entity. Without it: the source of the mapping.' },
    against: {
      type: 'text',
      value: '<file>',
      description: 'Another mapping to hold it against, such as the one in force.',
    },
    only: { type: 'text', choices: ['failed', 'changed'], value: '<what>', description: 'Which records to show.' },
    show: { type: 'integer', maximum: 10_000, default: 10, description: 'How many records to show. All are counted.' },
    ...HUB_OPTIONS,
  },
  examples: [
    'omnihub mapping preview mappings/crm/Contact.yaml --records contacts.ndjson',
    'omnihub mapping preview draft.yaml --records contacts.ndjson --against mappings/crm/Contact.yaml --only changed',
    'omnihub mapping preview mappings/crm/Contact.yaml --system crm',
  ],
  async run({ arguments: { file }, options }, io) {
    const { recordsFor } = await import('../mapping/preview-records.ts')
    const { previewRecords } = await import('../mapping/preview.ts')
    const { against, only, show, json } = options
    const records = await recordsFor(file, options, io)
    return previewRecords({ file, against, records, shown: only ?? 'all', samplesMax: show, asJson: json }, io)
  },
})

export const MAPPING_COMMANDS = [check, test, preview]
