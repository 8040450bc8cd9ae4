import { jsonArray, jsons, plain, texts } from './columns.ts'
import { EVENT_COLUMNS, EVENT_GOLDEN, type LoggedEvent } from './event-queries.ts'
import type { Queryable } from './queryable.ts'
import { SUBSCRIPTION_COLUMNS, type SubscriptionRow } from './subscription-queries.ts'

/** What the process that delivers webhooks reads and writes. */

export type DeliveringRow = SubscriptionRow & {
  /** Whether the key that made it may still be used. */
  ownerMayUse: boolean
  /** The role of that key, which says what it may see. */
  ownerRole: string
}

/** All subscriptions that are active. */
export async function activeSubscriptions(db: Queryable): Promise<DeliveringRow[]> {
  const { rows } = await db.query<DeliveringRow>({
    name: 'webhook-subscriptions',
    text: `
      select ${SUBSCRIPTION_COLUMNS},
        s.owner = 'admin' or (k.id is not null and k.revoked_at is null and (k.expires_at is null or k.expires_at > now()))
          as "ownerMayUse",
        coalesce(k.role, case when s.owner = 'admin' then 'admin' end, 'viewer') as "ownerRole"
      from subscription s left join api_key k on k.id = s.owner
      where s.state = 'active' order by s.id`,
  })
  return rows
}

/** Events after a position and up to another, oldest first, whatever their type. */
export async function eventsBetween(db: Queryable, after: number, upTo: number, limit: number): Promise<LoggedEvent[]> {
  const { rows } = await db.query<LoggedEvent>({
    name: 'webhook-events-between',
    text: `
      select e.position::float8 as position, ${EVENT_COLUMNS}
      from (select * from event_log where position > $1 and position <= $2 order by position limit $3) e
        ${EVENT_GOLDEN} order by e.position`,
    values: [after, upTo, limit],
  })
  return rows
}

export async function eventsAt(db: Queryable, positions: readonly number[]): Promise<LoggedEvent[]> {
  const { rows } = await db.query<LoggedEvent>({
    name: 'webhook-events-at',
    text: `
      select e.position::float8 as position, ${EVENT_COLUMNS}
      from event_log e ${EVENT_GOLDEN} where e.position = any ($1::bigint[])`,
    values: [plain(positions)],
  })
  return rows
}

/** An event on its way to a subscription. Times in ms since 1970. */
export interface WaitingRow {
  no: number
  subscriptionId: string
  position: number
  lane: string
  attempts: number
  firstAttemptAt: number | null
  dueAt: number
}

const WAITING_COLUMNS = `
  no::float8 as no, subscription_id::text as "subscriptionId", position::float8 as position, lane, attempts,
  (extract(epoch from first_attempt_at) * 1000)::float8 as "firstAttemptAt",
  (extract(epoch from due_at) * 1000)::float8 as "dueAt"`

export async function waitingOf(db: Queryable, subscriptionIds: readonly string[]): Promise<WaitingRow[]> {
  if (subscriptionIds.length === 0) return []
  const { rows } = await db.query<WaitingRow>({
    name: 'webhook-waiting',
    text: `
      select ${WAITING_COLUMNS} from webhook_delivery where subscription_id = any ($1::uuid[]) order by position`,
    values: [subscriptionIds],
  })
  return rows
}

/** A subscription that has been looked at up to a place in the log. */
export interface Advance {
  subscriptionId: string
  generation: number
  from: number
  to: number
}

/**
 * Moves subscriptions on and puts what they want on its way, in one statement. One that somebody else moved or changed
 * meanwhile stays as it is, with nothing added: a second process that believes to deliver can do no harm.
 */
