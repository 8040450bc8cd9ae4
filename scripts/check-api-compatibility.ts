/**
 * Compares the API with its last published version (schemas/published/api/), as docs/channel-developers/versioning.md promises.
 *
 *   node scripts/check-api-compatibility.ts             fails on what breaks callers
 *   node scripts/check-api-compatibility.ts --publish   keeps the present API as published, where that is allowed
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asyncApiDocument } from '../hub/api/asyncapi/document.ts'
import { openApiDocument } from '../hub/api/openapi/document.ts'
import { API_VERSION } from '../hub/api/openapi/version.ts'
import { OPERATIONS } from '../hub/api/operations/index.ts'
import type { JsonObject } from '../hub/contracts/json.ts'
import { predecessor, sameRules } from '../schemas/compatibility.ts'
import {
  apiBreaks,
  eventBreaks,
  type Finding,
  hastyDeprecations,
  NOTICE_DAYS,
  type Notice,
  type Way,
} from './api/compatibility.ts'

const PUBLISHED = fileURLToPath(new URL('../schemas/published/api/', import.meta.url))
const PUBLISH = 'node scripts/check-api-compatibility.ts --publish'
/** What docs/channel-developers/versioning.md promises. */
const DEPRECATION_DAYS = 180

const WAYS: Record<Way, string> = {
  deprecate: `Deprecate it first: \`deprecated: { since, sunset, instead }\` in its declaration, with at least ${DEPRECATION_DAYS} days between both, publish that, and remove it after the sunset.`,
  announce: `Callers must be told ${NOTICE_DAYS} days before: { "at", "values", "announced" } in schemas/published/api/notices.json, and an entry in docs/channel-developers/versioning.md.`,
  beside:
    'Leave it as it is, and add what is new beside it: another member, parameter or operation, or a new major version of the path.',
}

const read = (name: string): JsonObject | undefined =>
  existsSync(join(PUBLISHED, name))
    ? (JSON.parse(readFileSync(join(PUBLISHED, name), 'utf8')) as JsonObject)
    : undefined

function publishedVersion(): string | undefined {
  if (!existsSync(PUBLISHED)) return undefined
  const versions = readdirSync(PUBLISHED).flatMap((name) => /^openapi-(\d+\.\d+)\.json$/.exec(name)?.[1] ?? [])
  return predecessor(API_VERSION, versions)
}

const current = {
  openapi: openApiDocument(OPERATIONS, API_VERSION),
  asyncapi: asyncApiDocument(API_VERSION),
}

function findings(version: string): Finding[] {
  const notices = (read('notices.json')?.['notices'] ?? []) as unknown as Notice[]
  const options = { today: new Date().toISOString().slice(0, 10), notices }
  const [openapi, asyncapi] = [read(`openapi-${version}.json`), read(`asyncapi-${version}.json`)]
  return [
    ...(openapi === undefined ? [] : apiBreaks(openapi, current.openapi, options)),
    ...(asyncapi === undefined ? [] : eventBreaks(asyncapi, current.asyncapi, options)),
  ]
}

/** A line for each operation or schema: short enough to keep for ever, and a difference still shows where it is. */
function linesOf(document: JsonObject): string {
  const parts = Object.entries(document).map(([name, part]) => {
    const inner = name === 'paths' || name === 'components' ? partsOf(part as JsonObject) : JSON.stringify(part)
    return `${JSON.stringify(name)}:${inner}`
  })
  return `{${parts.join(',\n')}}\n`
}

function partsOf(part: JsonObject): string {
  const lines = Object.entries(part).map(([name, one]) =>
    name === 'schemas'
      ? `${JSON.stringify(name)}:${partsOf(one as JsonObject)}`
      : `${JSON.stringify(name)}:${JSON.stringify(one)}`,
  )
  return `{\n${lines.join(',\n')}}`
}

function publish(): void {
  mkdirSync(PUBLISHED, { recursive: true })
  for (const [kind, document] of Object.entries(current)) {
    const name = `${kind}-${API_VERSION}.json`
    // What was published others have: it never changes again.
    if (existsSync(join(PUBLISHED, name))) {
      console.log(`${name} is published already; raise hub/api/openapi/version.ts first`)
      continue
    }
    writeFileSync(join(PUBLISHED, name), linesOf(document))
    console.log(`published ${name}`)
  }
}

function tell(found: readonly Finding[], version: string): void {
  console.error(`The API breaks callers of its published version ${version}:`)
  for (const way of Object.keys(WAYS) as Way[]) {
    const own = found.filter((finding) => finding.way === way)
    if (own.length === 0) continue
    for (const { id, where, message } of own) console.error(`  ${id}: ${where}: ${message}`)
    console.error(`  -> ${WAYS[way]}`)
  }
}

const version = publishedVersion()
const found = version === undefined ? [] : findings(version)
const hasty = hastyDeprecations(current.openapi, DEPRECATION_DAYS)
if (found.length > 0 && version !== undefined) tell(found, version)
for (const fault of hasty) console.error(fault)
if (found.length > 0 || hasty.length > 0) process.exitCode = 1
else if (process.argv.includes('--publish')) publish()
else if (version === undefined) console.log(`No version of the API is published yet: ${PUBLISH}`)
else if (!sameRules(read(`openapi-${version}.json`) ?? {}, current.openapi))
  console.log(
    `The API has more than its published version ${version}. With a release: raise hub/api/openapi/version.ts, then ${PUBLISH}`,
  )
