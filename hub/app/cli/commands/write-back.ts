import { command, HUB_OPTIONS } from '../shared/command.ts'

const NO_ARGUMENT = { no: { integer: true, description: 'Number of the write-back.' } } as const

const load = async () => ({
  ...(await import('../remote/write-back.ts')),
  ...(await import('../remote/hub-client.ts')),
})

const list = command({
  path: 'write-back list',
  summary: 'show what is to be written to systems',
  description: 'Writes that wait, are tried again, have failed, or are in conflict and wait for a steward.',
  arguments: {},
  options: {
    system: { type: 'text', value: '<name>', description: 'To this system.' },
    state: { type: 'text', value: '<state>', description: 'pending, writing, retrying, conflict or failed.' },
    limit: { type: 'integer', minimum: 1, maximum: 100_000, default: 50, description: 'How many at most.' },
    ...HUB_OPTIONS,
  },
  examples: ['omnihub write-back list', 'omnihub write-back list --state conflict'],
  async run({ options: { limit, json: asJson, system, state, ...access } }, io) {
    const { openHub, listWriteBacks } = await load()
    return listWriteBacks(await openHub(access, io), { system, state }, { limit, asJson }, io)
  },
})

const show = command({
  path: 'write-back show',
  summary: 'show one write-back',
  description: 'What the hub wants; in a conflict, what it expected and what the system has; what went wrong.',
  arguments: NO_ARGUMENT,
  options: { ...HUB_OPTIONS },
  examples: ['omnihub write-back show 4711'],
  async run({ arguments: { no }, options }, io) {
    const { openHub, showWriteBack } = await load()
    return showWriteBack(await openHub(options, io), no, options.json, io)
  },
})

const resolve = command({
  path: 'write-back resolve',
  summary: 'decide a conflict',
  description: 'hub: its value is written over what the system has. system: what it has counts as its latest word.',
  arguments: NO_ARGUMENT,
  options: {
    winner: { type: 'text', value: '<hub|system>', required: true, description: 'Who wins.' },
    reason: { type: 'text', value: '<text>', description: 'Why, for whoever reads the audit trail.' },
    ...HUB_OPTIONS,
  },
  examples: ['omnihub write-back resolve 4711 --winner system --reason "asked her"'],
  async run({ arguments: { no }, options: { winner, reason, json: asJson, ...access } }, io) {
    const { openHub, resolveWriteBack } = await load()
    return resolveWriteBack(await openHub(access, io), { no, winner, reason, asJson }, io)
  },
})

const retry = command({
  path: 'write-back retry',
  summary: 'try a write again',
  description: 'One that has failed, or that waits for its next attempt, is tried at once.',
  arguments: NO_ARGUMENT,
  options: { ...HUB_OPTIONS },
  examples: ['omnihub write-back retry 4711'],
  async run({ arguments: { no }, options }, io) {
    const { openHub, retryWriteBack } = await load()
    return retryWriteBack(await openHub(options, io), { no, asJson: options.json }, io)
  },
})

export const WRITE_BACK_COMMANDS = [list, show, resolve, retry]
