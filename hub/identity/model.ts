import { HubError } from '../contracts/hub-error.ts'
import { isJsonObject } from '../contracts/json.ts'
import { FIELD, FIELD_NAMES, LEVELS_MAX, fieldsOf } from './fields.ts'
import type { Field, Kind } from './fields.ts'
import { KEY_KINDS, VALUE_KINDS } from './key-kinds.ts'
import type { KeyKind, ValueKind } from './key-kinds.ts'

/** How likely a level of agreement is among records of one customer, of two relatives, of two strangers. */
export interface LevelOdds {
  same: number
  relative: number
  stranger: number
}

export type FieldOdds = Record<string, LevelOdds>

export interface KindModel {
  /** For each pair of records of one customer: how many pairs of relatives, how many of strangers. */
  prior: { relativesPerCopy: number; strangersPerCopy: number }
  /** How often two different customers are each in one of two systems and missing from the other. 1: takes no notice. */
  alone: { relative: number; stranger: number }
  fields: Record<string, FieldOdds>
}

/** The document config/matching.yaml, as schemas/config/matching.schema.json describes it. */
export interface MatchingDocument {
  version: string
  joinThreshold: number
  reviewBand: { from: number; to: number }
  blocking: { blockMax: Record<KeyKind, number>; genericAbove: Record<ValueKind, number> }
  clustering: { unscored: number; weightMax: number; fullPairsMax: number }
  identifierSchemes: { nationalId: string[]; document: string[] }
  person: KindModel
  organization: KindModel
}

/** The document with its weights worked out; made once, shared, never changed. */
export interface MatchModel extends MatchingDocument {
  /** joinThreshold as a probability, for people. */
  joinProbability: number
  schemes: ReadonlyMap<string, 'nationalId' | 'document'>
  tables: Record<Kind, WeightTable>
}

/** Weights in log2 by field number and level (`field * LEVELS_MAX + level`). */
export interface WeightTable {
  stranger: Float64Array
  relative: Float64Array
  /** Probability of the level in one customer's records: term frequencies replace the stranger's. */
  same: Float64Array
  priorStranger: number
  priorRelative: number
  /** What it weighs that two records of different systems stand alone. */
  aloneStranger: number
  aloneRelative: number
  names: readonly (readonly string[])[]
}

/** Rounding that people do when they write probabilities down. */
const SUM_TOLERANCE = 0.0005

/**
 * Reads and checks a matching document. Throws HubError `matching.invalid` (family config) that says where (JSON
 * pointer) and what would be right.
 */
export function compileModel(document: unknown): MatchModel {
  if (!isJsonObject(document)) throw invalid('', 'is not an object')
  const model = document as unknown as MatchingDocument
  if (typeof model.version !== 'string' || model.version === '') throw invalid('/version', 'is not a text')
  const joinThreshold = finite(model.joinThreshold, '/joinThreshold')
  const from = finite(model.reviewBand?.from, '/reviewBand/from')
  const to = finite(model.reviewBand?.to, '/reviewBand/to')
  if (from > joinThreshold || to < joinThreshold) throw invalid('/reviewBand', 'does not hold joinThreshold')
  for (const kind of KEY_KINDS) count(model.blocking?.blockMax?.[kind], `/blocking/blockMax/${kind}`)
  for (const kind of VALUE_KINDS) count(model.blocking.genericAbove?.[kind], `/blocking/genericAbove/${kind}`)
  if (finite(model.clustering?.unscored, '/clustering/unscored') >= joinThreshold) {
    throw invalid('/clustering/unscored', 'is not below joinThreshold')
  }
  if (finite(model.clustering.weightMax, '/clustering/weightMax') <= Math.abs(joinThreshold)) {
    throw invalid('/clustering/weightMax', 'is not above joinThreshold')
  }
  count(model.clustering.fullPairsMax, '/clustering/fullPairsMax')
  return {
    ...model,
    joinProbability: probabilityOf(joinThreshold),
    schemes: schemesOf(model),
    tables: { person: tableOf('person', model.person), organization: tableOf('organization', model.organization) },
  }
}

