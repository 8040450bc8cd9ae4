import type { Queryable } from './queryable.ts'

export interface MappingOverview {
  system: string
  entity: string
  /** Revision in force; null: none. */
  published: number | null
  newest: number
  /** How far the stored records have been mapped anew by the last revision that was published. */
  reprojection: {
    revision: number
    done: number
    changed: number
    failed: number
    startedAt: string
    finishedAt: string | null
  } | null
}

/** All mappings, by system and entity. */
export async function mappingOverview(db: Queryable): Promise<MappingOverview[]> {
  const { rows } = await db.query<Record<string, unknown>>({
    name: 'mapping-overview',
    text: `
      select m.system, m.entity, max(m.revision) filter (where m.state = 'published') as published,
             max(m.revision) as newest, r.revision, r.done::float8 as done, r.changed::float8 as changed,
             r.failed::float8 as failed, r.started_at, r.finished_at
      from mapping_revision m
      left join lateral (
        select * from reprojection r where r.system = m.system and r.entity = m.entity order by r.started_at desc limit 1
      ) r on true
      group by m.system, m.entity, r.revision, r.done, r.changed, r.failed, r.started_at, r.finished_at
      order by m.system, m.entity`,
  })
  return rows.map((row) => ({
    system: String(row.system),
    entity: String(row.entity),
    published: row.published === null ? null : Number(row.published),
    newest: Number(row.newest),
    reprojection:
      row.revision === null
        ? null
        : {
            revision: Number(row.revision),
            done: Number(row.done),
            changed: Number(row.changed),
            failed: Number(row.failed),
            startedAt: String(row.started_at),
            finishedAt: row.finished_at === null ? null : String(row.finished_at),
          },
  }))
}
