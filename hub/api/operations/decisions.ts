import type { JsonObject } from '../../contracts/json.ts'
import { operation } from './operation.ts'
import { CUSTOMER_ID, PAGE, pageSchema } from './shared.ts'

const TAG = 'Decisions'

const RULE = {
  rule: { type: 'string', maxLength: 64, description: 'Name of the rule: `credit-limit`.' },
} as const

const RULE_ENTRY: JsonObject = {
  type: 'object',
  required: ['name', 'title', 'sentence', 'revision', 'reads', 'fills', 'input', 'output'],
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
      description:
        'Members of the input that the hub reads: of the customer where `customer: {id}` is sent, and single records where they are named by their ids (`invoice: {id}`).',
    },
    fills: {
      type: 'array',
      description: 'Members of the input that are made out of what is read where you do not send them.',
      items: {
        type: 'object',
        required: ['member', 'from', 'says'],
        properties: {
          member: { type: 'string' },
          from: {
            type: 'array',
            items: { type: 'string' },
            description: 'What it is made from: `customer.createdAt`.',
          },
          says: { type: 'string', description: 'How, in words or as an expression.' },
        },
      },
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
    'The same answer for every channel. Where the rule reads something of a customer (`reads` in the list of rules), `"customer": {"id": "..."}` in the input is enough: the hub puts the golden record and the records of the customer into the input by these names, and makes of them what the rule also needs (`fills`). Single records are named likewise (`"invoice": {"id": "..."}`). What you send yourself counts instead. Every decision is kept, with its input, for a time.',
  permission: 'decisions.make',
  personal: true,
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
          trace: {
            type: 'array',
            items: { type: 'string' },
            description: 'In words, without values of the input but for what was filled in.',
          },
        },
      },
    },
    404: { description: 'There is no such rule, or no such customer or record.' },
    409: { description: 'The rule can not decide this: it is wrong, and who publishes rules can see it.' },
    410: { description: 'The customer was erased, or the record deleted.' },
    422: { description: 'The input is not what the rule takes; `pointer` says where.' },
  },
})

const NOTE: JsonObject = {
  type: 'object',
  properties: {
    customer: { type: 'string' },
    rule: { type: 'string' },
    revision: { type: 'integer' },
    at: { type: 'string', format: 'date-time', description: 'Since when it says so.' },
    findings: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          check: { type: 'string' },
          severity: { type: 'string', enum: ['error', 'warning'] },
          field: { type: 'string' },
          do: { type: 'string' },
        },
      },
    },
  },
}

export const getCustomerNotesOperation = operation({
  id: 'getCustomerNotes',
  method: 'GET',
  path: '/v1/customers/{id}/notes',
  tag: 'Customers',
  summary: 'What is missing or unlikely in a customer',
  description:
    'What the rules that look at golden records found when the customer changed last. An id that was joined into another customer answers with that one.',
  permission: 'records.read',
  personal: true,
  params: CUSTOMER_ID,
  answers: {
    200: {
      description: 'The notes, by rule.',
      schema: {
        type: 'object',
        properties: { customer: { type: 'string' }, items: { type: 'array', items: NOTE } },
      },
    },
    404: { description: 'There is no such customer.' },
    410: { description: 'The customer was erased.' },
  },
})

export const listNotesOperation = operation({
  id: 'listNotes',
  method: 'GET',
  path: '/admin/v1/notes',
  tag: 'Rules',
  summary: 'Customers in whose records something is missing or unlikely',
  description: 'In the order of their ids.',
  permission: 'rules.read',
  personal: true,
  query: { rule: { type: 'string', maxLength: 64, description: 'Found by this rule.' }, ...PAGE },
  answers: { 200: { description: 'A page of notes.', schema: pageSchema(NOTE) } },
})

export const DECISION_OPERATIONS = [
  listRulesOperation,
  getRuleOperation,
  decideOperation,
  getCustomerNotesOperation,
  listNotesOperation,
]
