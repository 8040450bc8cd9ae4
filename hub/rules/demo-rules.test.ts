/** The rules of the demo company: each loads, and every case beside it passes. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadRules, runCases } from './index.ts'
import type { RuleSource } from './index.ts'

const FOLDER = join(import.meta.dirname, '../../rules')
const files = readdirSync(FOLDER)
const read = (file: string): { file: string; text: string } => ({
  file: `rules/${file}`,
  text: readFileSync(join(FOLDER, file), 'utf8'),
})
const names = files.filter((file) => file.endsWith('.rule.yaml')).map((file) => file.replace('.rule.yaml', ''))
const sources: RuleSource[] = names.map((name) => ({
  envelope: read(`${name}.rule.yaml`),
  graph: read(`${name}.json`),
}))
const loaded = loadRules(sources)

test('all rules load together', () => {
  expect(loaded.ok ? [] : loaded.errors.map(({ code, message, fix }) => [code, message, fix])).toEqual([])
  expect(names.length).toBeGreaterThanOrEqual(8)
})

test('no file of the folder is without its rule', () => {
  const stray = files.filter(
    (file) => !names.some((name) => [`${name}.rule.yaml`, `${name}.json`, `${name}.cases.yaml`].includes(file)),
  )
  expect(stray).toEqual([])
})

describe.each(names)('%s', (name) => {
  const { file, text } = read(`${name}.cases.yaml`)
  const ran = loaded.ok ? runCases(loaded.rules, name, text, file) : undefined

  test('has cases that can be read', () => {
    expect(ran?.ok === false ? ran.errors.map(({ message }) => message) : []).toEqual([])
  })

  for (const { title, where, difference } of ran?.ok === true ? ran.results : []) {
    test(title, () => expect({ where, difference }).toEqual({ where, difference: '' }))
  }

  test('has a case for every row of its tables', () => {
    expect(ran?.ok === true ? ran.undecidedRows : undefined).toEqual([])
  })
})
