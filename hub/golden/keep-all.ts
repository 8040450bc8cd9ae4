/** Lists of several records made one: each thing once, one primary at most, in an order that depends on trust alone. */
import type { JsonObject } from '../contracts/json.ts'
import { compareTrust } from './choose.ts'
import { type ListShape, shapedItems } from './customer-shape.ts'
import type { Decision, Loser, Provenance, SourceView } from './golden-types.ts'
import { compareInstants } from './instants.ts'
import { itemIdentity } from './item-identity.ts'
import { sameJson, sourceName } from './provenance.ts'
import type { ChoicePlan } from './survivorship-plan.ts'

export interface ListPlan {
  member: string
  shape: ListShape
  choice: ChoicePlan
  apart: 'purpose' | undefined
}

interface Entry {
  item: JsonObject
  source: SourceView
  /** Place in the order of trust, then in the record. */
  rank: number
}

interface Group {
  winner: Entry
  others: Entry[]
  /** What stands in the golden record: the winner's item, without a claim to be primary that another one's outranks. */
  item: JsonObject
}

/**
 * All items of `sources`, which come most trusted first. Items that mean the same thing (`itemIdentity`) are one: that of
 * the most trusted record, whole, because a mixture would be an item that no system has. Consents differ: the latest word
 * counts, a dated one before one without date, and of two equally late ones the one that allows less.
 * With `provenance`, writes there where each item comes from and what it was preferred to.
 */
export function keepAll(sources: readonly SourceView[], plan: ListPlan, provenance?: Provenance): JsonObject[] {
  const entries = entriesOf(sources, plan)
  const [only, second] = entries
  if (only !== undefined && second === undefined && provenance === undefined) return [only.item]
  const groups = grouped(entries, plan)
  if (plan.member === 'consents') for (const group of groups) preferLatestWord(group)
  groups.sort((a, b) => a.winner.rank - b.winner.rank)
  if (plan.shape.hasPrimary) resolvePrimary(groups)
  const kept = groups.slice(0, plan.shape.itemsMax)
  if (provenance !== undefined) {
    kept.forEach((group, at) => tell(provenance, `${plan.member}[${at}]`, group, plan))
    tellOfLimit(provenance, `${plan.member}[+]`, groups.slice(plan.shape.itemsMax))
  }
  return kept.map(({ item }) => item)
}

function entriesOf(sources: readonly SourceView[], { member, shape, choice }: ListPlan): Entry[] {
  const entries: Entry[] = []
  const take = (source: SourceView): void => {
    const items = source.document[member]
    if (items === undefined) return
    for (const item of shapedItems(items, shape)) entries.push({ item, source, rank: entries.length })
  }
  const fills = (source: SourceView): boolean => choice.fillOnly.has(source.lane.system)
  for (const source of sources) if (choice.fillOnly.size === 0 || !fills(source)) take(source)
  if (entries.length === 0) for (const source of sources) if (fills(source)) take(source)
  return entries
}

function grouped(entries: readonly Entry[], { member, apart }: ListPlan): Group[] {
  const groups = new Map<string, Group>()
  const byThing = new Map<string, Group>()
  const add = (name: string, entry: Entry): Group => {
    const group = groups.get(name)
    if (group !== undefined) {
      group.others.push(entry)
      return group
    }
    const made = { winner: entry, others: [], item: entry.item }
    groups.set(name, made)
    return made
  }
  const vague: { thing: string; entry: Entry }[] = []
  for (const entry of entries) {
    const thing = itemIdentity(member, entry.item)
    const difference = apart === undefined ? undefined : entry.item[apart]
    if (apart !== undefined && difference === undefined) vague.push({ thing, entry })
    else {
      const group = add(`${thing}\n${String(difference)}`, entry)
      if (!byThing.has(thing)) byThing.set(thing, group)
    }
  }
  // An item that doesn't say what it is for says nothing that the same thing with a purpose doesn't.
  for (const { thing, entry } of vague) {
    const group = byThing.get(thing)
    if (group === undefined) add(thing, entry)
    else group.others.push(entry)
  }
  return [...groups.values()]
}

const RESTRAINT: Readonly<Record<string, number>> = { withdrawn: 0, denied: 0, granted: 1 }

function compareWords(a: Entry, b: Entry): number {
  const [at, other] = [a.item['at'], b.item['at']]
  if (typeof at === 'string' && typeof other === 'string') {
    const order = compareInstants(other, at)
    if (order !== 0) return order
  } else if (at !== other) return typeof at === 'string' ? -1 : 1
  const restraint = (RESTRAINT[String(a.item['state'])] ?? 0) - (RESTRAINT[String(b.item['state'])] ?? 0)
  return restraint === 0 ? a.rank - b.rank : restraint
}

function preferLatestWord(group: Group): void {
  const [winner, ...others] = [group.winner, ...group.others].sort(compareWords)
  if (winner === undefined) return
  group.winner = winner
  group.others = others
  group.item = winner.item
}

/** The most trusted claim to be primary holds and goes first; no claim is made where no record makes one. */
function resolvePrimary(groups: Group[]): void {
  const holder = groups.findIndex(({ item }) => item['primary'] === true)
  if (holder < 0) return
  for (const group of groups.slice(holder + 1)) {
    if (group.item['primary'] === true) group.item = { ...group.item, primary: false }
  }
  groups.unshift(...groups.splice(holder, 1))
}

function whyLost(loser: Entry, winner: Entry, { member, choice }: ListPlan): Decision {
  if (member === 'consents') return 'latest-word'
  // The same record twice, or a trusted record that says less: that everything is kept once is the reason.
  if (loser.source === winner.source || loser.rank < winner.rank) return 'keep-all'
  return compareTrust(winner.source, loser.source, choice).why
}

function tell(provenance: Provenance, path: string, { winner, others, item }: Group, plan: ListPlan): void {
  const agreeing = others.filter((it) => it.source !== winner.source && sameJson(it.item, winner.item))
  const losers = others
    .filter((it) => !sameJson(it.item, winner.item))
    .map((it): Loser => ({ value: it.item, source: sourceName(it.source), why: whyLost(it, winner, plan) }))
  const demoted: Loser[] =
    item === winner.item ? [] : [{ value: winner.item, source: sourceName(winner.source), why: 'primary' }]
  provenance[path] = {
    value: item,
    source: sourceName(winner.source),
    rule: losers[0]?.why === undefined ? 'keep-all' : (losers[0].why as Decision),
    agreeing: agreeing.map((it) => sourceName(it.source)),
    losers: [...losers, ...demoted],
  }
}

function tellOfLimit(provenance: Provenance, path: string, groups: readonly Group[]): void {
  if (groups.length === 0) return
  const losers = groups.map(({ item, winner }): Loser => ({
    value: item,
    source: sourceName(winner.source),
    why: 'limit',
  }))
  provenance[path] = { value: null, source: null, rule: 'keep-all', agreeing: [], losers }
}
