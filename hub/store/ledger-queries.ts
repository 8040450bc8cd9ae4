import type { Queryable } from './queryable.ts'

/** The account of changes: accepted = applied + superseded + parked + rejected + discarded + inFlight, at any moment. */
export interface Ledger {
  accepted: number
  applied: number
  superseded: number
  parked: number
  rejected: number
  discarded: number
  inFlight: number
}

export const ENTRY_STATE = { inFlight: 0, applied: 1, superseded: 2, parked: 3, rejected: 4, discarded: 5 } as const

/** From the running totals: one statement, so one moment. */
export async function readLedger(db: Queryable): Promise<Ledger> {
  const { rows } = await db.query<Record<string, string>>({
    name: 'ledger-read',
    text: `
      select coalesce(sum(accepted), 0) as accepted, coalesce(sum(applied), 0) as applied,
             coalesce(sum(superseded), 0) as superseded, coalesce(sum(parked), 0) as parked,
             coalesce(sum(rejected), 0) as rejected, coalesce(sum(discarded), 0) as discarded,
             coalesce(sum(in_flight), 0) as "inFlight"
      from ledger_count`,
  })
  return toLedger(rows[0] ?? {})
}

/** The same account counted from the entries themselves: slower, and independent of the totals. */
export async function countLedger(db: Queryable): Promise<Ledger> {
  const { rows } = await db.query<Record<string, string>>({
    name: 'ledger-count',
    text: `
      select count(*) as accepted, count(*) filter (where state = 1) as applied,
             count(*) filter (where state = 2) as superseded, count(*) filter (where state = 3) as parked,
             count(*) filter (where state = 4) as rejected, count(*) filter (where state = 5) as discarded,
             count(*) filter (where state = 0) as "inFlight"
      from change_entry`,
  })
  return toLedger(rows[0] ?? {})
}

function toLedger(row: Record<string, string>): Ledger {
  const count = (name: string): number => Number(row[name] ?? 0)
  return {
    accepted: count('accepted'),
    applied: count('applied'),
    superseded: count('superseded'),
    parked: count('parked'),
    rejected: count('rejected'),
    discarded: count('discarded'),
    inFlight: count('inFlight'),
  }
}
