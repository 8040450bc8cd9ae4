import { compareContacts } from './compare-contact.ts'
import { compareOrganizations } from './compare-organization.ts'
import { comparePersons } from './compare-person.ts'
import { UNKNOWN, clearComparison, newComparison } from './comparison.ts'
import type { Comparison, FrequencyField, ScoreContext } from './comparison.ts'
import type { IdentityFeatures } from './features.ts'
import { FIELD, FIELD_NAMES, LEVELS_MAX } from './fields.ts'
import type { Field, Kind } from './fields.ts'
import { probabilityOf } from './model.ts'
import type { MatchModel, WeightTable } from './model.ts'

export interface PairScore {
  /** Log2 of the odds that both records are one customer, if there were no other records. -Infinity: never. */
  weight: number
  probability: number
  /** The same among other records, where standing in different systems says nothing (see clusterRecords). */
  amongOthers: number
  /** What made the weight, in bits; with prior and relatives they add up to it. */
  fields: FieldWeight[]
}

export interface FieldWeight {
  /**
   * A field of fields.ts; `prior`: how rare a copy is among strangers; `alone`: neither has anything like it in the other's
   * system; `relatives`: what is lost because relatives would agree so too.
   */
  field: Field | 'prior' | 'alone' | 'relatives'
  level: string
  weight: number
}

/** Nobody's given name is so rare that agreement on it says more than this share would. */
const FREQUENCY_MIN = 1e-7
/** However many customers were counted, they do not show more than this. */
export const ALONE_MIN = 1e-5

const comparison = newComparison()

/**
 * The weight of the evidence that two records are one customer. Fellegi and Sunter's weights (A Theory for Record
 * Linkage, 1969), with two ways not to be one: strangers, or relatives, who share address, phone and family name for
 * reasons of their own. weight = -log2(2^-stranger + 2^-relative), each the sum of prior and fields.
 * Symmetric. Persons never are organizations.
 */
export function scorePair(
  a: IdentityFeatures,
  b: IdentityFeatures,
  model: MatchModel,
  context: ScoreContext = {},
): PairScore {
  if (a.kind !== b.kind) return { weight: -Infinity, probability: 0, amongOthers: -Infinity, fields: [] }
  const table = model.tables[a.kind]
  comparePair(a, b, model, context, comparison)
  const fields: FieldWeight[] = [{ field: 'prior', level: 'strangers', weight: table.priorStranger }]
  let stranger = table.priorStranger
  let relative = table.priorRelative
  for (let field = 0; field < FIELD_NAMES.length; field++) {
    const level = comparison.levels[field] ?? UNKNOWN
    if (level === UNKNOWN) continue
    const weight = strangerWeight(table, comparison, field, level, context)
    stranger += weight
    relative += table.relative[field * LEVELS_MAX + level] ?? 0
    fields.push({ field: FIELD_NAMES[field] as Field, level: table.names[field]?.[level] ?? '', weight })
  }
  const amongOthers = eitherWay(stranger, relative)
  let weight = amongOthers
  if (comparison.levels[FIELD.system] === OTHER_SYSTEM) {
    const alone = aloneWeights(table, comparison.alone)
    stranger += alone.stranger
    weight = eitherWay(stranger, relative + alone.relative)
    fields.push({ field: 'alone', level: 'in-other-systems', weight: alone.stranger })
  }
  fields.push({ field: 'relatives', level: RELATIVES[a.kind], weight: weight - stranger })
  return { weight, probability: probabilityOf(weight), amongOthers, fields }
}

const OTHER_SYSTEM = 1
const RELATIVES: Record<Kind, string> = { person: 'household', organization: 'group' }

/** What it weighs that two records stand alone: as a snapshot measured it, else as the model takes it to be. */
function aloneWeights(table: WeightTable, measured: number | undefined): { stranger: number; relative: number } {
  if (measured === undefined) return { stranger: table.aloneStranger, relative: table.aloneRelative }
  const weight = -Math.log2(Math.min(1, Math.max(measured, ALONE_MIN)))
  return { stranger: weight, relative: weight }
}

/** Both sums of a comparison as the model has them, without term frequencies: for training. */
export function sumWeights(table: WeightTable, compared: Comparison): { stranger: number; relative: number } {
  let stranger = table.priorStranger
  let relative = table.priorRelative
  compared.levels.forEach((level, field) => {
    if (level === UNKNOWN) return
    stranger += table.stranger[field * LEVELS_MAX + level] ?? 0
    relative += table.relative[field * LEVELS_MAX + level] ?? 0
  })
  if (compared.levels[FIELD.system] !== OTHER_SYSTEM) return { stranger, relative }
  const alone = aloneWeights(table, compared.alone)
  return { stranger: stranger + alone.stranger, relative: relative + alone.relative }
}

/** Odds against two ways of being wrong: their probabilities add up. */
export function eitherWay(stranger: number, relative: number): number {
  const low = Math.min(stranger, relative)
  const high = Math.max(stranger, relative)
  return low - Math.log2(1 + 2 ** (low - high))
}

/** Fills a comparison with the levels of two records of one kind. */
export function comparePair(
  a: IdentityFeatures,
  b: IdentityFeatures,
  model: MatchModel,
  context: ScoreContext,
  into: Comparison,
): void {
  clearComparison(into)
  const table = model.tables[a.kind]
  if (a.kind === 'person') comparePersons(a, b, table, into)
  else compareOrganizations(a, b, into)
  compareContacts(a, b, model, table, context, into)
}

const FREQUENCY_FIELDS = new Map<number, FrequencyField>([
  [FIELD.given, 'given'],
  [FIELD.family, 'family'],
  [FIELD.name, 'name'],
  [FIELD.area, 'area'],
])

/** A value's own frequency, where known, stands in for the average chance of agreeing on it. */
function strangerWeight(
  table: WeightTable,
  compared: Comparison,
  field: number,
  level: number,
  context: ScoreContext,
): number {
  const index = field * LEVELS_MAX + level
  const usual = table.stranger[index] ?? 0
  if (context.frequencyOf === undefined) return usual
  const of = FREQUENCY_FIELDS.get(field)
  const value = of === undefined ? undefined : compared[of]
  if (of === undefined || value === undefined) return usual
  const frequency = context.frequencyOf(of, value)
  if (frequency === undefined) return usual
  return Math.log2(agreementOf(table, field, index) / Math.max(frequency, FREQUENCY_MIN))
}

/** `same` and `same-common` of names are one kind of agreement, told apart only for want of a frequency. */
function agreementOf(table: WeightTable, field: number, index: number): number {
  if (field !== FIELD.given && field !== FIELD.family) return table.same[index] ?? 1
  return (table.same[field * LEVELS_MAX] ?? 0) + (table.same[field * LEVELS_MAX + 1] ?? 0)
}
