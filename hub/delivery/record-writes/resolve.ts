import { type Lane, laneName } from '../../contracts/change.ts'
import { type CompiledMapping, referenceEntities } from '../../mapping/index.ts'
import type { LaneKey } from '../../store/apply-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { lanesBehindCustomer, lanesOfPublicIds, ownersOfLanes } from '../../store/record-write-queries.ts'
import type { FoundReference, ReferenceName } from './references.ts'
import { notInSystem, severalInSystem, unknownReference } from './refusals.ts'

export interface ReferenceTarget {
  /** The system that the record belongs to. */
  system: string
  /** The hub's own system names records of others as they are: it has none of its own that they could mean. */
  isHub: boolean
  mapping: CompiledMapping
}

/**
 * Puts in the place of each reference what the system of the record calls it: a customer becomes its record in that system, by the
 * cross-reference; anything else must be a record of that system. Throws `record.reference.unknown`,
 * `record.reference.not-in-system` and `record.reference.several`.
 */
export async function resolveReferences(
  db: Queryable,
  references: readonly FoundReference[],
  target: ReferenceTarget,
): Promise<void> {
  if (references.length === 0) return
  const ids = [...new Set(references.flatMap(({ id, lane }) => (lane === null && id !== null ? [id] : [])))]
  const lanes = references.flatMap(({ lane }) => (lane === null ? [] : [laneOf(lane, target.system)]))
  const records = new Map((ids.length === 0 ? [] : await lanesOfPublicIds(db, ids)).map((row) => [row.id, row]))
  const owners = new Map(
    (lanes.length === 0 ? [] : await ownersOfLanes(db, lanes)).map((row) => [laneName(row), row.customerId]),
  )
  const entities = target.isHub ? new Map<string, string>() : referenceEntities(target.mapping.document)
  const customers = new Map<string, LaneKey[]>()
  const lanesOf = async (customerId: string): Promise<LaneKey[]> => {
    const known = customers.get(customerId) ?? (await lanesBehindCustomer(db, customerId))
    customers.set(customerId, known)
    return known
  }
  for (const reference of references) {
    const { pointer, lane, id } = reference
    const named = lane === null ? undefined : laneOf(lane, target.system)
    const wanted = entities.get(reference.path)
    if (named !== undefined) {
      const owner = owners.get(laneName(named))
      if (owner === undefined) throw unknownReference(pointer)
      const fits = target.isHub || (named.system === target.system && (wanted ?? named.entity) === named.entity)
      if (fits) reference.replace(placed(named, target))
      else if (owner === null) throw notInSystem(pointer, target.system)
      else reference.replace(customerIn(await lanesOf(owner), wanted, pointer, target))
      continue
    }
    const record = id === null ? undefined : records.get(id)
    if (record !== undefined) {
      const fits = target.isHub || (record.system === target.system && (wanted ?? record.entity) === record.entity)
      if (!fits) throw notInSystem(pointer, target.system)
      reference.replace(placed(record, target))
      continue
    }
    const behind = id === null ? [] : await lanesOf(id)
    if (behind.length === 0) throw unknownReference(pointer)
    reference.replace(customerIn(behind, wanted, pointer, target))
  }
}

function laneOf(lane: { system: string | null; entity: string; key: string }, system: string): Lane {
  return { system: lane.system ?? system, entity: lane.entity, key: lane.key }
}

function customerIn(
  lanes: readonly LaneKey[],
  entity: string | undefined,
  pointer: string,
  target: ReferenceTarget,
): ReferenceName {
  const [first] = lanes
  if (target.isHub && first !== undefined) return placed(first, target)
  const here = lanes.filter((lane) => lane.system === target.system && (entity ?? lane.entity) === lane.entity)
  const [only, ...others] = here
  if (only === undefined) throw notInSystem(pointer, target.system)
  if (others.length > 0) {
    const records = here.map(({ system, entity: name, key }) => ({ system, entity: name, key }))
    throw severalInSystem(pointer, target.system, records)
  }
  return placed(only, target)
}

/** As the record's own document names it: without the system where that is the record's own. */
function placed({ system, entity, key }: LaneKey, target: ReferenceTarget): ReferenceName {
  return system === target.system ? { entity, key } : { system, entity, key }
}
