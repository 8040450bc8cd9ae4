import type { JsonObject } from '../contracts/json.ts'
import { texts } from './columns.ts'
import type { Queryable } from './queryable.ts'

/** What the hub has of one record of a system. */
export interface HubRecord {
  no: number
  key: string
  deleted: boolean
  /** JSON text of the record as it came. */
  raw: string | null
  /** The change that it was last made by. */
  changeNo: number
  /** 0 none, 1 text, 2 Integer: see source_record. */
  sequenceKind: number
  sequence: string | null
}

const COLUMNS = `r.no::float8 as no, r.key, r.deleted, r.raw::text as raw, r.change_no::float8 as "changeNo",
  r.sequence_kind as "sequenceKind", r.sequence`

/** Those that the hub has of these keys, deleted ones too, by key. */
export async function hubRecords(
  db: Queryable,
  system: string,
  entity: string,
  keys: readonly string[],
): Promise<Map<string, HubRecord>> {
  const { rows } = await db.query<HubRecord>({
    name: 'reconcile-records',
    text: `
      select ${COLUMNS} from unnest($3::text[]) as u(key)
      join source_record r on r.system = $1 and r.entity = $2 and r.key = u.key`,
    values: [system, entity, texts(keys)],
  })
  return new Map(rows.map((row) => [row.key, row]))
}

/** Living records in the order of their keys, without what is in them. */
export async function livingRecords(
  db: Queryable,
  system: string,
  entity: string,
  after: string | null,
  limit: number,
): Promise<Pick<HubRecord, 'no' | 'key' | 'changeNo'>[]> {
  const { rows } = await db.query<Pick<HubRecord, 'no' | 'key' | 'changeNo'>>({
    name: 'reconcile-living',
    text: `
      select r.no::float8 as no, r.key, r.change_no::float8 as "changeNo" from source_record r
      where r.system = $1 and r.entity = $2 and not r.deleted and ($3::text is null or r.key > $3)
      order by r.key limit $4`,
    values: [system, entity, after, limit],
  })
  return rows
}

/** Those of the keys whose lane is held by a parked change. */
export async function parkedKeys(
  db: Queryable,
  system: string,
  entity: string,
  keys: readonly string[],
): Promise<Set<string>> {
  const { rows } = await db.query<{ key: string }>({
    name: 'reconcile-parked',
    text: `
      select distinct p.key from unnest($3::text[]) as u(key)
      join parked_change p on p.system = $1 and p.entity = $2 and p.key = u.key`,
    values: [system, entity, texts(keys)],
  })
  return new Set(rows.map(({ key }) => key))
}

/** The number of the last change accepted. */
export async function lastChangeNo(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ no: number }>({
    name: 'reconcile-last',
    text: `select coalesce(max(no), 0)::float8 as no from change_entry`,
    values: [],
  })
  return rows[0]?.no ?? 0
}

/** What is in flight is young: none of the changes before this distance still is. */
const IN_FLIGHT_DISTANCE = 100_000

/** Whether all changes up to this number are applied, parked or otherwise done with. */
export async function isSettled(db: Queryable, upTo: number): Promise<boolean> {
  const { rows } = await db.query<{ settled: boolean }>({
    name: 'reconcile-settled',
    text: `select not exists (select from change_entry where no > $1 and no <= $2 and state = 0) as settled`,
    values: [upTo - IN_FLIGHT_DISTANCE, upTo],
  })
  return rows[0]?.settled === true
}

export interface ReconciliationRow {
  no: number
  system: string
  entity: string
  kind: 'drift' | 'certificate'
  state: 'running' | 'done' | 'failed'
  repair: boolean
  requestedBy: string | null
  startedAt: string
  finishedAt: string | null
  report: JsonObject
}

const KEPT_PER_ENTITY = 20

/** Begins one, in the place of any that a process left behind when it died; forgets the oldest ones. Answers its number. */
export async function beginReconciliation(
  db: Queryable,
  row: Pick<ReconciliationRow, 'system' | 'entity' | 'kind' | 'repair' | 'requestedBy' | 'startedAt' | 'report'>,
): Promise<number> {
  const { rows } = await db.query<{ no: number }>({
    name: 'reconcile-begin',
    text: `
      with abandoned as (
        delete from reconciliation where system = $1 and entity = $2 and state = 'running'
      ), old as (
        delete from reconciliation where no in (
          select no from reconciliation where system = $1 and entity = $2 order by no desc offset ${KEPT_PER_ENTITY - 1}
        ) and state <> 'running'
      )
      insert into reconciliation (system, entity, kind, state, repair, requested_by, started_at, report)
      values ($1, $2, $3, 'running', $4, $5, $6, $7::json) returning no::float8 as no`,
    values: [row.system, row.entity, row.kind, row.repair, row.requestedBy, row.startedAt, JSON.stringify(row.report)],
  })
  return rows[0]?.no ?? 0
}

export async function saveReconciliation(
  db: Queryable,
  no: number,
  state: ReconciliationRow['state'],
  report: JsonObject,
  finishedAt: string | null,
): Promise<void> {
  await db.query({
    name: 'reconcile-save',
    text: `update reconciliation set state = $2, report = $3::json, finished_at = $4 where no = $1`,
    values: [no, state, JSON.stringify(report), finishedAt],
  })
}

/** The youngest first. */
export async function reconciliations(
  db: Queryable,
  system: string,
  options: { entity: string | null; limit: number },
): Promise<ReconciliationRow[]> {
  const { rows } = await db.query<Omit<ReconciliationRow, 'report'> & { report: string }>({
    name: 'reconcile-list',
    text: `
      select no::float8 as no, system, entity, kind, state, repair, requested_by as "requestedBy", started_at as "startedAt",
             finished_at as "finishedAt", report::text as report
      from reconciliation where system = $1 and ($2::text is null or entity = $2) order by no desc limit $3`,
    values: [system, options.entity, options.limit],
  })
  return rows.map((row) => ({ ...row, report: JSON.parse(row.report) as JsonObject }))
}

/** The last one that ended, of each entity of each system. */
export async function lastReconciliations(db: Queryable): Promise<ReconciliationRow[]> {
  const { rows } = await db.query<Omit<ReconciliationRow, 'report'> & { report: string }>({
    name: 'reconcile-last-done',
    text: `
      select distinct on (system, entity) no::float8 as no, system, entity, kind, state, repair, requested_by as "requestedBy",
             started_at as "startedAt", finished_at as "finishedAt", report::text as report
      from reconciliation where state = 'done' order by system, entity, no desc`,
    values: [],
  })
  return rows.map((row) => ({ ...row, report: JSON.parse(row.report) as JsonObject }))
}
