import type { Queryable } from './queryable.ts'

export interface SystemStateRow {
  system: string
  paused: boolean
  pausedBy: string | null
  /** JSON text: what the engine last reported. */
  status: string | null
  updatedAt: string
}

export async function systemStates(db: Queryable): Promise<SystemStateRow[]> {
  const { rows } = await db.query<SystemStateRow>({
    name: 'system-states',
    text: `
      select system, paused, paused_by as "pausedBy", status::text as status, updated_at as "updatedAt"
      from system_state order by system`,
  })
  return rows
}

export interface SystemCounts {
  system: string
  entity: string
  parked: number
  /** When the last change of the lane's system was taken, by the system's own clock. */
  oldestParkedAt: string | null
}

/** Parked changes by system and entity. */
export async function parkedBySystem(db: Queryable): Promise<SystemCounts[]> {
  const { rows } = await db.query<SystemCounts>({
    name: 'system-parked',
    text: `
      select system, entity, count(*)::float8 as parked, min(parked_at) as "oldestParkedAt"
      from parked_change group by system, entity order by system, entity`,
  })
  return rows
}

export async function setPaused(db: Queryable, system: string, paused: boolean, author: string): Promise<void> {
  await db.query({
    name: 'system-pause',
    text: `
      insert into system_state (system, paused, paused_by) values ($1, $2, $3)
      on conflict (system) do update set paused = excluded.paused, paused_by = excluded.paused_by`,
    values: [system, paused, paused ? author : null],
  })
}
