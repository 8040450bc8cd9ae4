import { notLike } from '../rest/search-words.ts'
import { Controller, Inject, Req, Res } from '@nestjs/common'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { compileEventFilter, type EventFilter } from '../../contracts/event-filter.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { eventLogRange } from '../../store/event-queries.ts'
import { familyOf } from '../../store/customer-queries.ts'
import type { StreamFilter } from '../../store/stream-queries.ts'
import { Input, Operation } from '../http/decorators.ts'
import type { Input as InputOf } from '../http/input.ts'
import { asyncApiOperation, followEventsOperation } from '../operations/events.ts'
import { API_PORTS, type ApiPorts } from '../ports.ts'
import { findCustomer } from '../rest/find-customer.ts'
import { streamEvents } from './event-stream.ts'

type FollowInput = InputOf<typeof followEventsOperation>

const STREAMS_MAX = 500
const CUSTOMERS_MAX = 100
const HEARTBEAT_MS = 15_000
const PATIENCE_MS = 60_000
const EVENT_TYPE = /^[a-z][a-z-]*(\.[a-z-]+)*(\.\*)?$/

/** GET /v1/events, and what describes the events. */
@Controller()
export class EventsController {
  readonly #ports: ApiPorts
  #streams = 0

  constructor(@Inject(API_PORTS) ports: ApiPorts) {
    this.#ports = ports
  }

  @Operation(followEventsOperation)
  async follow(@Input() input: FollowInput, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { db, tail, stopping } = this.#ports
    if (this.#streams >= STREAMS_MAX) throw tooManyStreams()
    const filter = await this.#filterOf(input)
    const condition = conditionOf(input)
    const after = await this.#placeOf(input)
    if (request.method === 'HEAD') {
      // The head of a stream is all that there is of it: nothing would ever end the answer.
      void reply.type('text/event-stream; charset=utf-8').send()
      return
    }
    this.#streams++
    try {
      // From here on the answer is a stream that Fastify no longer looks after.
      reply.hijack()
      const out = reply.raw
      const gone = new AbortController()
      out.once('close', () => {
        gone.abort()
      })
      request.raw.setTimeout(0)
      out.writeHead(200, {
        ...Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)])),
        'content-type': 'text/event-stream; charset=utf-8',
        // A proxy that gathers the answer before passing it on would hold every event back.
        'x-accel-buffering': 'no',
      })
      const signal = AbortSignal.any([gone.signal, stopping])
      const times = { heartbeatMs: HEARTBEAT_MS, patienceMs: PATIENCE_MS }
      const stillAllowed = (): Promise<boolean> => request.stillAllowed()
      const { masking } = request
      const options = { db, tail, filter, after, out, signal, stillAllowed, masking, ...times, ...condition }
      await streamEvents(options).catch(() => undefined)
      if (stopping.aborted) out.end()
      else out.destroy()
    } finally {
      this.#streams--
    }
  }

  @Operation(asyncApiOperation)
  asyncApi(@Res({ passthrough: true }) reply: FastifyReply): string {
    reply.type('application/json; charset=utf-8').header('cache-control', 'no-cache')
    return this.#ports.asyncApi
  }

  async #filterOf({ query }: FollowInput): Promise<StreamFilter> {
    const types = query.type ?? []
    for (const type of types)
      if (!EVENT_TYPE.test(type)) throw notLike('type', 'types such as customer.updated or invoice.*')
    const wanted = query.customer ?? []
    if (wanted.length > CUSTOMERS_MAX) throw notLike('customer', `at most ${CUSTOMERS_MAX} ids`)
    const { db } = this.#ports
    const families = await Promise.all(
      wanted.map(async (id) => familyOf(db, (await findCustomer(db, id, '?customer')).id)),
    )
    return {
      types: types.filter((type) => !type.endsWith('.*')),
      prefixes: types.filter((type) => type.endsWith('.*')).map((type) => type.slice(0, -1)),
      customers: query.customer === undefined ? null : families.flat(),
    }
  }

  async #placeOf({ headers, query }: FollowInput): Promise<number> {
    const header = headers['last-event-id']
    const given = typeof header === 'string' && header !== '' ? header : query.after
    const { first, last } = await eventLogRange(this.#ports.db)
    if (given === undefined) return last
    const place = /^\d{1,15}$/.test(given) ? Number(given) : NaN
    const where = given === query.after ? '?after' : 'Last-Event-ID'
    // 0 asks for all that there is; any other position must have its successor in the log.
    if (place > 0 && place < first - 1) throw pruned(where)
    if (place <= last) return place
    throw new HubError({
      code: 'events.position.unknown',
      family: 'reject',
      status: 400,
      message: 'This is no position of an event in this log.',
      where,
      fix: 'Send the `id` of the last event that you have from this hub, or none to begin now.',
    })
  }
}

function conditionOf({ query }: FollowInput): { condition?: EventFilter } {
  const { filter, type = [] } = query
  return filter === undefined ? {} : { condition: compileEventFilter(filter, type, '?filter') }
}

function pruned(where: string): HubError {
  return new HubError({
    code: 'events.position.pruned',
    family: 'reject',
    status: 410,
    message: 'Events after this position are no longer kept, so some would be missing.',
    where,
    fix: 'Read the customers anew, then follow the stream from now on.',
  })
}

function tooManyStreams(): HubError {
  return new HubError({
    code: 'events.streams.too-many',
    family: 'retry',
    message: 'This process serves as many event streams as it may.',
    fix: 'Try again later, or on another hub process.',
    retryAfterMs: 5_000,
  })
}
