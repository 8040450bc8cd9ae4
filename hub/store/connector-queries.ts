import type { JsonObject } from '../contracts/json.ts'
import { texts } from './columns.ts'
import type { Queryable } from './queryable.ts'

/**
 * What the connector engine keeps of a system (table connector_checkpoint). `entity` is '' for what belongs to the system
 * as a whole.
 * - `follow`: the place in the log, or of polling
 * - `backfill`: how far a snapshot has come
 * - `request`, `reconcile`, `reset`, `forget`: what operators ask for; see OrderKind
 */
export type CheckpointKind = 'follow' | 'backfill' | OrderKind

/**
 * - `request`: a snapshot of the entity
 * - `reconcile`: a comparison of the entity with the hub
 * - `reset`: the stored places of the entity (``: of all) are forgotten, and snapshots taken anew
 * - `forget`: what the system holds for the hub is released
 */
export type OrderKind = 'request' | 'reconcile' | 'reset' | 'forget'

export interface CheckpointRow {
  entity: string
  kind: CheckpointKind
  checkpoint: JsonObject
}

export async function loadCheckpoints(db: Queryable, system: string): Promise<CheckpointRow[]> {
  const { rows } = await db.query<{ entity: string; kind: CheckpointKind; checkpoint: string }>({
    name: 'connector-load',
    text: 'select entity, kind, checkpoint::text as checkpoint from connector_checkpoint where system = $1',
    values: [system],
  })
  return rows.map((row) => ({ ...row, checkpoint: JSON.parse(row.checkpoint) as JsonObject }))
}

/** All of them or none: a place that says "from here on" and the snapshot that it makes necessary belong together. */
export async function saveCheckpoints(db: Queryable, system: string, rows: readonly CheckpointRow[]): Promise<void> {
  await db.query({
    name: 'connector-save',
    text: `
      insert into connector_checkpoint as c (system, entity, kind, checkpoint, updated_at)
      select $1, u.entity, u.kind, u.checkpoint::json, now()
      from unnest($2::text[], $3::text[], $4::text[]) as u(entity, kind, checkpoint)
      on conflict (system, entity, kind) do update set checkpoint = excluded.checkpoint, updated_at = excluded.updated_at`,
    values: [
      system,
      texts(rows.map((row) => row.entity)),
      texts(rows.map((row) => row.kind)),
      texts(rows.map((row) => JSON.stringify(row.checkpoint))),
    ],
  })
}

export async function deleteCheckpoints(
  db: Queryable,
  system: string,
  rows: readonly { entity: string; kind: CheckpointKind }[],
): Promise<void> {
  await db.query({
    name: 'connector-delete',
    text: `
      delete from connector_checkpoint c using unnest($2::text[], $3::text[]) as u(entity, kind)
      where c.system = $1 and c.entity = u.entity and c.kind = u.kind`,
    values: [system, texts(rows.map((row) => row.entity)), texts(rows.map((row) => row.kind))],
  })
}

/** Orders stay until the process that runs the system has carried them out, or made them part of what it stores. */
export async function saveRequests(
  db: Queryable,
  system: string,
  entities: readonly string[],
  request: JsonObject,
  kind: OrderKind = 'request',
): Promise<void> {
  await saveCheckpoints(
    db,
    system,
    entities.map((entity) => ({ entity, kind, checkpoint: request })),
  )
}

/** An order that was carried out; one that came in its place meanwhile stays. `at` tells them apart. */
export async function deleteOrder(
  db: Queryable,
  system: string,
  order: { entity: string; kind: OrderKind; at: string },
): Promise<void> {
  await db.query({
    name: 'connector-order-done',
    text: `
      delete from connector_checkpoint
      where system = $1 and entity = $2 and kind = $3 and checkpoint->>'at' is not distinct from $4`,
    values: [system, order.entity, order.kind, order.at],
  })
}

export interface SystemControl {
  system: string
  paused: boolean
  pausedBy: string | null
  requests: { entity: string; kind: OrderKind; request: JsonObject }[]
}

/** What operators want of the systems; those that nobody ever said anything about are left out. */
export async function readControls(db: Queryable): Promise<SystemControl[]> {
  const { rows } = await db.query<{ system: string; paused: boolean; paused_by: string | null; requests: string }>({
    name: 'connector-controls',
    text: `
      select coalesce(s.system, r.system) as system, coalesce(s.paused, false) as paused, s.paused_by,
             coalesce(r.requests, '[]')::text as requests
      from system_state s
      full join (
        select system, json_agg(json_build_object('entity', entity, 'kind', kind, 'request', checkpoint)) as requests
        from connector_checkpoint where kind in ('request', 'reconcile', 'reset', 'forget') group by system
      ) r on r.system = s.system`,
  })
  return rows.map(({ system, paused, paused_by, requests }) => ({
    system,
    paused,
    pausedBy: paused_by,
    requests: JSON.parse(requests) as SystemControl['requests'],
  }))
}

/** Leaves `paused` as it is. */
export async function saveStatus(db: Queryable, system: string, status: JsonObject): Promise<void> {
  await db.query({
    name: 'connector-status',
    text: `
      insert into system_state (system, status, updated_at) values ($1, $2::json, now())
      on conflict (system) do update set status = excluded.status, updated_at = excluded.updated_at`,
    values: [system, JSON.stringify(status)],
  })
}

/** Keys of the records that the hub has of an entity and takes for existing, in a stable order. */
export async function livingKeys(
  db: Queryable,
  system: string,
  entity: string,
  after: string | null,
  limit: number,
): Promise<string[]> {
  const { rows } = await db.query<{ key: string }>({
    name: 'connector-living-keys',
    text: `
      select key from source_record
      where system = $1 and entity = $2 and not deleted and ($3::text is null or key > $3)
      order by key limit $4`,
    values: [system, entity, after, limit],
  })
  return rows.map(({ key }) => key)
}
