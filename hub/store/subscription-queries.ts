import { instant } from './columns.ts'
import type { Queryable } from './queryable.ts'

/** Webhook subscriptions as their owners see them: made, changed, listed. What is on its way: webhook-queries.ts. */
export const SUBSCRIPTION_STATES = ['active', 'paused', 'disabled'] as const
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number]

export interface SubscriptionRow {
  id: string
  owner: string
  description: string | null
  url: string
  types: string[]
  filter: string | null
  state: SubscriptionState
  disabledReason: string | null
  disabledAt: string | null
  secret: string
  formerSecret: string | null
  formerUntil: string | null
  position: number
  generation: number
  failures: number
  failingSince: string | null
  lastProblem: string | null
  notBefore: string | null
  lastSuccessAt: string | null
  createdAt: string
  updatedAt: string
}

export const SUBSCRIPTION_COLUMNS = `
  s.id::text as id, s.owner, s.description, s.url, s.types, s.filter, s.state, s.disabled_reason as "disabledReason",
  ${instant('s.disabled_at')} as "disabledAt", s.secret, s.former_secret as "formerSecret",
  ${instant('s.former_until')} as "formerUntil", s.position::float8 as position, s.generation, s.failures,
  ${instant('s.failing_since')} as "failingSince", s.last_problem as "lastProblem",
  ${instant('s.not_before')} as "notBefore", ${instant('s.last_success_at')} as "lastSuccessAt",
  ${instant('s.created_at')} as "createdAt", ${instant('s.updated_at')} as "updatedAt"`

export interface NewSubscription {
  id: string
  owner: string
  description: string | null
  url: string
  types: readonly string[]
  filter: string | null
  secret: string
}

/** Makes a subscription to what happens from now on; undefined where its owner has `ownedMax` already. */
export async function insertSubscription(
  db: Queryable,
  { id, owner, description, url, types, filter, secret }: NewSubscription,
  ownedMax: number,
): Promise<SubscriptionRow | undefined> {
  const { rows } = await db.query<SubscriptionRow>({
    name: 'subscription-insert',
    text: `
      insert into subscription as s (id, owner, description, url, types, filter, secret, state, position)
      select $1, $2, $3, $4, $5, $6, $7, 'active', (select coalesce(max(position), 0) from event_log)
      where (select count(*) from subscription where owner = $2) < $8
      returning ${SUBSCRIPTION_COLUMNS}`,
    values: [id, owner, description, url, types, filter, secret, ownedMax],
  })
  return rows[0]
}

/** `owner` null: whoever owns it. */
export async function readSubscription(
  db: Queryable,
  id: string,
  owner: string | null,
): Promise<SubscriptionRow | undefined> {
  const { rows } = await db.query<SubscriptionRow>({
    name: 'subscription-read',
    text: `select ${SUBSCRIPTION_COLUMNS} from subscription s where s.id = $1 and ($2::text is null or s.owner = $2)`,
    values: [id, owner],
  })
  return rows[0]
}

export async function listSubscriptions(
  db: Queryable,
  owner: string | null,
  after: string | null,
  limit: number,
): Promise<SubscriptionRow[]> {
  const { rows } = await db.query<SubscriptionRow>({
    name: 'subscription-list',
    text: `
      select ${SUBSCRIPTION_COLUMNS} from subscription s
      where ($1::text is null or s.owner = $1) and ($2::uuid is null or s.id > $2) order by s.id limit $3`,
    values: [owner, after, limit],
  })
  return rows
}

export type SubscriptionChange = Pick<SubscriptionRow, 'description' | 'url' | 'types' | 'filter' | 'state'>

/**
 * Writes what its owner changed. One that becomes active begins afresh: what waits is due now, and the failures before
 * count no more.
 */
export async function changeSubscription(
  db: Queryable,
  id: string,
  change: SubscriptionChange,
  becomesActive: boolean,
): Promise<SubscriptionRow | undefined> {
  if (becomesActive) {
    await db.query({
      name: 'subscription-afresh',
      text: `update webhook_delivery set attempts = 0, first_attempt_at = null, due_at = now() where subscription_id = $1`,
      values: [id],
    })
  }
  const { description, url, types, filter, state } = change
  const { rows } = await db.query<SubscriptionRow>({
    name: 'subscription-change',
    text: `
      update subscription s set
        description = $2, url = $3, types = $4, filter = $5, state = $6, generation = generation + 1, updated_at = now(),
        disabled_reason = case when $6 = 'disabled' then disabled_reason end,
        disabled_at = case when $6 = 'disabled' then disabled_at end,
        failures = case when $7 then 0 else failures end,
        failing_since = case when $7 then null else failing_since end,
        last_problem = case when $7 then null else last_problem end,
        not_before = case when $7 then null else not_before end
      where id = $1 returning ${SUBSCRIPTION_COLUMNS}`,
    values: [id, description, url, types, filter, state, becomesActive],
  })
  return rows[0]
}

