import { type Json, isJsonObject } from '../contracts/json.ts'
import type { Decision, Preference, SourceView } from './golden-types.ts'
import { saidAt } from './field-times.ts'
import { compareInstants } from './instants.ts'
import { type ChoicePlan, rankOf } from './survivorship-plan.ts'

/** One value of one field, and the record that has it. */
export interface Candidate {
  /** null: the record was emptied there (see `isEmptied`). */
  value: Json
  source: SourceView
  /** When the record said so. */
  at: string
}

export interface Chosen {
  winner: Candidate
  rule: Decision
}

/** Is told of each candidate that loses, and by which rule. */
export type OnLost = (candidate: Candidate, why: Decision) => void

/**
 * Chooses one of at least one candidates. They come in the order of their lanes, which is the last tie-breaker: the
 * answer depends on nothing but the candidates and the plan.
 */
export function choose(candidates: readonly [Candidate, ...Candidate[]], plan: ChoicePlan, onLost?: OnLost): Chosen {
  let left: readonly Candidate[] = candidates
  let rule: Decision = 'only-value'
  const narrow = (kept: readonly Candidate[], why: Decision): void => {
    if (kept.length === left.length || kept.length === 0) return
    if (onLost !== undefined) for (const it of left) if (!kept.includes(it)) onLost(it, why)
    left = kept
    rule = why
  }
  if (plan.fillOnly.size > 0)
    narrow(
      left.filter(({ source }) => !plan.fillOnly.has(source.lane.system)),
      'fill-only',
    )
  for (const step of plan.steps) {
    if (left.length === 1) break
    narrow(preferred(left, step, plan), step)
  }
  narrow(left.slice(0, 1), 'lane-order')
  return { winner: left[0] ?? candidates[0], rule }
}

const LIFE: Readonly<Record<string, number>> = { active: 3, prospect: 2, inactive: 1, closed: 0 }

function preferred(candidates: readonly Candidate[], step: Preference, plan: ChoicePlan): readonly Candidate[] {
  switch (step) {
    case 'source-priority':
      return withHighest(candidates, ({ source }) => -rankOf(plan, source.lane.system))
    case 'most-recent':
      return mostRecent(candidates)
    case 'most-frequent':
      return mostFrequent(candidates)
    case 'longest':
      return withHighest(candidates, ({ value }) => sizeOf(value))
    case 'liveliest':
      return withHighest(candidates, ({ value }) => (typeof value === 'string' ? (LIFE[value] ?? -1) : -1))
  }
}

function withHighest(candidates: readonly Candidate[], weigh: (candidate: Candidate) => number): Candidate[] {
  let best = -Infinity
  let kept: Candidate[] = []
  for (const it of candidates) {
    const weight = weigh(it)
    if (weight < best) continue
    if (weight > best) kept = []
    best = weight
    kept.push(it)
  }
  return kept
}

function mostRecent(candidates: readonly Candidate[]): Candidate[] {
  let kept: Candidate[] = []
  for (const it of candidates) {
    const order = kept[0] === undefined ? 1 : compareInstants(it.at, kept[0].at)
    if (order > 0) kept = [it]
    else if (order === 0) kept.push(it)
  }
  return kept
}

function mostFrequent(candidates: readonly Candidate[]): Candidate[] {
  const counts = new Map<string, number>()
  const names = candidates.map(({ value }) => frequencyName(value))
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  const highest = Math.max(...counts.values())
  return candidates.filter((_, at) => counts.get(names[at] ?? '') === highest)
}

/** Values that count as the same: equal but for case and for blanks at the ends. */
function frequencyName(value: Json): string {
  return (typeof value === 'string' ? value.normalize('NFC').trim() : JSON.stringify(value)).toLowerCase()
}

/** Code points of a text, items of a list, and of an object the sum of its members. */
function sizeOf(value: Json): number {
  if (value === null) return 0
  if (typeof value === 'string') return [...value].length
  if (Array.isArray(value)) return value.length
  if (isJsonObject(value)) return Object.values(value).reduce<number>((sum, it) => sum + sizeOf(it), 0)
  return String(value).length
}

/** Orders records as the list `member` wants them, best first, by those preferences that weigh records and not values. */
export function orderedByTrust(sources: readonly SourceView[], plan: ChoicePlan, member: string): SourceView[] {
  // The sort is stable: what the preferences leave equal stays in the order of the lanes.
  return [...sources].sort((a, b) => {
    for (const step of plan.steps) {
      const order = trustOrder(a, b, step, plan, member)
      if (order !== 0) return order
    }
    return 0
  })
}

/** Negative: `step` puts `a` first; zero: it weighs values, or the records are equal to it. */
function trustOrder(a: SourceView, b: SourceView, step: Preference, plan: ChoicePlan, member: string): number {
  if (step === 'source-priority') return rankOf(plan, a.lane.system) - rankOf(plan, b.lane.system)
  return step === 'most-recent' ? compareInstants(saidAt(b, member), saidAt(a, member)) : 0
}

/** The preference by which one of two records goes first in `orderedByTrust`; else the order of their lanes. */
export function whyTrusted(a: SourceView, b: SourceView, plan: ChoicePlan, member: string): Decision {
  return plan.steps.find((step) => trustOrder(a, b, step, plan, member) !== 0) ?? 'lane-order'
}
