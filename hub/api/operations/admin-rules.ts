import type { JsonObject } from '../../contracts/json.ts'
import { operation, type ParamSpec } from './operation.ts'
import { NOTE, PAGE, pageSchema } from './shared.ts'

/** Operations of /admin/v1 about rules: written, checked, tried, put in force; and what was decided by them. */

const RULE = {
  rule: { type: 'string', maxLength: 64, description: 'Name of the rule.' },
} as const satisfies Record<string, ParamSpec>
const REVISION = {
  ...RULE,
  revision: { type: 'integer', minimum: 1, maximum: 2_147_483_647, description: 'Number of the revision.' },
} as const satisfies Record<string, ParamSpec>
const DECISION = {
  id: { type: 'string', format: 'uuid', description: 'Id of the decision, as it was answered.' },
} as const satisfies Record<string, ParamSpec>

const COUNT: JsonObject = { type: 'integer' }
const TEXT: JsonObject = { type: 'string' }
const MOMENT: JsonObject = { type: ['string', 'null'], format: 'date-time' }
const HEAD: JsonObject = { rule: TEXT, revision: COUNT }
const HEAD_ANSWER: JsonObject = { type: 'object', properties: HEAD }
const NO_RULE = { 404: { description: 'There is no such rule, or no such revision.' } } as const
const WRONG = { 422: { description: 'The rule is wrong; `pointer` says where.' } } as const

const STATE: JsonObject = {
  ...HEAD,
  hash: { type: 'string', description: 'The same for the same rule, whatever its layout.' },
  validFrom: MOMENT,
  validTo: MOMENT,
  file: { type: ['string', 'null'], description: 'The workspace file that it was read from.' },
  author: TEXT,
  note: { type: ['string', 'null'] },
  createdAt: MOMENT,
}
const TEXTS: JsonObject = {
  envelope: { type: 'string', minLength: 1, maxLength: 1_048_576, description: 'The envelope, YAML.' },
  graph: {
    type: ['string', 'object'],
    maxLength: 1_048_576,
    description: 'The graph as the Zen editor saves it (JDM): its text, or the document itself.',
  },
  cases: {
    type: ['string', 'null'],
    maxLength: 1_048_576,
    description: 'Cases, YAML, that must hold before it can be in force.',
  },
}
const REVISION_ANSWER: JsonObject = { type: 'object', properties: { ...STATE, ...TEXTS } }
const BODY_BYTES_MAX = 4 * 1_048_576

const FAILING: JsonObject = {
  type: 'array',
  items: { type: 'object', properties: { title: TEXT, where: TEXT, difference: TEXT } },
}

const EITHER: JsonObject = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...TEXTS,
    revision: { type: 'integer', minimum: 1, maximum: 2_147_483_647, description: 'A revision in place of texts.' },
  },
  oneOf: [{ required: ['envelope', 'graph'] }, { required: ['revision'] }],
}

export const listRuleRevisionsOperation = operation({
  id: 'listRuleStates',
  method: 'GET',
  path: '/admin/v1/rules',
  tag: 'Rules',
  summary: 'All rules and how they are',
  description:
    'By name: what is in force, from the uppermost down (the first that holds at a moment decides), drafts, and what is wrong with the workspace files that are not in force.',
  permission: 'rules.read',
  answers: {
    200: {
      description: 'The rules.',
      schema: {
        type: 'object',
        properties: {
          items: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                rule: TEXT,
                title: { type: ['string', 'null'] },
                inForce: { type: 'array', items: { type: 'object', properties: STATE } },
                onChange: { type: ['object', 'null'], description: 'Where it stands in the path of changes.' },
                newest: { type: ['integer', 'null'] },
                drafts: { type: 'integer', description: 'Revisions after the last one that was put in force.' },
                faults: { type: 'array', items: { type: 'object' }, description: 'Of the workspace file.' },
              },
            },
          },
        },
      },
    },
  },
})

export const getRuleStateOperation = operation({
  id: 'getRuleState',
  method: 'GET',
  path: '/admin/v1/rules/{rule}',
  tag: 'Rules',
  summary: 'A rule as it was put in force last',
  description: 'The uppermost revision with its texts; where none ever was in force, the newest draft.',
  permission: 'rules.read',
  params: RULE,
  answers: { 200: { description: 'The revision.', schema: REVISION_ANSWER }, ...NO_RULE },
})

