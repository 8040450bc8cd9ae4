import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { CONNECTORS } from '../../../../connectors/index.ts'
import { HubError } from '../../../contracts/hub-error.ts'
import { packageFolder } from '../../package-folder.ts'
import { EXIT } from '../shared/exit-codes.ts'
import { unwritable } from '../shared/files.ts'
import type { Io } from '../shared/io.ts'
import { json } from '../shared/text.ts'
import { isRepository, workspaceOf } from './connector-workspace.ts'
import { rewriteTemplate } from './rewrite-template.ts'

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
  const within = join(folder, 'connectors')
  const shown = join(relative(io.cwd, within), name)
  await refuse(name, join(within, name), shown)
  const place = isRepository(folder) ? 'repository' : 'workspace'
  try {
    await mkdir(within, { recursive: true })
    // Put together out of sight, so that nobody meets half a connector.
    const draft = await mkdtemp(join(within, '.draft-'))
    try {
      await fill(draft, name, place)
      // Drafts are their maker's alone.
      await chmod(draft, 0o755)
      await rename(draft, join(within, name))
    } finally {
      await rm(draft, { recursive: true, force: true })
    }
    const manifest = join(within, 'package.json')
    if (place === 'workspace' && !existsSync(manifest)) await writeFile(manifest, json(MANIFEST))
  } catch (error) {
    throw unwritable(shown, error)
  }
  const files = (await readdir(join(within, name))).sort().map((file) => join(shown, file))
  io.out(asJson ? json({ name, folder: join(within, name), files }) : welcome(name, place, shown, files))
  return EXIT.done
}

async function refuse(name: string, path: string, shown: string): Promise<void> {
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
  if ((await stat(path).catch(() => undefined)) !== undefined) {
    throw new HubError({
      code: 'cli.connector.exists',
      family: 'reject',
      message: `${shown} is there already, and was left as it is.`,
      where: shown,
      fix: 'Choose another name, or move that folder away.',
    })
  }
}

async function fill(draft: string, name: string, place: 'workspace' | 'repository'): Promise<void> {
  const template = join(packageFolder(), TEMPLATE)
  await cp(template, draft, { recursive: true })
  for (const file of await readdir(draft)) {
    const text = await readFile(join(draft, file), 'utf8')
    await writeFile(join(draft, file), rewriteTemplate(text, name, place))
  }
}

function welcome(name: string, place: 'workspace' | 'repository', shown: string, files: readonly string[]): string {
  const steps =
    place === 'workspace'
      ? [`omnihub connector test ${name} --harness`]
      : [
          `Add it to connectors/index.ts, and its harness to test/conformance/harnesses/index.ts.`,
          'UPDATE_SCORES=1 npm test -- test/conformance && npm run docs',
        ]
  return [
    `A connector is in ${shown}:`,
    ...files.map((file) => `  ${file}`),
    '',
    'It talks to a system in memory (example-system.ts). Make it talk to yours: settings.ts says what connecting takes,',
    'client.ts how the system is asked, harness.ts how it is tried. Then:',
    ...steps.map((step) => `  ${step}`),
    '',
  ].join('\n')
}
