import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('workspace', import.meta.url))

/** The company's configuration and mappings by path, for makeWorkspace. */
export function legacyWorkspace(): Record<string, string> {
  const paths = globSync('**/*.yaml', { cwd: FOLDER })
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(FOLDER, path), 'utf8')]))
}
