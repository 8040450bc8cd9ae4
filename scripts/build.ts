/**
 * Compiles the TypeScript of hub/, connectors/ and demo/ into dist/ with swc, only the files that changed.
 * Types are not checked here (`npm run types` does that): a start must not wait for the type checker.
 */
import { type JscConfig, transformFile } from '@swc/core'
import { existsSync, globSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const ROOMS = ['hub', 'connectors', 'demo', 'bench']

// swc knows rewriteRelativeImportExtensions; its published types do not yet.
const JSC: JscConfig & { rewriteRelativeImportExtensions: boolean } = {
  parser: { syntax: 'typescript', decorators: true },
  transform: { legacyDecorator: true, decoratorMetadata: true },
  target: 'es2024',
  keepClassNames: true,
  rewriteRelativeImportExtensions: true,
}

function newerThan(source: string, target: string): boolean {
  return !existsSync(target) || statSync(source).mtimeMs > statSync(target).mtimeMs
}

async function compile(source: string, target: string): Promise<void> {
  const { code, map } = await transformFile(join(ROOT, source), {
    cwd: ROOT,
    sourceMaps: true,
    jsc: JSC,
    module: { type: 'nodenext' },
  })
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(`${target}.map`, map ?? '')
  writeFileSync(target, `${code}\n//# sourceMappingURL=${target.split('/').at(-1)}.map\n`)
}

async function build(): Promise<void> {
  const sources = globSync(
    ROOMS.map((room) => `${room}/**/*.ts`),
    { cwd: ROOT },
  ).filter((file) => !file.endsWith('.test.ts') && !file.endsWith('.d.ts'))
  const wanted = new Map(sources.map((source) => [join(ROOT, 'dist', source.replace(/\.ts$/, '.js')), source]))
  const stale = globSync('dist/**/*.js', { cwd: ROOT }).map((file) => join(ROOT, file))
  for (const file of stale) if (!wanted.has(file)) rmSync(file)
  const changed = [...wanted].filter(([target, source]) => newerThan(join(ROOT, source), target))
  await Promise.all(changed.map(([target, source]) => compile(source, target)))
}

await build()
