import { CANONICAL_ENTITIES, isCanonicalEntity, type CanonicalEntity } from '../contracts/canonical.ts'
import { isJsonObject, type Json, type JsonObject } from '../contracts/json.ts'
import type { CompiledMapping } from './compile-mapping.ts'

/** The mapping of the hub's own records, which are canonical documents already; undefined for anything else. */
export function hubMapping(entity: string): CompiledMapping | undefined {
  return isCanonicalEntity(entity) ? MAPPINGS.get(entity) : undefined
}

const MAPPINGS: ReadonlyMap<CanonicalEntity, CompiledMapping> = new Map(
  CANONICAL_ENTITIES.map((entity) => [entity, identityOf(entity)]),
)

function identityOf(entity: CanonicalEntity): CompiledMapping {
  return {
    document: {
      fileName: `hub/${entity}`,
      source: entity,
      target: entity,
      key: [],
      sequence: null,
      deletedWhen: null,
      defaults: {},
      root: { kind: 'object', members: new Map() },
    },
    apply: (record) => ({ ok: true, document: withoutNulls(record) }),
    isDeleted: () => false,
    keyOf: () => null,
    sequenceOf: () => null,
    lineage: new Map(),
    // Members that a change clears stay in the record as null until the next change: a record says what it was told.
    inverse: (changes) => ({ fields: changedFields(changes), notInverted: [], alsoChanged: [] }),
  }
}

/** A member that is null says nothing, as in any canonical document. */
function withoutNulls(record: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null))
}

/** Members as they are to be; parts that a change clears are left out of them. */
function changedFields(changes: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(changes).map(([name, value]): [string, Json] => [
      name,
      isJsonObject(value) ? withoutNulls(value) : value,
    ]),
  )
}
