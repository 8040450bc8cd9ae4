import { laneName } from '../../contracts/change.ts'
import { HubError } from '../../contracts/hub-error.ts'
import {
  connectedCustomers,
  type CustomerRow,
  type DecisionRow,
  decisionsOf,
  edgesOf,
  holdersOfKeys,
  lockCustomers,
  type RecordRow,
  recordsByNumber,
  recordsOfCustomers,
} from '../../store/apply-queries.ts'
import type { EdgeWriteRow } from '../../store/apply-writes.ts'
import type { Queryable } from '../../store/queryable.ts'
import { crowdName, crowdTest, findCandidates, keysToLookUp, pairName, type Rematched } from './candidates.ts'
import { connectedComponents } from './components.ts'
import type { ClusterInput, Edge, Matcher, MatchKeyView, MatchView } from './matcher.ts'

/** A record of a customer as this batch leaves it. */
export interface CurrentRecord {
  no: number
  name: string
  customerId: string | null
  homeId: string | null
  view: MatchView
}

/** A record that this batch touches: as it will be, and as the store has it. */
export interface TouchedRecord extends Rematched {
  name: string
  before: RecordRow | undefined
  /** False where the features are of an older form, whose keys may be written otherwise: all keys are then written. */
  keysStored: boolean
  /** True where what matching looks at may have changed; else only its customer's golden record is made anew. */
  rematch: boolean
}

export interface Identified {
  /** Who belongs together, over all customers that this batch touches. */
  groups: CurrentRecord[][]
  /** The customers that had records before: locked now. */
  customers: CustomerRow[]
  /** Records of these customers that the batch itself did not touch. */
  members: RecordRow[]
  edges: { upserts: EdgeWriteRow[]; deletes: { a: number; b: number }[] }
  recheck: number[]
}

/**
 * Finds out who belongs together after this batch. The caller holds the advisory locks on all match keys and lanes of
 * the batch; this takes the row locks on every customer that may be regrouped.
 */
export async function identify(
  db: Queryable,
  matcher: Matcher,
  touched: readonly TouchedRecord[],
): Promise<Identified> {
  const rematched = touched.filter((record) => record.rematch)
  const { scored, strangers, recheck, crowded } = await scoreCandidates(db, matcher, rematched)
  const known = rematched.filter((record) => record.before !== undefined).map((record) => record.no)
  const [storedEdges, decided] =
    known.length === 0 ? [[], []] : await Promise.all([edgesOf(db, known), partners(db, known)])
  const links = [...scored.values()].filter((edge) => edge.weight >= matcher.joinWeight)
  const linked = links.flatMap(({ a, b }) => [strangers.get(a), strangers.get(b)])
  const rows = [...touched.map((record) => record.before), ...linked, ...decided].filter(belongsToCustomer)
  const locked = await lockRegrouped(db, rows, known, matcher.joinWeight)
  const rematchedNumbers = new Set(rematched.map((record) => record.no))
  const otherEdges = locked.edges.filter(({ a, b }) => !rematchedNumbers.has(a) && !rematchedNumbers.has(b))
  const records = currentRecords(matcher, touched, locked.members)
  const touchedNumbers = new Set(touched.map((record) => record.no))
  const components = componentsOf(matcher, records, [...otherEdges, ...scored.values()], locked.decisions)
  await countCrowds(db, components, rematched, crowded)
  return {
    groups: components.flatMap((component) => clustersOf(matcher, component, crowded)),
    customers: locked.customers,
    members: locked.members.filter((row) => !touchedNumbers.has(row.no)),
    edges: edgeChanges(storedEdges, scored),
    recheck,
  }
}

type CustomerRecord = RecordRow & { customerId: string }

function belongsToCustomer(row: RecordRow | undefined): row is CustomerRecord {
  return row !== undefined && row.customerId !== null
}

