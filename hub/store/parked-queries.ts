import type { LaneKey } from './apply-queries.ts'
import type { Queryable } from './queryable.ts'

export interface ParkedRow extends LaneKey {
  no: number
  changeId: string
  /** The Change as JSON text, in its newest revision. */
  change: string
  waiting: boolean
  code: string
  message: string
  where: string | null
  fix: string | null
  problems: string | null
  revision: number
  editedBy: string | null
  parkedAt: string
}

const PARKED_COLUMNS = `
  p.no::float8 as no, p.system, p.entity, p.key, p.change_id as "changeId", p.change::text as change, p.waiting,
  p.cause_code as code, p.cause_message as message, p.cause_where as "where", p.cause_fix as fix,
  p.cause_problems::text as problems, p.revision, p.edited_by as "editedBy", p.parked_at as "parkedAt"`

export interface ParkedGroup {
  system: string
  entity: string
  code: string
  message: string
  count: number
  /** Changes that wait behind these, in their lanes. */
  waiting: number
  oldest: string
  newest: string
  sample: number
}

/** Parked changes by what is wrong with them; those that only wait count with the one they wait behind. */
export async function parkedGroups(db: Queryable): Promise<ParkedGroup[]> {
  const { rows } = await db.query<ParkedGroup>({
    name: 'parked-groups',
    text: `
      select p.system, p.entity, p.cause_code as code, min(p.cause_message) as message, count(*)::float8 as count,
             coalesce(sum(w.waiting), 0)::float8 as waiting, min(p.parked_at) as oldest, max(p.parked_at) as newest,
             min(p.no)::float8 as sample
      from parked_change p
      left join lateral (
        select count(*) as waiting from parked_change q
        where q.system = p.system and q.entity = p.entity and q.key = p.key and q.waiting
      ) w on true
      where not p.waiting
      group by p.system, p.entity, p.cause_code
      order by count(*) desc, p.system, p.entity, p.cause_code`,
  })
  return rows
}

export interface ParkedFilter {
  system?: string
  entity?: string
  code?: string
  key?: string
}

/** Parked changes in order of acceptance, after the one numbered `after`. */
export async function listParked(
  db: Queryable,
  filter: ParkedFilter,
  after: number,
  limit: number,
): Promise<ParkedRow[]> {
  const { rows } = await db.query<ParkedRow>({
    name: 'parked-list',
    text: `
      select ${PARKED_COLUMNS} from parked_change p
      where p.no > $1 and ($2::text is null or p.system = $2) and ($3::text is null or p.entity = $3)
        and ($4::text is null or p.cause_code = $4) and ($5::text is null or p.key = $5)
      order by p.no limit $6`,
    values: [after, filter.system ?? null, filter.entity ?? null, filter.code ?? null, filter.key ?? null, limit],
  })
  return rows
}

export async function readParked(db: Queryable, no: number): Promise<ParkedRow | undefined> {
  const { rows } = await db.query<ParkedRow>({
    name: 'parked-read',
    text: `select ${PARKED_COLUMNS} from parked_change p where p.no = $1`,
    values: [no],
  })
  return rows[0]
}

/** All that is parked in these lanes, in order. The caller holds the lanes' locks. */
export async function parkedInLanes(db: Queryable, lanes: readonly LaneKey[]): Promise<ParkedRow[]> {
  const { rows } = await db.query<ParkedRow>({
    name: 'parked-in-lanes',
    text: `
      select ${PARKED_COLUMNS} from unnest($1::text[], $2::text[], $3::text[]) as l(system, entity, key)
      join parked_change p on p.system = l.system and p.entity = l.entity and p.key = l.key order by p.no`,
    values: [lanes.map((l) => l.system), lanes.map((l) => l.entity), lanes.map((l) => l.key)],
  })
  return rows
}

/** Takes changes out of the parking place and moves their ledger entries to `state`. Returns how many there were. */
export async function unpark(db: Queryable, numbers: readonly number[], state: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'parked-unpark',
    text: `
      with gone as (delete from parked_change where no = any ($1::bigint[]) returning no)
      update change_entry e set state = $2 from gone where e.no = gone.no`,
    values: [numbers, state],
  })
  return rowCount ?? 0
}

/** Keeps the former text as a revision and puts the new one in its place. */
export async function editParked(db: Queryable, row: ParkedRow, change: string, editor: string): Promise<number> {
  const { rows } = await db.query<{ revision: number }>({
    name: 'parked-edit',
    text: `
      with edited as (
        update parked_change set change = $5, revision = revision + 1, edited_by = $6 where no = $1 and revision = $2
        returning revision
      ), kept as (
        insert into parked_revision (no, revision, change, edited_by) select $1, $2, $3, $4 from edited
      )
      select revision from edited`,
    values: [row.no, row.revision, row.change, row.editedBy, change, editor],
  })
  return rows[0]?.revision ?? -1
}

/** What was corrected and is parked again stays as often corrected, by whom it was. */
export async function keepEdits(db: Queryable, rows: readonly ParkedRow[]): Promise<void> {
  const edited = rows.filter(({ revision }) => revision > 0)
  if (edited.length === 0) return
  await db.query({
    name: 'parked-keep-edits',
    text: `
      update parked_change p set revision = e.revision, edited_by = e.editor
      from unnest($1::bigint[], $2::integer[], $3::text[]) as e(no, revision, editor) where p.no = e.no`,
    values: [edited.map(({ no }) => no), edited.map(({ revision }) => revision), edited.map((row) => row.editedBy)],
  })
}

export async function parkedRevisions(
  db: Queryable,
  no: number,
): Promise<{ revision: number; change: string; editedBy: string | null; editedAt: string }[]> {
  const { rows } = await db.query<{ revision: number; change: string; editedBy: string | null; editedAt: string }>({
    name: 'parked-revisions',
    text: `
      select revision, change::text as change, edited_by as "editedBy", edited_at as "editedAt"
      from parked_revision where no = $1 order by revision`,
    values: [no],
  })
  return rows
}
