import { setTimeout as sleep } from 'node:timers/promises'
import { HubError } from '../../../contracts/hub-error.ts'
import { isJsonObject, type JsonObject } from '../../../contracts/json.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { ProgressBar } from '../shared/progress.ts'
import { plural } from '../shared/text.ts'
import { type HubClient, segment, unreachable } from './hub-client.ts'
import { numberOf, textOf } from './operate.ts'

export interface ExportOrder {
  entity: string
  filter: string | undefined
  fields: readonly string[] | undefined
  since: string | undefined
}

const LOOK_EVERY_MS = 500
const ATTEMPTS_MAX = 8
const RETRY_MS = 2_000

/** `omnihub export`: has a file made, waits for it, and writes it to standard output. Ctrl-C cancels it. */
export async function runExport(
  hub: HubClient,
  { entity, filter, fields, since }: ExportOrder,
  io: Io,
): Promise<number> {
  const signal = io.interrupted()
  const bar = new ProgressBar(io, 'records')
  const body = { entity, filter: filter ?? null, fields: fields ?? null, since: since ?? null }
  const { id } = await hub.post('/v1/exports', { body })
  const path = `/v1/exports/${segment(textOf(id))}`
  try {
    const view = await made(hub, path, bar, signal)
    bar.clear()
    await download(hub, path, numberOf(view['bytes']), { signal, io })
    io.err(`${plural(numberOf(view['lines']), 'record')} as of ${textOf(view['snapshotAt'])}\n`)
    return EXIT.done
  } catch (error) {
    bar.clear()
    if (!signal.aborted) throw error
    return EXIT.interrupted
  } finally {
    // The lines are personal data: they are kept no longer than they are needed.
    await hub.delete(path).catch(() => undefined)
  }
}

async function made(hub: HubClient, path: string, bar: ProgressBar, signal: AbortSignal): Promise<JsonObject> {
  for (;;) {
    const view = await hub.get(path, { signal })
    const state = textOf(view['state'])
    if (state === 'completed') return view
    if (state !== 'waiting' && state !== 'running') throw notMade(state, view)
    bar.update(numberOf(view['looked']), typeof view['total'] === 'number' ? view['total'] : null)
    await sleep(LOOK_EVERY_MS, undefined, { signal })
  }
}

/** Goes on with the byte after the last one where the connection breaks. */
async function download(
  hub: HubClient,
  path: string,
  bytes: number,
  { signal, io }: { signal: AbortSignal; io: Io },
): Promise<void> {
  const bar = new ProgressBar(io, 'bytes')
  let at = 0
  for (let attempt = 1; at < bytes; attempt += 1) {
    try {
      for await (const piece of pieces(hub, `${path}/data`, at, signal)) {
        await io.write(piece)
        at += piece.length
        bar.update(at, bytes)
      }
      if (at < bytes) throw unreachable(hub.url, new Error('the answer broke off'))
    } catch (error) {
      const mayGoOn = error instanceof HubError && error.family === 'retry'
      if (!mayGoOn || signal.aborted || attempt >= ATTEMPTS_MAX) throw error
      bar.clear()
      io.err(`${error.message} It goes on in a moment.\n`)
      await sleep(RETRY_MS, undefined, { signal })
    }
  }
  bar.clear()
}

async function* pieces(hub: HubClient, path: string, from: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    const response = await hub.open(path, { headers: from === 0 ? {} : { range: `bytes=${from}-` }, signal })
    yield* response as AsyncIterable<Buffer>
  } catch (error) {
    throw error instanceof HubError ? error : unreachable(hub.url, error)
  }
}

function notMade(state: string, view: JsonObject): HubError {
  const problem = view['problem']
  const why = isJsonObject(problem ?? null) ? textOf((problem as JsonObject)['message']) : ''
  return new HubError({
    code: 'cli.export.not-made',
    family: 'reject',
    message: `The export ended as ${state}.${why === '' ? '' : ` ${why}`}`,
    fix: 'Ask for it again.',
  })
}
