/**
 * Writes hub/contracts/generated/ from schemas/: the types of the canonical entities, in both their forms, and the
 * schemas themselves as a module, so that the running hub reads no file for them.
 *
 *   node scripts/generate-types.ts            writes
 *   node scripts/generate-types.ts --check    compares, and fails when something is stale
 */
import { compile } from 'json-schema-to-typescript'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CANONICAL_ENTITIES } from '../hub/contracts/canonical.ts'
import { type Json, type JsonObject, isJsonObject } from '../hub/contracts/json.ts'
import { commonWithRecordParts, recordForm, sharedPart, sharedPartName } from '../hub/contracts/schema-forms.ts'
import { keepFolder } from './docs/generated-folder.ts'
import { ROOT } from './docs/sources.ts'

const MEND = 'node scripts/generate-types.ts'

const readSchema = (name: string): JsonObject =>
  JSON.parse(readFileSync(join(ROOT, 'schemas', `${name}.schema.json`), 'utf8')) as JsonObject

/** `stock-level` and `personName` -> `StockLevel`, `PersonName`. */
function typeName(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/**
 * The schema as json-schema-to-typescript should see it: shared objects by their type's name, shared scalars in place,
 * and no titles except where an object needs a name; else each titled property would become a type of its own.
 */
function prepared(schema: Json, common: JsonObject, used: Set<string>, isNames = false): Json {
  if (Array.isArray(schema)) return schema.map((member) => prepared(member, common, used))
  if (!isJsonObject(schema)) return schema
  const reference = isNames ? undefined : schema['$ref']
  if (typeof reference === 'string') {
    const name = sharedPartName(reference)
    if (name === undefined) throw new Error(`${reference} is not a shared part`)
    const part = sharedPart(common, name)
    const description = schema['description'] ?? part['description'] ?? ''
    if (part['type'] !== 'object') return { type: part['type'] ?? 'string', description }
    used.add(typeName(name))
    return { tsType: typeName(name), description }
  }
  const keepsTitle = schema['type'] === 'object'
  const dropped = new Set(
    isNames ? [] : ['examples', 'format', 'pattern', '$schema', '$id', ...(keepsTitle ? [] : ['title'])],
  )
  const kept = Object.entries(schema).filter(([name]) => !dropped.has(name))
  return Object.fromEntries(
    kept.map(([name, it]) => [name, prepared(it, common, used, !isNames && name === 'properties')]),
  )
}

/**
 * Declarations of one object type and of the unnamed ones inside it. Type aliases rather than interfaces: only those can
 * be handed to code that takes any JsonObject.
 */
async function declarations(schema: JsonObject, name: string, common: JsonObject, used: Set<string>): Promise<string> {
  const source = prepared({ ...schema, title: name }, common, used) as JsonObject
  const compiled = await compile(source as Parameters<typeof compile>[0], name, {
    bannerComment: '',
    format: false,
    ignoreMinAndMaxItems: true,
  })
  return compiled.replaceAll(/export interface (\w+) \{/g, 'export type $1 = {')
}

async function commonModule(common: JsonObject): Promise<string> {
  const parts = Object.entries(common['$defs'] as JsonObject).filter(([name, part]) => {
    return isJsonObject(part) && part['type'] === 'object' && name !== 'record'
  })
  const used = new Set<string>()
  const texts = await Promise.all(
    parts.map(([name, part]) =>
      name === 'attributes'
        ? `/** ${String((part as JsonObject)['description'])} */\nexport type Attributes = Record<string, string | number | boolean>`
        : declarations(part as JsonObject, typeName(name), common, used),
    ),
  )
  return texts.join('\n\n')
}

async function entityModule(entity: string, schema: JsonObject, common: JsonObject): Promise<string> {
  const used = new Set<string>()
  const contribution = await declarations(schema, typeName(entity), common, used)
  const inside = new Set([...contribution.matchAll(/export type (\w+) =/g)].map(([, name]) => name ?? ''))
  const record = await declarations(recordForm(schema, common), `${typeName(entity)}Record`, common, used)
  const imports = [...used].sort().join(', ')
  return `import type { ${imports} } from './common.ts'\n\n${contribution}\n\n${withoutRepeated(record, inside)}`
}

/** Objects without a name of their own are the same in both forms unless they hold a reference: those get a new name. */
function withoutRepeated(record: string, taken: ReadonlySet<string>): string {
  let text = record
  for (const name of taken) text = text.replaceAll(new RegExp(`\\b${name}\\b(?! record)`, 'g'), `Resolved${name}`)
  return text
}

function schemasModule(common: JsonObject, schemas: Map<string, JsonObject>): string {
  const entries = [...schemas].map(([name, schema]) => `${JSON.stringify(name)}: ${JSON.stringify(schema)}`)
  return `import type { CanonicalEntity } from '../canonical.ts'
import type { JsonObject } from '../json.ts'

/** schemas/common.schema.json */
export const COMMON_SCHEMA: JsonObject = ${JSON.stringify(common)}

/** schemas/<entity>.schema.json, the form that one source contributes. */
export const CANONICAL_SCHEMAS: Record<CanonicalEntity, JsonObject> = {${entries.join(',\n')}}`
}

/** Schemas of settings that a pure room checks: it may read no file, so that they come as modules. */
const CONFIG_SCHEMAS = ['golden', 'access', 'privacy']

function configModule(name: string): string {
  const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/config', `${name}.schema.json`), 'utf8')) as JsonObject
  const constant = `${name.toUpperCase().replaceAll('-', '_')}_CONFIG_SCHEMA`
  return `import type { JsonObject } from '../json.ts'

/** schemas/config/${name}.schema.json */
export const ${constant}: JsonObject = ${JSON.stringify(schema)}`
}

async function modules(): Promise<Map<string, string>> {
  const common = readSchema('common')
  const withRecords = commonWithRecordParts(common)
  const schemas = new Map(CANONICAL_ENTITIES.map((entity) => [entity as string, readSchema(entity)]))
  const files = new Map<string, string>()
  files.set('common.ts', await commonModule(withRecords))
  for (const [entity, schema] of schemas) files.set(`${entity}.ts`, await entityModule(entity, schema, withRecords))
  files.set('schemas.ts', schemasModule(common, schemas))
  for (const name of CONFIG_SCHEMAS) files.set(`${name}-config.ts`, configModule(name))
  files.set('index.ts', [...files.keys()].map((file) => `export * from './${file}'`).join('\n'))
  return files
}

const folder = {
  folder: 'hub/contracts/generated',
  banner: `// Generated from schemas/ by \`${MEND}\`. Change the schema, not this file.`,
  source: 'schemas/',
  mend: MEND,
}
await keepFolder(folder, await modules())
