/** Names and lengths of files. */
import { type Finding, isGenerated, type SourceFile } from './files.ts'

export const LINES_MAX = 500

const KEBAB = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/
// Mappings bear the name of the source's own entity (Contact.yaml, KNA1.cases.yaml), which is not ours to spell.
const NAMED_BY_OTHERS = /^(?:(?:.*\/)?mappings\/[^/]+|connectors\/[^/]+\/examples)\/[^/]+\.ya?ml$/
const CUSTOMARY = new Set([
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'LICENSE',
  'NOTICE',
  'SECURITY.md',
  'Chart.yaml',
])

export function badNames(files: readonly SourceFile[]): Finding[] {
  return files
    .filter(({ path }) => !NAMED_BY_OTHERS.test(path))
    .filter(({ path }) => {
      const parts = path.split('/')
      const name = parts.at(-1) ?? ''
      return !CUSTOMARY.has(name) && !(KEBAB.test(name) && parts.slice(0, -1).every((part) => KEBAB.test(part)))
    })
    .map(({ path }) => ({ path, problem: 'names are kebab-case (small letters, digits, hyphens); rename it' }))
}

export function tooLong(files: readonly SourceFile[]): Finding[] {
  return files
    .filter((file) => /\.(ts|js|mjs|sql)$/.test(file.path) && !isGenerated(file))
    .map((file) => ({ path: file.path, lines: file.text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > LINES_MAX)
    .map(({ path, lines }) => ({
      path,
      problem: `${lines} lines; a file has one purpose and at most ${LINES_MAX}: part it`,
    }))
}
