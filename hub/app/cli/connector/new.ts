import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { CONNECTORS } from '../../../../connectors/index.ts'
import { HubError } from '../../../contracts/hub-error.ts'
import { packageFolder } from '../../package-folder.ts'
import { EXIT } from '../shared/exit-codes.ts'
import { unwritable } from '../shared/files.ts'
import type { Io } from '../shared/io.ts'
import { json } from '../shared/text.ts'
import { isRepository, workspaceOf } from './connector-workspace.ts'
import { type Place, placeOf, rewriteTemplate } from './rewrite-template.ts'

const NAME = /^[a-z][a-z0-9-]{0,62}$/
const TEMPLATE = 'hub/app/cli/connector-template'
/** Node takes the files of a folder without one for CommonJS at first. */
const MANIFEST = { private: true, type: 'module' }

/** `omnihub connector new`: a connector to begin with, in a workspace or in this repository. */
export async function newConnector(
  name: string,
  workspace: string | undefined,
  asJson: boolean,
  io: Io,
): Promise<number> {
  const folder = workspaceOf(io, workspace)
  const shown = (path: string): string => relative(io.cwd, join(folder, path))
  const place: Place = isRepository(folder) ? 'repository' : 'workspace'
  refuseName(name)
  const files = await filesOf(name, place)
  for (const path of [`connectors/${name}`, ...files.keys()]) refuseTaken(join(folder, path), shown(path))
  const written: string[] = []
  try {
    await write(folder, files, written)
    const manifest = join(folder, 'connectors/package.json')
    if (place === 'workspace' && !existsSync(manifest)) await writeFile(manifest, json(MANIFEST))
  } catch (error) {
    // No half of a connector stays behind.
    for (const path of written) await rm(join(folder, path), { force: true }).catch(() => undefined)
    throw unwritable(shown(`connectors/${name}`), error)
  }
  const made = [...files.keys()].sort().map(shown)
  io.out(asJson ? json({ name, files: made }) : welcome(name, place, made))
  return EXIT.done
}

/** By the path of each, below the workspace or the repository. */
async function filesOf(name: string, place: Place): Promise<Map<string, string>> {
  const template = join(packageFolder(), TEMPLATE)
  const entries = (await readdir(template)).map(async (file) => {
    const text = await readFile(join(template, file), 'utf8')
    return [placeOf(file, name, place), rewriteTemplate(file, text, name, place)] as const
  })
  return new Map(await Promise.all(entries))
}

/** The entry is written last: until then a hub that starts meanwhile finds a folder without one, and says so. */
async function write(folder: string, files: ReadonlyMap<string, string>, written: string[]): Promise<void> {
  const isEntry = (path: string): number => (path.endsWith('/index.ts') ? 1 : 0)
  for (const [path, text] of [...files].sort(([a], [b]) => isEntry(a) - isEntry(b))) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text, { flag: 'wx' })
    written.push(path)
  }
}

function refuseName(name: string): void {
  if (!NAME.test(name)) {
    throw new HubError({
      code: 'cli.connector.name',
      family: 'reject',
      message: 'The name of a connector is lower-case letters, digits and hyphens, and begins with a letter.',
      fix: 'Call it as the system is called: sage-100, library.',
    })
  }
  if (CONNECTORS.some((one) => one.name === name) || name === 'push') {
    throw new HubError({
      code: 'cli.connector.taken',
      family: 'reject',
      message: `The hub has a connector ${name} already.`,
      fix: 'Choose another name; `omnihub connector list` shows those that there are.',
    })
  }
}

function refuseTaken(path: string, shown: string): void {
  if (!existsSync(path)) return
  throw new HubError({
    code: 'cli.connector.exists',
    family: 'reject',
    message: `${shown} is there already, and was left as it is.`,
    where: shown,
    fix: 'Choose another name, or move it away.',
  })
}

function welcome(name: string, place: Place, files: readonly string[]): string {
  const steps =
    place === 'workspace'
      ? [`omnihub connector test ${name} --harness`]
      : [
          'Add it to connectors/index.ts, and its harness to test/conformance/harnesses/index.ts.',
          'UPDATE_SCORES=1 npm test -- test/conformance && npm run docs',
        ]
  const harness = files.find((file) => /harness/.test(file)) ?? ''
  return [
    `The connector ${name}:`,
    ...files.map((file) => `  ${file}`),
    '',
    'It talks to a system in memory (example-system.ts). Make it talk to yours: settings.ts says what connecting takes,',
    `client.ts how the system is asked, ${harness} how it is tried. Then:`,
    ...steps.map((step) => `  ${step}`),
    '',
  ].join('\n')
}
