import { ROLES } from '../../../security/permissions.ts'
import { command, HUB_OPTIONS } from '../shared/command.ts'

const SYSTEM_ARGUMENT = { system: { description: 'Name of the system.' } } as const

const load = async () => ({ ...(await import('../remote/operate.ts')), ...(await import('../remote/hub-client.ts')) })

const ledger = command({
  path: 'ledger',
  summary: 'show the account of changes',
  description:
    'Where all changes are that were ever accepted: accepted = applied + superseded + parked + rejected + discarded + inFlight. Exit code 1 where that does not hold, which would be a fault of the hub.',
  arguments: {},
  options: { ...HUB_OPTIONS },
  examples: ['omnihub ledger', 'omnihub ledger --url https://hub.example.com --key-file viewer.key --json'],
  async run({ options }, io) {
    const { openHub, showLedger } = await load()
    return showLedger(await openHub(options, io), options.json, io)
  },
})

const systems = command({
  path: 'systems',
  summary: 'show all systems and how they are',
  description:
    'Each system of the workspace with its connector, its state, its parked changes and its mapped entities.',
  arguments: {},
  options: { ...HUB_OPTIONS },
  examples: ['omnihub systems'],
  async run({ options }, io) {
    const { openHub, showSystems } = await load()
    return showSystems(await openHub(options, io), options.json, io)
  },
})

const backfill = command({
  path: 'backfill',
  summary: 'read everything that a system has',
  description:
    'Tells the hub to read all records of a system, or of some of its entities, and shows how it goes: records, rate, time left. It goes on where an earlier one stopped; live changes keep flowing. Ctrl-C ends the looking, not the backfill (exit code 130).',
  arguments: {
    ...SYSTEM_ARGUMENT,
    entities: {
      many: true,
      optional: true,
      description: 'Entities. Without them: all that the hub reads of the system.',
    },
  },
  options: {
    restart: { type: 'flag', description: 'From the beginning, even where an earlier one stopped on the way.' },
    detach: { type: 'flag', description: 'Begin it, and do not wait.' },
    ...HUB_OPTIONS,
  },
  examples: ['omnihub backfill crm', 'omnihub backfill crm Contact --restart'],
  async run({ arguments: { system, entities }, options }, io) {
    const { openHub } = await load()
    const { runBackfill } = await import('../remote/backfill.ts')
    const { restart, detach, json } = options
    return runBackfill(await openHub(options, io), { system, entities, restart, detach, asJson: json }, io)
  },
})

const pause = command({
  path: 'pause',
  summary: 'stop reading a system',
  description:
    'The hub stops reading the system, on every process, until `omnihub resume`. What the system pushes is still taken.',
  arguments: SYSTEM_ARGUMENT,
  options: { ...HUB_OPTIONS },
  examples: ['omnihub pause crm'],
  async run({ arguments: { system }, options }, io) {
    const { openHub, setPaused } = await load()
    return setPaused(await openHub(options, io), system, true, options.json, io)
  },
})

const resume = command({
  path: 'resume',
  summary: 'read a system again',
  description: 'The hub goes on reading a paused system where it stopped.',
  arguments: SYSTEM_ARGUMENT,
  options: { ...HUB_OPTIONS },
  examples: ['omnihub resume crm'],
  async run({ arguments: { system }, options }, io) {
    const { openHub, setPaused } = await load()
    return setPaused(await openHub(options, io), system, false, options.json, io)
  },
})

const send = command({
  path: 'send',
  summary: 'send records of a file as changes of a system',
  description:
    'Wraps each record as a CloudEvent and sends them to POST /v1/changes in batches, in the order of the file. A file is read through first: where a record is broken, nothing is sent. Each batch is taken whole or not at all; while the hub is away it is sent again. With --sequence-field the same file can be sent any number of times; without it, --run goes on with a sending that was cut off.',
  arguments: { file: { description: 'NDJSON of any length or a JSON array of raw records; `-` for standard input.' } },
  options: {
    system: { type: 'text', value: '<name>', required: true, description: 'The system that the records are of.' },
    entity: { type: 'text', value: '<name>', required: true, description: 'Their entity.' },
    'key-field': {
      type: 'text',
      value: '<field>',
      required: true,
      description: 'Field that holds the key; several, separated by commas, are joined by `:`.',
    },
    'sequence-field': { type: 'text', value: '<field>', description: 'Field that orders the changes of one record.' },
    deletes: { type: 'flag', description: 'The records were deleted.' },
    batch: { type: 'integer', minimum: 1, maximum: 10_000, default: 500, description: 'Records in a batch at most.' },
    run: { type: 'text', value: '<name>', description: 'Name of the sending, as the one that was cut off printed it.' },
    ...HUB_OPTIONS,
  },
  examples: [
    'omnihub send contacts.ndjson --system crm --entity Contact --key-field Id --sequence-field SystemModstamp',
  ],
  async run({ arguments: { file }, options }, io) {
    const { openHub } = await load()
    const { sendRecords } = await import('../remote/send.ts')
    const { system, entity, deletes, batch, run, json } = options
    const keyFields = options['key-field'].split(',')
    const shape = { system, entity, keyFields, sequenceField: options['sequence-field'], deletes }
    return sendRecords(await openHub(options, io), { file, shape, run, batchMax: batch, asJson: json }, io)
  },
})

