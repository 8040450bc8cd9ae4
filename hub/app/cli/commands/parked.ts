import { command, HUB_OPTIONS } from '../shared/command.ts'

const FILTER_OPTIONS = {
  system: { type: 'text', value: '<name>', description: 'Of this system.' },
  entity: { type: 'text', value: '<name>', description: 'Of this entity.' },
  code: { type: 'text', value: '<code>', description: 'With this cause.' },
} as const

const NO_ARGUMENT = { no: { integer: true, description: 'Number of the change.' } } as const

const load = async () => ({ ...(await import('../remote/parked.ts')), ...(await import('../remote/hub-client.ts')) })

const list = command({
  path: 'parked list',
  standard: true,
  summary: 'show what could not be applied, by cause',
  description:
    'Parked changes by system, entity and cause, each with the number of one of them. With a filter: the changes themselves.',
  arguments: {},
  options: {
    ...FILTER_OPTIONS,
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: 100_000,
      default: 50,
      description: 'With a filter: how many changes.',
    },
    ...HUB_OPTIONS,
  },
  examples: ['omnihub parked list', 'omnihub parked list --system crm --code mapping.value.unparsable'],
  async run({ options: { limit, json: asJson, system, entity, code, ...access } }, io) {
    const { openHub, listParked } = await load()
    return listParked(await openHub(access, io), { system, entity, code }, { limit, asJson }, io)
  },
})

const show = command({
  path: 'parked show',
  summary: 'show one parked change',
  description: 'The cause, what to do, and the record as it came.',
  arguments: NO_ARGUMENT,
  options: { ...HUB_OPTIONS },
  examples: ['omnihub parked show 4711'],
  async run({ arguments: { no }, options }, io) {
    const { openHub, showParked } = await load()
    return showParked(await openHub(options, io), no, options.json, io)
  },
})

const replay = command({
  path: 'parked replay',
  summary: 'apply parked changes again',
  description:
    'Applies a change again with all that waits behind it, or all that a filter names. Exit code 1 where one is parked again.',
  arguments: { no: { ...NO_ARGUMENT.no, optional: true } },
  options: {
    ...FILTER_OPTIONS,
    all: { type: 'flag', description: 'All that is parked.' },
    ...HUB_OPTIONS,
  },
  examples: [
    'omnihub parked replay 4711',
    'omnihub parked replay --system crm --entity Contact',
    'omnihub parked replay --all',
  ],
  async run({ arguments: { no }, options: { json: asJson, system, entity, code, all, ...access } }, io) {
    const { openHub, replayParked } = await load()
    return replayParked(await openHub(access, io), { no, system, entity, code, all, asJson }, io)
  },
})

const discard = command({
  path: 'parked discard',
  summary: 'give a parked change up',
  description: 'The change counts as discarded and is never applied; what waits behind it goes on.',
  arguments: NO_ARGUMENT,
  options: {
    reason: { type: 'text', value: '<text>', description: 'Why, for whoever reads the audit trail.' },
    ...HUB_OPTIONS,
  },
  examples: ['omnihub parked discard 4711 --reason "test record"'],
  async run({ arguments: { no }, options }, io) {
    const { openHub, discardParked } = await load()
    return discardParked(await openHub(options, io), { no, reason: options.reason, asJson: options.json }, io)
  },
})

export const PARKED_COMMANDS = [list, show, replay, discard]
