/**
 * Compiles src/ into dist/, or into the folder that is named: ES modules with their types. Needs the TypeScript of the
 * repository, nothing else.
 */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const folder = dirname(fileURLToPath(import.meta.url))
const target = process.argv[2] ?? join(folder, 'dist')
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc')
rmSync(target, { recursive: true, force: true })
const { status } = spawnSync(process.execPath, [compiler, '-p', folder, '--outDir', target], { stdio: 'inherit' })
process.exitCode = status ?? 1