export async function deleteSubscription(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'subscription-delete',
    text: 'delete from subscription where id = $1',
    values: [id],
  })
  return (rowCount ?? 0) > 0
}

/** The new secret signs from now on, the one before beside it for some seconds more. */
export async function rotateSecret(
  db: Queryable,
  id: string,
  secret: string,
  overlapSeconds: number,
): Promise<SubscriptionRow | undefined> {
  const { rows } = await db.query<SubscriptionRow>({
    name: 'subscription-rotate',
    text: `
      update subscription s set
        former_secret = case when $3::integer > 0 then secret end,
        former_until = case when $3::integer > 0 then now() + make_interval(secs => $3) end,
        secret = $2, generation = generation + 1, updated_at = now()
      where id = $1 returning ${SUBSCRIPTION_COLUMNS}`,
    values: [id, secret, overlapSeconds],
  })
  return rows[0]
}

/** From now on it is at this place: what waited is dropped, and all events after the place are delivered. */
export async function moveSubscription(
  db: Queryable,
  id: string,
  position: number,
): Promise<SubscriptionRow | undefined> {
  await db.query({
    name: 'subscription-drop-waiting',
    text: 'delete from webhook_delivery where subscription_id = $1',
    values: [id],
  })
  const { rows } = await db.query<SubscriptionRow>({
    name: 'subscription-move',
    text: `
      update subscription s set position = $2, generation = generation + 1, updated_at = now()
      where id = $1 returning ${SUBSCRIPTION_COLUMNS}`,
    values: [id, position],
  })
  return rows[0]
}

/** The position before the first event of this moment or later; the last one where there is none. */
export async function positionBefore(db: Queryable, moment: string): Promise<number> {
  const { rows } = await db.query<{ position: number }>({
    name: 'subscription-position-before',
    text: `
      select coalesce(
        (select min(position) - 1 from event_log where at >= $1::timestamptz),
        (select max(position) from event_log), 0)::float8 as position`,
    values: [moment],
  })
  return rows[0]?.position ?? 0
}

/** Whether the id is that of an API key that may be used. */
export async function isUsableKey(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'subscription-owner-key',
    text: `select 1 from api_key where id = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
    values: [id],
  })
  return (rowCount ?? 0) > 0
}

export interface Backlog {
  /** Events that wait to be delivered. */
  waiting: number
  /** The soonest next attempt of one that failed before. */
  nextAttemptAt: string | null
}

export async function backlogsOf(db: Queryable, ids: readonly string[]): Promise<Map<string, Backlog>> {
  const { rows } = await db.query<Backlog & { id: string }>({
    name: 'subscription-backlogs',
    text: `
      select subscription_id::text as id, count(*)::float8 as waiting,
             ${instant('min(due_at) filter (where attempts > 0)')} as "nextAttemptAt"
      from webhook_delivery where subscription_id = any ($1::uuid[]) group by subscription_id`,
    values: [ids],
  })
  return new Map(rows.map(({ id, waiting, nextAttemptAt }) => [id, { waiting, nextAttemptAt }]))
}

export interface AttemptRow {
  no: number
  position: number | null
  eventId: string
  type: string
  attempt: number
  at: string
  durationMs: number
  status: number | null
  outcome: string
  problem: string | null
}

/** Newest first, before a number where that is not null. */
export async function attemptsOf(
  db: Queryable,
  id: string,
  before: number | null,
  limit: number,
): Promise<AttemptRow[]> {
  const { rows } = await db.query<AttemptRow>({
    name: 'subscription-attempts',
    text: `
      select no::float8 as no, position::float8 as position, event_id as "eventId", type, attempt, ${instant('at')} as at,
             duration_ms as "durationMs", status, outcome, problem
      from webhook_attempt where subscription_id = $1 and ($2::bigint is null or no < $2) order by no desc limit $3`,
    values: [id, before, limit],
  })
  return rows
}
