/** The page for integration engineers and the JSON Schema for editors say what the code does. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readEnvelope } from './document/envelope.ts'
import { RuleProblems, reportFor } from './document/problems.ts'
import { readCases } from './cases/read-cases.ts'
import { ENVELOPE_SCHEMA, loadRules, traceInWords } from './index.ts'

const ROOT = join(import.meta.dirname, '../..')
const SCHEMA_FILE = join(ROOT, 'schemas/config/rule.schema.json')
const HOW = 'Run the tests of hub/rules with OMNIHUB_UPDATE=1 to mend it.'
const page = readFileSync(join(ROOT, 'docs/integration-engineers/rules.md'), 'utf8')
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '')

test('the committed JSON Schema is the one that the envelope is checked by', () => {
  const made = `${JSON.stringify(ENVELOPE_SCHEMA, null, 2)}\n`
  if (process.env['OMNIHUB_UPDATE'] === '1') writeFileSync(SCHEMA_FILE, made)
  const schema = JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) as unknown
  expect({ how: HOW, schema }).toEqual({ how: HOW, schema: JSON.parse(made) })
})

test('the envelope, what it fills in and the cases on the page are right', () => {
  const [envelope = '', fill = '', cases = ''] = blocks('yaml')
  const problems = new RuleProblems()
  expect(readEnvelope(envelope, reportFor(problems, 'page'))).toMatchObject({ name: 'credit-limit' })
  const ofDemo = readFileSync(join(ROOT, 'rules/credit-limit.rule.yaml'), 'utf8')
  const filling = ofDemo.replace(/^timeZone:.*?(?=^input:)/ms, fill)
  expect(filling).toContain(fill)
  expect(readEnvelope(filling, reportFor(problems, 'page'))?.fills.map(({ member }) => member)).toEqual([
    'kind',
    'monthsAsCustomer',
  ])
  expect(problems.errors).toEqual([])
  expect(readCases(cases, 'page')).toMatchObject({ ok: true })
})

test('the trace on the page is one', () => {
  const file = (name: string): { file: string; text: string } => ({
    file: name,
    text: readFileSync(join(ROOT, 'rules', name), 'utf8'),
  })
  const loaded = loadRules([{ envelope: file('dunning-stage.rule.yaml'), graph: file('dunning-stage.json') }])
  if (!loaded.ok) throw new Error('the rule does not load')
  const input = { status: 'overdue', dueOn: '2026-03-01', balance: { amount: '89.90', currency: 'AUD' } }
  const at = Date.parse('2026-03-23T10:00:00+11:00')
  const { trace } = loaded.rules.decide('dunning-stage', input, { at, trace: true })
  const lines = trace === undefined ? [] : traceInWords(trace)
  for (const line of (blocks('text')[0] ?? '').trim().split('\n')) expect(lines).toContain(line)
})
