import { CUSTOMER_SHAPE, type ListShape } from './customer-shape.ts'
import type { FieldRule, GoldenConfig } from './golden-config.ts'
import type { Preference } from './golden-types.ts'

/** How one value is chosen among several: the preferences in turn, each narrowing what the one before left. */
export interface ChoicePlan {
  steps: readonly Preference[]
  /** Rank of each system that is listed, from 0; the others share the rank after the last. */
  ranks: ReadonlyMap<string, number>
  fillOnly: ReadonlySet<string>
}

export type MemberPlan =
  | { kind: 'scalar'; member: string; choice: ChoicePlan }
  | { kind: 'together'; member: string; parts: readonly string[]; choice: ChoicePlan }
  | { kind: 'parts'; member: string; parts: readonly string[]; choices: readonly ChoicePlan[] }
  | { kind: 'one-list'; member: string; shape: ListShape; choice: ChoicePlan }
  | { kind: 'all-items'; member: string; shape: ListShape; choice: ChoicePlan; apart: 'purpose' | undefined }
  | { kind: 'attributes'; member: string; choice: ChoicePlan; own: ReadonlyMap<string, ChoicePlan> }

/** A configuration made ready for use: one plan for each member of a customer, in the order of the golden record. */
export type SurvivorshipPlan = readonly MemberPlan[]

const DEFAULT_THEN: readonly Preference[] = ['source-priority', 'most-recent']

export function compileSurvivorship(config: GoldenConfig): SurvivorshipPlan {
  const known = new Map<string, ChoicePlan>()
  // Equal choices are one object, so that a merge orders its sources once for all fields that want the same order.
  const choiceOf = (rule: FieldRule): ChoicePlan => {
    const first = rule.rule === 'keep-all' ? [] : [rule.rule]
    const steps = [...new Set([...first, ...(rule.then ?? DEFAULT_THEN)])]
    const systems = rule.systems ?? config.systems
    const fillOnly = rule.fillOnly ?? config.fillOnly
    const name = JSON.stringify([steps, systems, [...fillOnly].sort()])
    const choice = known.get(name) ?? {
      steps,
      ranks: new Map(systems.map((system, rank) => [system, rank])),
      fillOnly: new Set(fillOnly),
    }
    known.set(name, choice)
    return choice
  }
  const ruleOf = (path: string): FieldRule =>
    config.fields[path] ?? config.fields[path.split('.')[0] ?? ''] ?? config.default
  return [...CUSTOMER_SHAPE].map(([member, shape]): MemberPlan => {
    const rule = ruleOf(member)
    const choice = choiceOf(rule)
    if (shape.kind === 'scalar') return { kind: 'scalar', member, choice }
    if (shape.kind === 'object') {
      const parts = shape.members
      if (rule.together === true) return { kind: 'together', member, parts, choice }
      return { kind: 'parts', member, parts, choices: parts.map((part) => choiceOf(ruleOf(`${member}.${part}`))) }
    }
    if (shape.kind === 'attributes') {
      const paths = Object.keys(config.fields).filter((path) => path.startsWith(`${member}.`))
      const own = paths.map((path): [string, ChoicePlan] => [path.slice(member.length + 1), choiceOf(ruleOf(path))])
      return { kind: 'attributes', member, choice, own: new Map(own) }
    }
    if (rule.rule === 'keep-all') return { kind: 'all-items', member, shape, choice, apart: rule.apart }
    return { kind: 'one-list', member, shape, choice }
  })
}

export function rankOf(choice: ChoicePlan, system: string): number {
  return choice.ranks.get(system) ?? choice.ranks.size
}
