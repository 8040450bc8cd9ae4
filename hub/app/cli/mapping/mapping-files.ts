import { existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type CanonicalEntity, CANONICAL_ENTITIES } from '../../../contracts/canonical.ts'
import { canonicalSchema } from '../../../contracts/canonical-schema.ts'
import { HubError } from '../../../contracts/hub-error.ts'
import type { JsonObject } from '../../../contracts/json.ts'
import type { SchemaExtensions } from '../../../contracts/schema-forms.ts'
import { createSchemaValidator, type SchemaValidator } from '../../../contracts/schema-validator.ts'
import { type CompiledMapping, checkMapping, type MappingCheck } from '../../../mapping/index.ts'
import { readExtensions } from '../../workspace.ts'
import { pathOf, readTextFile } from '../shared/files.ts'
import type { Io } from '../shared/io.ts'

const MAPPING = /\.ya?ml$/
const CASES = /\.cases\.(ya?ml)$/
const FILES_MAX = 10_000

/** A mapping as a command reads it: its text, and the cases beside it where there are any. */
export interface NamedMapping {
  /** As it is shown to the person. */
  name: string
  text: string
  cases: { text: string; fileName: string } | undefined
}

/**
 * The mapping files that paths mean: a file itself, the mapping that a cases file belongs to, all below a folder (of a
 * workspace: those in its mappings/). Each once, in the order given. Throws where a path leads nowhere or to no mapping.
 */
export async function findMappings(io: Io, paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>()
  for (const path of paths) {
    const isFolder = statSync(pathOf(io, path), { throwIfNoEntry: false })?.isDirectory() === true
    const files = isFolder ? await mappingsBelow(io, path) : [path.replace(CASES, '.$1')]
    if (files.length === 0) throw noMappings(path)
    for (const file of files) found.add(file)
  }
  return [...found]
}

/** Where mappings are looked for when no path is given: the workspace's folder, or the one that a person stands in. */
export function defaultMappingFolder(io: Io): string {
  const workspace = io.env['OMNIHUB_WORKSPACE'] || '.'
  const within = join(workspace, 'mappings')
  return existsSync(pathOf(io, within)) ? within : workspace
}

async function mappingsBelow(io: Io, folder: string): Promise<string[]> {
  const own = join(folder, 'mappings')
  const start = existsSync(pathOf(io, own)) ? own : folder
  const found: string[] = []
  const look = async (within: string): Promise<void> => {
    const entries = await readdir(pathOf(io, within), { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
      const path = join(within, entry.name)
      if (entry.isDirectory()) await look(path)
      else if (MAPPING.test(entry.name) && !CASES.test(entry.name)) found.push(path)
      if (found.length > FILES_MAX) throw tooMany(folder)
    }
  }
  await look(start)
  return found
}

export async function readMapping(io: Io, name: string): Promise<NamedMapping> {
  const text = await readTextFile(io, name)
  const fileName = name.replace(MAPPING, (ending) => `.cases${ending}`)
  const cases = existsSync(pathOf(io, fileName)) ? { text: await readTextFile(io, fileName), fileName } : undefined
  return { name, text, cases }
}

/** What the hub would say of mappings: the schemas of their workspace among it. One per command, so that schemas are made once. */
export class MappingChecker {
  readonly #io: Io
  readonly #schemas = new Map<string, Promise<{ list: JsonObject[]; validator: SchemaValidator }>>()

  constructor(io: Io) {
    this.#io = io
  }

  /** `withCases`: runs the cases beside it too. */
  async check(mapping: NamedMapping, withCases: boolean): Promise<MappingCheck> {
    const { list } = await this.#schemasFor(mapping.name)
    const cases = withCases && mapping.cases !== undefined ? { cases: mapping.cases } : {}
    const check = checkMapping(mapping.text, mapping.name, { schemas: list, ...cases })
    const misnamed = check.compiled === null ? undefined : wrongName(mapping.name, check.compiled)
    return misnamed === undefined ? check : { ...check, ok: false, errors: [misnamed, ...check.errors] }
  }

  async validator(name: string): Promise<SchemaValidator> {
    return (await this.#schemasFor(name)).validator
  }

  #schemasFor(name: string): Promise<{ list: JsonObject[]; validator: SchemaValidator }> {
    const workspace = this.#workspaceOf(name)
    const known = this.#schemas.get(workspace)
    if (known !== undefined) return known
    const made = readExtensions(workspace).then((extensions) => ({
      list: CANONICAL_ENTITIES.map((entity) => schemaOf(entity, extensions)),
      validator: createSchemaValidator(extensions),
    }))
    this.#schemas.set(workspace, made)
    return made
  }

  /** Of mappings/crm/Contact.yaml the folder that mappings/ is in; of any other file the workspace of the environment. */
  #workspaceOf(name: string): string {
    const folder = dirname(dirname(pathOf(this.#io, name)))
    return basename(folder) === 'mappings'
      ? dirname(folder)
      : pathOf(this.#io, this.#io.env['OMNIHUB_WORKSPACE'] || '.')
  }
}

function schemaOf(entity: CanonicalEntity, extensions: SchemaExtensions): JsonObject {
  return canonicalSchema(entity, 'contribution', extensions[entity])
}

/** In a workspace the hub finds a mapping by its file's name, which so must be that of its source entity. */
function wrongName(name: string, compiled: CompiledMapping): HubError | undefined {
  const { source } = compiled.document
  const entity = basename(name).replace(MAPPING, '')
  if (entity === source || basename(dirname(dirname(name))) !== 'mappings') return undefined
  return new HubError({
    code: 'mapping.wrong-entity',
    family: 'config',
    status: 422,
    message: `${name}: The document maps ${source}, but its file stands for ${entity}.`,
    where: name,
    fix: `Write \`source: ${entity}\`, or name the file ${source}.yaml.`,
  })
}

function noMappings(path: string): HubError {
  return new HubError({
    code: 'cli.mapping.none',
    family: 'reject',
    message: `There are no mappings in ${path}.`,
    where: path,
    fix: 'Name a mapping, a folder with mappings, or a workspace; `omnihub init <folder>` makes one.',
  })
}

function tooMany(folder: string): HubError {
  return new HubError({
    code: 'cli.mapping.too-many',
    family: 'reject',
    message: `There are more than ${FILES_MAX} mappings below ${folder}.`,
    where: folder,
    fix: 'Name a folder further down.',
  })
}