export const ruleHistoryOperation = operation({
  id: 'getRuleHistory',
  method: 'GET',
  path: '/admin/v1/rules/{rule}/revisions',
  tag: 'Rules',
  summary: 'Revisions of a rule',
  description: 'Newest first, without their texts; who put which in force, and when.',
  permission: 'rules.read',
  params: RULE,
  answers: {
    200: {
      description: 'The revisions.',
      schema: {
        type: 'object',
        properties: {
          items: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                ...STATE,
                state: { type: 'string', enum: ['draft', 'published', 'retired'] },
                publishedAt: MOMENT,
                publishedBy: { type: ['string', 'null'] },
              },
            },
          },
        },
      },
    },
    ...NO_RULE,
  },
})

export const getRuleRevisionOperation = operation({
  id: 'getRuleRevision',
  method: 'GET',
  path: '/admin/v1/rules/{rule}/revisions/{revision}',
  tag: 'Rules',
  summary: 'One revision of a rule',
  description: 'A revision is never changed: a correction is a new one.',
  permission: 'rules.read',
  params: REVISION,
  answers: { 200: { description: 'The revision.', schema: REVISION_ANSWER }, ...NO_RULE },
})

export const draftRuleOperation = operation({
  id: 'draftRule',
  method: 'PUT',
  path: '/admin/v1/rules/{rule}',
  tag: 'Rules',
  summary: 'Draft a rule',
  description:
    'Keeps it as a new revision, after checking that it can be loaded beside the others. Nothing is in force until it is published.',
  permission: 'rules.write',
  params: RULE,
  body: {
    description: 'The texts.',
    types: ['application/json'],
    bytesMax: BODY_BYTES_MAX,
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['envelope', 'graph'],
      properties: { ...TEXTS, note: NOTE },
    },
  },
  answers: { 201: { description: 'Kept.', schema: HEAD_ANSWER }, ...WRONG },
})

export const checkRuleOperation = operation({
  id: 'checkRule',
  method: 'POST',
  path: '/admin/v1/rules/{rule}/check',
  tag: 'Rules',
  summary: 'Check a rule',
  description:
    'All that is wrong with texts or a revision, which cases fail and how, and which cases of rules that call it would fail. Keeps nothing.',
  permission: 'rules.read',
  params: RULE,
  body: {
    description: 'The texts, or the number of a revision.',
    types: ['application/json'],
    bytesMax: BODY_BYTES_MAX,
    schema: EITHER,
  },
  answers: {
    200: {
      description: 'What was found.',
      schema: {
        type: 'object',
        properties: {
          ok: { type: 'boolean', description: 'It can be published.' },
          problems: { type: 'array', items: { type: 'object' } },
          passed: COUNT,
          failing: FAILING,
          undecidedRows: { type: 'array', items: TEXT, description: 'Rows that decide in no case.' },
          callers: {
            type: 'array',
            items: { type: 'object', properties: { rule: TEXT, failing: FAILING } },
            description: 'Rules that call it and whose cases would no longer hold.',
          },
        },
      },
    },
    ...NO_RULE,
  },
})

export const shadowRuleOperation = operation({
  id: 'shadowRule',
  method: 'POST',
  path: '/admin/v1/rules/{rule}/shadow',
  tag: 'Rules',
  summary: 'Try a rule on real decisions',
  description:
    'Makes the last decisions of the rule again, each with its input and for its moment, by what is in force and by the draft, and shows where they differ. Keeps nothing.',
  permission: 'rules.read',
  personal: true,
  unmasked: true,
  params: RULE,
  body: {
    description: 'The texts or the number of a revision, and how many decisions.',
    types: ['application/json'],
    bytesMax: BODY_BYTES_MAX,
    schema: {
      ...EITHER,
      properties: {
        ...(EITHER['properties'] as JsonObject),
        decisions: { type: 'integer', minimum: 1, maximum: 1000, default: 200 },
      },
    },
  },
  answers: {
    200: {
      description: 'The differences.',
      schema: {
        type: 'object',
        properties: {
          decided: COUNT,
          same: COUNT,
          different: COUNT,
          changedSince: { type: 'integer', description: 'Decisions that an earlier revision had made otherwise.' },
          kinds: { type: 'array', items: { type: 'object', properties: { difference: TEXT, count: COUNT } } },
          differences: { type: 'array', items: { type: 'object' }, description: 'At most 100, the newest first.' },
        },
      },
    },
    ...NO_RULE,
    ...WRONG,
  },
})

export const publishRuleOperation = operation({
  id: 'publishRule',
  method: 'POST',
  path: '/admin/v1/rules/{rule}/revisions/{revision}/publish',
  tag: 'Rules',
  summary: 'Put a revision in force',
  description:
    'Its cases must hold, and the rules that call it must go on. It holds from its validFrom to its validTo, over what was in force before: with the answer, every hub process decides by it. A process that hangs delays the answer by two seconds.',
  permission: 'rules.write',
  params: REVISION,
  answers: {
    200: { description: 'In force.', schema: HEAD_ANSWER },
    ...NO_RULE,
    409: { description: 'It was put in force last already.' },
    422: {
      description: 'A case does not hold (`failing` shows the difference), or a rule that calls it could not go on.',
    },
  },
})

