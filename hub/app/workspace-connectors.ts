/** A company's own connectors: `connectors/<name>/index.ts` (or .js) of its workspace, beside those of the hub. */
import { existsSync, realpathSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CONNECTORS } from '../../connectors/index.ts'
import type { ConnectorSpec } from '../contracts/connector.ts'
import { HubError } from '../contracts/hub-error.ts'
import { specFault } from './connector-spec-fault.ts'
import { packageFolder } from './package-folder.ts'

const NAME = /^[a-z][a-z0-9-]{0,62}$/
const ENTRIES = ['index.ts', 'index.js', 'index.mjs']
// The same files that the hub itself has loaded, from the sources or from dist/: an error made there is one that it knows.
const OWN_ENDING = extname(import.meta.url)
const PUBLIC: Readonly<Record<string, string>> = {
  'omnihub/connector': new URL(`../../connectors/authoring${OWN_ENDING}`, import.meta.url).href,
  'omnihub/conformance': new URL(`../../connectors/conformance/authoring${OWN_ENDING}`, import.meta.url).href,
}
let resolves = false

/** The hub's connectors and those of a workspace. Throws `workspace.connector.invalid`, which names the file. */
export async function loadConnectors(workspace: string): Promise<readonly ConnectorSpec[]> {
  const own = await workspaceConnectors(workspace)
  return [...CONNECTORS, ...(await Promise.all(own.map(({ name, path }) => loadConnector(name, path))))]
}

/** The folders below connectors/ of a workspace, with the file that each begins with. */
export async function workspaceConnectors(workspace: string): Promise<{ name: string; path: string }[]> {
  const folder = join(workspace, 'connectors')
  // The default workspace is the hub's own folder, whose connectors are built in.
  if (!existsSync(folder) || realpathSync(workspace) === realpathSync(packageFolder())) return []
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory() && entry.name !== 'node_modules').map(({ name }) => name)
  return names.sort().map((name) => {
    const path = ENTRIES.map((entry) => join(folder, name, entry)).find((entry) => existsSync(entry))
    if (path === undefined) {
      throw invalid(
        'A folder of connectors/ has no index.ts or index.js.',
        join(folder, name),
        'Add it, or move the folder.',
      )
    }
    return { name, path }
  })
}

async function loadConnector(name: string, path: string): Promise<ConnectorSpec> {
  if (!NAME.test(name)) {
    throw invalid('The name of a connector is lower-case letters, digits and hyphens.', path, 'Rename its folder.')
  }
  if (CONNECTORS.some((one) => one.name === name)) {
    throw invalid(`The hub has a connector ${name} of its own.`, path, 'Give the folder and its spec another name.')
  }
  const exported = await importModule(path)
  const specs = Object.values(exported)
    .filter(isNamed)
    .filter((value, place, all) => all.indexOf(value) === place)
  const spec = specs.find((one) => one.name === name) ?? specs[0]
  if (spec === undefined) {
    throw invalid(
      'The file exports no connector.',
      path,
      `Export one: export const connector: ConnectorSpec = { name: '${name}', ... }`,
    )
  }
  const fault = specFault(spec, name)
  if (fault !== undefined)
    throw invalid(`The connector is not as it must be: ${fault}.`, path, 'Correct the exported spec.')
  return spec as unknown as ConnectorSpec
}

/** A module of a workspace; `omnihub/connector` and `omnihub/conformance` are the hub's own. */
export async function importModule(path: string): Promise<Record<string, unknown>> {
  if (!resolves) {
    resolves = true
    registerHooks({
      resolve(specifier, context, next) {
        const url = PUBLIC[specifier]
        return url === undefined ? next(specifier, context) : { url, shortCircuit: true }
      },
    })
  }
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>
  } catch (cause) {
    if (cause instanceof HubError) throw cause
    const { message, stack } = cause instanceof Error ? cause : new Error(String(cause))
    const told = message.split('\n')[0] ?? ''
    throw new HubError({
      code: 'workspace.connector.invalid',
      family: 'config',
      message: `The file can not be loaded: ${told}`,
      where: placeOf(stack, path) ?? path,
      fix: 'Correct the file. The hub strips types but does not compile: no enum, no namespace, imports with their ending (./client.ts).',
      internal: stack ?? message,
      cause,
    })
  }
}

/** `file:line` from the first line of a syntax error's stack, or of the frame that threw. */
function placeOf(stack: string | undefined, path: string): string | undefined {
  const folder = pathToFileURL(join(path, '..')).href
  const found = stack?.split('\n').find((line) => line.includes(folder) || line.includes(join(path, '..')))
  const match = found === undefined ? null : /(?:file:\/\/)?(\/[^\s()]+?:\d+)/.exec(found)
  return match?.[1]
}

function isNamed(value: unknown): value is Record<string, unknown> & { name: string } {
  if (typeof value !== 'object' || value === null) return false
  return typeof (value as { name?: unknown }).name === 'string' && ('open' in value || 'capabilities' in value)
}

function invalid(message: string, where: string, fix: string): HubError {
  return new HubError({ code: 'workspace.connector.invalid', family: 'config', message, where, fix })
}