const keysList = command({
  path: 'keys list',
  standard: true,
  summary: 'list API keys',
  description: 'All keys, revoked and expired ones too; never their secrets. The first-run key is not among them.',
  arguments: {},
  options: { ...HUB_OPTIONS },
  examples: ['omnihub keys list'],
  async run({ options }, io) {
    const { openHub, listKeys } = await load()
    return listKeys(await openHub(options, io), options.json, io)
  },
})

const keysCreate = command({
  path: 'keys create',
  summary: 'make an API key',
  description: 'Makes a key and prints it, this once, or keeps it in a file that only its owner may read (--out).',
  arguments: { name: { description: 'Who or what uses it.' } },
  options: {
    role: { type: 'text', value: '<role>', required: true, choices: ROLES, description: 'What it may do.' },
    system: { type: 'text', value: '<name>', description: 'With the role system: which one.' },
    expires: {
      type: 'text',
      value: '<moment>',
      description: 'Until when, as 2027-01-31T00:00:00Z. Without it: for ever.',
    },
    out: { type: 'text', value: '<file>', description: 'Keep the key there (mode 0600) and do not print it.' },
    ...HUB_OPTIONS,
  },
  examples: [
    'omnihub keys create web-shop --role channel',
    'omnihub keys create crm --role system --system crm --out crm.key',
  ],
  async run({ arguments: { name }, options }, io) {
    const { openHub } = await load()
    const { createKey } = await import('../remote/create-key.ts')
    const { role, system, expires, out, json } = options
    return createKey(await openHub(options, io), { name, role, system, expires, out, asJson: json }, io)
  },
})

const keysRotate = command({
  path: 'keys rotate',
  summary: 'put a new key in the place of one',
  description:
    'Makes a key with the name, role, system and limits of an old one, and lets the old one go on for a while, so that its user can change over without a gap. The new key is printed this once, or kept in a file (--out).',
  arguments: { id: { description: 'The middle part of the old key, as `omnihub keys list` shows it.' } },
  options: {
    overlap: {
      type: 'integer',
      minimum: 0,
      maximum: 2_592_000,
      default: 86_400,
      description: 'Seconds for which both are valid.',
    },
    out: { type: 'text', value: '<file>', description: 'Keep the key there (mode 0600) and do not print it.' },
    ...HUB_OPTIONS,
  },
  examples: ['omnihub keys rotate k3x9w2m7p4qa --overlap 3600 --out shop.key'],
  async run({ arguments: { id }, options }, io) {
    const { openHub } = await load()
    const { rotateKey } = await import('../remote/create-key.ts')
    const { overlap, out, json } = options
    return rotateKey(await openHub(options, io), { id, overlap, out, asJson: json }, io)
  },
})

const keysRevoke = command({
  path: 'keys revoke',
  summary: 'revoke an API key',
  description: 'The key stops working within two seconds on every process of the hub.',
  arguments: { id: { description: 'The middle part of the key, as `omnihub keys list` shows it.' } },
  options: { ...HUB_OPTIONS },
  examples: ['omnihub keys revoke k3x9w2m7p4qa'],
  async run({ arguments: { id }, options }, io) {
    const { openHub, revokeKey } = await load()
    return revokeKey(await openHub(options, io), id, options.json, io)
  },
})

export const OPERATE_COMMANDS = [ledger, systems, backfill, pause, resume, send]
export const KEYS_COMMANDS = [keysCreate, keysList, keysRotate, keysRevoke]
