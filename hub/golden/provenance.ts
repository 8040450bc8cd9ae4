import type { Json } from '../contracts/json.ts'
import type { Candidate, Chosen, OnLost } from './choose.ts'
import { choose } from './choose.ts'
import type { Decision, FieldProvenance, Loser, Provenance, SourceName, SourceView } from './golden-types.ts'
import type { ChoicePlan } from './survivorship-plan.ts'

export function sourceName({ lane, mappingRevision }: SourceView): SourceName {
  return { system: lane.system, entity: lane.entity, key: lane.key, mappingRevision }
}

export const sameJson = (a: Json | undefined, b: Json | undefined): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))

/** `choose`, which also says who lost; an `agreeing` candidate has the winner's very value. */
export function chooseWithLosers(
  candidates: readonly [Candidate, ...Candidate[]],
  plan: ChoicePlan,
): Chosen & { lost: Lost[] } {
  const lost: Lost[] = []
  const onLost: OnLost = (candidate, why) => lost.push({ candidate, why })
  const chosen = choose(candidates, plan, onLost)
  const order = new Map(candidates.map((it, at) => [it, at]))
  lost.sort((a, b) => (order.get(a.candidate) ?? 0) - (order.get(b.candidate) ?? 0))
  return { ...chosen, lost }
}

export interface Lost {
  candidate: Candidate
  why: Decision
}

/** The entry of one field: those that lost with the same value agree, the others are told with the rule they lost by. */
export function fieldProvenance(value: Json, { winner, rule }: Chosen, lost: readonly Lost[]): FieldProvenance {
  const agreeing = lost.filter(({ candidate }) => sameJson(candidate.value, value))
  // Who was emptied has lost no value.
  const losers = lost.filter(({ candidate }) => candidate.value !== null && !sameJson(candidate.value, value))
  return {
    value,
    source: sourceName(winner.source),
    rule: lost.length > 0 && losers.length === 0 ? 'all-agree' : rule,
    agreeing: agreeing.map(({ candidate }) => sourceName(candidate.source)),
    losers: losers.map(({ candidate, why }): Loser => ({
      value: candidate.value,
      source: sourceName(candidate.source),
      why,
    })),
  }
}

/** The entries of an object whose parts travelled together: one for each part that any record has. */
export function partsProvenance(
  provenance: Provenance,
  member: string,
  parts: readonly string[],
  chosen: Chosen,
  lost: readonly Lost[],
): void {
  const partOf = (value: Json, part: string): Json => (value as Record<string, Json>)[part] ?? null
  for (const part of parts) {
    const value = partOf(chosen.winner.value, part)
    const others = lost.map(({ candidate, why }) => ({
      candidate: { ...candidate, value: partOf(candidate.value, part) },
      why,
    }))
    const told = others.filter(({ candidate }) => candidate.value !== null)
    if (value === null && told.length === 0) continue
    provenance[`${member}.${part}`] = fieldProvenance(value, chosen, told)
  }
}
