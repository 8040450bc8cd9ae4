import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format } from 'prettier'
import { ROOT } from './sources.ts'

const STYLE = { parser: 'typescript', semi: false, singleQuote: true, printWidth: 120, trailingComma: 'all' } as const

export interface GeneratedFolder {
  /** In the repository: `hub/contracts/generated`. */
  folder: string
  /** The first line of each file. */
  banner: string
  /** What says how the files should be: `schemas/`. */
  source: string
  /** The command that writes them. */
  mend: string
}

/**
 * Makes the folder hold these modules, by name of the file, formatted, and no other. With `--check` on the command line nothing is
 * written: what is stale is told, and the process fails.
 */
export async function keepFolder(
  { folder, banner, source, mend }: GeneratedFolder,
  modules: Iterable<[name: string, text: string]>,
): Promise<void> {
  const wanted = new Map<string, string>()
  for (const [name, text] of modules) wanted.set(name, await format(`${banner}\n${text}`, STYLE))
  const path = join(ROOT, folder)
  mkdirSync(path, { recursive: true })
  const found = new Map(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]))
  const stale = [...new Set([...wanted.keys(), ...found.keys()])].filter((name) => wanted.get(name) !== found.get(name))
  if (process.argv.includes('--check')) {
    if (stale.length === 0) return
    console.error(`${folder} is not what ${source} says: ${stale.join(', ')}. Mend it with: ${mend}`)
    process.exitCode = 1
    return
  }
  for (const name of stale) {
    const text = wanted.get(name)
    if (text === undefined) rmSync(join(path, name))
    else writeFileSync(join(path, name), text)
    console.log(`${folder}/${name} written`)
  }
}
