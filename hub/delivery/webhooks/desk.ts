import { EVENT_CATALOGUE, matchesType } from '../../contracts/event-catalogue.ts'
import { compileEventFilter } from '../../contracts/event-filter.ts'
import { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { nearestName } from '../../mapping/document/config-error.ts'
import type { EgressGuard } from '../../security/egress/egress-guard.ts'
import type { Principal } from '../../security/key-verifier.ts'
import type { SecretBox } from '../../security/secret-box.ts'
import { mintWebhookSecret } from '../../security/webhook-signature.ts'
import type { Database } from '../../store/database.ts'
import { writeAudit } from '../../store/decision-queries.ts'
import { eventLogRange } from '../../store/event-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import {
  type AttemptRow,
  attemptsOf,
  type Backlog,
  backlogsOf,
  changeSubscription,
  deleteSubscription,
  insertSubscription,
  isUsableKey,
  listSubscriptions,
  moveSubscription,
  positionBefore,
  readSubscription,
  rotateSecret,
  type SubscriptionChange,
  type SubscriptionRow,
} from '../../store/subscription-queries.ts'
import { insertAttempts } from '../../store/webhook-queries.ts'
import { messageOf, secretPlace } from './message.ts'
import type { Answer, Send } from './sender.ts'

export interface SubscriptionDeskOptions {
  db: Database
  box: SecretBox
  guard: EgressGuard
  send: Send
  newId(): string
  /** ms since 1970. */
  now(): number
  /** Something was changed: the courier of this process looks at once. */
  onChanged(): void
}

/** What the owner says of a subscription. */
export interface Wish {
  url: string
  types: readonly string[]
  filter?: string | null
  description?: string | null
}

/** Without its secrets; `backlog` absent: nothing waits. */
export interface ShownSubscription {
  row: SubscriptionRow
  backlog: Backlog | undefined
}

const OWNED_MAX = 100
const EVER: AbortSignal = new AbortController().signal

/** What owners do with their subscriptions. Each sees their own; an admin all. */
export class SubscriptionDesk {
  readonly #options: SubscriptionDeskOptions

  constructor(options: SubscriptionDeskOptions) {
    this.#options = options
  }

  /** The secret is shown here and never again. */
  async create(principal: Principal, wish: Wish): Promise<ShownSubscription & { secret: string }> {
    const { db, box, guard, newId } = this.#options
    checkTypes(wish.types)
    if (wish.filter != null) compileEventFilter(wish.filter, wish.types, '/filter')
    await guard.check(wish.url, '/url')
    await this.#checkOwner(principal)
    const secret = mintWebhookSecret()
    const { url, types, filter = null, description = null } = wish
    const id = newId()
    const sealed = box.seal(secretPlace(id), secret)
    const made = { id, owner: principal.keyId, description, url, types, filter, secret: sealed }
    const row = await db.transaction(async (tx) => {
      const inserted = await insertSubscription(tx, made, OWNED_MAX)
      if (inserted !== undefined)
        await audit(tx, principal, 'subscription.create', made.id, { types, host: hostOf(url) })
      return inserted
    })
    if (row === undefined) throw tooMany()
    this.#options.onChanged()
    return { row, backlog: undefined, secret }
  }

  async list(principal: Principal, after: string | null, limit: number): Promise<ShownSubscription[]> {
    const { db } = this.#options
    const rows = await listSubscriptions(db, ownerSeenBy(principal), after, limit)
    const backlogs = await backlogsOf(
      db,
      rows.map(({ id }) => id),
    )
    return rows.map((row) => ({ row, backlog: backlogs.get(row.id) }))
  }

  async read(principal: Principal, id: string): Promise<ShownSubscription> {
    return this.#shown(await found(this.#options.db, principal, id))
  }

  /** A merge patch over what the owner says, and `state`: active or paused. */
  async change(
    principal: Principal,
    id: string,
    patch: Partial<Wish> & { state?: 'active' | 'paused' },
  ): Promise<ShownSubscription> {
    const { db, guard } = this.#options
    if (patch.url !== undefined) await guard.check(patch.url, '/url')
    const changed = await db.transaction(async (tx) => {
      const before = await found(tx, principal, id)
      const after: SubscriptionChange = {
        url: patch.url ?? before.url,
        types: patch.types === undefined ? before.types : [...patch.types],
        filter: patch.filter === undefined ? before.filter : patch.filter,
        description: patch.description === undefined ? before.description : patch.description,
        state: patch.state ?? before.state,
      }
      checkTypes(after.types)
      // The filter before may not fit the types now.
      if (after.filter !== null) compileEventFilter(after.filter, after.types, '/filter')
      const becomesActive = after.state === 'active' && (before.state !== 'active' || before.url !== after.url)
      const row = await changeSubscription(tx, id, after, becomesActive)
      await audit(tx, principal, 'subscription.change', id, { members: Object.keys(patch), state: after.state })
      return row
    })
    if (changed === undefined) throw unknownSubscription()
    this.#options.onChanged()
    return this.#shown(changed)
  }

