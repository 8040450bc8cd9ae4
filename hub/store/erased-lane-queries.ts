import type { Queryable } from './queryable.ts'

/** What the pipeline asks about the lanes of the erased. */

/** Whether there are any at all: asked with every batch, so that nothing else is where nobody was erased. */
export async function anyErasedLane(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ any: boolean }>({
    name: 'erased-any',
    text: 'select exists (select from erased_lane) as any',
  })
  return rows[0]?.any === true
}

export interface ErasedLane {
  hash: Buffer
  erasureId: string
  /** Kept without the person, where the others are gone. */
  kept: boolean
}

/** Those of these lanes that are remembered, by their hash in hexadecimal. */
export async function erasedAmong(db: Queryable, hashes: readonly Buffer[]): Promise<Map<string, ErasedLane>> {
  const { rows } = await db.query<ErasedLane>({
    name: 'erased-among',
    text: `
      select e.hash, e.erasure_id::text as "erasureId", e.kept
      from unnest($1::bytea[]) as h(hash) join erased_lane e on e.hash = h.hash`,
    values: [hashes],
  })
  return new Map(rows.map((row) => [row.hash.toString('hex'), row]))
}

/** Remembers lanes, and counts changes that came in them since; `seen` 0 where none did. */
export async function rememberLanes(db: Queryable, lanes: readonly (ErasedLane & { seen: number })[]): Promise<void> {
  if (lanes.length === 0) return
  await db.query({
    name: 'erased-remember',
    text: `
      insert into erased_lane as l (hash, erasure_id, kept, seen, seen_at)
      select hash, erasure_id, kept, seen, case when seen > 0 then now() end
      from unnest($1::bytea[], $2::uuid[], $3::boolean[], $4::bigint[]) as u(hash, erasure_id, kept, seen)
      on conflict (hash) do update set seen = l.seen + excluded.seen, seen_at = coalesce(excluded.seen_at, l.seen_at)`,
    values: [
      lanes.map(({ hash }) => hash),
      lanes.map(({ erasureId }) => erasureId),
      lanes.map(({ kept }) => kept),
      lanes.map(({ seen }) => seen),
    ],
  })
}

/** Notes that systems have deleted these records; their keys need be known no longer. Returns the erasures that this concerns. */
export async function confirmLanes(db: Queryable, hashes: readonly Buffer[], by: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'erased-confirm',
    text: `
      with confirmed as (
        update erasure_task set confirmed_at = now(), confirmed_by = $2, key = null
        where hash = any ($1::bytea[]) and confirmed_at is null returning erasure_id
      )
      select distinct erasure_id::text as id from confirmed`,
    values: [hashes, by],
  })
  return rows.map(({ id }) => id)
}

/** Takes the keys that were confirmed out of the events that told of them. */
export async function shortenErasedEvents(db: Queryable, erasures: readonly string[]): Promise<void> {
  if (erasures.length === 0) return
  const data = `
    jsonb_set(e.data::jsonb, '{references}', coalesce((
      select jsonb_agg(jsonb_build_object('system', t.system, 'entity', t.entity, 'key', t.key) order by t.no)
      from erasure_task t where t.erasure_id = x.id and t.key is not null), '[]'))::json`
  // In this order: an event that leaves the outbox meanwhile is in the log when that is looked at.
  await db.query({
    name: 'erased-event-outbox',
    text: `update outbox e set data = ${data} from erasure x where x.id = any ($1::uuid[]) and e.id = x.event_id`,
    values: [erasures],
  })
  await db.query({
    name: 'erased-event-log',
    text: `
      update event_log e set data = ${data} from erasure x
      where x.id = any ($1::uuid[]) and e.customer_id = x.customer_id and e.id = x.event_id`,
    values: [erasures],
  })
}
