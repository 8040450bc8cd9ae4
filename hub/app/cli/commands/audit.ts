import { command, HUB_OPTIONS } from '../shared/command.ts'

const verify = command({
  path: 'audit verify',
  standard: true,
  summary: 'check that nobody altered the audit trail',
  description:
    'Goes over the chain of hashes and names each entry that was changed, removed or put in between; exit code 1 where there is one. It prints the end of the chain: note it outside of the database and give it with --head later, since only so a chain shows that was cut off or made anew. With --database-url no hub need run, and none is trusted.',
  arguments: {},
  options: {
    head: {
      type: 'text',
      value: '<position:hash>',
      description: 'What an earlier verification printed; several, separated by commas.',
    },
    'database-url': {
      type: 'text',
      value: '<url>',
      description: "The hub's database; `env` takes the address from DATABASE_URL. Without it: a running hub is asked.",
    },
    ...HUB_OPTIONS,
  },
  examples: ['omnihub audit verify', 'omnihub audit verify --database-url env --head 1200:9f2c...'],
  async run({ options }, io) {
    const { verifyTrail } = await import('../remote/audit.ts')
    return verifyTrail(options, io)
  },
})

const list = command({
  path: 'audit list',
  summary: 'show who read and did what',
  description: 'Entries of the audit trail, newest first.',
  arguments: {},
  options: {
    actor: { type: 'text', value: '<actor>', description: 'As entries show it: `web shop (k3x9w2m7p4qa)`.' },
    act: { type: 'text', value: '<act>', description: 'An act, or the beginning of acts: `read.*`, `key.*`.' },
    subject: { type: 'text', value: '<subject>', description: 'A subject, or the id of a record that was read.' },
    from: { type: 'text', value: '<moment>', description: 'From this moment on, as 2027-01-31T00:00:00Z.' },
    to: { type: 'text', value: '<moment>', description: 'Before this moment.' },
    limit: { type: 'integer', minimum: 1, maximum: 10_000, default: 50, description: 'How many at most.' },
    ...HUB_OPTIONS,
  },
  examples: ['omnihub audit list --act key.*', 'omnihub audit list --subject 0191e2a0-7b1c-7000-8000-123456789012'],
  async run({ options }, io) {
    const { listTrail } = await import('../remote/audit.ts')
    return listTrail(options, io)
  },
})

export const AUDIT_COMMANDS = [verify, list]
