import { command, HUB_OPTIONS } from '../shared/command.ts'

const SYSTEM_ARGUMENT = { system: { description: 'Name of the system.' } } as const

const load = async () => ({ ...(await import('../remote/reconcile.ts')), ...(await import('../remote/hub-client.ts')) })

const reconcile = command({
  path: 'system reconcile',
  summary: 'compare a system with the hub',
  description:
    'Reads everything that a system has, or some of its entities, beside live changes, and compares it with what the hub has: what is missing, what differs, what is too much. Exit code 1 where they differ and --repair is not given. Ctrl-C ends the looking, not the comparison (exit code 130).',
  arguments: {
    ...SYSTEM_ARGUMENT,
    entities: {
      many: true,
      optional: true,
      description: 'Entities. Without them: all that the hub reads of the system.',
    },
  },
  options: {
    repair: { type: 'flag', description: 'Accept what differs anew, as the system has it.' },
    detach: { type: 'flag', description: 'Order it and return at once.' },
    ...HUB_OPTIONS,
  },
  examples: ['omnihub system reconcile erp', 'omnihub system reconcile erp Customer --repair'],
  async run({ arguments: { system, entities }, options }, io) {
    const { openHub, runReconcile } = await load()
    const { repair, detach, json } = options
    return runReconcile(await openHub(options, io), { system, entities, repair, detach, asJson: json }, io)
  },
})

const reconciliations = command({
  path: 'system reconciliations',
  summary: 'show comparisons of a system with the hub',
  description:
    'The last comparisons, among them the certificates at the end of backfills: counts and hashes of both sides, and keys of what differs.',
  arguments: SYSTEM_ARGUMENT,
  options: {
    entity: { type: 'text', value: '<name>', description: 'Of this entity only.' },
    limit: { type: 'integer', minimum: 1, maximum: 200, default: 20, description: 'How many at most.' },
    ...HUB_OPTIONS,
  },
  examples: ['omnihub system reconciliations erp'],
  async run({ arguments: { system }, options }, io) {
    const { openHub, listReconciliations } = await load()
    const { entity, limit, json } = options
    return listReconciliations(await openHub(options, io), { system, entity, limit, asJson: json }, io)
  },
})

const reset = command({
  path: 'system reset',
  summary: 'forget from where a system is read on',
  description:
    'For places that the system or its connector refuses: the stored place is forgotten, and a new snapshot, which also finds what was deleted meanwhile, makes up for it.',
  arguments: {
    ...SYSTEM_ARGUMENT,
    entity: { optional: true, description: 'Without it: the whole system. The entities of a log share its place.' },
  },
  options: { ...HUB_OPTIONS },
  examples: ['omnihub system reset erp', 'omnihub system reset erp Customer'],
  async run({ arguments: { system, entity }, options }, io) {
    const { openHub, order } = await load()
    return order(await openHub(options, io), { system, entity, what: 'reset', asJson: options.json }, io)
  },
})

const forget = command({
  path: 'system forget',
  summary: 'release what a system holds for the hub',
  description:
    "Before a system's document is taken away: pauses the system and drops what its server would keep for the hub for ever, such as a replication slot.",
  arguments: SYSTEM_ARGUMENT,
  options: { ...HUB_OPTIONS },
  examples: ['omnihub system forget erp'],
  async run({ arguments: { system }, options }, io) {
    const { openHub, order } = await load()
    return order(await openHub(options, io), { system, entity: undefined, what: 'forget', asJson: options.json }, io)
  },
})

export const SYSTEM_COMMANDS = [reconcile, reconciliations, reset, forget]
