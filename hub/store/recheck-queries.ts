import type { Queryable } from './queryable.ts'

/** Records that wait to be looked at again, oldest first. */
export async function dueRechecks(db: Queryable, limit: number): Promise<number[]> {
  const { rows } = await db.query<{ no: number }>({
    name: 'recheck-due',
    text: 'select record_no::float8 as no from match_recheck order by at, record_no limit $1',
    values: [limit],
  })
  return rows.map((row) => row.no)
}

export async function countRechecks(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ count: number }>({
    name: 'recheck-count',
    text: 'select count(*)::float8 as count from match_recheck',
  })
  return rows[0]?.count ?? 0
}
