import type { ConnectorSpec } from '../contracts/connector.ts'
import { HubError } from '../contracts/hub-error.ts'
import { type CompiledMapping, irreversibleTargets } from '../mapping/index.ts'
import {
  type ConflictPolicy,
  parseSystemConfig,
  type SystemDocument,
  type WritePlan,
} from './connector-engine/system-config.ts'
import type { WriteBackTerms } from './pipeline/ports.ts'

/** The mapping in force of an entity, with its revision. */
export interface MappingInForce {
  revision: number
  compiled: CompiledMapping
}

export interface WriteTermsOptions {
  systems: ReadonlyMap<string, SystemDocument>
  connectors: readonly ConnectorSpec[]
  mapping(system: string, entity: string): MappingInForce | undefined
}

interface Entity {
  system: string
  entity: string
  plan: WritePlan
  file: string
}

/** What the systems' documents say about write-back, held against the mappings in force. */
export class WriteTerms implements WriteBackTerms {
  readonly #options: WriteTermsOptions
  readonly #entities = new Map<string, Entity>()
  readonly #answers = new Map<string, { revision: number; paths: Map<string, boolean> }>()

  constructor(options: WriteTermsOptions) {
    this.#options = options
    for (const document of options.systems.values()) {
      for (const entity of entitiesOf(document, options.connectors)) {
        this.#entities.set(nameOf(entity.system, entity.entity), entity)
      }
    }
  }

  /** Whether any system takes anything. */
  get isOn(): boolean {
    return this.#entities.size > 0
  }

  takes(system: string, entity: string, path: string): boolean {
    const name = nameOf(system, entity)
    const configured = this.#entities.get(name)
    const live = configured === undefined ? undefined : this.#options.mapping(system, entity)
    if (configured === undefined || live === undefined) return false
    let answers = this.#answers.get(name)
    if (answers?.revision !== live.revision) {
      answers = { revision: live.revision, paths: new Map() }
      this.#answers.set(name, answers)
    }
    let answer = answers.paths.get(path)
    if (answer === undefined) {
      answer = policyOf(configured.plan, path) !== undefined && reversiblePaths(live.compiled).has(path)
      answers.paths.set(path, answer)
    }
    return answer
  }

  /** Whose value stays at this path; the system's where nothing is said. */
  policy(system: string, entity: string, path: string): ConflictPolicy {
    const configured = this.#entities.get(nameOf(system, entity))
    return (configured === undefined ? undefined : policyOf(configured.plan, path)) ?? 'system-wins'
  }

  /**
   * Faults of the documents that show only beside the mappings: fields that a mapping doesn't make, or has no way back for.
   * An entity without a mapping is not one of them: its mapping may come later.
   */
  faults(): HubError[] {
    return [...this.#entities.values()].flatMap((entity) => {
      const live = this.#options.mapping(entity.system, entity.entity)
      return live === undefined ? [] : fieldFaults(entity, live.compiled)
    })
  }
}

/** A document that can't be read is told of by the engine; here it only takes nothing. */
function entitiesOf(document: SystemDocument, connectors: readonly ConnectorSpec[]): Entity[] {
  try {
    const config = parseSystemConfig(document, connectors)
    return config.entities.flatMap(({ entity, write }) =>
      write === null ? [] : [{ system: config.name, entity, plan: write, file: config.document.name }],
    )
  } catch {
    return []
  }
}

function policyOf({ fields }: WritePlan, path: string): ConflictPolicy | undefined {
  return fields.get(path) ?? fields.get(path.split('.')[0] ?? '')
}

/** Paths of fields and of lists that can be written back, at least in part. */
function reversiblePaths({ document, lineage }: CompiledMapping): ReadonlySet<string> {
  const never = irreversibleTargets(document)
  return new Set([...lineage.keys()].filter((target) => !never.has(target)).map(pathOf))
}

/** `emails[0].address` is part of the list `emails`, which is one path. */
function pathOf(target: string): string {
  return target.replace(/\[.*$/, '')
}

function fieldFaults({ system, entity, plan, file }: Entity, compiled: CompiledMapping): HubError[] {
  const { target } = compiled.document
  if (target === 'customer' && plan.create !== null) {
    const message = `${entity} of ${system} makes customers, which come to be by what systems say, not by being created in one.`
    return [fault(file, system, entity, message)]
  }
  const can = reversiblePaths(compiled)
  const never = irreversibleTargets(compiled.document)
  return [...plan.fields.keys()].flatMap((field) => {
    const isIn = (path: string): boolean => path === field || path.startsWith(`${field}.`)
    if ([...can].some(isIn)) return []
    const reason = [...never].find(([target]) => isIn(pathOf(target)))
    const why = reason === undefined ? 'its mapping does not make it' : `${reason[0]} has no way back: ${reason[1]}`
    return [fault(file, system, entity, `${entity} of ${system} can not take "${field}" from the hub: ${why}.`)]
  })
}

/** A system is to take a field for which its mapping has no way back. */
function fault(file: string, system: string, entity: string, message: string): HubError {
  return new HubError({
    code: 'write-back.field.irreversible',
    family: 'config',
    message,
    where: `${file}#/entities/${entity}/write/fields`,
    fix: 'Take the field out of "write", or give its mapping conversions that have an inverse.',
    facts: { system, entity },
  })
}

function nameOf(system: string, entity: string): string {
  return `${system}\n${entity}`
}
