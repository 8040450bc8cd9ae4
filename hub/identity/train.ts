import { HubError } from '../contracts/hub-error.ts'
import { UNKNOWN, newComparison } from './comparison.ts'
import type { Comparison, ScoreContext } from './comparison.ts'
import type { IdentityFeatures } from './features.ts'
import { FIELD, LEVELS_MAX, fieldsOf } from './fields.ts'
import type { Field, Kind } from './fields.ts'
import { compileModel, probabilityOf } from './model.ts'
import type { KindModel, MatchModel, MatchingDocument, WeightTable } from './model.ts'
import { candidatesInMemory } from './resolve.ts'
import type { IdentityRecord } from './resolve.ts'
import { ALONE_MIN, comparePair, eitherWay, sumWeights } from './score.ts'
import { measureAlone } from './snapshot.ts'

export interface TrainOptions {
  kind: Kind
  /** Name of the new model: `trained-2026-03-01`. */
  version: string
  /** Numbers from 0 to below 1; a seeded generator makes the training repeatable. */
  random(): number
  context?: Pick<ScoreContext, 'frequencyOf' | 'aloneOf'>
  roundsMax?: number
  candidatesMax?: number
  randomPairs?: number
}

export interface TrainReport {
  kind: Kind
  records: number
  candidatePairs: number
  randomPairs: number
  rounds: number
  converged: boolean
  /** Sum of the probabilities that candidate pairs are copies. */
  expectedCopies: number
  /** Shares of snapshot.ts's measureAlone by pair of systems. */
  alone: Record<string, number>
  /** Probabilities among copies and strangers, before and after, where they moved. */
  changes: { field: Field; level: string; who: 'same' | 'stranger'; before: number; after: number }[]
}

/** Fewer copies than this say nothing reliable about how copies differ. */
const COPIES_MIN = 30
const RECORDS_MIN = 100
/** Of pairs drawn at random so many may look like copies before the records must be called alike. */
const RANDOM_COPIES_MAX = 0.01
/** How many observations the model's own figure counts for: rare levels keep it until there is something to see. */
const BELIEF = 20
const CONVERGED = 0.002

/**
 * Estimates a model from a company's own records (expectation and maximisation after Winkler, "Using the EM Algorithm
 * for Weight Computation in the Fellegi-Sunter Model", 1988). Strangers: from pairs drawn at random, almost none of which are copies.
 * Copies: from candidate pairs, each counted with the probability that it is one. How far systems overlap: from what the
 * new model joins. Prior, relatives, threshold and everything else stay as they are, because records cannot tell relatives from copies without knowing one of the two.
 * Throws HubError (reject): `matching.train.records`, `.copies`, `.alike` when the records cannot teach anything.
 */
export function trainModel(
  records: readonly IdentityRecord[],
  document: MatchingDocument,
  options: TrainOptions,
): { document: MatchingDocument; model: MatchModel; report: TrainReport } {
  const own = records.filter((record) => record.features.kind === options.kind)
  if (own.length < RECORDS_MIN) {
    throw refused(
      'records',
      `Training needs at least ${RECORDS_MIN} records of one kind; there are ${own.length}.`,
      'Load more records, or use the shipped model.',
    )
  }
  const start = compileModel(document)
  const { context, pairs } = candidatesInMemory(own, start, options.context ?? {})
  const candidates = tally(own, sample(pairs, options.candidatesMax ?? 500_000, options.random), start, context)
  const randoms = tally(own, randomPairs(own.length, options.randomPairs ?? 200_000, options.random), start, context)
  let trained = withStrangers(document, options, randoms, start)
  const report = { rounds: 0, converged: false }
  let model = compileModel(trained)
  let copies = 0
  while (report.rounds < (options.roundsMax ?? 25) && !report.converged) {
    report.rounds++
    const counted = expect(candidates, model.tables[options.kind])
    copies = counted.copies
    if (copies < COPIES_MIN) {
      throw refused(
        'copies',
        `Training needs some ${COPIES_MIN} records that exist twice; about ${Math.round(copies)} were found.`,
        'Train on the records of several systems together, or use the shipped model.',
      )
    }
    const next = withCopies(trained, document, options.kind, counted.levels)
    report.converged = furthest(trained[options.kind], next[options.kind]) < CONVERGED
    trained = next
    model = compileModel(trained)
  }
  const alone = measureAlone(own, model)
  trained = withAlone(trained, options.kind, alone)
  model = compileModel(trained)
  const changes = changesOf(options.kind, document[options.kind], trained[options.kind])
  const counts = {
    kind: options.kind,
    records: own.length,
    candidatePairs: candidates.total,
    randomPairs: randoms.total,
  }
  return { document: trained, model, report: { ...counts, ...report, expectedCopies: copies, alone, changes } }
}

/** Pairs with equal levels are one pattern: there are far fewer patterns than pairs. Term frequencies are left out. */
interface Patterns {
  total: number
  patterns: { compared: Comparison; count: number }[]
}

function tally(
  records: readonly IdentityRecord[],
  pairs: Iterable<readonly [number, number]>,
  model: MatchModel,
  context: ScoreContext,
): Patterns {
  const patterns = new Map<string, { compared: Comparison; count: number }>()
  const compared = newComparison()
  let total = 0
  for (const [one, other] of pairs) {
    comparePair(featuresAt(records, one), featuresAt(records, other), model, context, compared)
    total++
    const name = `${compared.levels.join(',')}|${compared.alone ?? ''}`
    const known = patterns.get(name)
    if (known !== undefined) known.count++
    else {
      const kept = { ...newComparison(), levels: compared.levels.slice(), alone: compared.alone }
      patterns.set(name, { compared: kept, count: 1 })
    }
  }
  return { total, patterns: [...patterns.values()] }
}

