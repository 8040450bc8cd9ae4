import type { CanonicalEntity } from '../../contracts/canonical.ts'
import type { ConnectorSpec } from '../../contracts/connector.ts'
import { HUB_SYSTEM } from '../../contracts/hub-system.ts'
import {
  type CreatePlan,
  parseSystemConfig,
  type SystemDocument,
  type WritePlan,
} from '../../intake/connector-engine/system-config.ts'
import type { CompiledMapping } from '../../mapping/index.ts'
import { noCreates, systemNeeded } from './refusals.ts'

export interface RecordTargetsOptions {
  systems: ReadonlyMap<string, SystemDocument>
  connectors: readonly ConnectorSpec[]
  /** The mapping in force. Of the hub's own system: one for each canonical entity that it takes, by the entity's name. */
  mapping(system: string, entity: string): CompiledMapping | undefined
}

/** Where a record is written: in a system, or in the hub itself, which is the system of record of what no other takes. */
export interface RecordTarget {
  system: string
  entity: string
  mapping: CompiledMapping
  create: CreatePlan | null
  takes(path: string): boolean
}

interface Entity {
  system: string
  entity: string
  plan: WritePlan
}

const HUB_PLAN: CreatePlan = { key: 'uuid', required: [] }

/** What the systems' documents say about writes of records, held against the mappings in force. */
export class RecordTargets {
  readonly #mapping: RecordTargetsOptions['mapping']
  readonly #entities: readonly Entity[]

  constructor({ systems, connectors, mapping }: RecordTargetsOptions) {
    this.#mapping = mapping
    this.#entities = [...systems.values()].flatMap((document) => entitiesOf(document, connectors))
  }

  /**
   * The system that takes a new record of this kind: the one that is named, else the only one that does, else the hub itself.
   * Throws `record.create.not-taken` (409) and `record.create.system-needed`.
   */
  forCreate(target: CanonicalEntity, system: string | undefined): RecordTarget {
    const takers = this.#entities.flatMap((entity) => {
      const found = entity.plan.create === null ? undefined : this.#targetOf(entity)
      return found?.mapping.document.target === target ? [found] : []
    })
    // What has a system of record must not come to be beside it.
    const own = takers.length === 0 ? this.#own(target) : undefined
    const all = own === undefined ? takers : [own]
    const names = all.map((one) => one.system)
    if (system !== undefined) {
      const named = all.find((one) => one.system === system)
      if (named === undefined) throw noCreates(target, system, names)
      return named
    }
    const [found, ...others] = all
    if (others.length > 0) throw systemNeeded(target, names)
    if (found === undefined) throw noCreates(target, undefined, [])
    return found
  }

  /** What may be changed of records of an entity; undefined: nothing. */
  forPatch(system: string, entity: string): RecordTarget | undefined {
    if (system === HUB_SYSTEM) return this.#own(entity)
    const found = this.#entities.find((one) => one.system === system && one.entity === entity)
    return found === undefined || found.plan.fields.size === 0 ? undefined : this.#targetOf(found)
  }

  #targetOf({ system, entity, plan }: Entity): RecordTarget | undefined {
    const mapping = this.#mapping(system, entity)
    if (mapping === undefined) return undefined
    const takes = (path: string): boolean => plan.fields.has(path) || plan.fields.has(path.split('.')[0] ?? '')
    return { system, entity, mapping, create: plan.create, takes }
  }

  #own(entity: string): RecordTarget | undefined {
    const mapping = this.#mapping(HUB_SYSTEM, entity)
    if (mapping === undefined) return undefined
    return { system: HUB_SYSTEM, entity, mapping, create: HUB_PLAN, takes: () => true }
  }
}

/** A document that can't be read is told of by the engine; here it only takes nothing. */
function entitiesOf(document: SystemDocument, connectors: readonly ConnectorSpec[]): Entity[] {
  try {
    const { name, entities } = parseSystemConfig(document, connectors)
    return entities.flatMap(({ entity, write }) => (write === null ? [] : [{ system: name, entity, plan: write }]))
  } catch {
    return []
  }
}
