import type { JsonObject } from '../../contracts/json.ts'
import { operation } from './operation.ts'

const TAG = 'Decisions'

const RULE = {
  rule: { type: 'string', maxLength: 64, description: 'Name of the rule: `credit-limit`.' },
} as const

const RULE_ENTRY: JsonObject = {
  type: 'object',
  required: ['name', 'title', 'sentence', 'revision', 'reads', 'input', 'output'],
  properties: {
    name: { type: 'string' },
    title: { type: 'string' },
    sentence: { type: 'string', description: 'What the rule decides.' },
    revision: { type: 'integer' },
    validFrom: {
      type: ['string', 'null'],
      format: 'date-time',
      description: 'First moment at which it holds; null: always.',
    },
    validTo: {
      type: ['string', 'null'],
      format: 'date-time',
      description: 'First moment at which it no longer holds.',
    },
    reads: {
      type: 'array',
      items: { type: 'string' },
      description: 'Members of the input that the hub fills in where `customer: {id}` is sent.',
    },
    input: { type: 'object', description: 'JSON Schema 2020-12 of the input.' },
    output: { type: 'object', description: 'JSON Schema 2020-12 of the result.' },
  },
}

export const listRulesOperation = operation({
  id: 'listRules',
  method: 'GET',
  path: '/v1/rules',
  tag: TAG,
  summary: 'All rules',
  description: 'The rules that hold now, by name, with the schemas of what they take and give.',
  permission: 'decisions.make',
  answers: {
    200: {
      description: 'The rules.',
      schema: { type: 'object', required: ['items'], properties: { items: { type: 'array', items: RULE_ENTRY } } },
    },
  },
})

export const getRuleOperation = operation({
  id: 'getRule',
  method: 'GET',
  path: '/v1/rules/{rule}',
  tag: TAG,
  summary: 'One rule',
  description: 'The version of the rule that holds now, or the next that will.',
  permission: 'decisions.make',
  params: RULE,
  answers: { 200: { description: 'The rule.', schema: RULE_ENTRY }, 404: { description: 'There is no such rule.' } },
})

export const decideOperation = operation({
  id: 'decide',
  method: 'POST',
  path: '/v1/decisions/{rule}',
  tag: TAG,
  summary: 'Decide by a rule',
  description:
    'The same answer for every channel. Where the rule reads something of a customer (`reads` in the list of rules), `"customer": {"id": "..."}` in the input is enough: the hub puts the golden record and the records of the customer into the input by these names. What you send yourself counts instead. Every decision is kept, with its input, for a time.',
  permission: 'decisions.make',
  params: RULE,
  body: {
    description: 'The input, as the input schema of the rule describes it.',
    types: ['application/json'],
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['input'],
      properties: {
        input: { type: 'object', description: 'The input.' },
        at: {
          type: 'string',
          maxLength: 40,
          description:
            'The moment for which to decide, RFC 3339; absent: now. The version of the rule that holds then decides.',
        },
        trace: { type: 'boolean', description: 'Whether to tell which row decided, and why.' },
      },
    },
  },
  answers: {
    200: {
      description: 'Decided.',
      schema: {
        type: 'object',
        required: ['decision', 'rule', 'revision', 'result'],
        properties: {
          decision: { type: 'string', description: 'Id by which it is found again.' },
          rule: { type: 'string' },
          revision: { type: 'integer', description: 'Revision of the rule that decided.' },
          customer: { type: 'string', description: 'The customer that was read: another one where the id was joined.' },
          result: { type: 'object', description: 'As the output schema of the rule describes it.' },
          trace: { type: 'array', items: { type: 'string' }, description: 'In words, without values of the input.' },
        },
      },
    },
    404: { description: 'There is no such rule, or no such customer.' },
    409: { description: 'The rule can not decide this: it is wrong, and who publishes rules can see it.' },
    410: { description: 'The customer was erased.' },
    422: { description: 'The input is not what the rule takes; `pointer` says where.' },
  },
})

export const DECISION_OPERATIONS = [listRulesOperation, getRuleOperation, decideOperation]
