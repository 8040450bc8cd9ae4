import type { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { compileMapping } from '../compile-mapping.ts'
import type { CompiledMapping } from '../compile-mapping.ts'
import { irreversibleTargets } from '../engine/inverse.ts'
import { parseMapping } from '../parse-mapping.ts'
import { runCases } from './run-cases.ts'
import type { CaseResult } from './run-cases.ts'

export interface MappingCheck {
  /** Whether the document is right, its targets exist, and every case passes. */
  ok: boolean
  errors: HubError[]
  /** Targets that the canonical schema doesn't have, where a schema was given. */
  unknownTargets: string[]
  cases: CaseResult[]
  /** Null where the document is wrong. */
  compiled: CompiledMapping | null
  /** Target -> why it can't be written back. */
  irreversible: ReadonlyMap<string, string>
}

export interface CheckOptions {
  /** The text of `<Entity>.cases.yaml`, and its name. */
  cases?: { text: string; fileName: string }
  /** The canonical entity's JSON Schema; `$ref` to its own `$defs` is followed, anything else counts as unknown shape. */
  schema?: JsonObject
}

/** All that can be said about a mapping without records of the system. */
export function checkMapping(text: string, fileName: string, options: CheckOptions = {}): MappingCheck {
  const parsed = parseMapping(text, fileName)
  if (!parsed.ok)
    return { ok: false, errors: parsed.errors, unknownTargets: [], cases: [], compiled: null, irreversible: new Map() }
  const compiled = compileMapping(parsed.document)
  const { schema } = options
  const unknownTargets =
    schema === undefined ? [] : [...compiled.lineage.keys()].filter((target) => !inSchema(schema, target))
  const ran = options.cases === undefined ? undefined : runCases(compiled, options.cases.text, options.cases.fileName)
  const cases = ran?.ok === true ? ran.results : []
  const errors = ran?.ok === false ? ran.errors : []
  return {
    ok: errors.length === 0 && unknownTargets.length === 0 && cases.every((one) => one.passed),
    errors,
    unknownTargets,
    cases,
    compiled,
    irreversible: irreversibleTargets(parsed.document),
  }
}

/** Whether a target path leads to something in the schema. A schema that allows more members allows any name. */
function inSchema(root: JsonObject, target: string): boolean {
  const names = target.replaceAll(/\[\d+\]/g, '.[]').split('.')
  let schema: JsonObject | undefined = resolve(root, root)
  for (const name of names) {
    if (schema === undefined) return true
    const next: JsonObject | undefined = step(schema, name)
    if (next === undefined) return schema['additionalProperties'] !== false && schema['properties'] === undefined
    schema = resolve(next, root)
  }
  return true
}

function step(schema: JsonObject, name: string): JsonObject | undefined {
  if (name === '[]') return asObject(schema['items'])
  const member = asObject(schema['properties'])?.[name]
  return asObject(member) ?? asObject(schema['additionalProperties'])
}

const asObject = (value: unknown): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined

/** Follows `#/$defs/...`; undefined where the shape isn't written here. */
function resolve(schema: JsonObject, root: JsonObject): JsonObject | undefined {
  const ref = schema['$ref']
  if (typeof ref !== 'string') return schema
  const name = /^#\/\$defs\/([^/]+)$/.exec(ref)?.[1]
  const found = name === undefined ? undefined : asObject(asObject(root['$defs'])?.[name])
  return found === undefined ? undefined : resolve(found, root)
}