export const rollBackRuleOperation = operation({
  id: 'rollBackRule',
  method: 'POST',
  path: '/admin/v1/rules/{rule}/roll-back',
  tag: 'Rules',
  summary: 'Take back what was put in force last',
  description: 'What was in force before is so again.',
  permission: 'rules.write',
  params: RULE,
  answers: {
    200: { description: 'In force again.', schema: HEAD_ANSWER },
    409: { description: 'No earlier revision was ever in force.' },
  },
})

const DECISION_ENTRY: JsonObject = {
  type: 'object',
  properties: {
    id: TEXT,
    rule: TEXT,
    revision: COUNT,
    at: { type: 'string', format: 'date-time', description: 'The moment that it was decided for.' },
    decidedAt: { type: 'string', format: 'date-time' },
    actor: TEXT,
    customer: { type: ['string', 'null'] },
    input: { type: ['object', 'null'], description: 'As it was sent; null: too large to be kept.' },
    filled: { type: ['object', 'null'], description: 'What the hub put in place of `customer: {id}`.' },
    result: { type: ['object', 'null'], description: 'null: the rule could not decide; `code` says why.' },
    code: { type: ['string', 'null'] },
    trace: { type: 'array', items: TEXT },
  },
}

export const searchRuleDecisionsOperation = operation({
  id: 'searchDecisions',
  method: 'GET',
  path: '/admin/v1/decisions',
  tag: 'Rules',
  summary: 'What was decided',
  description:
    'Newest first, without the records that were read. A page may be short, or empty, before the end of a search for a rare result: go on while there is a `next`.',
  permission: 'decisions.read',
  personal: true,
  query: {
    rule: { type: 'string', maxLength: 64, description: 'By this rule.' },
    customer: { type: 'string', format: 'uuid', description: 'About this customer, or one that was joined into it.' },
    from: { type: 'string', format: 'date-time', description: 'Made at this moment or later.' },
    to: { type: 'string', format: 'date-time', description: 'Made before this moment.' },
    result: {
      type: 'string',
      maxLength: 2_000,
      description: 'JSON that the result must contain: `{"stage":"reminder"}`.',
      example: '{"eligible":false}',
    },
    failed: { type: 'boolean', description: 'true: the rule could not decide.' },
    ...PAGE,
  },
  answers: { 200: { description: 'A page of decisions.', schema: pageSchema(DECISION_ENTRY) } },
})

export const getDecisionOperation = operation({
  id: 'getDecision',
  method: 'GET',
  path: '/admin/v1/decisions/{id}',
  tag: 'Rules',
  summary: 'One decision',
  description: 'With its input, all that was read of the customer, and why it came out so.',
  permission: 'decisions.read',
  personal: true,
  params: DECISION,
  answers: {
    200: { description: 'The decision.', schema: DECISION_ENTRY },
    404: { description: 'There is no such decision, or it is no longer kept.' },
  },
})

const AGAIN: JsonObject = {
  type: ['object', 'null'],
  properties: {
    revision: { type: ['integer', 'null'] },
    at: { type: 'string', format: 'date-time' },
    result: { type: ['object', 'null'] },
    code: { type: ['string', 'null'] },
    message: { type: ['string', 'null'] },
    trace: { type: 'array', items: TEXT },
    difference: { type: 'string', description: '`-` what was decided, `+` what came; empty: the same.' },
  },
}

export const replayDecisionOperation = operation({
  id: 'replayDecision',
  method: 'POST',
  path: '/admin/v1/decisions/{id}/replay',
  tag: 'Rules',
  summary: 'Decide again',
  description:
    'By the revision, with the data and for the moment of then, which shows why it came out so; and by the rules, with the data and for the moment of now. Keeps nothing.',
  permission: 'decisions.read',
  personal: true,
  params: DECISION,
  answers: {
    200: {
      description: 'Both.',
      schema: { type: 'object', properties: { decision: DECISION_ENTRY, then: AGAIN, now: AGAIN } },
    },
    404: { description: 'There is no such decision, or it is no longer kept.' },
  },
})

export const ADMIN_RULES_OPERATIONS = [
  listRuleRevisionsOperation,
  getRuleStateOperation,
  draftRuleOperation,
  ruleHistoryOperation,
  getRuleRevisionOperation,
  publishRuleOperation,
  checkRuleOperation,
  shadowRuleOperation,
  rollBackRuleOperation,
  searchRuleDecisionsOperation,
  getDecisionOperation,
  replayDecisionOperation,
]
