import { asHubError } from '../../contracts/hub-error.ts'
import { HUB_SYSTEM } from '../../contracts/hub-system.ts'
import type { JsonObject } from '../../contracts/json.ts'
import type { SchemaValidator } from '../../contracts/schema-validator.ts'
import { hubMapping } from '../../mapping/hub-mapping.ts'
import { type CompiledMapping, compileMapping, parseMappingOrThrow } from '../../mapping/index.ts'
import { type MappingHead, publishedHeads, readRevision } from '../../store/mapping-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import type { Mapper, MapOutcome, ParkCause } from '../pipeline/ports.ts'

interface Live extends MappingHead {
  compiled: CompiledMapping
}

/**
 * The mappings in force, compiled. They live in the database, so that every hub process has the same ones: `refresh`
 * looks for revisions that were published since, and is called several times a second.
 */
export class MappingRegistry implements Mapper {
  readonly #validator: SchemaValidator
  #live = new Map<string, Live>()

  constructor(validator: SchemaValidator) {
    this.#validator = validator
  }

  /** Returns true where anything changed. A revision that cannot be compiled leaves the former one in force and is thrown. */
  async refresh(db: Queryable): Promise<boolean> {
    const heads = await publishedHeads(db)
    const same = (head: MappingHead): boolean => this.#live.get(nameOf(head))?.revision === head.revision
    if (heads.length === this.#live.size && heads.every(same)) return false
    const next = new Map<string, Live>()
    for (const head of heads) {
      const known = this.#live.get(nameOf(head))
      if (known?.revision === head.revision) {
        next.set(nameOf(head), known)
        continue
      }
      const row = await readRevision(db, head)
      if (row === undefined) continue
      next.set(nameOf(head), { ...head, compiled: compiledOf(row.document, head) })
    }
    this.#live = next
    return true
  }

  /** The hub's own records have a mapping that is always in force, as revision 0. */
  find(system: string, entity: string): Live | undefined {
    if (system !== HUB_SYSTEM) return this.#live.get(nameOf({ system, entity }))
    const compiled = hubMapping(entity)
    return compiled === undefined ? undefined : { system, entity, revision: 0, compiled }
  }

  list(): readonly MappingHead[] {
    return [...this.#live.values()].map(({ system, entity, revision }) => ({ system, entity, revision }))
  }

  map(system: string, entity: string, kind: 'upsert' | 'delete', data: JsonObject | null): MapOutcome {
    const live = this.find(system, entity)
    if (live === undefined) {
      if (kind === 'delete') return { kind: 'deleted', target: null, revision: null }
      return { kind: 'failed', cause: missing(system, entity) }
    }
    return mapRecord(live.compiled, this.#validator, live.revision, kind, data)
  }
}

/** One record through one mapping: what the pipeline does, what a preview shows. */
export function mapRecord(
  compiled: CompiledMapping,
  validator: SchemaValidator,
  revision: number,
  kind: 'upsert' | 'delete',
  data: JsonObject | null,
): MapOutcome {
  const { target } = compiled.document
  if (kind === 'delete' || data === null) return { kind: 'deleted', target, revision }
  try {
    if (compiled.isDeleted(data)) return { kind: 'deleted', target, revision }
  } catch (error) {
    return { kind: 'failed', cause: causeOf(error) }
  }
  const result = compiled.apply(data)
  if (!result.ok) {
    const [first] = result.errors
    const cause = { code: first?.code ?? 'mapping.failed', message: first?.message ?? 'The mapping failed.' }
    return { kind: 'failed', cause: { ...cause, problems: result.errors } }
  }
  const violations = validator.validate(target, result.document)
  if (violations.length === 0) return { kind: 'document', target, document: result.document, revision }
  const [violation] = violations
  return {
    kind: 'failed',
    cause: {
      code: 'schema.violated',
      message: `The mapped record breaks the schema of ${target}: ${violation?.message ?? ''}`,
      where: violation?.pointer ?? '',
      fix: 'Mend the mapping, or the record in its system.',
      problems: validator.validate(target, result.document, { all: true }),
    },
  }
}

function compiledOf(document: string, head: MappingHead): CompiledMapping {
  return compileMapping(parseMappingOrThrow(document, `${head.system}/${head.entity}.yaml#${head.revision}`))
}

function nameOf({ system, entity }: { system: string; entity: string }): string {
  return `${system}\n${entity}`
}

function causeOf(error: unknown): ParkCause {
  const { code, message, where, fix } = asHubError(error)
  return { code, message, ...(where === undefined ? {} : { where }), ...(fix === undefined ? {} : { fix }) }
}

function missing(system: string, entity: string): ParkCause {
  return {
    code: 'mapping.missing',
    message: `There is no published mapping for ${entity} of ${system}.`,
    fix: `Publish one (mappings/${system}/${entity}.yaml or PUT /admin/v1/mappings/${system}/${entity}), then replay.`,
  }
}
