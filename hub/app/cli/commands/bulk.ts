import { CANONICAL_ENTITIES } from '../../../contracts/canonical.ts'
import { command, HUB_OPTIONS } from '../shared/command.ts'

const importFile = command({
  path: 'import',
  summary: 'import a file of any size',
  description:
    'Sends NDJSON (also gzip, by the ending .gz) to the hub as it is: CloudEvents, or with --system and --entity records as the system has them, whose key and sequence the mapping in force names. Lines that are wrong are told and change nothing, the others are taken. Where the connection breaks it goes on after the last line that was taken; the same file again changes nothing. Exit code 1 where a line was not taken, or with --wait a change was parked.',
  arguments: { file: { description: 'NDJSON; `-` for standard input.' } },
  options: {
    system: { type: 'text', value: '<name>', description: 'The system that the records are of, with --entity.' },
    entity: { type: 'text', value: '<name>', description: 'Their entity.' },
    batch: {
      type: 'text',
      value: '<name>',
      description: 'The same record in another batch is another change: for records without a sequence.',
    },
    id: { type: 'text', value: '<uuid>', description: 'Go on with an import that broke off, as it was printed.' },
    wait: { type: 'flag', description: 'Until the changes are applied, parked or refused.' },
    ...HUB_OPTIONS,
  },
  examples: [
    'omnihub import contacts.ndjson --system crm --entity Contact',
    'omnihub import events.ndjson.gz --wait --key-file engineer.key',
  ],
  async run({ arguments: { file }, options }, io) {
    const { openHub } = await import('../remote/hub-client.ts')
    const { runImport } = await import('../remote/import.ts')
    const { system, entity, batch, id, wait, json } = options
    return runImport(await openHub(options, io), { file, system, entity, batch, id, wait, asJson: json }, io)
  },
})

const { json: _json, ...CONNECTION } = HUB_OPTIONS

const exportRecords = command({
  path: 'export',
  summary: 'export all records of a kind',
  description: `Writes one record a line (NDJSON) to standard output, which is a file with > and its name behind; all are as of one moment, without what the role does not see; progress goes to standard error. Kinds: ${CANONICAL_ENTITIES.join(', ')}. Each export stands in the audit trail. Ctrl-C cancels it.`,
  arguments: { entity: { description: 'What: `customer`, `invoice`, ...' } },
  options: {
    filter: {
      type: 'text',
      value: '<expression>',
      description: 'A condition over the record: `status == "active"`.',
    },
    fields: {
      type: 'text',
      value: '<paths>',
      description: 'Only these, separated by commas: `id,name,emails.address`.',
    },
    since: { type: 'text', value: '<moment>', description: 'Only what changed since, as 2026-03-01T00:00:00Z.' },
    ...CONNECTION,
  },
  examples: ['omnihub export customer', 'omnihub export invoice --since 2026-03-01T00:00:00Z --fields number,total'],
  async run({ arguments: { entity }, options }, io) {
    const { openHub } = await import('../remote/hub-client.ts')
    const { runExport } = await import('../remote/export.ts')
    const { filter, fields, since } = options
    return runExport(await openHub(options, io), { entity, filter, fields: fields?.split(','), since }, io)
  },
})

export const BULK_COMMANDS = [importFile, exportRecords]
