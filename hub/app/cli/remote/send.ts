import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { HubError } from '../../../contracts/hub-error.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { ProgressBar } from '../shared/progress.ts'
import { readRecords } from '../shared/records.ts'
import { count, json, plural, printable } from '../shared/text.ts'
import { type ChangeEvent, eventOf, type EventShape } from './change-events.ts'
import type { HubClient } from './hub-client.ts'
import { numberOf, objectsOf, textOf } from './operate.ts'

export interface SendRequest {
  /** A path, or `-`. */
  file: string
  shape: Omit<EventShape, 'time' | 'run'>
  run: string | undefined
  batchMax: number
  asJson: boolean
}

interface Sent {
  records: number
  accepted: number
  duplicates: number
}

/** Below the hub's default limit of a request, with room for the attributes. */
const BATCH_BYTES_MAX = 4 * 1024 * 1024
const ATTEMPTS_MAX = 8
const RETRY_FIRST_MS = 500
const RETRY_LONGEST_MS = 15_000

/**
 * `omnihub send`: records of a file as changes, in their order, batch by batch. A file is read through before anything
 * is sent, so that a broken line at its end sends nothing. Each batch is taken whole or not at all.
 */
export async function sendRecords(hub: HubClient, request: SendRequest, io: Io): Promise<number> {
  const run = request.run ?? randomUUID()
  const shape: EventShape = { ...request.shape, run, time: new Date(io.now()).toISOString() }
  const signal = io.interrupted()
  const total = request.file === '-' ? undefined : await checkAll(request.file, shape, signal, io)
  const bar = new ProgressBar(io, 'records')
  const sent: Sent = { records: 0, accepted: 0, duplicates: 0 }
  try {
    for await (const batch of batchesOf(request, shape, io)) {
      await sendBatch(hub, batch, sent, signal, io)
      bar.update(sent.records, total)
    }
  } catch (error) {
    bar.clear()
    io.err(`${plural(sent.accepted + sent.duplicates, 'record')} sent before it stopped. ${again(request, run)}\n`)
    if (signal.aborted) return EXIT.interrupted
    throw error
  }
  bar.clear()
  if (request.asJson) io.out(json({ run, ...sent }))
  else
    io.out(
      `${bar.line(sent.records).replace(/ {2}/g, ', ')}: ${count(sent.accepted)} accepted, ${count(sent.duplicates)} known already\n`,
    )
  return EXIT.done
}

function again({ shape, file }: SendRequest, run: string): string {
  if (shape.sequenceField !== undefined) return 'Sending them again does no harm.'
  return file === '-' ? '' : `To go on, send the same file again with --run ${run}: what was accepted counts once.`
}

async function checkAll(file: string, shape: EventShape, signal: AbortSignal, io: Io): Promise<number> {
  let records = 0
  for await (const read of readRecords(io, file)) {
    signal.throwIfAborted()
    eventOf(read, shape)
    records++
  }
  return records
}

async function* batchesOf({ file, batchMax }: SendRequest, shape: EventShape, io: Io): AsyncGenerator<ChangeEvent[]> {
  let batch: ChangeEvent[] = []
  let bytes = 0
  for await (const read of readRecords(io, file)) {
    const event = eventOf(read, shape)
    const size = Buffer.byteLength(event.text)
    if (batch.length >= batchMax || (batch.length > 0 && bytes + size > BATCH_BYTES_MAX)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(event)
    bytes += size
  }
  if (batch.length > 0) yield batch
}

/** Again with the same ids where the hub is away or busy: what it took already it counts once. In halves where it is too large. */
async function sendBatch(
  hub: HubClient,
  batch: readonly ChangeEvent[],
  sent: Sent,
  signal: AbortSignal,
  io: Io,
): Promise<void> {
  const raw = { text: `[${batch.map(({ text }) => text).join(',')}]`, type: 'application/cloudevents-batch+json' }
  for (let attempt = 1; ; attempt++) {
    try {
      const { accepted, duplicates } = await hub.post('/v1/changes', { raw, signal })
      sent.records += batch.length
      sent.accepted += numberOf(accepted)
      sent.duplicates += numberOf(duplicates)
      return
    } catch (error) {
      if (!(error instanceof HubError)) throw error
      if (error.status === 413 && batch.length > 1) {
        const half = Math.ceil(batch.length / 2)
        await sendBatch(hub, batch.slice(0, half), sent, signal, io)
        return sendBatch(hub, batch.slice(half), sent, signal, io)
      }
      if (error.family !== 'retry' || attempt >= ATTEMPTS_MAX) throw inFile(error, batch, io)
      const wait = error.retryAfterMs ?? Math.min(RETRY_FIRST_MS * 2 ** (attempt - 1), RETRY_LONGEST_MS)
      await sleep(Math.min(wait, 60_000), undefined, { signal })
    }
  }
}

/** The hub names places in a batch (`/3/subject`); the person has lines of a file. */
function inFile(error: HubError, batch: readonly ChangeEvent[], io: Io): HubError {
  const faults = objectsOf(error.facts?.['errors'] as never)
  const told = faults.flatMap((fault) => {
    const [, at = '', ...rest] = textOf(fault['pointer']).split('/')
    const event = batch[Number(at)]
    if (at === '' || event === undefined) return []
    return [
      {
        where: event.where,
        text: `${event.where}: ${textOf(fault['detail'])} (${textOf(fault['code'])}${rest.length > 0 ? `, /${rest.join('/')}` : ''})`,
      },
    ]
  })
  const [first] = told
  if (first === undefined) return error
  for (const { text } of told) io.err(`${printable(text)}\n`)
  const { code, family, status, message, fix } = error
  return new HubError({
    code,
    family,
    status,
    message,
    where: first.where,
    ...(fix === undefined ? {} : { fix }),
    cause: error,
  })
}
