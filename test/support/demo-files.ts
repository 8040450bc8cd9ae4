/** What the demo company's workspace says of its systems, as files of a workspace of a test. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../scripts/checks.ts'

export interface SystemDocument {
  name: string
  /** In the workspace. */
  path: string
  text: string
}

/** The document of a system. */
export function demoSystem(name: string): SystemDocument {
  const path = `config/systems/${name}.yaml`
  return { name, path, text: readFileSync(join(ROOT, path), 'utf8') }
}

/** The document of a system and its mappings, without their cases: by path, their texts. */
export function demoSystemFiles(name: string): Record<string, string> {
  const folder = join(ROOT, 'mappings', name)
  const names = readdirSync(folder).filter((file) => file.endsWith('.yaml') && !file.endsWith('.cases.yaml'))
  const mappings = names.map((file) => [`mappings/${name}/${file}`, readFileSync(join(folder, file), 'utf8')] as const)
  const { path, text } = demoSystem(name)
  return { [path]: text, ...Object.fromEntries(mappings) }
}
