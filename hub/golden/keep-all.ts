/** Lists of several records made one: each thing once, one primary at most, in an order that depends on trust alone. */
import type { JsonObject } from '../contracts/json.ts'
import { whyTrusted } from './choose.ts'
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
  if (groups.length > 1) groups.sort((a, b) => a.winner.rank - b.winner.rank)
  if (plan.shape.hasPrimary) resolvePrimary(groups)
  const kept = groups.length > plan.shape.itemsMax ? groups.slice(0, plan.shape.itemsMax) : groups
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

/** Groups found by name: a plain search while there are few, which is nearly always, else by a map. */
class Groups {
  readonly all: Group[] = []
  readonly #names: string[] = []
  #places: Map<string, number> | undefined

  find(name: string): Group | undefined {
    const at = this.#places === undefined ? this.#names.indexOf(name) : (this.#places.get(name) ?? -1)
    return at < 0 ? undefined : this.all[at]
  }

  /** Puts `entry` into the group of that name, as its winner where there was no such group. */
  add(name: string, entry: Entry): void {
    const group = this.find(name)
    if (group !== undefined) {
      group.others.push(entry)
      return
    }
    this.#places?.set(name, this.all.length)
    this.#names.push(name)
    this.all.push({ winner: entry, others: [], item: entry.item })
    if (this.all.length === SEARCHED_MAX) this.#places = new Map(this.#names.map((it, at) => [it, at]))
  }
}

const SEARCHED_MAX = 16

function grouped(entries: readonly Entry[], { member, apart }: ListPlan): Group[] {
  const groups = new Groups()
  if (apart === undefined) {
    for (const entry of entries) groups.add(itemIdentity(member, entry.item), entry)
    return groups.all
  }
  const purposeOf = new Map<string, string>()
  const vague: Entry[] = []
  for (const entry of entries) {
    const difference = entry.item[apart]
    if (difference === undefined) vague.push(entry)
    else {
      const thing = itemIdentity(member, entry.item)
      const name = `${thing}\n${String(difference)}`
      if (!purposeOf.has(thing)) purposeOf.set(thing, name)
      groups.add(name, entry)
    }
  }
  // An item that doesn't say what it is for says nothing that the same thing with a purpose doesn't.
  for (const entry of vague) {
    const thing = itemIdentity(member, entry.item)
    groups.add(purposeOf.get(thing) ?? thing, entry)
  }
  return groups.all
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
  return whyTrusted(winner.source, loser.source, choice, member)
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
