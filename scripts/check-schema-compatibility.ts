/**
 * Compares schemas/ with the versions published in schemas/published/.
 *
 *   node scripts/check-schema-compatibility.ts             fails on a breaking change
 *   node scripts/check-schema-compatibility.ts --publish   keeps the present schemas as published, where that is allowed
 *
 * A published file holds a schema as others got it: complete, without references, in one of its two forms. It never
 * changes again: a schema with other rules needs another version in its `$id`; one that breaks needs another major part.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import { CANONICAL_ENTITIES } from '../hub/contracts/canonical.ts'
import type { JsonObject } from '../hub/contracts/json.ts'
import { commonWithRecordParts, dereferenced, recordForm } from '../hub/contracts/schema-forms.ts'
import { breakingChanges, predecessor, sameRules } from '../schemas/compatibility.ts'

const SCHEMAS = fileURLToPath(new URL('../schemas/', import.meta.url))
const PUBLISHED = join(SCHEMAS, 'published')
const PUBLISH = 'node scripts/check-schema-compatibility.ts --publish'

interface Versioned {
  /** `customer`, `customer-record` */
  name: string
  version: string
  schema: JsonObject
}

const read = (path: string): JsonObject => JSON.parse(readFileSync(path, 'utf8')) as JsonObject

function versioned(schema: JsonObject): Versioned {
  const [version = '', name = ''] = String(schema['$id']).split('/').reverse()
  return { name, version, schema }
}

/** Both forms of all entities as schemas/ has them. */
function present(): Versioned[] {
  const common = read(join(SCHEMAS, 'common.schema.json'))
  const parts = commonWithRecordParts(common)
  return CANONICAL_ENTITIES.flatMap((entity) => {
    const contribution = read(join(SCHEMAS, `${entity}.schema.json`))
    return [contribution, recordForm(contribution, common)].map((it) => versioned(dereferenced(it, parts)))
  })
}

function published(): Versioned[] {
  if (!existsSync(PUBLISHED)) return []
  return readdirSync(PUBLISHED)
    .filter((file) => file.endsWith('.json'))
    .map((file) => versioned(read(join(PUBLISHED, file))))
}

function check(schemas: readonly Versioned[], past: readonly Versioned[]): { breaks: string[]; notices: string[] } {
  const breaks: string[] = []
  const notices: string[] = []
  for (const { name } of past) {
    if (!schemas.some((it) => it.name === name)) breaks.push(`${name}: the schema is gone, but a version is published`)
  }
  for (const { name, version, schema } of schemas) {
    const own = past.filter((it) => it.name === name)
    const before = predecessor(
      version,
      own.map((it) => it.version),
    )
    const old = own.find((it) => it.version === before)?.schema
    if (old === undefined) {
      notices.push(`${name} ${version} is not published yet: ${PUBLISH}`)
      continue
    }
    const found = breakingChanges(old, schema, { requiredIsPromise: name.endsWith('-record') })
    breaks.push(
      ...found.map(({ path, message }) => `${name} ${path === '' ? '/' : path}: ${message} (since ${String(before)})`),
    )
    if (found.length > 0 || sameRules(old, schema)) continue
    const raise = before === version ? 'raise the minor part of its $id, then ' : ''
    notices.push(`${name} ${version} says more than what is published as ${String(before)}: ${raise}${PUBLISH}`)
  }
  return { breaks, notices }
}

async function publish(schemas: readonly Versioned[]): Promise<void> {
  mkdirSync(PUBLISHED, { recursive: true })
  for (const { name, version, schema } of schemas) {
    const path = join(PUBLISHED, `${name}-${version}.json`)
    if (existsSync(path)) continue
    writeFileSync(path, await format(JSON.stringify(schema), { parser: 'json', printWidth: 120 }))
    console.log(`published ${name} ${version}`)
  }
}

const schemas = present()
const { breaks, notices } = check(schemas, published())
if (breaks.length > 0) {
  console.error(`Schemas break with their published versions:\n  ${breaks.join('\n  ')}`)
  console.error('Undo the change, or raise the major part of the version in the $id of the schema.')
  process.exit(1)
}
if (process.argv.includes('--publish')) await publish(schemas)
else for (const notice of notices) console.log(notice)
