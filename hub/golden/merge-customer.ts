/** Survivorship: the records of one customer in, the golden record out. Pure, and the same for any order of the records. */
import type { Lane } from '../contracts/change.ts'
import { type Json, type JsonObject, isJsonObject } from '../contracts/json.ts'
import { type Candidate, choose, orderedByTrust } from './choose.ts'
import { isNothing, shapedItems, shapedObject } from './customer-shape.ts'
import { diffPaths } from './diff-paths.ts'
import { isEmptied, saidAt } from './field-times.ts'
import { closedCustomer } from './closed-customer.ts'
import type { GoldenConfig } from './golden-config.ts'
import type { MergeResult, Override, Provenance, SourceView } from './golden-types.ts'
import { keepAll } from './keep-all.ts'
import { withOverrides } from './overrides.ts'
import { type FieldKinds, fieldKindsOf } from './field-kinds.ts'
import { chooseWithLosers, fieldProvenance, partsProvenance } from './provenance.ts'
import { type ChoicePlan, type MemberPlan, type SurvivorshipPlan, compileSurvivorship } from './survivorship-plan.ts'

/** Survivorship by one configuration; what the pipeline, the API and the console work with. */
export interface Survivorship {
  /** The golden record alone: the fast way. Equal golden records have equal JSON texts. */
  merge(sources: readonly SourceView[], overrides: readonly Override[]): JsonObject
  /** The same golden record, and where each value comes from. */
  explain(sources: readonly SourceView[], overrides: readonly Override[]): MergeResult
  /** See `closedCustomer`. */
  closed(last: JsonObject): JsonObject
  /** See `diffPaths`. */
  changedPaths(before: JsonObject, after: JsonObject): string[]
  fields: FieldKinds
}

export function createSurvivorship(config: GoldenConfig): Survivorship {
  const plan = compileSurvivorship(config)
  return {
    merge: (sources, overrides) => goldenCustomer(sources, plan, overrides),
    explain: (sources, overrides) => mergeCustomer(sources, plan, overrides),
    closed: closedCustomer,
    changedPaths: diffPaths,
    fields: fieldKindsOf(plan),
  }
}

/** The golden record of `sources` (none: an empty object; see `closedCustomer` for that case). */
export function goldenCustomer(
  sources: readonly SourceView[],
  plan: SurvivorshipPlan,
  overrides: readonly Override[] = [],
): JsonObject {
  const golden = mergedBySources(sources, plan)
  return overrides.length === 0 ? golden : withOverrides(golden, overrides).golden
}

/** `goldenCustomer`, by the same code, with the provenance of each field. */
export function mergeCustomer(
  sources: readonly SourceView[],
  plan: SurvivorshipPlan,
  overrides: readonly Override[] = [],
): MergeResult {
  const provenance: Provenance = {}
  const golden = mergedBySources(sources, plan, provenance)
  return overrides.length === 0 ? { golden, provenance } : withOverrides(golden, overrides, provenance)
}

interface Merge {
  /** In the order of their lanes. */
  sources: readonly SourceView[]
  /** In the order that a choice wants for a list; made once for each choice, as far as records have one time each. */
  trusted(choice: ChoicePlan, member: string): readonly SourceView[]
  /** Whether any record has fields that were said at times of their own. */
  isTimed: boolean
  provenance: Provenance | undefined
}

function mergedBySources(
  unordered: readonly SourceView[],
  plan: SurvivorshipPlan,
  provenance?: Provenance,
): JsonObject {
  const sources = inLaneOrder(unordered)
  const orders = new Map<ChoicePlan, readonly SourceView[]>()
  const isTimed = sources.some((source) => source.fieldTimes !== undefined)
  const trusted = (choice: ChoicePlan, member: string): readonly SourceView[] => {
    if (sources.length < 2) return sources
    if (isTimed) return orderedByTrust(sources, choice, member)
    const known = orders.get(choice)
    if (known !== undefined) return known
    const order = orderedByTrust(sources, choice, member)
    orders.set(choice, order)
    return order
  }
  const merge: Merge = { sources, trusted, isTimed, provenance }
  const golden: JsonObject = {}
  for (const member of plan) {
    const value = mergedMember(merge, member)
    if (value !== undefined) golden[member.member] = value
  }
  return golden
}

function mergedMember(merge: Merge, plan: MemberPlan): Json | undefined {
  const { member } = plan
  switch (plan.kind) {
    case 'scalar':
      return chosenValue(merge, member, plan.choice, ({ document }) => document[member])
    case 'together':
      return together(merge, member, plan.parts, plan.choice)
    case 'parts':
      return eachPart(merge, member, plan.parts, (_, at) => plan.choices[at])
    case 'attributes':
      return eachPart(merge, member, attributeNames(merge, member), (name) => plan.own.get(name) ?? plan.choice)
    case 'one-list':
      return oneList(merge, plan)
    case 'all-items': {
      const items = keepAll(merge.trusted(plan.choice, member), plan, merge.provenance)
      return items.length === 0 ? undefined : items
    }
  }
}

