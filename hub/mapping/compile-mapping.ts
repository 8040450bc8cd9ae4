import { HubError } from '../contracts/hub-error.ts'
import type { Json, JsonObject } from '../contracts/json.ts'
import { isJsonObject } from '../contracts/json.ts'
import { textOf, UNPARSABLE } from './conversions/conversion.ts'
import { readPath } from './conversions/scope.ts'
import type { MappingDocument } from './document/document.ts'
import { generate, instantiate } from './engine/generate.ts'
import { beginRecord } from './expression/expression.ts'
import { invertMapping } from './engine/inverse.ts'
import type { InverseResult } from './engine/inverse.ts'
import { lineageOf } from './engine/lineage.ts'
import { RECORD_PROBLEM } from './engine/problem.ts'
import type { MappingProblem } from './engine/problem.ts'
import { keyText } from './engine/runtime.ts'

export type MappingResult = { ok: true; document: JsonObject } | { ok: false; errors: MappingProblem[] }

export interface RecordSequence {
  sequence: string
  /** Set where the record has it as a whole JSON number: then it orders as a number. */
  sequenceType?: 'Integer'
}

export interface CompiledMapping {
  document: MappingDocument
  /** The canonical document of a record, or everything that is wrong with it. Never throws; the record stays as it is. */
  apply(record: JsonObject): MappingResult
  /** Whether `deletedWhen` holds; false without one. Throws a `reject` HubError where the expression fails on the record. */
  isDeleted(record: JsonObject): boolean
  /** The record's key; null where the mapping names none, or the record lacks a part of it. */
  keyOf(record: JsonObject): string | null
  sequenceOf(record: JsonObject): RecordSequence | null
  /** Target path -> the source paths that it reads. */
  lineage: ReadonlyMap<string, readonly string[]>
  /**
   * The native fields to set so that the system's record says what `canonicalChanges` says (a part of a canonical
   * document; null clears). `currentRecord`: the system's record as it is, null when it's being made.
   */
  inverse(canonicalChanges: JsonObject, currentRecord: JsonObject | null): InverseResult
}

/** Makes a mapping ready to run. The document has been checked by parseMapping, so nothing can fail here. */
export function compileMapping(document: MappingDocument): CompiledMapping {
  const run = instantiate(generate(document))
  const { deletedWhen } = document
  return {
    document,
    apply(record) {
      if (!isJsonObject(record)) return { ok: false, errors: [RECORD_PROBLEM] }
      const errors: MappingProblem[] = []
      beginRecord()
      const mapped = run(record, errors)
      if (errors.length === 0) return { ok: true, document: mapped }
      // Items of a repeated list share their problems: each is told once.
      return { ok: false, errors: [...new Set(errors)].map((error) => ({ ...error })) }
    },
    isDeleted: (record) => deletedWhen !== null && isDeleted(document, record),
    keyOf(record) {
      const key = document.key.length === 0 ? undefined : keyText(document.key.map((path) => readPath(path, record)))
      return typeof key === 'string' ? key : null
    },
    sequenceOf: (record) => (document.sequence === null ? null : sequenceOf(readPath(document.sequence, record))),
    lineage: lineageOf(document),
    inverse(changes, current) {
      beginRecord()
      return invertMapping(document, changes, current)
    },
  }
}

function isDeleted(document: MappingDocument, record: JsonObject): boolean {
  beginRecord()
  const result = document.deletedWhen?.evaluate(record, record)
  if (result === true || result === false) return result
  if (result === undefined) return false
  throw new HubError({
    code: 'mapping.deleted-when.failed',
    family: 'reject',
    message: `deletedWhen of ${document.source} ${result === UNPARSABLE ? 'failed on this record' : 'gave something other than true or false'}.`,
    where: document.fileName,
    fix: 'Use comparisons that hold for absent fields too, such as IsDeleted == true.',
  })
}

function sequenceOf(value: Json | undefined): RecordSequence | null {
  if (value === undefined || value === null || value === '') return null
  const text = textOf(value)
  if (text === UNPARSABLE) return null
  return typeof value === 'number' && Number.isSafeInteger(value)
    ? { sequence: text, sequenceType: 'Integer' }
    : { sequence: text }
}
