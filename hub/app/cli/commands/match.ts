import { command, JSON_OPTION } from '../shared/command.ts'

const SOURCE_OPTIONS = {
  records: {
    type: 'text',
    value: '<file>',
    description:
      'Canonical customers as sources contribute them, one a line: `{"system": "crm", "key": "1", "document": {...}}`, or the documents alone; `-` for standard input.',
  },
  system: { type: 'text', value: '<name>', description: 'System of the records that do not say theirs.' },
  'database-url': {
    type: 'text',
    value: '<url>',
    description:
      "The hub's own database, read only; `env` takes the address from DATABASE_URL and keeps it off the command line.",
  },
} as const

const MODEL_OPTION = {
  model: {
    type: 'text',
    value: '<file>',
    description: "The matching document. Without it: config/matching.yaml of the workspace, else the hub's own.",
  },
} as const

const OUT_OPTIONS = {
  out: { type: 'text', value: '<file>', description: 'Write the result there. Without it nothing is written.' },
  force: { type: 'flag', description: 'Replace the file where it is there already.' },
} as const

const train = command({
  path: 'match train',
  summary: "estimate matching weights from a company's own records",
  description:
    'Estimates how often values agree among records of one customer and among strangers (expectation and maximisation), reports what moved, and writes a new matching document with the comments of the old one. Threshold, review band and priors stay. Needs at least 100 records of a kind, some 30 of which exist twice: take records of several systems together.',
  arguments: {},
  options: {
    ...SOURCE_OPTIONS,
    ...MODEL_OPTION,
    ...OUT_OPTIONS,
    kind: {
      type: 'text',
      value: '<kind>',
      choices: ['person', 'organization', 'both'],
      default: 'both',
      description: 'Which weights to estimate. `both` leaves alone what the records say too little about.',
    },
    name: {
      type: 'text',
      value: '<name>',
      description: 'Name of the new model. Without it: `trained-` and the day.',
    },
    seed: { type: 'integer', default: 1, maximum: 4_294_967_295, description: 'The same seed gives the same weights.' },
    ...JSON_OPTION,
  },
  examples: [
    'omnihub match train --records customers.ndjson',
    'omnihub match train --database-url env --out config/matching.yaml --force',
  ],
  async run({ options: { 'database-url': databaseUrl, json: asJson, name: version, ...options } }, io) {
    const { trainMatching } = await import('../match/train.ts')
    return trainMatching({ ...options, databaseUrl, version, asJson }, io)
  },
})

const explain = command({
  path: 'match explain',
  summary: 'say why two records would be joined, or not',
  description:
    'Scores two canonical customers as the hub does and tells in words what speaks for and against one customer, and whether the hub would compare them at all. Personal values are not shown.',
  arguments: {
    a: { description: 'A JSON file with a canonical customer, or with `{system, document}`.' },
    b: { description: 'The other one.' },
  },
  options: {
    ...MODEL_OPTION,
    snapshot: { type: 'text', value: '<file>', description: 'Value frequencies made by `omnihub match snapshot`.' },
    'system-a': {
      type: 'text',
      value: '<name>',
      description: 'System of the first; records of two systems match more easily.',
    },
    'system-b': { type: 'text', value: '<name>', description: 'System of the second.' },
    ...JSON_OPTION,
  },
  examples: ['omnihub match explain a.json b.json --system-a crm --system-b billing'],
  async run({ arguments: { a, b }, options }, io) {
    const { explainMatch } = await import('../match/explain.ts')
    const systems = { a: options['system-a'], b: options['system-b'] }
    return explainMatch({ a, b, systems, model: options.model, snapshot: options.snapshot, asJson: options.json }, io)
  },
})

const snapshot = command({
  path: 'match snapshot',
  summary: 'count how frequent values are, and how far systems overlap',
  description:
    "Counts names and areas in a company's records (that two people are called Smith says less than that they are called Featherstonehaugh) and measures how far its systems hold the same customers. Takes all records of the systems: a sample would lose copies.",
  arguments: {},
  options: {
    ...SOURCE_OPTIONS,
    ...MODEL_OPTION,
    ...OUT_OPTIONS,
    name: { type: 'text', value: '<name>', description: 'Name of the snapshot. Without it: the moment.' },
    ...JSON_OPTION,
  },
  examples: ['omnihub match snapshot --database-url env --out snapshot.json'],
  async run({ options: { 'database-url': databaseUrl, json: asJson, name: version, ...options } }, io) {
    const { takeSnapshot } = await import('../match/snapshot.ts')
    return takeSnapshot({ ...options, databaseUrl, version, asJson }, io)
  },
})

export const MATCH_COMMANDS = [train, explain, snapshot]
