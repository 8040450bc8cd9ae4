import { Ajv2020 } from 'ajv/dist/2020.js'
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { CONNECTORS } from '../../connectors/index.ts'
import { withConnectorSchemas } from './connector-schemas.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const committed = read('schemas/config/system.schema.json')
const ajv = new Ajv2020({ allErrors: true, strict: false })
const validate = ajv.compile(JSON.parse(committed) as object)

function faults(text: string): string[] {
  validate(parse(text))
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`)
}

test('The schema that editors read has what each connector takes (else: npm run docs)', () => {
  expect(JSON.parse(withConnectorSchemas(committed, CONNECTORS))).toEqual(JSON.parse(committed))
})

test.each(CONNECTORS.map(({ name }) => name))('It takes the examples in the README of %s', (name) => {
  const examples = [...read(`connectors/${name}/README.md`).matchAll(/^```yaml\n(# config\/systems\/[^]*?)^```$/gm)]
  expect(examples.length).toBeGreaterThan(0)
  for (const [, text = ''] of examples) expect(faults(text)).toEqual([])
})

const SYSTEM = `title: A
connector: rest
settings: { baseUrl: https://h, auth: { scheme: bearer, token: '\${env:T}' } }
entities: { A: { options: { key: [id], list: { path: /a } } } }
`

test.each([
  ['a plain secret', "'${env:T}'", 'secret', '/settings/auth/token'],
  ['an unknown setting', 'baseUrl: https://h', 'baseUrl: https://h, basUrl: x', '/settings'],
  ['a wrong choice', 'scheme: bearer', 'scheme: digest', '/settings/auth/scheme'],
  ['a missing option', 'key: [id], ', '', '/entities/A/options'],
  ['an unknown member, deep inside', 'path: /a', 'path: /a, methot: GET', '/entities/A/options/list'],
])('It refuses %s', (_, right, wrong, place) => {
  expect(faults(SYSTEM)).toEqual([])
  expect(faults(SYSTEM.replace(right, wrong)).some((fault) => fault.startsWith(`${place} `))).toBe(true)
})
