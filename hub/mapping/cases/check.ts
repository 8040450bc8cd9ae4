import { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { compileMapping } from '../compile-mapping.ts'
import type { CompiledMapping } from '../compile-mapping.ts'
import { nearestName } from '../document/config-error.ts'
import { fieldsOf } from '../document/document.ts'
import type { FieldNode } from '../document/document.ts'
import { irreversibleTargets } from '../engine/inverse.ts'
import { parseMapping } from '../parse-mapping.ts'
import { runCases } from './run-cases.ts'
import type { CaseResult } from './run-cases.ts'

export interface MappingCheck {
  /** Whether the document is right, its targets exist, and every case passes. */
  ok: boolean
  /** What is wrong with the document, with its targets, or with the cases file. */
  errors: HubError[]
  cases: CaseResult[]
  /** Null where the document is wrong. */
  compiled: CompiledMapping | null
  /** Target -> why it can't be written back. */
  irreversible: ReadonlyMap<string, string>
}

export interface CheckOptions {
  /** The text of `<Entity>.cases.yaml`, and its name. */
  cases?: { text: string; fileName: string }
  /** JSON Schemas by their `$id`; the one of the target entity is found by its name: `.../customer/1.0`. */
  schemas?: readonly JsonObject[]
}

/** All that can be said about a mapping without records of the system. */
export function checkMapping(text: string, fileName: string, options: CheckOptions = {}): MappingCheck {
  const parsed = parseMapping(text, fileName)
  if (!parsed.ok) return { ok: false, errors: parsed.errors, cases: [], compiled: null, irreversible: new Map() }
  const { document } = parsed
  const compiled = compileMapping(document)
  const errors = targetErrors([...fieldsOf(document.root)], document.target, fileName, options.schemas ?? [])
  const ran = options.cases === undefined ? undefined : runCases(compiled, options.cases.text, options.cases.fileName)
  const cases = ran?.ok === true ? ran.results : []
  if (ran?.ok === false) errors.push(...ran.errors)
  const ok = errors.length === 0 && cases.every((one) => one.passed)
  return { ok, errors, cases, compiled, irreversible: irreversibleTargets(document) }
}

function targetErrors(
  fields: readonly FieldNode[],
  entity: string,
  fileName: string,
  schemas: readonly JsonObject[],
): HubError[] {
  const root = schemas.find((schema) => idOf(schema).split('/').at(-2) === entity)
  if (root === undefined) return []
  const inOrder = fields.toSorted((a, b) => a.position.line - b.position.line || a.position.column - b.position.column)
  return inOrder.flatMap((field) => {
    const fault = unknownMember(root, field.target, schemas)
    if (fault === null) return []
    const nearest = nearestName(fault.name, fault.known)
    const where = `${fileName}:${field.position.line}:${field.position.column}`
    return new HubError({
      code: 'mapping.target.unknown',
      family: 'config',
      message: `${where}: The target ${field.target} is not in the schema of ${entity}: ${JSON.stringify(fault.name)} is not known.`,
      where,
      fix: `${nearest === undefined ? '' : `Did you mean ${nearest}? `}Allowed: ${fault.known.join(', ')}.`,
      facts: { found: fault.name, allowed: fault.known },
    })
  })
}

const idOf = (schema: JsonObject): string => (typeof schema['$id'] === 'string' ? schema['$id'] : '')

/** The first step of a target path that the schema doesn't have; null where it has all, or its shape isn't known here. */
function unknownMember(
  root: JsonObject,
  target: string,
  schemas: readonly JsonObject[],
): { name: string; known: string[] } | null {
  let schema: JsonObject | undefined = root
  let base = root
  for (const name of target.replaceAll(/\[\d+\]/g, '.[]').split('.')) {
    const properties: JsonObject | undefined = asObject(schema['properties'])
    const next: JsonObject | undefined = name === '[]' ? asObject(schema['items']) : asObject(properties?.[name])
    if (next === undefined) {
      return name !== '[]' && properties !== undefined && schema['additionalProperties'] === false
        ? { name, known: Object.keys(properties).sort() }
        : null
    }
    const resolved = resolve(next, base, schemas)
    if (resolved === null) return null
    ;({ schema, base } = resolved)
  }
  return null
}

const asObject = (value: unknown): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined

/** Follows `<$id>#/$defs/<name>`, in the same schema or another. */
function resolve(
  schema: JsonObject,
  base: JsonObject,
  schemas: readonly JsonObject[],
  hops = 0,
): { schema: JsonObject; base: JsonObject } | null {
  const ref = schema['$ref']
  if (typeof ref !== 'string') return { schema, base }
  const [id = '', pointer = ''] = ref.split('#')
  const holder = id === '' ? base : schemas.find((one) => idOf(one) === id)
  const name = /^\/\$defs\/([^/]+)$/.exec(pointer)?.[1]
  const found = name === undefined ? undefined : asObject(asObject(holder?.['$defs'])?.[name])
  return found === undefined || holder === undefined || hops > 10 ? null : resolve(found, holder, schemas, hops + 1)
}