/** Log2 odds as a probability. */
export function probabilityOf(weight: number): number {
  return 1 / (1 + 2 ** -weight)
}

function schemesOf(model: MatchingDocument): Map<string, 'nationalId' | 'document'> {
  const schemes = new Map<string, 'nationalId' | 'document'>()
  for (const group of ['nationalId', 'document'] as const) {
    const names: unknown = model.identifierSchemes?.[group]
    if (!Array.isArray(names)) throw invalid(`/identifierSchemes/${group}`, 'is not a list')
    for (const name of names) {
      if (typeof name !== 'string') throw invalid(`/identifierSchemes/${group}`, 'holds something that is no text')
      schemes.set(name, group)
    }
  }
  return schemes
}

function tableOf(kind: Kind, model: KindModel | undefined): WeightTable {
  const size = FIELD_NAMES.length * LEVELS_MAX
  const table = {
    stranger: new Float64Array(size),
    relative: new Float64Array(size),
    same: new Float64Array(size),
    priorStranger: -Math.log2(positive(model?.prior?.strangersPerCopy, `/${kind}/prior/strangersPerCopy`)),
    priorRelative: -Math.log2(positive(model?.prior?.relativesPerCopy, `/${kind}/prior/relativesPerCopy`)),
    aloneStranger: -Math.log2(share(model?.alone?.stranger, `/${kind}/alone/stranger`)),
    aloneRelative: -Math.log2(share(model?.alone?.relative, `/${kind}/alone/relative`)),
    names: FIELD_NAMES.map((field) => fieldsOf(kind)[field] ?? []),
  }
  const expected = fieldsOf(kind)
  for (const field of Object.keys(model?.fields ?? {})) {
    if (!Object.hasOwn(expected, field))
      throw invalid(`/${kind}/fields/${field}`, `is not one of ${Object.keys(expected).join(', ')}`)
  }
  for (const [field, levels] of Object.entries(expected))
    fillField(table, kind, field as Field, levels, model?.fields?.[field])
  return table
}

function fillField(
  table: WeightTable,
  kind: Kind,
  field: Field,
  levels: readonly string[],
  odds: FieldOdds | undefined,
): void {
  const where = `/${kind}/fields/${field}`
  if (!isJsonObject(odds)) throw invalid(where, 'is missing')
  for (const level of Object.keys(odds)) {
    if (!levels.includes(level)) throw invalid(`${where}/${level}`, `is not one of ${levels.join(', ')}`)
  }
  const sums = { same: 0, relative: 0, stranger: 0 }
  levels.forEach((level, at) => {
    const index = FIELD[field] * LEVELS_MAX + at
    const of = (who: keyof LevelOdds): number => {
      const probability = positive((odds as FieldOdds)[level]?.[who], `${where}/${level}/${who}`)
      sums[who] += probability
      return probability
    }
    const same = of('same')
    table.same[index] = same
    table.relative[index] = Math.log2(same / of('relative'))
    table.stranger[index] = Math.log2(same / of('stranger'))
  })
  for (const [who, sum] of Object.entries(sums)) {
    if (Math.abs(sum - 1) > SUM_TOLERANCE)
      throw invalid(where, `has levels whose \`${who}\` add up to ${sum.toFixed(4)}, not 1`)
  }
}

function finite(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(where, 'is not a number')
  return value
}

function positive(value: unknown, where: string): number {
  if (finite(value, where) <= 0) throw invalid(where, 'is not above 0')
  return value as number
}

function share(value: unknown, where: string): number {
  if (positive(value, where) > 1) throw invalid(where, 'is above 1')
  return value as number
}

function count(value: unknown, where: string): number {
  if (!Number.isInteger(value) || (value as number) < 1) throw invalid(where, 'is not a whole number of at least 1')
  return value as number
}

function invalid(where: string, what: string): HubError {
  return new HubError({
    code: 'matching.invalid',
    family: 'config',
    message: `The matching model cannot be used: ${where === '' ? 'it' : where} ${what}.`,
    where: `config/matching.yaml#${where}`,
    fix: 'Correct the value; schemas/config/matching.schema.json describes the document, and the shipped config/matching.yaml shows one that works.',
  })
}
