import type { Json, JsonObject } from '../../contracts/json.ts'
import { UNPARSABLE } from '../conversions/conversion.ts'
import type { Converted } from '../conversions/conversion.ts'
import type { FieldNode } from '../document/document.ts'
import { copyJson, sourceReader } from './runtime.ts'

/** What became of a field: its value, or why it has none. */
export type FieldOutcome =
  | { kind: 'value'; value: Json }
  | { kind: 'absent' }
  | { kind: 'empty' }
  | { kind: 'unparsable'; step: number | undefined }

export interface FieldTrace {
  outcome: FieldOutcome
  /** What each conversion got, by its place; shorter than the steps where the way ended early. */
  inputs: Json[]
}

/**
 * One field of one record, step by step: the plain reading of what generate.ts compiles. The inverse needs the values
 * between the steps, and a property test holds the generated code to this.
 */
export function traceField(field: FieldNode, record: JsonObject, item: Json): FieldTrace {
  const inputs: Json[] = []
  const raw = sourceReader(field)(record, item)
  if (field.source.kind === 'constant' && field.steps.length === 0) return { outcome: valueOr(raw, undefined), inputs }
  const start = field.source.kind === 'path' && raw === UNPARSABLE ? undefined : prepare(field, raw)
  if (start === undefined || start === UNPARSABLE) return { outcome: valueOr(start, undefined), inputs }
  if (isEmpty(field, start)) return { outcome: { kind: 'empty' }, inputs }
  if (field.absentWhen?.has(typeof start === 'number' ? String(start) : (start as string)) === true)
    return { outcome: { kind: 'absent' }, inputs }
  if (field.steps.length === 0) return { outcome: valueOr(copyJson(start), undefined), inputs }
  let value: Json = start
  for (const [index, step] of field.steps.entries()) {
    inputs.push(value)
    const next = step.run(value, record, item)
    if (next === undefined || next === null || next === UNPARSABLE) return { outcome: valueOr(next, index), inputs }
    if (next === '') return { outcome: { kind: 'empty' }, inputs }
    value = next
  }
  return { outcome: { kind: 'value', value }, inputs }
}

function prepare(field: FieldNode, raw: Converted): Converted {
  if (raw === null) return undefined
  return typeof raw === 'string' && !field.keepSpaces ? raw.trim() : raw
}

function isEmpty(field: FieldNode, value: Json): boolean {
  return typeof value === 'string' && (field.keepSpaces ? value.trim() : value) === ''
}

function valueOr(value: Converted, step: number | undefined): FieldOutcome {
  if (value === UNPARSABLE) return { kind: 'unparsable', step }
  return value === undefined || value === null ? { kind: 'absent' } : { kind: 'value', value }
}

/** The canonical value that a field gives now; undefined where it gives none. References come as they stand in the document. */
export function fieldValue(field: FieldNode, record: JsonObject, item: Json): Json | undefined {
  const { outcome } = traceField(field, record, item)
  if (outcome.kind === 'value') return finish(field, outcome.value)
  if (outcome.kind === 'empty' && field.empty === 'keep') return ''
  const isAbsent = outcome.kind === 'absent' || (outcome.kind === 'empty' && field.empty === 'absent')
  return isAbsent && field.absent === 'default' ? field.default : undefined
}

function finish(field: FieldNode, value: Json): Json {
  const { source } = field
  if (source.kind !== 'ref') return value
  const reference: JsonObject = { entity: source.entity, key: typeof value === 'string' ? value : String(value) }
  return source.system === null ? reference : { system: source.system, ...reference }
}
