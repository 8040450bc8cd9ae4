import { isDeepStrictEqual } from 'node:util'
import type { Json, JsonObject } from '../../contracts/json.ts'
import type { FieldKinds } from '../field-kinds.ts'
import { isEmptied, saidAt } from '../field-times.ts'
import type { Override, SourceView } from '../golden-types.ts'
import { compareInstants } from '../instants.ts'
import { itemIdentity } from '../item-identity.ts'
import { changedMembers, type ItemChange, itemsOf, labelOf, withMembers } from './list-changes.ts'
import type { News } from './news.ts'
import { type ItemWant, unfulfilled, valueAt, type Wants } from './wants.ts'

/** A record of the customer as write-back sees it. */
export interface LaneView {
  no: number
  /** As survivorship has it. */
  source: SourceView
  /** The canonical document as the hub believes the system to have it. */
  believed: JsonObject
  /** The same before its own news of this round; as long as those are not looked at, other records' news meet that. */
  before: JsonObject
  wants: Wants
  /** Whether a write is under way: what it brings is not known yet, so that nothing counts as fulfilled. */
  isBusy: boolean
  /** Whether the system takes this path from the hub, and can. */
  takes(path: string): boolean
}

export interface PlanInput {
  kinds: FieldKinds
  news: readonly News[]
  lanes: readonly LaneView[]
  golden: JsonObject
  overrides: readonly Override[]
}

/** A value that has been answered with another one so often that two systems seem to work against each other. */
export const HOPS_MAX = 16

/**
 * What is wanted of each record after these news, by its number; records that are left out keep their wants. Only the
 * fields of the news are looked at: records that differed from the start stay as they are.
 */
export function planWants(input: PlanInput): Map<number, Wants> {
  const planned = new Map<number, Wants>()
  for (const { no, wants } of input.lanes) planned.set(no, structuredClone(wants) as Wants)
  const heard = new Set<number | null>()
  // One after the other, as if each had come alone: what came together in one batch must not pass each other by.
  for (const one of [...input.news].sort((a, b) => compareInstants(a.at, b.at))) {
    heard.add(one.from)
    if (one.hops > HOPS_MAX) continue
    for (const path of unitsOf(input.kinds, one.paths)) planValue(input, one, path, planned)
    for (const [member, changes] of one.items) {
      for (const change of changes) planItem(input, one, { member, change, heard }, planned)
    }
  }
  for (const lane of input.lanes) {
    const wants = planned.get(lane.no)
    if (wants === undefined) continue
    const open = lane.isBusy ? wants : unfulfilled(wants, lane.believed)
    if (isDeepStrictEqual(open, lane.wants)) planned.delete(lane.no)
    else planned.set(lane.no, open)
  }
  return planned
}

/** A part of an object that is taken whole brings its other parts along. */
function unitsOf({ together }: FieldKinds, paths: readonly string[]): { path: string; isNews: boolean }[] {
  const units = new Map<string, boolean>()
  for (const path of paths) {
    for (const part of together.get(path.split('.')[0] ?? '') ?? []) if (!units.has(part)) units.set(part, false)
    units.set(path, true)
  }
  return [...units].map(([path, isNews]) => ({ path, isNews }))
}

function planValue(
  { lanes, golden, overrides }: PlanInput,
  news: News,
  { path, isNews }: { path: string; isNews: boolean },
  planned: ReadonlyMap<number, Wants>,
): void {
  const value = valueAt(golden, path) ?? null
  // That nobody says anything is carried where somebody was emptied, not where the chosen record never knew the field.
  if (value === null && !isNews) return
  const at = goldenSaidAt(path, value, lanes, overrides) ?? news.at
  for (const lane of lanes) {
    const wants = planned.get(lane.no)
    if (wants === undefined) continue
    if (!lane.takes(path) || (!lane.isBusy && isDeepStrictEqual(valueAt(lane.believed, path) ?? null, value))) {
      Reflect.deleteProperty(wants.values, path)
    } else wants.values[path] = { value, at, from: news.from, hops: news.hops }
  }
}

/** When the golden value was said: by the latest of those who say it. */
function goldenSaidAt(
  path: string,
  value: Json,
  lanes: readonly LaneView[],
  overrides: readonly Override[],
): string | undefined {
  const times = overrides.filter((one) => one.path === path || path.startsWith(`${one.path}.`)).map(({ at }) => at)
  for (const { source } of lanes) {
    const own = valueAt(source.document, path)
    const says = value === null ? isEmptied(source, path, own) : isDeepStrictEqual(own, value)
    if (says) times.push(saidAt(source, path))
  }
  return times.reduce<string | undefined>(
    (best, at) => (best === undefined || compareInstants(at, best) > 0 ? at : best),
    undefined,
  )
}

