import { type Lane, laneName, laneOf } from '../../contracts/change.ts'
import type { JsonObject } from '../../contracts/json.ts'
import {
  confirmLanes,
  type ErasedLane,
  erasedAmong,
  rememberLanes,
  shortenErasedEvents,
} from '../../store/erased-lane-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import type { ItemOutcome, MappedItem } from './plan-lanes.ts'
import type { ErasureTerms } from './ports.ts'
import type { WorkItem } from './work-item.ts'

/** A batch after a look at who was erased. */
export interface Screened {
  /** Kept records are cut to what says nothing of the person. */
  mapped: readonly MappedItem[]
  /** Changes of the erased: not applied. */
  gone: ReadonlySet<WorkItem>
  /** What the lanes of both are remembered by. */
  lanes: ReadonlyMap<WorkItem, ErasedLane>
}

const NOBODY = { gone: new Set<WorkItem>(), lanes: new Map<WorkItem, ErasedLane>() }

/**
 * Finds the changes of lanes that were erased, and of records that point at such a lane. Under the lock on identity, so that
 * an erasure is seen whole or not at all. One tiny statement where nobody was erased.
 */
export async function screen(
  db: Queryable,
  terms: ErasureTerms,
  mapped: readonly MappedItem[],
  any: boolean,
): Promise<Screened> {
  if (!any || mapped.length === 0) return { mapped, ...NOBODY }
  const hashes = new Map<string, Buffer>()
  const hashOf = (name: string): Buffer => {
    const hash = hashes.get(name) ?? terms.hashOf(name)
    hashes.set(name, hash)
    return hash
  }
  const looked = mapped.map((one) => ({
    one,
    own: hashOf(laneName(one.item.change)),
    ties: tiesOf(one).map((lane) => hashOf(laneName(lane))),
  }))
  const known = await erasedAmong(db, [...hashes.values()])
  if (known.size === 0) return { mapped, ...NOBODY }
  spread(looked, known, terms)
  const gone = new Set<WorkItem>()
  const lanes = new Map<WorkItem, ErasedLane>()
  const screened = looked.map(({ one, own }) => {
    const lane = known.get(own.toString('hex'))
    if (lane === undefined) return one
    const cut = lane.kept ? cutItem(one, terms) : undefined
    lanes.set(cut?.item ?? one.item, lane)
    if (cut === undefined) gone.add(one.item)
    return cut ?? one
  })
  return { mapped: screened, gone, lanes }
}

interface Looked {
  one: MappedItem
  own: Buffer
  ties: readonly Buffer[]
}

/** Whose a record is may stand in another one of the same batch: a payment of an invoice of the customer. */
function spread(looked: readonly Looked[], known: Map<string, ErasedLane>, terms: ErasureTerms): void {
  for (let before = -1; before < known.size;) {
    before = known.size
    for (const { one, own, ties } of looked) {
      const name = own.toString('hex')
      const lane = known.has(name) ? undefined : byTies(one, own, known, ties, terms)
      if (lane !== undefined) known.set(name, lane)
    }
  }
}

/** A record that is new, or was of nobody, and belongs to somebody who was erased. */
function byTies(
  { mapped }: MappedItem,
  hash: Buffer,
  known: ReadonlyMap<string, ErasedLane>,
  ties: readonly Buffer[],
  terms: ErasureTerms,
): ErasedLane | undefined {
  const tie = ties.map((one) => known.get(one.toString('hex'))).find((one) => one !== undefined)
  if (tie === undefined || mapped.kind !== 'document') return undefined
  return { hash, erasureId: tie.erasureId, kept: terms.keeps(mapped.target) }
}

/** Nothing where the change could not be mapped: there is no telling the person from the rest, so nothing of it stays. */
function cutItem({ item, mapped }: MappedItem, terms: ErasureTerms): MappedItem | undefined {
  if (mapped.kind === 'failed') return undefined
  const bare = { ...item, change: { ...item.change, data: null } }
  if (mapped.kind === 'deleted') return { item: bare, mapped }
  const { target, revision } = mapped
  if (!terms.keeps(target)) return undefined
  return { item: bare, mapped: { kind: 'document', target, revision, document: terms.cut(target, mapped.document) } }
}

/** The lanes that say whose a record is: its customer where it names one, else whatever it points at. */
function tiesOf({ item, mapped }: MappedItem): Lane[] {
  if (mapped.kind !== 'document' || mapped.target === 'customer') return []
  return tiesOfDocument(mapped.document, item.change.system)
}

export function tiesOfDocument(document: JsonObject, system: string): Lane[] {
  const customer = laneOf(document.customer, system)
  if (customer !== undefined) return [customer]
  return Object.values(document).flatMap((value) => laneOf(value, system) ?? [])
}

/** Counts what came, and takes a deletion for the word of the system that it has erased the person too. */
export async function markErased(
  db: Queryable,
  { gone, lanes }: Screened,
  outcomes: ReadonlyMap<WorkItem, ItemOutcome>,
): Promise<void> {
  if (lanes.size === 0) return
  const seen = new Map<string, ErasedLane & { seen: number }>()
  const deleted: Buffer[] = []
  for (const [item, lane] of lanes) {
    const outcome = outcomes.get(item)
    if (outcome === undefined || outcome.kind === 'dropped') continue
    const hex = lane.hash.toString('hex')
    seen.set(hex, { ...lane, seen: (seen.get(hex)?.seen ?? 0) + 1 })
    if (gone.has(item) && item.change.kind === 'delete') deleted.push(lane.hash)
  }
  await rememberLanes(db, [...seen.values()])
  if (deleted.length > 0) await shortenErasedEvents(db, await confirmLanes(db, deleted, 'system'))
}
