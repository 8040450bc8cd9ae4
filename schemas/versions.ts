/** The schemas of this folder as versions, and how they stand to the published ones. Pure: documents in, sentences out. */
import { CANONICAL_ENTITIES } from '../hub/contracts/canonical.ts'
import type { JsonObject } from '../hub/contracts/json.ts'
import { commonWithRecordParts, dereferenced, recordForm } from '../hub/contracts/schema-forms.ts'
import { breakingChanges, predecessor, sameRules } from './compatibility.ts'

export const PUBLISH = 'node scripts/check-schema-compatibility.ts --publish'

export interface Versioned {
  /** `customer`, `customer-record` */
  name: string
  version: string
  /** Complete, without references. */
  schema: JsonObject
}

export interface VersionFindings {
  /** What breaks with a published version; none: all is well. */
  breaks: string[]
  /** What might be published, and how. */
  notices: string[]
}

/** Name and version as the `$id` has them. */
export function versioned(schema: JsonObject): Versioned {
  const [version = '', name = ''] = String(schema['$id']).split('/').reverse()
  return { name, version, schema }
}

/** Both forms of all entities; `read` answers with schemas/<name>.schema.json. */
export function presentVersions(read: (name: string) => JsonObject): Versioned[] {
  const common = read('common')
  const parts = commonWithRecordParts(common)
  return CANONICAL_ENTITIES.flatMap((entity) => {
    const contribution = read(entity)
    return [contribution, recordForm(contribution, common)].map((it) => versioned(dereferenced(it, parts)))
  })
}

export function compareVersions(present: readonly Versioned[], published: readonly Versioned[]): VersionFindings {
  const breaks: string[] = []
  const notices: string[] = []
  for (const name of new Set(published.map((it) => it.name))) {
    if (!present.some((it) => it.name === name)) breaks.push(`${name}: the schema is gone, but a version is published`)
  }
  for (const { name, version, schema } of present) {
    const own = published.filter((it) => it.name === name)
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
    breaks.push(...found.map(({ path, message }) => `${name} ${path || '/'}: ${message} (since ${String(before)})`))
    if (found.length > 0 || sameRules(old, schema)) continue
    const raise = before === version ? 'raise the minor part of its $id, then ' : ''
    notices.push(`${name} ${version} says more than what is published as ${String(before)}: ${raise}${PUBLISH}`)
  }
  return { breaks, notices }
}
