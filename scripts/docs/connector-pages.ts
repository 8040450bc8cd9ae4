/** The pages about connectors, as they should be; what is wrong with those that a person writes is a fault. */
import { CHECKS } from '../../connectors/conformance/run.ts'
import type { Scores } from '../../connectors/conformance/scores.ts'
import { CONNECTORS } from '../../connectors/index.ts'
import { TABLE_OPTIONS } from '../../connectors/shared/table-options.ts'
import { connectorReadmePart } from './connector-readme.ts'
import { connectorsPage } from './connectors-page.ts'
import { markdownTable, withGeneratedPart } from './generated-part.ts'
import { settingsTable } from './settings-rows.ts'

const GUIDES = 'docs/integration-engineers'

/** @param read the text of a file below the repository's root; undefined where there is none */
export function connectorPages(read: (path: string) => string | undefined): {
  pages: Record<string, string>
  faults: string[]
} {
  const checks = CHECKS.toSorted((a, b) => a.number - b.number)
  const parts: Record<string, string> = {
    [`${GUIDES}/connectors-tables.md`]: settingsTable('option', TABLE_OPTIONS).join('\n'),
    [`${GUIDES}/connectors-conformance.md`]: markdownTable(
      ['number', 'demand'],
      checks.map(({ number, title }) => [String(number), title]),
    ).join('\n'),
    ...Object.fromEntries(CONNECTORS.map((spec) => [`connectors/${spec.name}/README.md`, connectorReadmePart(spec)])),
  }
  const faults: string[] = []
  const pages: Record<string, string> = {
    'docs/connectors.md': connectorsPage(
      CONNECTORS,
      JSON.parse(read('test/conformance/scores.json') ?? '{}') as Scores,
      new Map(checks.map(({ number, title }) => [number, title])),
    ),
  }
  for (const [path, part] of Object.entries(parts)) {
    try {
      pages[path] = withGeneratedPart(read(path) ?? '', part)
    } catch (error) {
      faults.push(`${path}: ${(error as Error).message}`)
    }
  }
  return { pages, faults }
}