function oneList(merge: Merge, plan: MemberPlan & { kind: 'one-list' }): Json | undefined {
  const { member, shape, choice } = plan
  const [first, ...others] = candidatesOf(merge, member, ({ document }) => shapedItems(document[member], shape))
  if (first === undefined) return undefined
  const chosen = chooseWithLosers([first, ...others], choice)
  if (chosen.winner.value === null) return undefined
  // A record's own list may say a thing twice or claim two primaries: it is kept as a list of all its items.
  const items = keepAll([chosen.winner.source], { member, shape, apart: undefined, choice: NO_PREFERENCE })
  if (merge.provenance !== undefined) {
    merge.provenance[member] = { ...fieldProvenance(chosen.winner.value, chosen, chosen.lost), value: items }
  }
  return items
}

const NO_PREFERENCE: ChoicePlan = { steps: [], ranks: new Map(), fillOnly: new Set() }

/** None where no record has a value. A record that was emptied stands for null among those that have one. */
function candidatesOf(
  { sources, isTimed }: Merge,
  path: string,
  read: (source: SourceView) => Json | undefined,
): Candidate[] {
  const candidates: Candidate[] = []
  let hasValue = false
  for (const source of sources) {
    const value = read(source)
    if (value !== undefined && !isNothing(value)) {
      candidates.push({ value, source, at: isTimed ? saidAt(source, path) : source.changedAt })
      hasValue = true
    } else if (isTimed && isEmptied(source, path, value)) {
      candidates.push({ value: null, source, at: saidAt(source, path) })
    }
  }
  return hasValue ? candidates : []
}

function chosenValue(
  merge: Merge,
  path: string,
  choice: ChoicePlan,
  read: (source: SourceView) => Json | undefined,
): Json | undefined {
  if (merge.provenance === undefined && !merge.isTimed) {
    const agreed = agreedValue(merge.sources, read)
    if (agreed !== DISAGREE) return agreed
  }
  const candidates = candidatesOf(merge, path, read)
  const [first, ...others] = candidates
  if (first === undefined) return undefined
  if (merge.provenance === undefined) return choose([first, ...others], choice).winner.value ?? undefined
  const chosen = chooseWithLosers([first, ...others], choice)
  merge.provenance[path] = fieldProvenance(chosen.winner.value, chosen, chosen.lost)
  return chosen.winner.value ?? undefined
}

const DISAGREE = Symbol('records disagree')

/** The value that all records have that have one: the usual case, and no rule has to choose. */
function agreedValue(
  sources: readonly SourceView[],
  read: (source: SourceView) => Json | undefined,
): Json | undefined | typeof DISAGREE {
  let agreed: Json | undefined
  for (const source of sources) {
    const value = read(source)
    if (value === undefined || value === agreed || isNothing(value)) continue
    if (agreed !== undefined) return DISAGREE
    agreed = value
  }
  return agreed
}

function together(merge: Merge, member: string, parts: readonly string[], choice: ChoicePlan): Json | undefined {
  const candidates = candidatesOf(merge, member, ({ document }) => shapedObject(document[member], parts))
  const [first, ...others] = candidates
  if (first === undefined) return undefined
  if (merge.provenance === undefined) {
    return others.length === 0 ? first.value : choose([first, ...others], choice).winner.value
  }
  const chosen = chooseWithLosers([first, ...others], choice)
  partsProvenance(merge.provenance, member, parts, chosen, chosen.lost)
  return chosen.winner.value
}

function eachPart(
  merge: Merge,
  member: string,
  parts: readonly string[],
  choiceOf: (part: string, at: number) => ChoicePlan | undefined,
): JsonObject | undefined {
  let result: JsonObject | undefined
  parts.forEach((part, at) => {
    const read = ({ document }: SourceView): Json | undefined => {
      const object = document[member]
      return isJsonObject(object) && Object.hasOwn(object, part) ? object[part] : undefined
    }
    const value = chosenValue(merge, `${member}.${part}`, choiceOf(part, at) ?? NO_PREFERENCE, read)
    if (value === undefined) return
    result ??= {}
    result[part] = value
  })
  return result
}

function attributeNames({ sources }: Merge, member: string): string[] {
  const names: string[] = []
  for (const { document } of sources) {
    const attributes = document[member]
    if (isJsonObject(attributes)) names.push(...Object.keys(attributes))
  }
  if (names.length < 2) return names
  return names.sort().filter((name, at) => name !== names[at - 1])
}

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

function compareLanes(a: Lane, b: Lane): number {
  return compareText(a.system, b.system) || compareText(a.entity, b.entity) || compareText(a.key, b.key)
}

function inLaneOrder(sources: readonly SourceView[]): readonly SourceView[] {
  const isOrdered = sources.every((source, at) => {
    const before = sources[at - 1]
    return before === undefined || compareLanes(before.lane, source.lane) < 0
  })
  if (isOrdered) return sources
  // A lane is there once; should it ever be there twice, the content keeps the order from mattering.
  return [...sources].sort((a, b) => compareLanes(a.lane, b.lane) || compareText(JSON.stringify(a), JSON.stringify(b)))
}
