/** What must hold of a hub's database after a load, whatever happened while it ran. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '../../../hub/contracts/json.ts'
import type { Database } from '../../../hub/store/database.ts'
import { countLedger, type Ledger, readLedger } from '../../../hub/store/ledger-queries.ts'
import { attributeOf, laneOf, type LaneTruth, type Load } from './load.ts'

/** Totals and entries of one moment; throws where they do not balance. */
export async function balancedAtThisMoment(db: Database): Promise<Ledger> {
  const [totals, counted] = await db.transaction(async (tx) => [await readLedger(tx), await countLedger(tx)] as const, {
    isolation: 'repeatable read',
    readOnly: true,
  })
  const { accepted, inFlight, applied, superseded, parked, rejected, discarded } = totals
  const sum = inFlight + applied + superseded + parked + rejected + discarded
  if (sum !== accepted || JSON.stringify(totals) !== JSON.stringify(counted)) {
    throw new Error(`the ledger does not balance: ${JSON.stringify({ totals, counted })}`)
  }
  return totals
}

/** Looks at the ledger over and over until stopped; moments in which the database is away do not count. */
export function watchLedger(db: Database, pauseMs = 250): { stop(): Promise<{ looks: number; faults: string[] }> } {
  const faults: string[] = []
  let looks = 0
  let ended = false
  const running = (async () => {
    while (!ended) {
      try {
        await balancedAtThisMoment(db)
        looks++
      } catch (error) {
        if (/balance/.test(String(error))) faults.push(String(error))
      }
      await sleep(pauseMs)
    }
  })()
  return {
    stop: async () => {
      ended = true
      await running
      return { looks, faults }
    },
  }
}

const LEFT_TO_DO = `
  select (select coalesce(sum(in_flight), 0) from ledger_count)::int as in_flight,
         (select count(*) from outbox)::int as outbox,
         (select count(*) from match_recheck)::int as rechecks,
         (select count(*) from accept_batch)::int as in_doubt`

/** Resolves when nothing is left to do; throws after `timeoutMs`, saying what is. */
export async function untilQuiet(db: Database, timeoutMs = 60_000): Promise<void> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const { rows } = await db.query<Record<string, number>>({ text: LEFT_TO_DO })
    if (Object.values(rows[0] ?? { none: 1 }).every((count) => count === 0)) return
    if (performance.now() > end) throw new Error(`not quiet after ${timeoutMs} ms: ${JSON.stringify(rows[0])}`)
    await sleep(50)
  }
}

interface StoredRecord {
  system: string
  entity: string
  key: string
  sequence: string | null
  deleted: boolean
  raw: string | null
  customer: string | null
}

/** Each lane holds its last change and nothing else; each golden record holds what its records say. */
export async function expectRecords(db: Database, load: Load): Promise<void> {
  const { rows: records } = await db.query<StoredRecord>({
    text: `select system, entity, key, sequence, deleted, raw, customer_id as customer from source_record`,
  })
  const wrong: unknown[] = []
  for (const record of records) {
    const truth = load.lanes.get(laneOf(record))
    if (truth === undefined || !holds(record, truth)) wrong.push({ record, truth })
  }
  expect(wrong.slice(0, 3)).toEqual([])
  expect(records.length).toBe(load.lanes.size)
  await expectGolden(db, records, load)
}

function holds(record: StoredRecord, truth: LaneTruth): boolean {
  if (record.sequence !== truth.sequence || record.deleted !== truth.deleted) return false
  if (truth.deleted) return true
  return (JSON.parse(record.raw ?? '{}') as JsonObject).visits === truth.visits && record.customer !== null
}

async function expectGolden(db: Database, records: readonly StoredRecord[], load: Load): Promise<void> {
  const { rows } = await db.query<{ id: string; golden: string }>({
    text: 'select id::text as id, golden from customer where state = 0',
  })
  const expected = new Map<string, { attributes: Record<string, number>; sources: string[] }>()
  const people = new Map<string, Set<string>>()
  for (const record of records) {
    if (record.deleted) continue
    const id = record.customer ?? ''
    const said = expected.get(id) ?? { attributes: {}, sources: [] }
    said.attributes[attributeOf(record.system)] = load.lanes.get(laneOf(record))?.visits ?? -1
    said.sources.push(laneOf(record))
    expected.set(id, said)
    people.set(record.key, (people.get(record.key) ?? new Set()).add(id))
  }
  const wrong = rows.filter(({ id, golden }) => {
    const { attributes, sources } = JSON.parse(golden) as {
      attributes: Record<string, number>
      sources: { system: string; entity: string; key: string }[]
    }
    const said = expected.get(id)
    return (
      said === undefined ||
      sources.map(laneOf).sort().join() !== said.sources.sort().join() ||
      Object.entries(said.attributes).some(([name, visits]) => attributes[name] !== visits) ||
      Object.keys(attributes).length !== Object.keys(said.attributes).length
    )
  })
  expect(wrong.slice(0, 3)).toEqual([])
  expect(rows.length).toBe(expected.size)
  // A person whose two records are alike in all but the visits is one customer.
  expect([...people.values()].filter((customers) => customers.size > 1).length).toBe(0)
}

/** Every version of every customer was told exactly once, and the versions of one customer in their order. */
export async function expectEvents(db: Database): Promise<string[]> {
  const { rows: events } = await db.query<{
    position: string
    id: string
    type: string
    golden: string | null
    version: number | null
    joined: string | null
  }>({
    text: `select position, id, type, golden_id as golden, golden_version as version, data->>'joined' as joined
           from event_log order by position`,
  })
  const told = new Map<string, number>()
  const last = new Map<string, number>()
  const disorder: unknown[] = []
  for (const event of events) {
    const subject = event.type === 'customer.joined' ? event.joined : event.golden
    if (event.type === 'customer.split' || subject === null) continue
    const name = event.type === 'customer.joined' ? `${subject} joined` : `${subject} ${event.version}`
    told.set(name, (told.get(name) ?? 0) + 1)
    if (event.type === 'customer.joined') continue
    if ((event.version ?? 0) <= (last.get(subject) ?? 0)) disorder.push(event)
    last.set(subject, event.version ?? 0)
  }
  expect(disorder.slice(0, 3)).toEqual([])
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
  const { rows: versions } = await db.query<{ name: string; count: number }>({
    text: `select customer_id || ' ' || case cause when 'joined' then 'joined' else version::text end as name,
                  count(*)::int as count
           from customer_version group by 1`,
  })
  const wrong = versions.filter(({ name, count }) => told.get(name) !== count)
  expect(wrong.slice(0, 3)).toEqual([])
  expect(told.size).toBe(versions.length)
  return events.map(({ id }) => id)
}

/** All that a load with distinct ids and no faulty record must have left in the ledger. */
export async function expectAllApplied(db: Database, load: Load): Promise<Ledger> {
  const ledger = await balancedAtThisMoment(db)
  expect(ledger).toMatchObject({ accepted: load.events.length, inFlight: 0, parked: 0, rejected: 0, discarded: 0 })
  expect(ledger.applied + ledger.superseded).toBe(load.events.length)
  expect(ledger.applied).toBeGreaterThanOrEqual(load.lanes.size)
  return ledger
}