function planItem(
  { lanes, news: all }: PlanInput,
  news: News,
  { member, change, heard }: { member: string; change: ItemChange; heard: ReadonlySet<number | null> },
  planned: ReadonlyMap<number, Wants>,
): void {
  const { from, to, insists } = change
  // An item that only one system has added or dropped is its own affair: all items of all systems are kept.
  if (from === null || to === null) return
  const [former, id] = [itemIdentity(member, from), itemIdentity(member, to)]
  const isSame = former === id && (member !== 'consents' || from['state'] === to['state'])
  if (isSame && insists !== true) return
  const formers = new Set([former])
  const origin = lanes.find(({ no }) => no === news.from)
  const own = origin === undefined ? undefined : wantsOf(planned, origin.no, member)
  const standing = own === undefined ? undefined : standingWant(member, from, own)
  if (own !== undefined && standing !== undefined) {
    if (former !== standing.id && compareInstants(standing.at, news.at) > 0) {
      // What was to come here is younger than what came: it still comes, in place of this.
      if (!standing.slots.includes(id)) standing.slots.push(id)
      return
    }
    own.splice(own.indexOf(standing), 1)
    for (const slot of [...standing.slots, standing.id]) formers.add(slot)
  }
  const set = changedMembers(from, to)
  if (origin?.isBusy === true && origin.takes(member)) {
    // A write that is under way may still land on what the system said last; then that is put right.
    const label = labelOf(member, to)
    const kept = planned.get(origin.no)
    if (kept !== undefined)
      (kept.items[member] ??= []).push({ slots: [...formers], label, id, set: to, ...saidBy(news) })
  }
  for (const lane of lanes) {
    if (lane === origin || !lane.takes(member)) continue
    const wants = planned.get(lane.no)
    const isAhead = !heard.has(lane.no) && all.some((one) => one.from === lane.no)
    const items = itemsOf(member, (isAhead ? lane.before : lane.believed)[member])
    if (wants !== undefined) wantItem(items, wants, member, { formers, id, set, label: labelOf(member, from), news })
  }
}

interface Replacement {
  formers: ReadonlySet<string>
  id: string
  set: JsonObject
  /** Of the item where it was changed. */
  label: Json
  news: News
}

function wantItem(
  items: readonly JsonObject[],
  wants: Wants,
  member: string,
  { formers, id, set, label, news }: Replacement,
): void {
  const list = wants.items[member] ?? []
  const alike = items.filter((item) => labelOf(member, item) === label)
  for (const item of [...alike, ...items.filter((item) => !alike.includes(item))]) {
    const standing = standingWant(member, item, list)
    const ids = [itemIdentity(member, item), ...(standing === undefined ? [] : [standing.id, ...standing.slots])]
    if (!ids.some((one) => formers.has(one))) continue
    const isReplacing = standing !== undefined && formers.has(standing.id)
    if (standing !== undefined && !isReplacing && compareInstants(standing.at, news.at) > 0) continue
    const want: ItemWant = {
      slots: [...new Set(ids)],
      label: labelOf(member, item),
      id,
      set: { ...standing?.set, ...set },
      ...saidBy(news),
    }
    if (standing === undefined) list.push(want)
    else list[list.indexOf(standing)] = want
    wants.items[member] = list
    return
  }
}

const saidBy = ({ at, from, hops }: News) => ({ at, from, hops })

/**
 * The want that an item is under, or that has just made it what it is (its write is under way): there is never more than
 * one for an item, or they would work against each other.
 */
function standingWant(member: string, item: JsonObject, wants: readonly ItemWant[]): ItemWant | undefined {
  const id = itemIdentity(member, item)
  const label = labelOf(member, item)
  return (
    wants.find((want) => want.label === label && want.id !== id && want.slots.includes(id)) ??
    wants.find((want) => want.label === label && want.id === id)
  )
}

function wantsOf(planned: ReadonlyMap<number, Wants>, no: number, member: string): ItemWant[] | undefined {
  return planned.get(no)?.items[member]
}

/** An API's list after a change of one of its items in a system. */
export function patchedList(member: string, list: readonly JsonObject[], { from, to }: ItemChange): JsonObject[] {
  if (from === null) {
    const isThere = to === null || list.some((item) => itemIdentity(member, item) === itemIdentity(member, to))
    return to === null || isThere ? [...list] : [...list, to]
  }
  const id = itemIdentity(member, from)
  if (to === null) return list.filter((item) => itemIdentity(member, item) !== id)
  return list.map((item) => (itemIdentity(member, item) === id ? withMembers(item, changedMembers(from, to)) : item))
}

/** Whether a change of an item comes too late: something younger is already on its way to its place. */
export function losesAll(member: string, { from }: ItemChange, wants: readonly ItemWant[], at: string): boolean {
  if (from === null) return false
  const former = itemIdentity(member, from)
  return wants.some((want) => want.slots.includes(former) && compareInstants(want.at, at) > 0)
}

/** Whether a value of the API has given way: a system has changed the field itself since. */
export function hasYielded(override: Override, news: readonly News[]): boolean {
  return news.some(
    ({ from, paths, at }) =>
      from !== null &&
      paths.some((path) => path === override.path || path.startsWith(`${override.path}.`)) &&
      compareInstants(at, override.at) >= 0,
  )
}
