/** Rules for tests: those of the demo company, and small ones that stand in the path of changes. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { expressions, graph, INPUT, node, OUTPUT } from '../../hub/rules/testing.ts'
import { ROOT } from '../../scripts/checks.ts'

/** A file of the demo company's rules. */
export function demoRule(file: string): string {
  return readFileSync(join(ROOT, 'rules', file), 'utf8')
}

/** A rule of the demo company as files of a workspace. */
export function demoRuleFiles(rule: string): Record<string, string> {
  const names = [`${rule}.rule.yaml`, `${rule}.json`, `${rule}.cases.yaml`]
  return Object.fromEntries(names.map((name) => [`rules/${name}`, demoRule(name)]))
}

/** All rules of the demo company, with their cases, as files of a workspace. */
export function allDemoRuleFiles(): Record<string, string> {
  return Object.fromEntries(readdirSync(join(ROOT, 'rules')).map((file) => [`rules/${file}`, demoRule(file)]))
}

/** The demo company's dunning stage with another number of days of grace. */
export function dunningGraph(days: number): string {
  return demoRule('dunning-stage.json').replace('"value": "7"', `"value": "${days}"`)
}

/** A rule of one expression node, as files of a workspace. */
export function expressionRule(
  envelope: JsonObject & { name: string },
  values: Record<string, string>,
): Record<string, string> {
  return ruleFiles(envelope, graph([INPUT, node('N', 'expressionNode', expressions(values)), OUTPUT], 'in>N', 'N>out'))
}

export function ruleFiles(envelope: JsonObject & { name: string }, document: JsonObject): Record<string, string> {
  const { name } = envelope
  const whole = { title: name, sentence: `The rule ${name} of a test.`, ...envelope }
  return { [`rules/${name}.rule.yaml`]: JSON.stringify(whole), [`rules/${name}.json`]: JSON.stringify(document) }
}

export const FINDINGS: JsonObject = {
  type: 'object',
  properties: {
    findings: {
      type: 'array',
      items: {
        type: 'object',
        required: ['check', 'severity', 'field', 'do'],
        properties: {
          check: { type: 'string' },
          severity: { enum: ['error', 'warning'] },
          field: { type: 'string' },
          do: { type: 'string' },
        },
      },
    },
  },
}

/** Invoices get the dunning stage that they had when they changed, by the demo company's rule dunning-stage. */
export const INVOICE_DUNNING = ruleFiles(
  {
    name: 'invoice-dunning',
    onChange: { entity: 'invoice', does: 'enrich' },
    input: { type: 'object', properties: { invoice: { type: 'object' } }, required: ['invoice'] },
    output: { type: 'object', properties: { attributes: { type: 'object' } }, additionalProperties: false },
  },
  graph(
    [
      INPUT,
      node('Dunning', 'decisionNode', { key: 'dunning-stage', inputField: 'invoice', outputPath: 'dunning' }),
      node('Result', 'expressionNode', expressions({ 'attributes.dunningStage': 'dunning.stage' })),
      OUTPUT,
    ],
    'in>Dunning',
    'Dunning>Result',
    'Result>out',
  ),
)

/** An invoice that can be reminded of. */
export const INVOICE_MAPPING = `source: Invoice
target: invoice
key: no
fields:
  number: no
  customer: { ref: { entity: Account, key: account } }
  status: { constant: open }
  dueOn: due
  total: { from: total, convert: { money: { currency: AUD } } }
  balance: { from: total, convert: { money: { currency: AUD } } }
`
