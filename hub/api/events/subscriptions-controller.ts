import { Controller, Inject, Res } from '@nestjs/common'
import type { FastifyReply } from 'fastify'
import { HubError } from '../../contracts/hub-error.ts'
import type { AttemptRow } from '../../store/subscription-queries.ts'
import type { ShownSubscription, Wish } from '../../delivery/webhooks/desk.ts'
import { Input, Operation } from '../http/decorators.ts'
import type { Input as InputOf } from '../http/input.ts'
import {
  createSubscriptionOperation,
  deleteSubscriptionOperation,
  editSubscriptionOperation,
  getSubscriptionOperation,
  listDeliveriesOperation,
  listSubscriptionsOperation,
  replaySubscriptionOperation,
  rotateSubscriptionSecretOperation,
  testSubscriptionOperation,
} from '../operations/subscriptions.ts'
import { API_PORTS, type ApiPorts } from '../ports.ts'
import { sendJson } from '../rest/answer.ts'
import { principalOf } from '../rest/author.ts'
import { decodeCursor, NUMBER_PLACE, pageText, UUID_PLACE } from '../rest/cursor.ts'

const OVERLAP_SECONDS = 86_400

/** /v1/subscriptions. */
@Controller()
export class SubscriptionsController {
  readonly #desk: ApiPorts['subscriptions']

  constructor(@Inject(API_PORTS) ports: ApiPorts) {
    this.#desk = ports.subscriptions
  }

  @Operation(createSubscriptionOperation)
  async create(@Input() input: InputOf<typeof createSubscriptionOperation>): Promise<object> {
    const made = await this.#desk.create(principalOf(input), input.body as unknown as Wish)
    return { ...view(made), secret: made.secret }
  }

  @Operation(listSubscriptionsOperation)
  async list(@Input() input: InputOf<typeof listSubscriptionsOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { limit, cursor } = input.query
    const after = decodeCursor('subscriptions', cursor, UUID_PLACE)
    const shown = await this.#desk.list(principalOf(input), after, limit + 1)
    const texts = {
      text: (one: ShownSubscription) => JSON.stringify(view(one)),
      place: ({ row }: ShownSubscription) => row.id,
    }
    sendJson(reply, pageText(shown, limit, 'subscriptions', texts))
  }

  @Operation(getSubscriptionOperation)
  async read(@Input() input: InputOf<typeof getSubscriptionOperation>): Promise<object> {
    return view(await this.#desk.read(principalOf(input), input.params.id))
  }

  @Operation(editSubscriptionOperation)
  async change(@Input() input: InputOf<typeof editSubscriptionOperation>): Promise<object> {
    const patch = input.body as unknown as Partial<Wish> & { state?: 'active' | 'paused' }
    return view(await this.#desk.change(principalOf(input), input.params.id, patch))
  }

  @Operation(deleteSubscriptionOperation)
  async delete(@Input() input: InputOf<typeof deleteSubscriptionOperation>): Promise<void> {
    await this.#desk.delete(principalOf(input), input.params.id)
  }

  @Operation(rotateSubscriptionSecretOperation)
  async rotate(@Input() input: InputOf<typeof rotateSubscriptionSecretOperation>): Promise<object> {
    const body = (input.body ?? {}) as { overlapSeconds?: number }
    const rotated = await this.#desk.rotate(principalOf(input), input.params.id, body.overlapSeconds ?? OVERLAP_SECONDS)
    return { ...view(rotated), secret: rotated.secret }
  }

  @Operation(replaySubscriptionOperation)
  async replay(@Input() input: InputOf<typeof replaySubscriptionOperation>): Promise<object> {
    const from = input.body as unknown as { after: number } | { since: string }
    if ('since' in from && Number.isNaN(Date.parse(from.since))) throw wrongMoment()
    return view(await this.#desk.replay(principalOf(input), input.params.id, from))
  }

  @Operation(testSubscriptionOperation)
  async test(@Input() input: InputOf<typeof testSubscriptionOperation>): Promise<object> {
    const { eventId, status, durationMs, problem } = await this.#desk.test(principalOf(input), input.params.id)
    return { delivered: problem === null, eventId, status, durationMs: Math.round(durationMs), problem }
  }

  @Operation(listDeliveriesOperation)
  async deliveries(@Input() input: InputOf<typeof listDeliveriesOperation>, @Res() reply: FastifyReply): Promise<void> {
    const { id } = input.params
    const { limit, cursor } = input.query
    const list = `deliveries ${id}`
    const before = decodeCursor(list, cursor, NUMBER_PLACE)
    const rows = await this.#desk.attempts(principalOf(input), id, before === null ? null : Number(before), limit + 1)
    const texts = {
      text: (row: AttemptRow) => JSON.stringify(attemptView(row)),
      place: ({ no }: AttemptRow) => String(no),
    }
    sendJson(reply, pageText(rows, limit, list, texts))
  }
}

function view({ row, backlog }: ShownSubscription): object {
  const { id, url, types, filter, description, owner, state, position, createdAt, updatedAt } = row
  const isFailing = row.failures > 0
  return {
    id,
    url,
    types,
    filter,
    description,
    owner,
    state,
    disabled: state === 'disabled' ? { reason: row.disabledReason, at: row.disabledAt } : null,
    position,
    waiting: backlog?.waiting ?? 0,
    failing: isFailing
      ? {
          since: row.failingSince,
          attempts: row.failures,
          problem: row.lastProblem,
          nextAttemptAt: state === 'active' ? (backlog?.nextAttemptAt ?? null) : null,
        }
      : null,
    lastDeliveredAt: row.lastSuccessAt,
    formerSecretUntil: row.formerUntil !== null && Date.parse(row.formerUntil) > Date.now() ? row.formerUntil : null,
    createdAt,
    updatedAt,
  }
}

function attemptView({ no, eventId, type, position, ...rest }: AttemptRow): object {
  return { no, event: { id: eventId, type, number: position }, ...rest }
}

function wrongMoment(): HubError {
  return new HubError({
    code: 'request.body.invalid',
    family: 'reject',
    status: 422,
    message: '`/since` is no moment.',
    where: '/since',
  })
}
