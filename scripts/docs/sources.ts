import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Source } from './error-codes.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The product's own source: no tests, nothing generated. */
export function hubSources(): Source[] {
  return globSync('{hub,connectors}/**/*.ts', { cwd: ROOT })
    .filter((path) => !path.endsWith('.test.ts') && !/\/(generated|conformance)\//.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
}
