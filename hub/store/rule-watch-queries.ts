import type { Queryable } from './queryable.ts'

/** Says up to which publication this process has the rules, and that it lives; forgets those not seen for long. */
export async function sayRulesSeen(db: Queryable, processId: string, generation: number): Promise<void> {
  await db.query({
    name: 'rule-watch-say',
    text: `
      with old as (delete from rule_watch where seen_at < now() - interval '1 hour')
      insert into rule_watch (process, generation) values ($1, $2)
      on conflict (process) do update set generation = excluded.generation, seen_at = now()`,
    values: [processId, generation],
  })
}

/** Whether a process that was seen within `silentSeconds` does not have the rules up to this publication yet. */
export async function isRuleAwaited(db: Queryable, generation: number, silentSeconds: number): Promise<boolean> {
  const { rows } = await db.query({
    name: 'rule-watch-awaited',
    text: `
      select from rule_watch
      where generation < $1 and seen_at > now() - make_interval(secs => $2) limit 1`,
    values: [generation, silentSeconds],
  })
  return rows.length > 0
}

export async function leaveRuleWatch(db: Queryable, processId: string): Promise<void> {
  await db.query({ name: 'rule-watch-leave', text: 'delete from rule_watch where process = $1', values: [processId] })
}
