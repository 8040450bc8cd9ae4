import { Courier } from '../delivery/webhooks/courier.ts'
import { SubscriptionDesk } from '../delivery/webhooks/desk.ts'
import type { View } from '../delivery/webhooks/reading.ts'
import type { Outcome } from '../delivery/webhooks/receiver.ts'
import { type Answer, WebhookSender } from '../delivery/webhooks/sender.ts'
import { allowEntries, EgressGuard, type Resolve } from '../security/egress/egress-guard.ts'
import type { Database } from '../store/database.ts'
import type { SecretBox } from '../security/secret-box.ts'
import { lead } from '../store/leadership.ts'
import type { HubLog } from './log.ts'
import { createUuid7 } from './uuid7.ts'

export interface WebhookOptions {
  db: Database
  /** The settings of the same names. */
  egressAllow: string | undefined
  loopback: boolean
  log: HubLog
  /** Seals the secrets that messages are signed by. */
  box: SecretBox
  /** What a role sees of an event, as JSON text; absent: all of it. */
  view?: View
  /** For tests that can not wait: how names are resolved, time, the pauses between attempts, how long an answer may take. */
  resolve?: Resolve
  now?(): number
  pauses?: readonly number[]
  timeoutMs?: number
}

const TIMEOUT_MS = 15_000

/** Webhooks, put together: the desk for the API, and the courier, of which only one of all processes delivers. */
export class WebhookParts {
  readonly desk: SubscriptionDesk
  readonly #courier: Courier
  readonly #sender: WebhookSender
  readonly #listeners = new Set<(kind: Outcome['kind'], answer: Answer) => void>()

  constructor(options: WebhookOptions) {
    const { db, box, egressAllow, loopback, log, resolve, pauses, now = Date.now, timeoutMs = TIMEOUT_MS } = options
    const guard = new EgressGuard({
      allow: allowEntries(egressAllow),
      loopback,
      ...(resolve === undefined ? {} : { resolve }),
    })
    const newId = createUuid7()
    this.#sender = new WebhookSender({ guard, timeoutMs, now })
    const { send } = this.#sender
    this.#courier = new Courier({
      db,
      box,
      send,
      newId,
      now,
      view: options.view ?? ((text) => text),
      random: Math.random,
      lead: (signal) => lead(db, 'webhooks', signal),
      onError: (error) => {
        log.error({ error }, 'Webhooks could not be delivered; it is tried again')
      },
      onAttempt: (kind, answer) => {
        for (const listener of this.#listeners) listener(kind, answer)
      },
      ...(pauses === undefined ? {} : { pauses }),
    })
    const onChanged = (): void => {
      this.#courier.nudge()
    }
    this.desk = new SubscriptionDesk({ db, box, guard, send, newId, now, onChanged })
  }

  start(): void {
    this.#courier.start()
  }

  /** Events were written to the log. */
  nudge(): void {
    this.#courier.nudge()
  }

  async stop(): Promise<void> {
    await this.#courier.stop()
    this.#sender.close()
  }

  /** Calls the listener after each attempt of this process. */
  onAttempt(listener: (kind: Outcome['kind'], answer: Answer) => void): void {
    this.#listeners.add(listener)
  }
}
