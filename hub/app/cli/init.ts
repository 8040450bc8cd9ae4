import { cp, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { HubError } from '../../contracts/hub-error.ts'
import { packageFolder } from '../package-folder.ts'
import { EXIT } from './shared/exit-codes.ts'
import { pathOf, unwritable } from './shared/files.ts'
import type { Io } from './shared/io.ts'
import { json } from './shared/text.ts'

/** Documents of the package that a workspace begins with, beside those of the template. */
const SHIPPED = [
  'config/matching.yaml',
  'schemas/config/golden.schema.json',
  'schemas/config/access.schema.json',
  'schemas/config/privacy.schema.json',
  'schemas/config/mapping.schema.json',
  'schemas/config/matching.schema.json',
]
const EMPTY_FOLDERS = ['rules', 'flows']

/** `omnihub init`: a company's own workspace. What is there already is never touched. */
export async function initWorkspace(name: string, asJson: boolean, io: Io): Promise<number> {
  const folder = pathOf(io, name)
  await refuseTaken(folder, name)
  try {
    await mkdir(folder, { recursive: true })
    // Put together out of sight, so that a full disk or Ctrl-C leaves no half workspace. Within the folder, because the
    // one above may belong to somebody else.
    const draft = await mkdtemp(join(folder, '.draft-'))
    try {
      await fill(draft)
      for (const entry of await readdir(draft)) await rename(join(draft, entry), join(folder, entry))
    } finally {
      await rm(draft, { recursive: true, force: true })
    }
  } catch (error) {
    throw unwritable(name, error)
  }
  const files = await filesBelow(folder)
  io.out(asJson ? json({ folder, files }) : welcome(name, files))
  return EXIT.done
}

async function refuseTaken(folder: string, name: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (found === undefined) return
  if (found.isDirectory() && (await readdir(folder)).length === 0) return
  throw new HubError({
    code: 'cli.init.taken',
    family: 'reject',
    message: `${name} is there already, and is not an empty folder.`,
    where: name,
    fix: 'Name a new or an empty folder; nothing was changed.',
  })
}

async function fill(folder: string): Promise<void> {
  const root = packageFolder()
  await cp(join(root, 'hub/app/cli/workspace-template'), folder, { recursive: true })
  for (const path of SHIPPED) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await cp(join(root, path), join(folder, path))
  }
  for (const path of EMPTY_FOLDERS) await mkdir(join(folder, path))
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return files.map((file) => relative(folder, file)).sort()
}

function welcome(name: string, files: readonly string[]): string {
  return [
    `A workspace is in ${name}:`,
    ...files.map((file) => `  ${file}`),
    '',
    'Next:',
    `  cd ${name}`,
    '  npx omnihub mapping test',
    '  npx omnihub start --workspace .',
    '',
  ].join('\n')
}