function featuresAt(records: readonly IdentityRecord[], at: number): IdentityFeatures {
  const record = records[at]
  if (record === undefined) throw new RangeError(`No record ${at}.`)
  return record.features
}

function sample<T>(pairs: readonly T[], max: number, random: () => number): T[] {
  return pairs.length <= max ? [...pairs] : pairs.filter(() => random() < max / pairs.length)
}

function* randomPairs(records: number, count: number, random: () => number): Generator<[number, number]> {
  for (let drawn = 0; drawn < count; drawn++) {
    const one = Math.floor(random() * records)
    const other = Math.floor(random() * records)
    if (one !== other) yield [one, other]
  }
}

function probabilityOfCopy(table: WeightTable, compared: Comparison): number {
  const { stranger, relative } = sumWeights(table, compared)
  return probabilityOf(eitherWay(stranger, relative))
}

/** Counts levels among the copies: each pattern with the probability that it is one. */
function expect(candidates: Patterns, table: WeightTable): { copies: number; levels: Float64Array } {
  const levels = new Float64Array(table.same.length)
  let copies = 0
  for (const { compared, count } of candidates.patterns) {
    const likely = probabilityOfCopy(table, compared) * count
    copies += likely
    addLevels(levels, compared, likely)
  }
  return { copies, levels }
}

function addLevels(into: Float64Array, compared: Comparison, count: number): void {
  compared.levels.forEach((level, field) => {
    if (level !== UNKNOWN) into[field * LEVELS_MAX + level] = (into[field * LEVELS_MAX + level] ?? 0) + count
  })
}

function withStrangers(
  document: MatchingDocument,
  options: TrainOptions,
  randoms: Patterns,
  start: MatchModel,
): MatchingDocument {
  const table = start.tables[options.kind]
  const levels = new Float64Array(table.same.length)
  let copies = 0
  for (const { compared, count } of randoms.patterns) {
    const likely = probabilityOfCopy(table, compared)
    copies += likely * count
    addLevels(levels, compared, (1 - likely) * count)
  }
  if (copies > RANDOM_COPIES_MAX * randoms.total) {
    const percent = Math.round((100 * copies) / randoms.total)
    throw refused(
      'alike',
      `Of pairs drawn at random ${percent} % look like copies: the records are too much alike to learn from.`,
      'Train on records of many different customers.',
    )
  }
  return { ...withLevels(document, document, options.kind, 'stranger', levels), version: options.version }
}

function withCopies(
  trained: MatchingDocument,
  before: MatchingDocument,
  kind: Kind,
  levels: Float64Array,
): MatchingDocument {
  return withLevels(trained, before, kind, 'same', levels)
}

/**
 * New probabilities from counts. The old figure p counts as BELIEF observations among BELIEF / p: a level seen in one of
 * ten million pairs is not called impossible after a hundred thousand. Then each field is made to add up to 1.
 */
function withLevels(
  document: MatchingDocument,
  before: MatchingDocument,
  kind: Kind,
  who: 'same' | 'stranger',
  counts: Float64Array,
): MatchingDocument {
  const fields: KindModel['fields'] = {}
  for (const [field, levels] of Object.entries(fieldsOf(kind))) {
    const base = FIELD[field as Field] * LEVELS_MAX
    const seen = levels.reduce((sum, _, at) => sum + (counts[base + at] ?? 0), 0)
    const raw = levels.map((level, at) => {
      const old = before[kind].fields[field]?.[level]?.[who] ?? 0
      return ((counts[base + at] ?? 0) + BELIEF) / (seen + BELIEF / old)
    })
    const sum = raw.reduce((total, value) => total + value, 0)
    const known = document[kind].fields[field] ?? {}
    fields[field] = Object.fromEntries(
      levels.map((level, at) => {
        const odds = known[level] ?? { same: 1, relative: 1, stranger: 1 }
        return [level, { ...odds, [who]: (raw[at] ?? 0) / sum }]
      }),
    )
  }
  return { ...document, [kind]: { ...document[kind], fields } }
}

/**
 * How seldom two different customers stand alone in two systems, as measured; of several pairs of systems the one that
 * overlaps least, because the model has one figure for all (a snapshot has one for each).
 */
function withAlone(document: MatchingDocument, kind: Kind, measured: Record<string, number>): MatchingDocument {
  const shares = Object.values(measured)
  if (shares.length === 0) return document
  const share = Math.max(ALONE_MIN, ...shares)
  return { ...document, [kind]: { ...document[kind], alone: { relative: share, stranger: share } } }
}

function furthest(before: KindModel, after: KindModel): number {
  let distance = 0
  for (const [field, levels] of Object.entries(after.fields)) {
    for (const [level, odds] of Object.entries(levels)) {
      distance = Math.max(distance, Math.abs(odds.same - (before.fields[field]?.[level]?.same ?? 0)))
    }
  }
  return distance
}

function changesOf(kind: Kind, before: KindModel, after: KindModel): TrainReport['changes'] {
  const changes: TrainReport['changes'] = []
  for (const [field, levels] of Object.entries(fieldsOf(kind))) {
    for (const level of levels) {
      for (const who of ['same', 'stranger'] as const) {
        const old = before.fields[field]?.[level]?.[who] ?? 0
        const now = after.fields[field]?.[level]?.[who] ?? 0
        if (Math.abs(Math.log2(now / old)) > 0.1)
          changes.push({ field: field as Field, level, who, before: old, after: now })
      }
    }
  }
  return changes
}

function refused(what: 'records' | 'copies' | 'alike', message: string, fix: string): HubError {
  return new HubError({ code: `matching.train.${what}`, family: 'reject', message, fix })
}
