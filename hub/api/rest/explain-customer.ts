import { type Lane, laneName } from '../../contracts/change.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { overridesOf } from '../../store/apply-queries.ts'
import { type SourceRow, sourcesOfCustomer } from '../../store/source-record-queries.ts'
import type { ApiPorts } from '../ports.ts'

/** The provenance of a customer's fields, worked out anew from the records by the survivorship in force. */
export async function explainCustomer({ db, survivorship }: ApiPorts, id: string): Promise<object> {
  const [records, overrides] = await Promise.all([sourcesOfCustomer(db, id), overridesOf(db, [id])])
  const sources = records.flatMap(({ system, entity, key, document, changedAt, mappingRevision, fieldTimes }) =>
    document === null
      ? []
      : [
          {
            lane: { system, entity, key },
            document: JSON.parse(document) as JsonObject,
            changedAt,
            mappingRevision: mappingRevision ?? 0,
            ...(fieldTimes === null ? {} : { fieldTimes: JSON.parse(fieldTimes) as Record<string, string> }),
          },
        ],
  )
  const said = overrides.map(({ path, value, author, at }) => ({ path, value: JSON.parse(value) as Json, author, at }))
  const { provenance } = survivorship.explain(sources, said)
  return withRules(provenance as Record<string, Explained>, records)
}

interface Explained {
  source: Lane | null
  madeBy?: { rule: string; revision: number }
}

/** Says of values that a rule added to a record which rule that was. */
function withRules(provenance: Record<string, Explained>, records: readonly SourceRow[]): object {
  for (const record of records) {
    if (record.enriched === null) continue
    const name = laneName(record)
    for (const [added, rule] of Object.entries(JSON.parse(record.enriched) as Record<string, string>)) {
      const [by = '', revision] = rule.split('#')
      for (const [path, field] of Object.entries(provenance)) {
        if (field.source === null || laneName(field.source) !== name || !isWithin(path, added)) continue
        field.madeBy = { rule: by, revision: Number(revision) }
      }
    }
  }
  return provenance
}

/** A field that was added, a part of it, or what it is a part of. */
function isWithin(path: string, added: string): boolean {
  const [short, long] = path.length < added.length ? [path, added] : [added, path]
  return long === short || long.startsWith(`${short}.`) || long.startsWith(`${short}[`)
}
