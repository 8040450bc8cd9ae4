import type { FastifyReply } from 'fastify'
import { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import type { RecordWriteView } from '../../delivery/record-writes/view.ts'
import type { Collection } from '../operations/entities.ts'
import type { ApiPorts } from '../ports.ts'
import { sendJson, tagOf } from './answer.ts'
import { entityTexts } from './entity-text.ts'
import { withMember } from './included-records.ts'
import type { Wait } from './prefer.ts'

export interface PlacedAnswer {
  collection: Collection
  /** What was placed, as RecordsPort says it. */
  placed: { write: string; id: string }
  kind: 'create' | 'patch'
  isReplay: boolean
  wait: Wait
  /** Further members of the answer. */
  beside?: JsonObject
}

/**
 * Answers for an order that was placed and committed: waits as long as the caller wants, then with the record (201 or 200), with
 * how far it is (202), or with what the system said against it (409).
 */
export async function answerPlaced(ports: ApiPorts, order: PlacedAnswer, reply: FastifyReply): Promise<void> {
  const { collection, kind, beside = {} } = order
  const { view, id, text } = await settle(ports, order, reply)
  const more = { writes: [view], ...beside }
  if (text === null) {
    sendJson(reply, JSON.stringify({ id, ...more }))
    return
  }
  if (kind === 'create') reply.code(201).header('location', `/v1/${collection}/${id}`)
  else reply.code(200)
  reply.header('etag', `"${tagOf(text)}"`).header('cache-control', 'private, no-cache')
  const body = Object.entries(more).reduce((all, [name, value]) => withMember(all, name, JSON.stringify(value)), text)
  sendJson(reply, body)
}

/**
 * Waits for the system as long as the caller wants; sets the headers that speak of the wait, and 202 where it is on its way still.
 * `text`: the record as JSON; null: it can't be read yet. Throws 409 for what the system said against it.
 */
export async function settle(
  ports: ApiPorts,
  { placed, isReplay, wait }: Pick<PlacedAnswer, 'placed' | 'isReplay' | 'wait'>,
  reply: FastifyReply,
): Promise<{ view: RecordWriteView; id: string; text: string | null }> {
  const gone = new AbortController()
  const leave = (): void => {
    gone.abort()
  }
  reply.raw.once('close', leave)
  const signal = AbortSignal.any([ports.stopping, gone.signal])
  const { view, record } = await ports.records.settled(placed, wait.ms, signal)
  reply.raw.off('close', leave)
  if (wait.applied !== null) reply.header('preference-applied', wait.applied)
  if (isReplay) reply.header('idempotency-replayed', 'true')
  if (view.state === 'failed' || view.state === 'conflict') throw refused(view)
  if (record === undefined) {
    reply.code(202).header('location', `/v1/writes/${view.write}`).header('cache-control', 'no-store')
    return { view, id: view.id, text: null }
  }
  const [text = '{}'] = await entityTexts(ports.db, [record])
  return { view, id: record.id, text }
}

/** The system said no to what was ordered, or has changed the record meanwhile; `writes` says which and why. */
function refused(view: {
  state: string
  system: string
  problem: { code: string; message: string; fix?: string } | null
}): HubError {
  const { problem, system } = view
  const isConflict = view.state === 'conflict'
  return new HubError({
    code: isConflict ? 'record.write.conflict' : 'record.write.refused',
    family: 'reject',
    status: 409,
    message: isConflict
      ? 'The system has changed what this write was made on.'
      : `The system ${system} did not take it: ${problem?.message ?? 'it did not say why.'}`,
    ...(problem?.fix === undefined ? {} : { fix: problem.fix }),
    facts: { writes: [view] },
  })
}
