import { laneName } from '../../contracts/change.ts'
import type { Decision } from '../../identity/cluster.ts'
import { hash53 } from '../../identity/key-hash.ts'
import {
  countFeatures,
  decisionsByLane,
  featuresAround,
  type FeaturesRow,
  pageOfFeatures,
} from '../../store/match-record-queries.ts'
import type { Queryable } from '../../store/queryable.ts'

/** A record as it is handed on: its lane name and its features as JSON text. */
export type SampleRecord = readonly [name: string, features: string]

export interface SampleSink {
  /** Records whose values are counted; those of them to be resolved too are marked. */
  page(records: readonly { record: SampleRecord; resolve: boolean }[]): Promise<void>
  /** More records to be resolved, counted already. */
  more(records: readonly SampleRecord[]): Promise<void>
}

export interface SampleLimits {
  /** Records that are resolved at most: some 12 KB of memory each (measured on 100,000 and 200,000 generated people). */
  resolveMax: number
  pageMax: number
}

export const SAMPLE_LIMITS: SampleLimits = { resolveMax: 100_000, pageMax: 5_000 }

/** Of the records that may be resolved, so many are drawn; the rest is room for those that look like them. */
const DRAWN_SHARE = 0.6

/**
 * Reads the features of all records of customers, page by page, in one consistent view of the database (`db` is a
 * transaction at repeatable read).
 *
 * Values are counted over all records. How far systems overlap is measured by resolving records in memory, so beyond
 * `resolveMax` only a sample is resolved. A sample of records would lose copies, and systems would seem to overlap less
 * than they do: whole customers are drawn instead (by a hash of their id, so that the draw is repeatable), and with them
 * every customer that has a record which looks like one of theirs, since that may be a copy not recognised so far. What
 * looks like nothing drawn cannot change what is measured of the drawn ones.
 */
export async function readSample(
  db: Queryable,
  sink: SampleSink,
  limits: SampleLimits = SAMPLE_LIMITS,
): Promise<{ records: number; resolved: number; decisions: Decision[] }> {
  const total = await countFeatures(db)
  const share = total <= limits.resolveMax ? 1 : (DRAWN_SHARE * limits.resolveMax) / total
  const drawn: number[] = []
  let room = limits.resolveMax
  let records = 0
  for (let afterNo = 0; ;) {
    const rows = await pageOfFeatures(db, afterNo, limits.pageMax)
    const page = rows.map((row) => ({ record: recordOf(row), resolve: room > 0 && isDrawn(row.customerId, share) }))
    page.forEach(({ resolve }, at) => {
      const no = rows[at]?.no
      if (!resolve || no === undefined) return
      room--
      if (share < 1) drawn.push(no)
    })
    records += rows.length
    await sink.page(page)
    const last = rows.at(-1)
    if (last === undefined || rows.length < limits.pageMax) break
    afterNo = last.no
  }
  const around = share < 1 ? await readAround(db, sink, drawn, { share, room, chunk: limits.pageMax }) : 0
  return { records, resolved: limits.resolveMax - room + around, decisions: await readDecisions(db) }
}

async function readAround(
  db: Queryable,
  sink: SampleSink,
  drawn: readonly number[],
  { share, room, chunk }: { share: number; room: number; chunk: number },
): Promise<number> {
  const seen = new Set<number>()
  for (let from = 0; from < drawn.length && seen.size < room; from += chunk) {
    const rows = await featuresAround(db, drawn.slice(from, from + chunk))
    const fresh = rows.filter(({ no, customerId }) => !isDrawn(customerId, share) && !seen.has(no))
    const fitting = fresh.slice(0, room - seen.size)
    for (const { no } of fitting) seen.add(no)
    await sink.more(fitting.map(recordOf))
  }
  return seen.size
}

async function readDecisions(db: Queryable): Promise<Decision[]> {
  const rows = await decisionsByLane(db)
  return rows.map(({ a, b, kind, at }) => ({ a: laneName(a), b: laneName(b), kind, at }))
}

function recordOf(row: FeaturesRow): SampleRecord {
  return [laneName(row), row.features]
}

function isDrawn(customerId: string, share: number): boolean {
  return share >= 1 || hash53(`${customerId} drawn`) < share * 2 ** 53
}
