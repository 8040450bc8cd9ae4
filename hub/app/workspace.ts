import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { HubError } from '../contracts/hub-error.ts'
import { HUB_SYSTEM } from '../contracts/hub-system.ts'
import { isJsonObject, type JsonObject } from '../contracts/json.ts'
import type { SchemaExtensions } from '../contracts/schema-forms.ts'
import { isCanonicalEntity } from '../contracts/canonical.ts'
import type { RuleFile } from '../decisions/rule-file.ts'
import type { MappingFile } from '../intake/mappings/desk.ts'

/** A company's own documents: what config/, mappings/, rules/ and schemas/ of a workspace folder say. */
export interface Workspace {
  folder: string
  /** By name: the document config/systems/<name>.yaml. */
  systems: Map<string, SystemFile>
  mappings: MappingFile[]
  rules: RuleFile[]
  /** Text of config/golden.yaml; null where there is none. */
  golden: string | null
  /** Text of config/access.yaml; null where there is none. */
  access: string | null
  /** Text of config/privacy.yaml; null where there is none. */
  privacy: string | null
  /** The document config/matching.yaml; null where there is none. */
  matching: unknown
  extensions: SchemaExtensions
}

export interface SystemFile {
  name: string
  path: string
  text: string
  /** The connector it names: mappings of that name serve where the system has none of its own. */
  connector: string
}

const SYSTEM_NAME = /^[a-z][a-z0-9-]{0,62}$/

/** Reads a workspace. Throws `config` HubErrors that name the file. */
export async function readWorkspace(folder: string): Promise<Workspace> {
  if (!existsSync(folder)) {
    throw new HubError({
      code: 'workspace.missing',
      family: 'config',
      message: 'The workspace folder does not exist.',
      where: folder,
      fix: 'Make one with `omnihub init`, or set OMNIHUB_WORKSPACE to an existing one.',
    })
  }
  const systems = await readSystems(folder)
  return {
    folder,
    systems,
    mappings: (await Promise.all([...systems.values()].map((system) => readMappings(folder, system)))).flat(),
    rules: await readRules(folder),
    golden: await textOrNull(join(folder, 'config', 'golden.yaml')),
    access: await textOrNull(join(folder, 'config', 'access.yaml')),
    privacy: await textOrNull(join(folder, 'config', 'privacy.yaml')),
    matching: await yamlOrNull(join(folder, 'config', 'matching.yaml')),
    extensions: await readExtensions(folder),
  }
}

async function readSystems(folder: string): Promise<Map<string, SystemFile>> {
  const systems = new Map<string, SystemFile>()
  for (const file of await filesIn(join(folder, 'config', 'systems'), '.yaml')) {
    const name = file.slice(0, -'.yaml'.length)
    const path = join(folder, 'config', 'systems', file)
    if (!SYSTEM_NAME.test(name))
      throw badSystem(path, 'The name of a system is lower-case letters, digits and hyphens.')
    if (name === HUB_SYSTEM) {
      throw badSystem(
        path,
        `"${HUB_SYSTEM}" is the hub itself, as the system of record of what no other takes; no system can have that name.`,
      )
    }
    const text = await readFile(path, 'utf8')
    const document = parseYaml(text, path)
    if (!isJsonObject(document) || typeof document.connector !== 'string') {
      throw badSystem(path, 'A system names its connector: `connector: push`, `connector: postgres`, ...')
    }
    systems.set(name, { name, path, text, connector: document.connector })
  }
  return systems
}

/** mappings/<system>/, and for what is not there mappings/<connector>/. */
async function readMappings(folder: string, system: SystemFile): Promise<MappingFile[]> {
  const found = new Map<string, MappingFile>()
  for (const source of [system.name, system.connector]) {
    const within = join(folder, 'mappings', source)
    for (const file of await filesIn(within, '.yaml')) {
      if (file.endsWith('.cases.yaml')) continue
      const entity = file.slice(0, -'.yaml'.length)
      if (found.has(entity)) continue
      const path = join(within, file)
      found.set(entity, {
        system: system.name,
        entity,
        path,
        document: await readFile(path, 'utf8'),
        cases: await textOrNull(join(within, `${entity}.cases.yaml`)),
      })
    }
  }
  return [...found.values()]
}

/** rules/<rule>.rule.yaml, with the graph and the cases beside it. Whatever is wrong in there stops that rule only. */
async function readRules(folder: string): Promise<RuleFile[]> {
  const within = join(folder, 'rules')
  return Promise.all(
    (await filesIn(within, '.rule.yaml')).map(async (name): Promise<RuleFile> => {
      const file = name.slice(0, -'.rule.yaml'.length)
      return {
        file,
        envelope: await readFile(join(within, name), 'utf8'),
        graph: await textOrNull(join(within, `${file}.json`)),
        cases: await textOrNull(join(within, `${file}.cases.yaml`)),
      }
    }),
  )
}

/** schemas/<entity>.extension.json of a workspace: what its attributes are. */
export async function readExtensions(folder: string): Promise<SchemaExtensions> {
  const extensions: Record<string, JsonObject> = {}
  for (const file of await filesIn(join(folder, 'schemas'), '.extension.json')) {
    const entity = file.slice(0, -'.extension.json'.length)
    const path = join(folder, 'schemas', file)
    const document = parseYaml(await readFile(path, 'utf8'), path)
    if (!isCanonicalEntity(entity) || !isJsonObject(document)) {
      throw new HubError({
        code: 'workspace.extension.invalid',
        family: 'config',
        message: 'An extension is a JSON Schema and has the name of a canonical entity.',
        where: path,
      })
    }
    extensions[entity] = document
  }
  return extensions as SchemaExtensions
}

async function filesIn(folder: string, ending: string): Promise<string[]> {
  if (!existsSync(folder)) return []
  return (await readdir(folder)).filter((file) => file.endsWith(ending)).sort()
}

async function textOrNull(path: string): Promise<string | null> {
  return existsSync(path) ? readFile(path, 'utf8') : null
}

async function yamlOrNull(path: string): Promise<unknown> {
  const text = await textOrNull(path)
  return text === null ? null : parseYaml(text, path)
}

function parseYaml(text: string, path: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100, uniqueKeys: true }) as unknown
  } catch (cause) {
    throw new HubError({
      code: 'workspace.yaml.invalid',
      family: 'config',
      message: `The document is no valid YAML: ${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : ''}`,
      where: path,
      cause,
    })
  }
}

function badSystem(path: string, message: string): HubError {
  return new HubError({ code: 'workspace.system.invalid', family: 'config', message, where: path })
}
