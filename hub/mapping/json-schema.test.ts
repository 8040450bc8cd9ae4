import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { CONVERSIONS } from './conversions/registry.ts'
import { mappingJsonSchema, parseMapping } from './index.ts'

const ROOT = join(import.meta.dirname, '../..')
const SCHEMA_FILE = join(ROOT, 'schemas/config/mapping.schema.json')
const PAGE_FILE = join(ROOT, 'docs/integration-engineers/mappings.md')
const UPDATE = process.env['OMNIHUB_UPDATE'] === '1'
const HOW = 'Run the tests of hub/mapping with OMNIHUB_UPDATE=1 to mend it.'

const validate = new Ajv2020({ strict: false }).compile(mappingJsonSchema())

/** The page's table of conversions, from the same definitions. */
function conversionTable(): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|')
  const rows = [...CONVERSIONS.values()].map((definition) => {
    const options = Object.entries(definition.options).map(([name, option]) => `\`${name}\`: ${option.description}`)
    return `| \`${definition.name}\` | ${cell(definition.summary)} | \`${cell(definition.example)}\` | ${cell(options.join('<br>'))} |`
  })
  return [
    '',
    '<!-- prettier-ignore -->',
    '| conversion | what it does | as written | options |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

const MARKS = /(<!-- conversions -->)[\s\S]*?(<!-- end of conversions -->)/

test('the committed JSON Schema is the one that the definitions give', () => {
  const made = `${JSON.stringify(mappingJsonSchema(), null, 2)}\n`
  if (UPDATE) writeFileSync(SCHEMA_FILE, made)
  expect({ how: HOW, schema: JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) }).toEqual({
    how: HOW,
    schema: JSON.parse(made),
  })
})

test("the page's table of conversions is the one that the definitions give", () => {
  const page = readFileSync(PAGE_FILE, 'utf8')
  expect(page).toMatch(MARKS)
  const made = page.replace(MARKS, (_, before: string, after: string) => `${before}\n${conversionTable()}\n${after}`)
  if (UPDATE) writeFileSync(PAGE_FILE, made)
  expect({ how: HOW, page: readFileSync(PAGE_FILE, 'utf8') }).toEqual({ how: HOW, page: made })
})

test('every mapping on the page is right', () => {
  const page = readFileSync(PAGE_FILE, 'utf8')
  const examples = [...page.matchAll(/```yaml\n(source:[\s\S]*?)```/g)].map((match) => match[1] ?? '')
  expect(examples.length).toBeGreaterThan(0)
  for (const example of examples) expect(parseMapping(example, 'example.yaml')).toMatchObject({ ok: true })
})

describe('the JSON Schema agrees with the reader', () => {
  const folder = join(ROOT, 'mappings')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.yaml') && !name.endsWith('.cases.yaml'),
  )

  test.each(files)('on mappings/%s', (name) => {
    const text = readFileSync(join(folder, name), 'utf8')
    expect([validate(parse(text)), validate.errors]).toEqual([true, null])
    expect(parseMapping(text, name)).toMatchObject({ ok: true })
  })

  test.each([
    'source: a\ntarget: nothing\nfields: { a: b }',
    'source: a\ntarget: customer\nfields: {}',
    'source: a\ntarget: customer\nfields: { a: b }\nextra: 1',
    'source: a\ntarget: customer\nfields: { a: { from: b, convert: nothing } }',
    'source: a\ntarget: customer\nfields: { a: { from: b, convert: { date: { formt: x } } } }',
    'source: a\ntarget: customer\nfields: { a: { from: b, convert: lookup } }',
    'source: a\ntarget: customer\nfields: { a: { from: b, constant: c } }',
  ])('on a document that both refuse: %j', (text) => {
    expect(parseMapping(text, 'x.yaml').ok).toBe(false)
    expect(validate(parse(text))).toBe(false)
  })
})