  async delete(principal: Principal, id: string): Promise<void> {
    await this.#options.db.transaction(async (tx) => {
      await found(tx, principal, id)
      await deleteSubscription(tx, id)
      await audit(tx, principal, 'subscription.delete', id, {})
    })
    this.#options.onChanged()
  }

  async rotate(
    principal: Principal,
    id: string,
    overlapSeconds: number,
  ): Promise<ShownSubscription & { secret: string }> {
    const secret = mintWebhookSecret()
    const sealed = this.#options.box.seal(secretPlace(id), secret)
    const row = await this.#options.db.transaction(async (tx) => {
      await found(tx, principal, id)
      await audit(tx, principal, 'subscription.rotate-secret', id, { overlapSeconds })
      return rotateSecret(tx, id, sealed, overlapSeconds)
    })
    if (row === undefined) throw unknownSubscription()
    this.#options.onChanged()
    return { ...(await this.#shown(row)), secret }
  }

  /** Begins anew after an event, or with the first event of a moment. */
  async replay(
    principal: Principal,
    id: string,
    from: { after: number } | { since: string },
  ): Promise<ShownSubscription> {
    const { db } = this.#options
    const row = await db.transaction(async (tx) => {
      await found(tx, principal, id)
      const position = 'after' in from ? from.after : await positionBefore(tx, from.since)
      await checkPlace(tx, position, 'after' in from ? '/after' : '/since')
      await audit(tx, principal, 'subscription.replay', id, from)
      return moveSubscription(tx, id, position)
    })
    if (row === undefined) throw unknownSubscription()
    this.#options.onChanged()
    return this.#shown(row)
  }

  /** Sends one event of the type `subscription.test` now, whatever the state, and tells how that ended. */
  async test(principal: Principal, id: string): Promise<Answer & { eventId: string }> {
    const { db, box, now, newId, send } = this.#options
    const row = await found(db, principal, id)
    const eventId = newId()
    const at = now()
    const answer = await send(
      messageOf(box, row, { id: eventId, body: testEvent(eventId, id, at), number: null }, at),
      EVER,
    )
    const outcome = answer.problem === null ? ('delivered' as const) : ('failed' as const)
    const { status, durationMs, problem } = answer
    const attempt = { subscriptionId: id, position: null, eventId, type: TEST_TYPE, attempt: 1, at }
    await insertAttempts(db, [{ ...attempt, status, durationMs, problem, outcome }])
    return { ...answer, eventId }
  }

  async attempts(principal: Principal, id: string, before: number | null, limit: number): Promise<AttemptRow[]> {
    const { db } = this.#options
    await found(db, principal, id)
    return attemptsOf(db, id, before, limit)
  }

  async #shown(row: SubscriptionRow): Promise<ShownSubscription> {
    return { row, backlog: (await backlogsOf(this.#options.db, [row.id])).get(row.id) }
  }

  /** A subscription lasts as long as the key that made it, so there must be one. */
  async #checkOwner({ keyId }: Principal): Promise<void> {
    if (keyId === 'admin' || (await isUsableKey(this.#options.db, keyId))) return
    throw new HubError({
      code: 'subscription.owner.no-key',
      family: 'reject',
      status: 403,
      message: 'Only the holder of an API key may make a subscription: it ends with the key.',
      fix: 'Use an API key.',
    })
  }
}

const TEST_TYPE = 'subscription.test'

function testEvent(eventId: string, subscriptionId: string, at: number): string {
  return JSON.stringify({
    specversion: '1.0',
    id: eventId,
    source: '/omnihub',
    type: TEST_TYPE,
    subject: subscriptionId,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    data: { subscription: { id: subscriptionId } },
  } satisfies JsonObject)
}

function ownerSeenBy({ role, keyId }: Principal): string | null {
  return role === 'admin' ? null : keyId
}

/** That of somebody else is answered as one that is not there. */
async function found(db: Queryable, principal: Principal, id: string): Promise<SubscriptionRow> {
  const row = await readSubscription(db, id, ownerSeenBy(principal))
  if (row === undefined) throw unknownSubscription()
  return row
}

function checkTypes(types: readonly string[]): void {
  const known = EVENT_CATALOGUE.map(({ type }) => type)
  types.forEach((pattern, index) => {
    if (known.some((type) => matchesType(pattern, type))) return
    const nearest = nearestName(pattern, known)
    throw new HubError({
      code: 'subscription.type.unknown',
      family: 'reject',
      message: `There are no events of the type ${JSON.stringify(pattern.slice(0, 100))}.`,
      where: `/types/${index}`,
      fix: `${nearest === undefined ? '' : `Did you mean \`${nearest}\`? `}/asyncapi.json lists all types; \`customer.*\` stands for all that begin with \`customer.\`.`,
    })
  })
}

async function checkPlace(db: Queryable, position: number, where: string): Promise<void> {
  const { first, last } = await eventLogRange(db)
  if (position > last) {
    throw new HubError({
      code: 'subscription.replay.ahead',
      family: 'reject',
      message: 'There is no event of this number yet.',
      where,
      fix: `The last event has the number ${last}.`,
    })
  }
  if (position >= first - 1 || position === 0) return
  throw new HubError({
    code: 'subscription.replay.pruned',
    family: 'reject',
    status: 410,
    message: 'Events after this place are no longer kept, so some would be missing.',
    where,
    fix: `The first event that is kept has the number ${first}; read the customers anew for what was before.`,
  })
}

function audit(db: Queryable, principal: Principal, act: string, id: string, facts: object): Promise<void> {
  const actor = `${principal.name} (${principal.keyId})`
  return writeAudit(db, { actor, act, subject: `subscriptions/${id}`, facts })
}

/** The path of a webhook's address is often its password. */
function hostOf(url: string): string {
  return new URL(url).host
}

function tooMany(): HubError {
  return new HubError({
    code: 'subscription.too-many',
    family: 'reject',
    status: 409,
    message: `This key has ${OWNED_MAX} subscriptions, and may have no more.`,
    fix: 'Delete one that is not needed, or subscribe to several types at once.',
  })
}

function unknownSubscription(): HubError {
  return new HubError({
    code: 'subscription.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no subscription of this id that this key may see.',
    where: '{id}',
    fix: 'GET /v1/subscriptions lists those of your key.',
  })
}
