import { HubError } from '../contracts/hub-error.ts'
import type { Decision } from './cluster.ts'
import type { FrequencyField, ScoreContext } from './comparison.ts'
import type { IdentityFeatures } from './features.ts'
import type { MatchModel } from './model.ts'
import { resolveInMemory } from './resolve.ts'
import type { IdentityRecord } from './resolve.ts'

/**
 * What an explicit command counted in a company's records at one moment. It changes only when the command runs again, so
 * that customers never depend on the order in which records arrived. JSON.
 */
export interface MatchSnapshot {
  version: string
  records: number
  /** Share of records for the most frequent values of each field; all others keep the model's figure. */
  frequencies: Record<FrequencyField, Record<string, number>>
  /** ScoreContext.aloneOf for pairs of systems, named `a|b` in text order, each part percent-encoded. */
  alone: Record<string, number>
}

export type ValueCounts = Record<FrequencyField, ReadonlyMap<string, number>>

const FIELDS: readonly FrequencyField[] = ['given', 'family', 'name', 'area']
/** Rarer values say no more than the model already takes an agreement to say. */
const VALUES_MAX = 5000
const COUNT_MIN = 5

/** Counts the values of records, for frequencySnapshot; a database may do the same. */
export function countValues(features: Iterable<IdentityFeatures>): { records: number; counts: ValueCounts } {
  const counts = { given: new Map(), family: new Map(), name: new Map(), area: new Map() } as Record<
    FrequencyField,
    Map<string, number>
  >
  const add = (field: FrequencyField, value: string | undefined): void => {
    if (value !== undefined) counts[field].set(value, (counts[field].get(value) ?? 0) + 1)
  }
  let records = 0
  for (const one of features) {
    records++
    add('given', one.given)
    add('family', one.family)
    for (const { tight } of one.organizations ?? []) add('name', tight)
    for (const postcode of new Set((one.addresses ?? []).map((address) => address.postcode))) add('area', postcode)
  }
  return { records, counts }
}

/** Builds a snapshot from counts. Throws HubError `matching.snapshot.empty` (reject) when there is nothing to count. */
export function frequencySnapshot(
  version: string,
  counted: { records: number; counts: ValueCounts },
  alone: Record<string, number> = {},
): MatchSnapshot {
  if (counted.records < 1) {
    throw new HubError({
      code: 'matching.snapshot.empty',
      family: 'reject',
      message: 'A snapshot of value frequencies needs records, and there are none.',
      fix: 'Load records first, then take the snapshot.',
    })
  }
  const frequencies = { given: {}, family: {}, name: {}, area: {} } as MatchSnapshot['frequencies']
  for (const field of FIELDS) {
    const frequent = [...counted.counts[field]]
      .filter(([, count]) => count >= COUNT_MIN)
      .sort(([valueA, countA], [valueB, countB]) => countB - countA || (valueA < valueB ? -1 : 1))
      .slice(0, VALUES_MAX)
    frequencies[field] = Object.fromEntries(frequent.map(([value, count]) => [value, count / counted.records]))
  }
  return { version, records: counted.records, frequencies, alone }
}

/** The snapshot as scoring asks for it. */
export function snapshotContext(snapshot: MatchSnapshot): Required<Pick<ScoreContext, 'frequencyOf' | 'aloneOf'>> {
  const tables = new Map(FIELDS.map((field) => [field, new Map(Object.entries(snapshot.frequencies[field]))]))
  const alone = new Map<string, Map<string, number>>()
  for (const [pair, share] of Object.entries(snapshot.alone)) {
    const [one = '', other = ''] = pair.split('|').map(decodeURIComponent)
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      const row = alone.get(from)
      if (row === undefined) alone.set(from, new Map([[to, share]]))
      else row.set(to, share)
    }
  }
  return {
    frequencyOf: (field, value) => tables.get(field)?.get(value),
    aloneOf: (systemA, systemB) => alone.get(systemA)?.get(systemB),
  }
}

const ROUNDS = 4

/**
 * Measures how far systems hold the same customers: of the customers in system a, the share that is missing from b,
 * times the share of those in b missing from a. Two records in two systems that have nothing of the kind beside them
 * are then likely to be each other's copy, or hardly. Takes all records of the systems: a sample would lose copies.
 * Each round resolves with the figures of the one before (expectation and maximisation), the first with the model's.
 */
export function measureAlone(
  records: readonly IdentityRecord[],
  model: MatchModel,
  options: { decisions?: readonly Decision[]; frequencyOf?: ScoreContext['frequencyOf'] } = {},
): Record<string, number> {
  let alone: Record<string, number> = {}
  const systems = new Map(records.map(({ id, features }) => [id, features.system]))
  for (let round = 0; round < ROUNDS; round++) {
    const { aloneOf } = snapshotContext({
      version: '',
      records: 1,
      frequencies: { given: {}, family: {}, name: {}, area: {} },
      alone,
    })
    const context = { aloneOf, ...(options.frequencyOf === undefined ? {} : { frequencyOf: options.frequencyOf }) }
    const { clusters } = resolveInMemory(records, model, { context, decisions: options.decisions ?? [] })
    alone = aloneAmong(
      clusters.map((cluster) => new Set(cluster.map((id) => systems.get(id)).filter((name) => name !== undefined))),
    )
  }
  return alone
}

function aloneAmong(customers: readonly ReadonlySet<string>[]): Record<string, number> {
  const sizes = new Map<string, number>()
  const both = new Map<string, number>()
  for (const systems of customers) {
    const sorted = [...systems].sort()
    sorted.forEach((one, at) => {
      sizes.set(one, (sizes.get(one) ?? 0) + 1)
      for (const other of sorted.slice(at + 1)) {
        const pair = `${encodeURIComponent(one)}|${encodeURIComponent(other)}`
        both.set(pair, (both.get(pair) ?? 0) + 1)
      }
    })
  }
  const alone: Record<string, number> = {}
  const names = [...sizes.keys()].sort()
  names.forEach((one, at) => {
    for (const other of names.slice(at + 1)) {
      const pair = `${encodeURIComponent(one)}|${encodeURIComponent(other)}`
      const shared = both.get(pair) ?? 0
      alone[pair] = missing(sizes.get(one) ?? 0, shared) * missing(sizes.get(other) ?? 0, shared)
    }
  })
  return alone
}

/** Laplace's rule: what was never seen among a few is not yet impossible. */
function missing(customers: number, shared: number): number {
  return (customers - shared + 1) / (customers + 2)
}
