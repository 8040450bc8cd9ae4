import type { SurvivorshipPlan } from './survivorship-plan.ts'

/** How survivorship treats the fields, as far as write-back must know it. */
export interface FieldKinds {
  /** Lists of which all items of all records are kept. */
  kept: ReadonlySet<string>
  /** Objects that are taken whole from one record, with the paths of their parts. */
  together: ReadonlyMap<string, readonly string[]>
}

export function fieldKindsOf(plan: SurvivorshipPlan): FieldKinds {
  const kept = new Set<string>()
  const together = new Map<string, readonly string[]>()
  for (const member of plan) {
    if (member.kind === 'all-items') kept.add(member.member)
    if (member.kind === 'together') {
      together.set(
        member.member,
        member.parts.map((part) => `${member.member}.${part}`),
      )
    }
  }
  return { kept, together }
}
