import { command, HUB_OPTIONS, JSON_OPTION } from '../shared/command.ts'

const RULE = { rule: { description: 'Name of the rule.' } } as const
const RULE_OR_FILE = {
  rule: { description: 'Name of the rule, or its envelope: a file `<rule>.rule.yaml`, with the graph beside it.' },
} as const
const REVISION = {
  type: 'integer',
  minimum: 1,
  value: '<number>',
  description: 'With a name: which revision.',
} as const

const load = async () => ({ ...(await import('../remote/rule.ts')), ...(await import('../remote/hub-client.ts')) })

const list = command({
  path: 'rule list',
  standard: true,
  summary: 'show the rules and which of their revisions are in force',
  description:
    'Every rule of a running hub: what is in force, drafts, and what is wrong with workspace files that are not.',
  arguments: {},
  options: { ...HUB_OPTIONS },
  examples: ['omnihub rule list'],
  async run({ options }, io) {
    const { openHub, listRules } = await load()
    return listRules(await openHub(options, io), options.json, io)
  },
})

const check = command({
  path: 'rule check',
  summary: 'say whether rules are right, and run their cases',
  description:
    'Reads the rules of a folder as the hub does, tells all that is wrong with them, and runs the cases beside them: `-` what was expected, `+` what came. Rules that call each other are checked together. Without a path: the rules of OMNIHUB_WORKSPACE, or of the folder that you are in. Exit code 1 where a rule is wrong or a case fails. Needs no running hub.',
  arguments: { folder: { optional: true, description: 'A folder with rules, or the workspace that has it.' } },
  options: { ...JSON_OPTION },
  examples: ['omnihub rule check', 'omnihub rule check rules'],
  run: async ({ arguments: { folder }, options }, io) =>
    (await import('../rule/check.ts')).checkRules(folder, options.json, io),
})

const publish = command({
  path: 'rule publish',
  summary: 'put a rule in force',
  description:
    'With a file: drafts the rule from it and puts it in force. With a name and --revision: puts that revision in force. Its cases must hold; once the command has ended, every hub process decides by it, without a restart. Exit code 1 where it is refused.',
  arguments: RULE_OR_FILE,
  options: {
    revision: REVISION,
    note: { type: 'text', value: '<text>', description: 'With a file: why, for whoever reads it later.' },
    ...HUB_OPTIONS,
  },
  examples: [
    'omnihub rule publish rules/dunning-stage.rule.yaml --note "two weeks of grace"',
    'omnihub rule publish dunning-stage --revision 3',
  ],
  async run({ arguments: { rule }, options: { revision, note, json: asJson, ...access } }, io) {
    const { openHub, publishRule } = await load()
    return publishRule(await openHub(access, io), { rule, revision, note, asJson }, io)
  },
})

const rollback = command({
  path: 'rule rollback',
  summary: 'take back what was put in force last',
  description: 'What was in force before is so again.',
  arguments: RULE,
  options: { ...HUB_OPTIONS },
  examples: ['omnihub rule rollback dunning-stage'],
  async run({ arguments: { rule }, options }, io) {
    const { openHub, rollBackRule } = await load()
    return rollBackRule(await openHub(options, io), rule, options.json, io)
  },
})

const decide = command({
  path: 'rule decide',
  summary: 'ask a rule',
  description:
    'Decides by a rule of a running hub and shows the result, and with --trace which row decided and why. The decision is kept like any other.',
  arguments: RULE,
  options: {
    input: { type: 'text', value: '<file>', description: 'The input, a JSON file; `-` for standard input.' },
    customer: { type: 'text', value: '<id>', description: 'A customer that the hub reads for the rule.' },
    at: { type: 'text', value: '<moment>', description: 'For which moment, RFC 3339. Without it: now.' },
    trace: { type: 'flag', description: 'Tell which row decided, and why.' },
    ...HUB_OPTIONS,
  },
  examples: [
    'omnihub rule decide dunning-stage --input invoice.json --trace',
    'omnihub rule decide data-quality --customer 0192f7c0-5a4e-7000-8000-000000000001',
  ],
  async run({ arguments: { rule }, options: { input, customer, at, trace, json: asJson, ...access } }, io) {
    const { openHub, decideByRule } = await load()
    return decideByRule(await openHub(access, io), { rule, input, customer, at, trace, asJson }, io)
  },
})

const shadow = command({
  path: 'rule shadow',
  summary: 'try a rule on decisions that were really made',
  description:
    'Makes the last decisions of a rule again, by what is in force and by a draft, and shows where they differ: `-` in force, `+` the draft. Nothing is kept. Exit code 1 where any differs.',
  arguments: RULE_OR_FILE,
  options: {
    revision: REVISION,
    decisions: {
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 200,
      description: 'How many of the last decisions.',
    },
    ...HUB_OPTIONS,
  },
  examples: [
    'omnihub rule shadow rules/dunning-stage.rule.yaml --decisions 500',
    'omnihub rule shadow dunning-stage --revision 3',
  ],
  async run({ arguments: { rule }, options: { revision, decisions, json: asJson, ...access } }, io) {
    const { openHub, shadowRule } = await load()
    return shadowRule(await openHub(access, io), { rule, revision, decisions, asJson }, io)
  },
})

export const RULE_COMMANDS = [list, check, decide, shadow, publish, rollback]
