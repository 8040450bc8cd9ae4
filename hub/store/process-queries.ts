import type { Queryable } from './queryable.ts'

/** Says that this process lives, and forgets those that have not been seen for long. */
export async function beat(db: Queryable, processId: string): Promise<void> {
  await db.query({
    name: 'process-beat',
    text: `
      with old as (delete from hub_process where seen_at < now() - interval '1 hour')
      insert into hub_process (id) values ($1) on conflict (id) do update set seen_at = now()`,
    values: [processId],
  })
}

/** Ids of the processes seen within `silentSeconds`, sorted. */
export async function livingProcesses(db: Queryable, silentSeconds: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'process-living',
    text: `select id from hub_process where seen_at > now() - make_interval(secs => $1) order by id collate "C"`,
    values: [silentSeconds],
  })
  return rows.map((row) => row.id)
}

export async function leave(db: Queryable, processId: string): Promise<void> {
  await db.query({ name: 'process-leave', text: 'delete from hub_process where id = $1', values: [processId] })
}