export async function advance(
  db: Queryable,
  advances: readonly Advance[],
  wanted: readonly { subscriptionId: string; position: number; lane: string }[],
  now: number,
): Promise<{ moved: Set<string>; rows: WaitingRow[] }> {
  const { rows } = await db.query<Omit<WaitingRow, 'no'> & { no: number | null }>({
    name: 'webhook-advance',
    text: `
      with moved as (
        update subscription s set position = a.upto
        from unnest($1::uuid[], $2::integer[], $3::bigint[], $4::bigint[]) as a(id, generation, since, upto)
        where s.id = a.id and s.generation = a.generation and s.position = a.since and s.state = 'active'
        returning s.id
      ), added as (
        insert into webhook_delivery (subscription_id, position, lane, due_at)
        select w.id, w.position, w.lane, to_timestamp($8::float8 / 1000)
        from unnest($5::uuid[], $6::bigint[], $7::text[]) as w(id, position, lane) join moved using (id)
        on conflict (subscription_id, position) do nothing
        returning *
      )
      select moved.id::text as "subscriptionId", w.no, w.position, w.lane, w.attempts, w."firstAttemptAt", w."dueAt"
      from moved left join (select ${WAITING_COLUMNS} from added) w on w."subscriptionId" = moved.id::text
      order by w.position`,
    values: [
      plain(advances.map((one) => one.subscriptionId)),
      plain(advances.map((one) => one.generation)),
      plain(advances.map((one) => one.from)),
      plain(advances.map((one) => one.to)),
      plain(wanted.map((one) => one.subscriptionId)),
      plain(wanted.map((one) => one.position)),
      texts(wanted.map((one) => one.lane)),
      now,
    ],
  })
  const added = rows.flatMap(({ no, ...row }) => (no === null ? [] : [{ ...row, no }]))
  return { moved: new Set(rows.map(({ subscriptionId }) => subscriptionId)), rows: added }
}

export interface RetryRow {
  no: number
  attempts: number
  firstAttemptAt: number
  dueAt: number
}

/** Events that failed and are tried again later. */
export async function postpone(db: Queryable, rows: readonly RetryRow[]): Promise<void> {
  if (rows.length === 0) return
  await db.query({
    name: 'webhook-postpone',
    text: `
      update webhook_delivery d set
        attempts = u.attempts, first_attempt_at = to_timestamp(u.first_at / 1000), due_at = to_timestamp(u.due_at / 1000)
      from unnest($1::bigint[], $2::integer[], $3::float8[], $4::float8[]) as u(no, attempts, first_at, due_at)
      where d.no = u.no`,
    values: [
      plain(rows.map((row) => row.no)),
      plain(rows.map((row) => row.attempts)),
      plain(rows.map((row) => row.firstAttemptAt)),
      plain(rows.map((row) => row.dueAt)),
    ],
  })
}

/** Events that are delivered, or given up. */
export async function takeOff(db: Queryable, numbers: readonly number[]): Promise<void> {
  if (numbers.length === 0) return
  await db.query({
    name: 'webhook-take-off',
    text: 'delete from webhook_delivery where no = any ($1::bigint[])',
    values: [plain(numbers)],
  })
}

export interface HealthRow {
  id: string
  failures: number
  failingSince: number | null
  lastProblem: string | null
  notBefore: number | null
  lastSuccessAt: number | null
}

/** How receivers do. */
export async function saveHealth(db: Queryable, rows: readonly HealthRow[]): Promise<void> {
  if (rows.length === 0) return
  await db.query({
    name: 'webhook-health',
    text: `
      update subscription s set
        failures = u.failures, failing_since = to_timestamp(u.failing_since / 1000), last_problem = u.problem,
        not_before = to_timestamp(u.not_before / 1000), last_success_at = to_timestamp(u.success_at / 1000)
      from unnest($1::uuid[], $2::integer[], $3::float8[], $4::text[], $5::float8[], $6::float8[])
        as u(id, failures, failing_since, problem, not_before, success_at)
      where s.id = u.id`,
    values: [
      plain(rows.map((row) => row.id)),
      plain(rows.map((row) => row.failures)),
      plain(rows.map((row) => row.failingSince)),
      texts(rows.map((row) => row.lastProblem)),
      plain(rows.map((row) => row.notBefore)),
      plain(rows.map((row) => row.lastSuccessAt)),
    ],
  })
}

/** Disables those that are active; answers which were. */
export async function disableSubscriptions(
  db: Queryable,
  disabled: readonly { id: string; reason: string }[],
): Promise<string[]> {
  if (disabled.length === 0) return []
  const { rows } = await db.query<{ id: string }>({
    name: 'webhook-disable',
    text: `
      update subscription s set
        state = 'disabled', disabled_reason = u.reason, disabled_at = now(), generation = generation + 1, updated_at = now()
      from unnest($1::uuid[], $2::text[]) as u(id, reason) where s.id = u.id and s.state = 'active' returning s.id::text as id`,
    values: [plain(disabled.map(({ id }) => id)), texts(disabled.map(({ reason }) => reason))],
  })
  return rows.map(({ id }) => id)
}

