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
import type { JsonObject } from '../hub/contracts/json.ts'
import { type Versioned, compareVersions, presentVersions, versioned } from '../schemas/versions.ts'

const SCHEMAS = fileURLToPath(new URL('../schemas/', import.meta.url))
const PUBLISHED = join(SCHEMAS, 'published')

const read = (path: string): JsonObject => JSON.parse(readFileSync(path, 'utf8')) as JsonObject

function published(): Versioned[] {
  if (!existsSync(PUBLISHED)) return []
  const files = readdirSync(PUBLISHED).filter((file) => file.endsWith('.json'))
  return files.map((file) => versioned(read(join(PUBLISHED, file))))
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

const present = presentVersions((name) => read(join(SCHEMAS, `${name}.schema.json`)))
const { breaks, notices } = compareVersions(present, published())
if (breaks.length > 0) {
  console.error(`Schemas break with their published versions:\n  ${breaks.join('\n  ')}`)
  console.error('Undo the change, or raise the major part of the version in the $id of the schema.')
  process.exit(1)
}
if (process.argv.includes('--publish')) await publish(present)
else for (const notice of notices) console.log(notice)
