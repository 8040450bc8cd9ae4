import { command, HUB_OPTIONS } from '../shared/command.ts'

const WRITE = { write: { description: 'Id of the write, as the list has it.' } } as const

const load = async () => ({
  ...(await import('../remote/record-write.ts')),
  ...(await import('../remote/hub-client.ts')),
})

const list = command({
  path: 'record-write list',
  summary: 'show records on their way to systems',
  description:
    'Records that channels made or changed and that their systems do not have: on their way, in conflict, refused.',
  arguments: {},
  options: {
    system: { type: 'text', value: '<name>', description: 'To this system.' },
    state: { type: 'text', value: '<state>', description: 'pending, retrying, conflict or failed.' },
    limit: { type: 'integer', minimum: 1, maximum: 100_000, default: 50, description: 'How many at most.' },
    ...HUB_OPTIONS,
  },
  examples: ['omnihub record-write list', 'omnihub record-write list --state failed'],
  async run({ options: { limit, json: asJson, system, state, ...access } }, io) {
    const { openHub, listRecordWrites } = await load()
    return listRecordWrites(await openHub(access, io), { system, state }, { limit, asJson }, io)
  },
})

const retry = command({
  path: 'record-write retry',
  summary: 'send a record again',
  description: 'One that was refused, is in conflict, or waits for its next attempt, is sent at once, as it was.',
  arguments: WRITE,
  options: { ...HUB_OPTIONS },
  examples: ['omnihub record-write retry 2f4f3c1e-0c1d-4c7e-9a53-2f5b3a2f4d10'],
  async run({ arguments: { write }, options: { json: asJson, ...access } }, io) {
    const { openHub, decideRecordWrite } = await load()
    return decideRecordWrite(await openHub(access, io), { write, act: 'retry', asJson }, io)
  },
})

const discard = command({
  path: 'record-write discard',
  summary: 'give a record up',
  description: 'It is not sent any more, and counts as failed.',
  arguments: WRITE,
  options: { ...HUB_OPTIONS },
  examples: ['omnihub record-write discard 2f4f3c1e-0c1d-4c7e-9a53-2f5b3a2f4d10'],
  async run({ arguments: { write }, options: { json: asJson, ...access } }, io) {
    const { openHub, decideRecordWrite } = await load()
    return decideRecordWrite(await openHub(access, io), { write, act: 'discard', asJson }, io)
  },
})

export const RECORD_WRITE_COMMANDS = [list, retry, discard]
