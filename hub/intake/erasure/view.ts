import type { JsonObject } from '../../contracts/json.ts'
import type { ErasureRow, TaskRow } from '../../store/erasure-proof-queries.ts'

export type TaskState = 'waiting' | 'told' | 'confirmed'

/** What a system of record has to do, and how far that is. */
export interface SystemTask {
  system: string
  /** Of all its records: the least far. */
  state: TaskState
  records: {
    entity: string
    /** Null once it is confirmed: nobody needs it any more. */
    key: string | null
    state: TaskState
    confirmedAt: string | null
    confirmedBy: string | null
  }[]
}

/** The erasure as it is shown, and its certificate: nothing in it says who the person was. */
export interface ErasureDocument {
  id: string
  customer: string
  /** The customer and all that were joined into it. */
  customers: string[]
  state: 'sweeping' | 'done'
  reason: string
  note: string | null
  requestedAt: string | null
  erasedAt: string
  finishedAt: string | null
  actor: string
  /** Rows removed or emptied, by table. */
  counts: Record<string, number>
  records: JsonObject[]
  systems: SystemTask[]
  /** `seen`: changes that came since. */
  keptOut: { erased: number; kept: number; seen: number; lastSeenAt: string | null }
  proof: { entry: number | null; position: number | null; hash: string | null }
}

export function erasureDocument(row: ErasureRow, tasks: readonly TaskRow[]): ErasureDocument {
  const { lanesErased: erased, lanesKept: kept, seen, lastSeenAt, entry, position, hash } = row
  const sent: TaskState = row.toldAt === null ? 'waiting' : 'told'
  return {
    id: row.id,
    customer: row.customerId,
    customers: row.customers,
    state: row.state,
    reason: row.reason,
    note: row.note,
    requestedAt: row.requestedAt,
    erasedAt: row.erasedAt,
    finishedAt: row.finishedAt,
    actor: row.actor,
    counts: JSON.parse(row.counts) as Record<string, number>,
    records: JSON.parse(row.records) as JsonObject[],
    systems: [...new Set(tasks.map(({ system }) => system))].map((system) => systemTask(system, tasks, sent)),
    keptOut: { erased, kept, seen, lastSeenAt },
    proof: { entry, position, hash },
  }
}

function systemTask(system: string, tasks: readonly TaskRow[], sent: TaskState): SystemTask {
  const own = tasks.filter((task) => task.system === system)
  const records = own.map(({ entity, key, confirmedAt, confirmedBy }) => {
    const state = confirmedAt === null ? sent : 'confirmed'
    return { entity, key, state, confirmedAt, confirmedBy }
  })
  return { system, state: records.every(({ state }) => state === 'confirmed') ? 'confirmed' : sent, records }
}
