import { type Lane, laneName } from '../../contracts/change.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { customersBehind, recordsOfLanes } from '../../store/apply-queries.ts'
import type { OutboxWriteRow } from '../../store/apply-writes.ts'
import type { Queryable } from '../../store/queryable.ts'
import { markSeen, reservedIds } from '../../store/record-write-queries.ts'
import { entityText, type Refs, refsOf } from './entity-records.ts'
import { type Moment, outboxRow } from './events.ts'
import { changedAtOf, type RecordChange } from './record-change.ts'

export interface EntityWrites {
  publicIds: Map<number, string>
  events: OutboxWriteRow[]
}

/** Ids and events of the canonical entities other than customer: one record each, so nothing is merged. */
export async function entityWrites(
  db: Queryable,
  moment: Moment,
  changes: readonly RecordChange[],
  customerOfRecord: ReadonlyMap<number, string>,
): Promise<EntityWrites> {
  const entities = changes.filter(({ mapped }) => mapped.target !== null && mapped.target !== 'customer')
  if (entities.length === 0) return { publicIds: new Map(), events: [] }
  const [customerOf, reserved] = await Promise.all([
    customersOfEntities(db, changes, entities, customerOfRecord),
    reservedOf(db, entities),
  ])
  const publicIds = new Map<number, string>()
  const events: OutboxWriteRow[] = []
  for (const change of entities) {
    const publicId = change.before?.publicId ?? reserved.get(change) ?? moment.newId()
    publicIds.set(change.no, publicId)
    const verb = verbOf(change)
    if (verb === null) continue
    const { mapped, lane } = change
    const document = mapped.kind === 'document' ? mapped.document : storedDocument(change)
    const record = entityText(publicId, document, lane, changedAtOf(change))
    const type = `${mapped.target}.${verb}`
    const data = `{${JSON.stringify(mapped.target)}:${record}}`
    events.push(outboxRow(moment, { type, subject: publicId, customerId: customerOf(change), data, golden: null }))
  }
  return { publicIds, events }
}

/** A record that the hub itself has made in a system has had its id since it was ordered. */
async function reservedOf(
  db: Queryable,
  entities: readonly RecordChange[],
): Promise<ReadonlyMap<RecordChange, string>> {
  const fresh = entities.filter(({ before }) => before === undefined)
  if (fresh.length === 0) return new Map()
  const lanes = fresh.map(({ lane, item }) => ({ ...lane, writtenBy: item?.change.writtenBy ?? null }))
  const ids = await reservedIds(db, lanes)
  if (ids.size > 0) await markSeen(db, [...ids.values()])
  return new Map([...ids].flatMap(([at, id]) => (fresh[at] === undefined ? [] : [[fresh[at], id]])))
}

function verbOf({ before, mapped }: RecordChange): 'created' | 'updated' | 'deleted' | null {
  const existed = before !== undefined && before.document !== null
  if (mapped.kind === 'deleted') return existed ? 'deleted' : null
  if (!existed) return 'created'
  return before.document === JSON.stringify(mapped.document) && before.target === mapped.target ? null : 'updated'
}

function storedDocument({ before }: RecordChange): JsonObject {
  return before?.document == null ? {} : (JSON.parse(before.document) as JsonObject)
}

/** Finds the customer of each entity: the one it points at, or the one that its account points at. */
async function customersOfEntities(
  db: Queryable,
  changes: readonly RecordChange[],
  entities: readonly RecordChange[],
  customerOfRecord: ReadonlyMap<number, string>,
): Promise<(entity: RecordChange) => string | null> {
  const refs = new Map<RecordChange, Refs>(
    entities.map((entity) => {
      const document = entity.mapped.kind === 'document' ? entity.mapped.document : storedDocument(entity)
      return [entity, refsOf(document, entity.lane)]
    }),
  )
  const accounts = await accountCustomers(db, changes, [...refs.values()])
  const lanes = [...[...refs.values()].flatMap((ref) => ref.customer ?? []), ...accounts.values()]
  const known = new Map<string, string>()
  for (const row of lanes.length === 0 ? [] : await customersBehind(db, lanes)) known.set(laneName(row), row.customerId)
  for (const { no, name } of changes) {
    const customer = customerOfRecord.get(no)
    if (customer !== undefined) known.set(name, customer)
  }
  const find = (lane: Lane | null | undefined): string | null => (lane ? (known.get(laneName(lane)) ?? null) : null)
  return (entity) => {
    const { customer, account } = refs.get(entity) ?? { customer: null, account: null }
    return find(customer) ?? (account === null ? null : find(accounts.get(laneName(account))))
  }
}

/** What the accounts point at that entities without a customer of their own name; by the account's lane name. */
async function accountCustomers(
  db: Queryable,
  changes: readonly RecordChange[],
  refs: readonly Refs[],
): Promise<Map<string, Lane>> {
  const wanted = refs.flatMap(({ customer, account }) => (customer === null && account !== null ? [account] : []))
  const found = new Map<string, Lane>()
  if (wanted.length === 0) return found
  for (const row of await recordsOfLanes(db, wanted)) {
    const ref = row.document === null ? null : refsOf(JSON.parse(row.document) as JsonObject, row).customer
    if (ref !== null) found.set(laneName(row), ref)
  }
  for (const { name, lane, mapped } of changes) {
    const ref = mapped.kind === 'document' ? refsOf(mapped.document, lane).customer : null
    if (ref !== null) found.set(name, ref)
  }
  return found
}
