import { readFileSync } from 'node:fs'
import type { SettingsSchema } from '../hub/contracts/connector.ts'
import { CHECKS } from './conformance/run.ts'
import { CONNECTORS } from './index.ts'
import { TABLE_OPTIONS } from './shared/table-options.ts'

function page(name: string): string {
  return readFileSync(new URL(`../docs/integration-engineers/connectors-${name}.md`, import.meta.url), 'utf8')
}

/** The cells of all table rows of a page, trimmed, without Markdown's escapes. */
function rowsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll(/\\(.)/g, '$1')),
    )
}

function settingRows(schema: SettingsSchema): string[][] {
  return Object.entries(schema.properties).map(([name, { default: value, description, secret }]) => [
    name,
    value === undefined ? '' : String(value),
    secret === true ? `${description} Secret.` : description,
  ])
}

describe('the pages for integration engineers', () => {
  test.each(CONNECTORS.map((spec) => [spec.name, spec] as const))(
    '%s: list every setting as its spec says',
    (name, spec) => {
      expect(rowsOf(page(name))).toEqual(expect.arrayContaining(settingRows(spec.settings)))
    },
  )

  test('list every option of a table as its schema says', () => {
    expect(rowsOf(page('tables'))).toEqual(expect.arrayContaining(settingRows(TABLE_OPTIONS)))
  })

  test('list every check of the conformance kit by its own words', () => {
    const checks = CHECKS.toSorted((a, b) => a.number - b.number).map(({ number, title }) => [String(number), title])
    expect(rowsOf(page('conformance')).slice(2)).toEqual(checks)
  })
})
