import type { Json, JsonObject } from '../../contracts/json.ts'
import { overridesOf } from '../../store/apply-queries.ts'
import { sourcesOfCustomer } from '../../store/source-record-queries.ts'
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
  return survivorship.explain(sources, said).provenance
}
