import type { LoggedEvent } from '../../store/event-queries.ts'
import type { Database } from '../../store/database.ts'
import {
  disableSubscriptions,
  insertAttempts,
  insertNotices,
  type NewAttempt,
  postpone,
  saveHealth,
  takeOff,
} from '../../store/webhook-queries.ts'
import type { Attempt, DisableReason, Outcome, Receiver } from './receiver.ts'

export interface Settled {
  receiver: Receiver
  event: Pick<LoggedEvent, 'id' | 'type'>
  attempt: Attempt
  outcome: Outcome
}

export interface Disabling {
  receiver: Pick<Receiver, 'subscription' | 'host'>
  reason: DisableReason
}

interface Notice {
  type: 'subscription.disabled' | 'subscription.event-failed'
  subject: string
  data: object
}

/**
 * Writes how attempts ended, all in one transaction: what is delivered leaves, what failed is due later, and who is
 * disabled gets a notice. Until it is committed, a process that begins anew tries again: at least once, never none.
 */
export function settleAll(
  db: Database,
  settled: readonly Settled[],
  disablings: readonly Disabling[],
  moment: { now: number; newId(): string },
): Promise<void> {
  return db.transaction(async (tx) => {
    const gone = settled.filter(({ outcome }) => outcome.kind === 'delivered' || outcome.kind === 'failed')
    const receivers = new Set(settled.map(({ receiver }) => receiver))
    const disabled = [...disablings, ...settled.flatMap(disablingOf)]
    await Promise.all([
      takeOff(
        tx,
        gone.map(({ attempt }) => attempt.row.no),
      ),
      postpone(
        tx,
        settled.flatMap(({ outcome }) => (outcome.kind === 'retrying' ? [outcome.retry] : [])),
      ),
      saveHealth(
        tx,
        [...receivers].map((receiver) => receiver.health()),
      ),
      insertAttempts(tx, settled.map(attemptOf)),
    ])
    const done = new Set(
      await disableSubscriptions(
        tx,
        disabled.map(({ receiver, reason }) => ({ id: receiver.subscription.id, reason })),
      ),
    )
    const notices = [
      ...disabled.filter(({ receiver }) => done.delete(receiver.subscription.id)).map(disabledNotice),
      ...settled.filter(({ outcome }) => outcome.kind === 'failed').map(failedNotice),
    ]
    const { now, newId } = moment
    await insertNotices(
      tx,
      notices.map(({ data, ...rest }) => ({ ...rest, id: newId(), at: now, data: JSON.stringify(data) })),
    )
  })
}

function disablingOf({ receiver, outcome }: Settled): Disabling[] {
  return outcome.kind === 'disabled' ? [{ receiver, reason: outcome.reason }] : []
}

function attemptOf({ receiver, event, attempt, outcome }: Settled): NewAttempt {
  const { row, beganAt, answer } = attempt
  // A row that is tried again counts this attempt already.
  const count = outcome.kind === 'retrying' ? outcome.retry.attempts : row.attempts + 1
  return {
    subscriptionId: receiver.subscription.id,
    position: row.position,
    eventId: event.id,
    type: event.type,
    attempt: count,
    at: beganAt,
    durationMs: answer.durationMs,
    status: answer.status,
    outcome: outcome.kind,
    problem: answer.problem,
  }
}

/** Only the host of the URL is told: its path may be a secret. */
function subscriptionData({ subscription, host }: Disabling['receiver'], reason: string): object {
  return { id: subscription.id, owner: subscription.owner, host, reason }
}

function disabledNotice({ receiver, reason }: Disabling): Notice {
  return {
    type: 'subscription.disabled',
    subject: receiver.subscription.id,
    data: { subscription: subscriptionData(receiver, reason) },
  }
}

function failedNotice({ receiver, event, attempt }: Settled): Notice {
  return {
    type: 'subscription.event-failed',
    subject: receiver.subscription.id,
    data: {
      subscription: subscriptionData(receiver, attempt.answer.problem ?? ''),
      event: { id: event.id, type: event.type, number: attempt.row.position },
    },
  }
}
