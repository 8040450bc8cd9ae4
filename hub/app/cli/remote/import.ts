import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { HubError } from '../../../contracts/hub-error.ts'
import { isJsonObject, type JsonObject } from '../../../contracts/json.ts'
import { EXIT } from '../shared/exit-codes.ts'
import { openFile } from '../shared/files.ts'
import type { Io } from '../shared/io.ts'
import { ProgressBar } from '../shared/progress.ts'
import { count, json, plural, printable } from '../shared/text.ts'
import { answerOf, type HubClient, opened, parsed, segment } from './hub-client.ts'
import { numberOf, objectsOf, textOf } from './operate.ts'

export interface ImportRequest {
  /** A path, or `-`. */
  file: string
  system: string | undefined
  entity: string | undefined
  batch: string | undefined
  /** Of an import that broke off. */
  id: string | undefined
  /** Until the changes were applied, parked or refused. */
  wait: boolean
  asJson: boolean
}

const ATTEMPTS_MAX = 8
const RETRY_MS = 2_000
const LOOK_EVERY_MS = 500
const FAULTS_SHOWN_MAX = 20

/** `omnihub import`: sends a file as it is. Where the connection breaks, it goes on after the last line that the hub has. */
export async function runImport(hub: HubClient, request: ImportRequest, io: Io): Promise<number> {
  const signal = io.interrupted()
  const id = request.id ?? randomUUID()
  const path = `/v1/imports/${segment(id)}`
  const bar = new ProgressBar(io, 'lines')
  try {
    let view = await sendAll(hub, request, id, { bar, signal, io })
    while (request.wait && !signal.aborted && numberOf(outcomeOf(view)['inFlight']) > 0) {
      await sleep(LOOK_EVERY_MS, undefined, { signal })
      view = await hub.get(path, { signal })
    }
    bar.clear()
    await tell(hub, view, request, io)
    return numberOf(view['rejected']) > 0 || numberOf(outcomeOf(view)['parked']) > 0 ? EXIT.failed : EXIT.done
  } catch (error) {
    bar.clear()
    if (error instanceof HubError && error.family === 'reject' && error.status !== 400) throw error
    io.err(`To go on: omnihub import ${request.file} --id ${id}${targetText(request)}\n`)
    if (signal.aborted) return EXIT.interrupted
    throw error
  }
}

interface Sending {
  bar: ProgressBar
  signal: AbortSignal
  io: Io
}

async function sendAll(hub: HubClient, request: ImportRequest, id: string, sending: Sending): Promise<JsonObject> {
  const { bar, signal, io } = sending
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await watched(hub, id, bar, () => upload(hub, request, id, signal, io))
    } catch (error) {
      const mayGoOn = error instanceof HubError && error.family === 'retry' && request.file !== '-'
      if (!mayGoOn || signal.aborted || attempt >= ATTEMPTS_MAX) throw error
      bar.clear()
      io.err(`${error.message} It goes on in a moment.\n`)
      await sleep(error.retryAfterMs ?? RETRY_MS, undefined, { signal })
    }
  }
}

/** Draws how many lines the hub has taken while they are sent. */
async function watched<T>(hub: HubClient, id: string, bar: ProgressBar, work: () => Promise<T>): Promise<T> {
  const over = new AbortController()
  const watching = (async () => {
    while (!over.signal.aborted) {
      await sleep(LOOK_EVERY_MS, undefined, { signal: over.signal })
      bar.update(numberOf((await hub.get(`/v1/imports/${segment(id)}`, { signal: over.signal }))['lines']))
    }
    // It may not be there yet, or the hub be away: whoever sends is told.
  })().catch(() => undefined)
  try {
    return await work()
  } finally {
    over.abort()
    await watching
  }
}

async function upload(
  hub: HubClient,
  { file, system, entity, batch }: ImportRequest,
  id: string,
  signal: AbortSignal,
  io: Io,
): Promise<JsonObject> {
  const headers = {
    'content-type': 'application/x-ndjson',
    ...(file.endsWith('.gz') ? { 'content-encoding': 'gzip' } : {}),
  }
  const sending = hub.begin('POST', '/v1/imports', { query: { id, system, entity, batch }, headers, signal })
  const answered = opened(sending, hub.url).then((response) => answerOf(response, hub.url))
  // An answer that comes before the end ends the sending; it is what counts.
  answered.catch(() => undefined)
  let isAnswered = false
  answered.finally(() => (isAnswered = true)).catch(() => undefined)
  const source = file === '-' ? undefined : await openFile(io, file)
  try {
    const pieces = source?.createReadStream({ autoClose: false, highWaterMark: 256 * 1024 }) ?? io.stdin
    for await (const piece of pieces) {
      if (isAnswered || sending.destroyed) break
      if (!sending.write(piece) && !sending.destroyed) await drained(sending)
    }
    if (!sending.destroyed) sending.end()
    return await answered
  } finally {
    await source?.close()
  }
}

function drained(sending: NodeJS.EventEmitter): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      sending.off('drain', go).off('close', go)
      resolve()
    }
    sending.once('drain', go).once('close', go)
  })
}

function outcomeOf(view: JsonObject): JsonObject {
  return isJsonObject(view['outcome'] ?? null) ? (view['outcome'] as JsonObject) : {}
}

function targetText({ system, entity, batch }: ImportRequest): string {
  return Object.entries({ system, entity, batch })
    .map(([name, value]) => (value === undefined ? '' : ` --${name} ${value}`))
    .join('')
}

async function tell(hub: HubClient, view: JsonObject, { asJson }: ImportRequest, io: Io): Promise<void> {
  if (asJson) {
    io.out(json(view))
    return
  }
  const number = (name: string): number => numberOf(view[name])
  const outcome = Object.entries(outcomeOf(view)).filter(([, value]) => numberOf(value) > 0)
  io.out(
    `${plural(number('lines'), 'line')}: ${count(number('accepted'))} accepted, ${count(number('duplicates'))} known already, ${count(number('rejected'))} not taken\n`,
  )
  if (outcome.length > 0) {
    io.out(
      `${outcome.map(([name, value]) => `${count(numberOf(value))} ${name === 'inFlight' ? 'on their way' : name}`).join(', ')}\n`,
    )
  }
  if (number('rejected') === 0) return
  const { faults, more } = await faultsOf(hub, textOf(view['id']))
  for (const fault of faults) {
    io.err(
      `line ${numberOf(fault['line'])}: ${printable(textOf(fault['pointer']))} ${printable(textOf(fault['detail']))} (${textOf(fault['code'])})\n`,
    )
  }
  if (more) io.err(`All of them: GET /v1/imports/${textOf(view['id'])}/faults\n`)
}

async function faultsOf(hub: HubClient, id: string): Promise<{ faults: JsonObject[]; more: boolean }> {
  const response = await hub.open(`/v1/imports/${segment(id)}/faults`)
  let text = ''
  response.setEncoding('utf8')
  for await (const piece of response as AsyncIterable<string>) {
    text += piece
    if (text.split('\n').length > FAULTS_SHOWN_MAX + 1) break
  }
  const lines = text.split('\n').slice(0, -1)
  return {
    faults: objectsOf(lines.slice(0, FAULTS_SHOWN_MAX).map(parsed)),
    more: lines.length > FAULTS_SHOWN_MAX,
  }
}