export interface NewAttempt {
  subscriptionId: string
  position: number | null
  eventId: string
  type: string
  attempt: number
  at: number
  durationMs: number
  status: number | null
  outcome: 'delivered' | 'retrying' | 'failed' | 'disabled'
  problem: string | null
}

export async function insertAttempts(db: Queryable, rows: readonly NewAttempt[]): Promise<void> {
  if (rows.length === 0) return
  await db.query({
    name: 'webhook-attempts',
    text: `
      insert into webhook_attempt (subscription_id, position, event_id, type, attempt, at, duration_ms, status, outcome, problem)
      select u.id, u.position, u.event_id, u.type, u.attempt, to_timestamp(u.at / 1000), u.duration_ms, u.status, u.outcome, u.problem
      from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::integer[], $6::float8[], $7::integer[], $8::integer[],
        $9::text[], $10::text[]) as u(id, position, event_id, type, attempt, at, duration_ms, status, outcome, problem)
      where exists (select 1 from subscription s where s.id = u.id)`,
    values: [
      plain(rows.map((row) => row.subscriptionId)),
      plain(rows.map((row) => row.position)),
      texts(rows.map((row) => row.eventId)),
      texts(rows.map((row) => row.type)),
      plain(rows.map((row) => row.attempt)),
      plain(rows.map((row) => row.at)),
      plain(rows.map((row) => Math.round(row.durationMs))),
      plain(rows.map((row) => row.status)),
      texts(rows.map((row) => row.outcome)),
      texts(rows.map((row) => row.problem)),
    ],
  })
}

/** Forgets attempts beyond the newest `keep` of each subscription, and those older than `days`. */
export async function pruneAttempts(db: Queryable, keep: number, days: number): Promise<void> {
  await db.query({
    name: 'webhook-prune',
    text: `
      with old as (delete from webhook_attempt where at < now() - make_interval(days => $2))
      delete from webhook_attempt a using (
        select s.id, (
          select no from webhook_attempt where subscription_id = s.id order by no desc offset $1 limit 1
        ) as no from subscription s
      ) last
      where a.subscription_id = last.id and a.no <= last.no`,
    values: [keep, days],
  })
}

/** Notices about subscriptions leave as every other event does. */
export async function insertNotices(
  db: Queryable,
  notices: readonly { id: string; type: string; subject: string; at: number; data: string }[],
): Promise<void> {
  if (notices.length === 0) return
  await db.query({
    name: 'webhook-notices',
    text: `
      insert into outbox (id, type, subject, at, data)
      select u.id, u.type, u.subject, to_timestamp(u.at / 1000), u.data
      from unnest($1::uuid[], $2::text[], $3::text[], $4::float8[], ${jsonArray(5)}) as u(id, type, subject, at, data)`,
    values: [
      plain(notices.map((one) => one.id)),
      texts(notices.map((one) => one.type)),
      texts(notices.map((one) => one.subject)),
      plain(notices.map((one) => one.at)),
      jsons(notices.map((one) => one.data)),
    ],
  })
}

export interface WebhookFigures {
  active: number
  paused: number
  disabled: number
  waiting: number
  /** How long the oldest event that waits has waited, of active subscriptions. */
  oldestSeconds: number
  /** Events of the log that the active subscription that is furthest behind has not looked at. */
  behind: number
}

export async function webhookFigures(db: Queryable): Promise<WebhookFigures> {
  const { rows } = await db.query<WebhookFigures>({
    name: 'webhook-figures',
    text: `
      select
        count(*) filter (where state = 'active')::float8 as active,
        count(*) filter (where state = 'paused')::float8 as paused,
        count(*) filter (where state = 'disabled')::float8 as disabled,
        (select count(*) from webhook_delivery)::float8 as waiting,
        coalesce((
          select extract(epoch from now() - min(e.at)) from (
            select min(d.position) as position from webhook_delivery d join subscription a on a.id = d.subscription_id
            where a.state = 'active'
          ) d join event_log e using (position)), 0)::float8 as "oldestSeconds",
        coalesce(greatest(0, (select max(position) from event_log) - min(position) filter (where state = 'active')), 0)::float8
          as behind
      from subscription`,
  })
  return rows[0] ?? { active: 0, paused: 0, disabled: 0, waiting: 0, oldestSeconds: 0, behind: 0 }
}
