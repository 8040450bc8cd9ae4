import { setTimeout as sleep } from 'node:timers/promises'
import { HubError } from '../../../contracts/hub-error.ts'
import { isJsonObject, type JsonObject } from '../../../contracts/json.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { ProgressBar } from '../shared/progress.ts'
import { json, plural, printable } from '../shared/text.ts'
import { type BackfillProgress, type EndedBefore, endedBefore, progressOf } from './backfill-progress.ts'
import { type HubClient, segment } from './hub-client.ts'
import { verdictOf } from './reconcile.ts'

export interface BackfillRequest {
  system: string
  entities: readonly string[]
  restart: boolean
  detach: boolean
  asJson: boolean
}

const LOOK_EVERY_MS = 500
/** A hub process takes an order over within this time, or nobody reads systems. */
const BEGIN_MS_MAX = 30_000

/** `omnihub backfill`: begins it, then shows how it goes until it ends. Ctrl-C ends the looking, not the backfill. */
export async function runBackfill(hub: HubClient, request: BackfillRequest, io: Io): Promise<number> {
  const { system, entities, restart, detach, asJson } = request
  const path = `/admin/v1/systems/${segment(system)}`
  const before = endedBefore(await hub.get(path))
  const body = { ...(entities.length === 0 ? {} : { entities }), ...(restart ? { restart } : {}) }
  const state = await hub.post(`${path}/backfill`, { body })
  if (detach) {
    io.out(asJson ? json(state) : `The backfill of ${system} is ordered; \`omnihub systems\` shows how it goes.\n`)
    return EXIT.done
  }
  const last = await watch(hub, path, request, before, io)
  if (last === undefined) {
    io.err(`The backfill of ${system} goes on in the hub.\n`)
    return EXIT.interrupted
  }
  if (last.state === 'failed') throw failed(system, last.trouble)
  if (asJson) io.out(json({ system, records: last.done }))
  else {
    io.out(`${system}: ${plural(last.done, 'record')} read.\n`)
    for (const [entity, figures] of await certificates(hub, path, entities)) {
      io.out(`${printable(entity)}: ${verdictOf(figures)}\n`)
    }
  }
  return EXIT.done
}

/** What the comparison of both sides found at the end, by entity. */
async function certificates(hub: HubClient, path: string, wanted: readonly string[]): Promise<[string, JsonObject][]> {
  const { status } = await hub.get(path)
  const all = isJsonObject(status) && isJsonObject(status['entities']) ? Object.entries(status['entities']) : []
  return all.flatMap(([entity, figures]): [string, JsonObject][] => {
    const last = isJsonObject(figures) ? figures['lastComparison'] : undefined
    return isJsonObject(last) && (wanted.length === 0 || wanted.includes(entity)) ? [[entity, last]] : []
  })
}

/** The last progress once it has ended; undefined: Ctrl-C. */
async function watch(
  hub: HubClient,
  path: string,
  { system, entities }: BackfillRequest,
  before: EndedBefore,
  io: Io,
): Promise<BackfillProgress | undefined> {
  const signal = io.interrupted()
  const bar = new ProgressBar(io, 'records')
  const orderedAt = io.now()
  let told: string | null = null
  try {
    for (;;) {
      const progress = progressOf(await hub.get(path, { signal }), entities, before)
      bar.update(progress.done, progress.total)
      if (progress.state === 'done' || progress.state === 'failed') return progress
      if (progress.state === 'waiting' && progress.trouble === null && io.now() - orderedAt > BEGIN_MS_MAX)
        throw silent(system)
      if (progress.trouble !== null && progress.trouble !== told) {
        bar.clear()
        io.err(`${printable(progress.trouble)} The hub tries again by itself.\n`)
      }
      told = progress.trouble
      await sleep(LOOK_EVERY_MS, undefined, { signal })
    }
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  } finally {
    bar.clear()
  }
}

function failed(system: string, trouble: string | null): HubError {
  return new HubError({
    code: 'cli.backfill.failed',
    family: 'reject',
    message: `The backfill of ${system} stopped: ${trouble ?? 'the hub does not say why.'}`,
    fix: 'Mend the cause, then call it again: it goes on where it stopped.',
  })
}

function silent(system: string): HubError {
  return new HubError({
    code: 'cli.backfill.silent',
    family: 'retry',
    message: `The hub took the order, but no process reports on a backfill of ${system}.`,
    fix: 'See whether a hub process with workers runs; `omnihub systems` shows the state of the system.',
  })
}
