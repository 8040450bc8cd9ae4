import { ERASURE_REASONS } from '../../../intake/erasure/reasons.ts'
import { command, HUB_OPTIONS } from '../shared/command.ts'

const CUSTOMER = { id: { description: "The hub's id of the customer." } } as const
const ERASURE = { id: { description: 'Id of the erasure.' } } as const

const load = async () => ({ ...(await import('../remote/privacy.ts')), ...(await import('../remote/hub-client.ts')) })

const exportData = command({
  path: 'customer export',
  summary: 'everything the hub holds of a person, for an answer to them',
  description:
    'One JSON document: records as the systems sent them, versions, decisions, events, who read it, each part with the reason why it is held. The file can be read by its owner only.',
  arguments: CUSTOMER,
  options: {
    out: { type: 'text', value: '<file>', description: 'File to write. Without it: standard output.' },
    ...HUB_OPTIONS,
  },
  examples: ['omnihub customer export 0191e2a0-7b1c-7000-8000-123456789012 --out request-17.json'],
  async run({ arguments: { id }, options }, io) {
    const { openHub, exportPersonalData } = await load()
    return exportPersonalData(await openHub(options, io), id, options.out, io)
  },
})

const erase = command({
  path: 'customer erase',
  summary: 'erase a person for good',
  description:
    'Takes everything that the hub holds of the person; nothing brings it back. Records that the law has kept stay without the person. The systems of record are told, and what they have still to delete is printed.',
  arguments: CUSTOMER,
  options: {
    reason: {
      type: 'text',
      required: true,
      choices: ERASURE_REASONS,
      description: 'Why; it stays as part of the proof.',
    },
    note: {
      type: 'text',
      value: '<text>',
      description: 'A reference to your own files. It stays, so it must not name the person.',
    },
    'requested-at': { type: 'text', value: '<moment>', description: 'When the person asked, as 2027-01-31T00:00:00Z.' },
    ...HUB_OPTIONS,
  },
  examples: [
    'omnihub customer erase 0191e2a0-7b1c-7000-8000-123456789012 --reason consent-withdrawn --note "Request 17"',
  ],
  async run({ arguments: { id }, options }, io) {
    const { openHub, eraseCustomer } = await load()
    return eraseCustomer(await openHub(options, io), id, options, io)
  },
})

const list = command({
  path: 'erasure list',
  standard: true,
  summary: 'show erasures and what systems have still to delete',
  description: 'Newest first.',
  arguments: {},
  options: {
    open: { type: 'flag', description: 'Only those that a system has still to confirm.' },
    limit: { type: 'integer', minimum: 1, maximum: 10_000, default: 50, description: 'How many at most.' },
    ...HUB_OPTIONS,
  },
  examples: ['omnihub erasure list --open'],
  async run({ options }, io) {
    const { openHub, listErasures } = await load()
    return listErasures(await openHub(options, io), options, io)
  },
})

const show = command({
  path: 'erasure show',
  summary: 'show one erasure: its certificate',
  description:
    'What was done, when, why and by whom, what each system has still to delete, and the proof in the audit trail.',
  arguments: ERASURE,
  options: { ...HUB_OPTIONS },
  examples: ['omnihub erasure show 0191e2a0-7b1c-7000-8000-123456789012'],
  async run({ arguments: { id }, options }, io) {
    const { openHub, showErasure } = await load()
    return showErasure(await openHub(options, io), id, options.json, io)
  },
})

const confirm = command({
  path: 'erasure confirm',
  summary: 'note that a system has deleted what it held',
  description: 'For systems that do not tell the hub of deletions. The hub forgets the keys of the records then.',
  arguments: { ...ERASURE, system: { description: 'Name of the system.' } },
  options: { ...HUB_OPTIONS },
  examples: ['omnihub erasure confirm 0191e2a0-7b1c-7000-8000-123456789012 billing'],
  async run({ arguments: { id, system }, options }, io) {
    const { openHub, confirmErasure } = await load()
    return confirmErasure(await openHub(options, io), id, { system, asJson: options.json }, io)
  },
})

const rotate = command({
  path: 'secrets rotate',
  summary: 'seal all secrets with the present master key',
  description:
    'After OMNIHUB_MASTER_KEY was changed and the former key listed in OMNIHUB_MASTER_KEYS_OLD for all processes. It can be broken off and run again. When it says that only one key is in use, take the former one out of the settings.',
  arguments: {},
  options: { ...HUB_OPTIONS },
  examples: ['omnihub secrets rotate'],
  async run({ options }, io) {
    const { openHub, rotateSecrets } = await load()
    return rotateSecrets(await openHub(options, io), options.json, io)
  },
})

export const PRIVACY_COMMANDS = [exportData, erase, list, show, confirm, rotate]
