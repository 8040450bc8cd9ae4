import type { JsonObject } from '../../contracts/json.ts'
import { asHubError } from '../../contracts/hub-error.ts'
import type { CompiledMapping } from '../compile-mapping.ts'
import type { MappingProblem } from '../engine/problem.ts'
import { differences } from './difference.ts'
import type { Difference } from './difference.ts'

export type PreviewOutcome =
  | { kind: 'mapped'; document: JsonObject }
  | { kind: 'failed'; errors: { code: string; target: string; message: string }[] }
  | { kind: 'deleted' }

export interface PreviewedRecord {
  key: string | null
  /** The source record. */
  input: JsonObject
  outcome: PreviewOutcome
  /** What the mapping in force makes of it, where one was given, and where the two differ. */
  before?: PreviewOutcome
  changes?: Difference[]
}

export interface MappingPreview {
  records: PreviewedRecord[]
  mapped: number
  failed: number
  deleted: number
  /** Records whose outcome differs from that of the mapping in force; 0 without one. */
  changed: number
  /** How many records have an error: `mapping.value.unparsable birthDate` -> 12, most frequent first. */
  errors: { code: string; target: string; conversion: string | null; message: string; records: number }[]
  /** How often each target was filled, for the eye that looks for a field that's always empty. */
  filled: Record<string, number>
}

/** Runs a mapping over records, beside the one in force (`before`) where there is one. Nothing is kept. */
export function previewMapping(
  compiled: CompiledMapping,
  records: readonly JsonObject[],
  before?: CompiledMapping,
): MappingPreview {
  const preview: MappingPreview = { records: [], mapped: 0, failed: 0, deleted: 0, changed: 0, errors: [], filled: {} }
  const errors = new Map<string, MappingPreview['errors'][number]>()
  for (const input of records) {
    const { outcome, problems } = outcomeOf(compiled, input)
    preview[outcome.kind]++
    countErrors(errors, problems)
    if (outcome.kind === 'mapped') countFilled(preview.filled, outcome.document, '')
    const record: PreviewedRecord = { key: compiled.keyOf(input), input, outcome }
    if (before !== undefined) {
      record.before = outcomeOf(before, input).outcome
      record.changes = outcomeDifferences(record.before, outcome)
      if (record.changes.length > 0) preview.changed++
    }
    preview.records.push(record)
  }
  preview.errors = [...errors.values()].sort((a, b) => b.records - a.records)
  return preview
}

function outcomeOf(
  compiled: CompiledMapping,
  input: JsonObject,
): { outcome: PreviewOutcome; problems: MappingProblem[] } {
  try {
    if (compiled.isDeleted(input)) return { outcome: { kind: 'deleted' }, problems: [] }
  } catch (thrown) {
    const { code, message } = asHubError(thrown)
    return { outcome: { kind: 'failed', errors: [{ code, target: '', message }] }, problems: [] }
  }
  const result = compiled.apply(input)
  if (result.ok) return { outcome: { kind: 'mapped', document: result.document }, problems: [] }
  const errors = result.errors.map(({ code, target, message }) => ({ code, target, message }))
  return { outcome: { kind: 'failed', errors }, problems: result.errors }
}

function outcomeDifferences(before: PreviewOutcome, after: PreviewOutcome): Difference[] {
  const shown = (outcome: PreviewOutcome): JsonObject =>
    outcome.kind === 'mapped'
      ? outcome.document
      : { [outcome.kind]: outcome.kind === 'failed' ? outcome.errors.map((error) => error.message) : true }
  return differences(shown(before), shown(after))
}

function countErrors(errors: Map<string, MappingPreview['errors'][number]>, problems: readonly MappingProblem[]): void {
  for (const problem of new Set(problems)) {
    const { code, target, conversion, message } = problem
    const name = `${code} ${target} ${conversion ?? ''} ${message}`
    const known = errors.get(name)
    if (known === undefined) errors.set(name, { code, target, conversion, message, records: 1 })
    else known.records++
  }
}

function countFilled(filled: Record<string, number>, object: JsonObject, prefix: string): void {
  for (const [name, value] of Object.entries(object)) {
    const path = prefix === '' ? name : `${prefix}.${name}`
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) countFilled(filled, value, path)
    else filled[path] = (filled[path] ?? 0) + 1
  }
}
