/** The files of the project as the tidy rules see them: path from the package root, and text. */
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface SourceFile {
  path: string
  text: string
}

/** What a rule found, as a sentence that names the place and the way out. */
export interface Finding {
  path: string
  line?: number
  problem: string
}

const ROOMS =
  'hub connectors demo bench test scripts schemas clients mappings rules flows config console docs deploy bin'.split(
    ' ',
  )
const TEXT = /\.(ts|js|mjs|css|html|json|ya?ml|md|sql|sh)$/

/** All text files below the rooms, and those at the root. */
export function projectFiles(root: string): SourceFile[] {
  const below = ROOMS.map((room) => `${room}/**/*`)
  return globSync(['*', ...below], { cwd: root, exclude: (name) => name === 'node_modules' || name === 'dist' })
    .filter((path) => TEXT.test(path) && path !== 'package-lock.json' && statSync(join(root, path)).isFile())
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

export function isTest(path: string): boolean {
  return path.endsWith('.test.ts')
}

/** Files that a program wrote: their length and words are not a person's. */
export function isGenerated(file: SourceFile): boolean {
  return /(^|\/)generated\//.test(file.path) || file.path === 'hub/store/schema.sql'
}

export function show(finding: Finding): string {
  return `${finding.path}${finding.line === undefined ? '' : `:${finding.line}`}: ${finding.problem}`
}