/** Records that a steward has decided to join with the given ones. */
async function partners(db: Queryable, records: readonly number[]): Promise<RecordRow[]> {
  const decisions = await decisionsOf(db, records)
  const joined = decisions.filter((decision) => decision.kind === 'must-join').flatMap(({ a, b }) => [a, b])
  return joined.length === 0 ? [] : recordsByNumber(db, [...new Set(joined)])
}

async function scoreCandidates(
  db: Queryable,
  matcher: Matcher,
  records: readonly Rematched[],
): Promise<{
  scored: Map<string, EdgeWriteRow>
  strangers: Map<number, RecordRow>
  recheck: number[]
  crowded: Set<string>
}> {
  const lookUp = keysToLookUp(records)
  const stored = new Map<number, number[]>()
  for (const { hash, recordNo } of lookUp.length === 0 ? [] : await holdersOfKeys(db, lookUp)) {
    const holders = stored.get(hash)
    if (holders === undefined) stored.set(hash, [recordNo])
    else holders.push(recordNo)
  }
  const { pairs, crowded, recheck } = findCandidates(records, stored)
  const isCrowded = crowdTest(crowded)
  const views = new Map<number, MatchView>()
  for (const { no, view } of records) if (view !== null) views.set(no, view)
  const unknown = new Set(pairs.flatMap(({ a, b }) => [a, b]).filter((no) => !views.has(no)))
  const rows = unknown.size === 0 ? [] : await recordsByNumber(db, [...unknown])
  for (const row of rows) if (row.features !== null) views.set(row.no, matcher.restore(row.features))
  const scored = new Map<string, EdgeWriteRow>()
  for (const pair of pairs) {
    const a = views.get(pair.a)
    const b = views.get(pair.b)
    if (a === undefined || b === undefined) continue
    const { weight, amongOthers, fields } = matcher.score(a, b, isCrowded)
    if (weight < matcher.reviewWeight) continue
    scored.set(pairName(pair), { ...pair, weight, amongOthers, fields: JSON.stringify(fields) })
  }
  return { scored, strangers: new Map(rows.map((row) => [row.no, row])), recheck, crowded }
}

interface Locked {
  customers: CustomerRow[]
  members: RecordRow[]
  edges: Edge[]
  decisions: DecisionRow[]
}

/**
 * Locks the customers that the records hang together with, and reads what they are made of. What hangs together is
 * looked up before the lock and again under it: where it has grown or a record has moved in between, the batch starts over.
 */
async function lockRegrouped(
  db: Queryable,
  seedRows: readonly CustomerRecord[],
  records: readonly number[],
  joinWeight: number,
): Promise<Locked> {
  const seeds = [...new Set(seedRows.map((row) => row.customerId))]
  if (seeds.length === 0 && records.length === 0) return { customers: [], members: [], edges: [], decisions: [] }
  const ids = await connectedCustomers(db, seeds, joinWeight)
  const customers = await lockCustomers(db, ids)
  const [again, members] =
    ids.length === 0
      ? [[], []]
      : await Promise.all([connectedCustomers(db, ids, joinWeight), recordsOfCustomers(db, ids)])
  const present = new Set(members.map((row) => row.no))
  if (again.length > ids.length || seedRows.some((row) => !present.has(row.no))) throw regrouped()
  const numbers = [...new Set([...members.map((row) => row.no), ...records])]
  // Alone in its customer and connected to nobody: no pair is to be read.
  const alone = members.length <= 1 && ids.length <= 1
  const edges = alone ? [] : await edgesOf(db, numbers)
  return { customers, members, edges, decisions: await decisionsOf(db, numbers) }
}

export function regrouped(): HubError {
  return new HubError({
    code: 'pipeline.regrouped',
    family: 'retry',
    message: 'Another worker regrouped these customers at the same moment.',
    retryAfterMs: 5,
  })
}

