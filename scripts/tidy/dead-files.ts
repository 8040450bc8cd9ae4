/** Source files that nothing names: no import, no `new URL('./x.ts', ...)`, no script of package.json. */
import { posix } from 'node:path'
import { type Finding, isGenerated, isTest, type SourceFile } from './files.ts'

const RELATIVE = /['"`](\.\.?\/[^'"`\s]+\.(?:ts|js))['"`]/g
const FROM_ROOT = /\b(?:dist\/)?((?:hub|connectors|demo|bench|test|scripts|clients)\/[\w./-]+)\.(?:ts|js)\b/g
// What a person or a glob runs: commands directly in scripts/, measurements in bench/.
const RUN_BY_HAND = /^(scripts|bench)\/[^/]+\.ts$/

export function deadFiles(files: readonly SourceFile[]): Finding[] {
  const named = new Set(files.flatMap((file) => namedBy(file)))
  return files
    .filter(({ path }) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !isTest(path) && !RUN_BY_HAND.test(path))
    .filter((file) => !named.has(file.path) && !isGenerated(file))
    .map(({ path }) => ({ path, problem: 'nothing imports or runs it; delete it, or use it' }))
}

function namedBy(file: SourceFile): string[] {
  const folder = posix.dirname(file.path)
  const relative = [...file.text.matchAll(RELATIVE)].map((match) => posix.join(folder, match[1] ?? ''))
  const fromRoot = [...file.text.matchAll(FROM_ROOT)].map((match) => match[1] ?? '')
  return [...relative.map((path) => path.replace(/\.(ts|js)$/, '')), ...fromRoot]
    .map((path) => `${path}.ts`)
    .filter((path) => path !== file.path)
}