function currentRecords(
  matcher: Matcher,
  touched: readonly TouchedRecord[],
  members: readonly RecordRow[],
): CurrentRecord[] {
  const records: CurrentRecord[] = []
  const seen = new Set<number>()
  for (const { no, name, view, before } of touched) {
    seen.add(no)
    if (view === null) continue
    records.push({ no, name, customerId: before?.customerId ?? null, homeId: before?.homeId ?? null, view })
  }
  for (const row of members) {
    if (seen.has(row.no) || row.features === null) continue
    const view = matcher.restore(row.features)
    records.push({ no: row.no, name: laneName(row), customerId: row.customerId, homeId: row.homeId, view })
  }
  return records
}

interface Component {
  members: CurrentRecord[]
  edges: Edge[]
  decisions: DecisionRow[]
}

function componentsOf(
  matcher: Matcher,
  records: readonly CurrentRecord[],
  edges: readonly Edge[],
  decisions: readonly DecisionRow[],
): Component[] {
  const byNumber = new Map(records.map((record) => [record.no, record]))
  const links = [
    ...edges.filter((edge) => edge.weight >= matcher.joinWeight),
    ...decisions.filter((decision) => decision.kind === 'must-join'),
  ]
  return connectedComponents([...byNumber.keys()], links).map((numbers) => {
    const members = numbers.flatMap((no) => byNumber.get(no) ?? [])
    if (members.length === 1) return { members, edges: [], decisions: [] }
    const inside = new Set(numbers)
    const within = ({ a, b }: { a: number; b: number }): boolean => inside.has(a) && inside.has(b)
    return { members, edges: edges.filter(within), decisions: decisions.filter(within) }
  })
}

/** Inside a component all pairs are weighed, so it must be known which values of its other members are crowded. */
async function countCrowds(
  db: Queryable,
  components: readonly Component[],
  rematched: readonly Rematched[],
  crowded: Set<string>,
): Promise<void> {
  const counted = new Set(
    rematched.flatMap(({ view, oldKeys }) => [...(view?.keys ?? []), ...oldKeys]).map((key) => key.hash),
  )
  const keys = new Map<number, MatchKeyView & { crowdAbove: number }>()
  for (const { members } of components) {
    if (members.length < 2) continue
    for (const key of members.flatMap((member) => member.view.keys)) {
      if (key.crowdAbove !== null && !counted.has(key.hash)) keys.set(key.hash, { ...key, crowdAbove: key.crowdAbove })
    }
  }
  if (keys.size === 0) return
  const counts = new Map<number, number>()
  const wanted = [...keys.values()].map(({ hash, crowdAbove }) => ({ hash, limit: crowdAbove }))
  for (const { hash } of await holdersOfKeys(db, wanted)) counts.set(hash, (counts.get(hash) ?? 0) + 1)
  for (const { hash, kind, text, crowdAbove } of keys.values()) {
    if ((counts.get(hash) ?? 0) > crowdAbove) crowded.add(crowdName(kind, text))
  }
}

function clustersOf(matcher: Matcher, component: Component, crowded: ReadonlySet<string>): CurrentRecord[][] {
  if (component.members.length === 1) return [component.members]
  const byNumber = new Map(component.members.map((record) => [record.no, record]))
  const input: ClusterInput = { ...component, isCrowded: crowdTest(crowded) }
  return matcher.cluster(input).map((numbers) => numbers.flatMap((no) => byNumber.get(no) ?? []))
}

function edgeChanges(
  stored: readonly Edge[],
  scored: ReadonlyMap<string, EdgeWriteRow>,
): { upserts: EdgeWriteRow[]; deletes: { a: number; b: number }[] } {
  const before = new Map(stored.map((edge) => [pairName(edge), edge]))
  const isSame = (edge: EdgeWriteRow): boolean => {
    const known = before.get(pairName(edge))
    return known?.weight === edge.weight && known.amongOthers === edge.amongOthers
  }
  return {
    upserts: [...scored.values()].filter((edge) => !isSame(edge)),
    deletes: stored.filter((edge) => !scored.has(pairName(edge))),
  }
}
