import { setTimeout as sleep } from 'node:timers/promises'
import { isJsonObject, type Json, type JsonObject } from '../../../contracts/json.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { ProgressBar } from '../shared/progress.ts'
import { json, printable, table } from '../shared/text.ts'
import { type HubClient, segment } from './hub-client.ts'
import { itemsOf, numberOf, objectsOf, textOf } from './operate.ts'

export interface ReconcileRequest {
  system: string
  entities: readonly string[]
  repair: boolean
  detach: boolean
  asJson: boolean
}

const LOOK_EVERY_MS = 500
const LIMIT_MAX = 200

/** `omnihub system reconcile`. Exit code 1 where the two sides differ and it was not asked to mend that. */
export async function runReconcile(hub: HubClient, request: ReconcileRequest, io: Io): Promise<number> {
  const { system, entities, repair, detach, asJson } = request
  const path = `/admin/v1/systems/${segment(system)}`
  const before = await newest(hub, path)
  const body = { ...(entities.length === 0 ? {} : { entities: [...entities] }), ...(repair ? { repair } : {}) }
  const state = await hub.post(`${path}/reconciliations`, { body })
  if (detach) {
    io.out(
      asJson
        ? json(state)
        : `The comparison of ${system} is ordered; \`omnihub system reconciliations ${system}\` shows it.\n`,
    )
    return EXIT.done
  }
  const meant =
    entities.length > 0
      ? [...entities]
      : objectsOf(state['entities']).flatMap(({ entity, mode }) =>
          mode === 'poll' || mode === 'log' ? [textOf(entity)] : [],
        )
  const ended = await watch(hub, path, { meant, after: before }, io)
  if (ended === undefined) {
    io.err(`The comparison of ${system} goes on in the hub.\n`)
    return EXIT.interrupted
  }
  show(ended, asJson, io)
  const differ = ended.some(({ report }) => isJsonObject(report) && report['matches'] !== true)
  return differ && !repair ? EXIT.failed : EXIT.done
}

/** `omnihub system reconciliations`. */
export async function listReconciliations(
  hub: HubClient,
  options: { system: string; entity: string | undefined; limit: number; asJson: boolean },
  io: Io,
): Promise<number> {
  const { system, entity, limit, asJson } = options
  const query = { limit: String(limit), ...(entity === undefined ? {} : { entity }) }
  const address = `/admin/v1/systems/${segment(system)}/reconciliations?${new URLSearchParams(query).toString()}`
  const items = itemsOf(await hub.get(address))
  if (!asJson && items.length === 0) io.out(`${system} has not been compared with the hub yet.\n`)
  else show(items, asJson, io)
  return EXIT.done
}

/** `omnihub system reset` and `omnihub system forget`. */
export async function order(
  hub: HubClient,
  options: { system: string; entity: string | undefined; what: 'reset' | 'forget'; asJson: boolean },
  io: Io,
): Promise<number> {
  const { system, entity, what, asJson } = options
  const body = entity === undefined ? {} : { body: { entity } }
  const state = await hub.post(`/admin/v1/systems/${segment(system)}/${what}`, body)
  if (asJson) io.out(json(state))
  else if (what === 'reset') io.out(`The place of ${system} is forgotten; a new snapshot is taken.\n`)
  else
    io.out(`${system} is paused, and what it holds for the hub is released; \`omnihub systems --json\` tells what.\n`)
  return EXIT.done
}

/** What a certificate or a comparison says in one line. */
export function verdictOf(reconciliation: JsonObject): string {
  const report = isJsonObject(reconciliation['report']) ? reconciliation['report'] : reconciliation
  const side = (name: string): JsonObject => (isJsonObject(report[name]) ? report[name] : {})
  const count = numberOf(side('system')['count'])
  const hash = textOf(side('system')['hash']).slice(0, 16)
  const meanwhile = numberOf(report['changedMeanwhile'])
  const moved = meanwhile === 0 ? '' : `, ${meanwhile} changed meanwhile`
  if (report['matches'] === true) return `${count} records on both sides, hash ${hash}...${moved}`
  const parts = ['missing', 'differing', 'extra', 'parked', 'repaired'].flatMap((name) =>
    numberOf(report[name]) === 0 ? [] : [`${numberOf(report[name])} ${name}`],
  )
  return `${parts.join(', ')} of ${count}${moved}`
}

function show(items: readonly JsonObject[], asJson: boolean, io: Io): void {
  if (asJson) {
    io.out(json([...items]))
    return
  }
  const rows = items.map((item) => [
    numberOf(item['no']),
    textOf(item['entity']),
    textOf(item['kind']),
    textOf(item['state']),
    textOf(item['finishedAt']) || textOf(item['startedAt']),
    item['state'] === 'done' ? verdictOf(item) : '',
  ])
  io.out(table(['no', 'entity', 'kind', 'state', 'at', 'result'], rows))
  for (const item of items) {
    const report = isJsonObject(item['report']) ? item['report'] : {}
    const examples = objectsOf(report['examples'])
    if (examples.length === 0) continue
    io.out(`\nNo ${numberOf(item['no'])}, ${printable(textOf(item['entity']))}:\n`)
    for (const { key, what } of examples.slice(0, 20)) io.out(`  ${textOf(what)} ${printable(textOf(key))}\n`)
  }
}

async function newest(hub: HubClient, path: string): Promise<number> {
  const [last] = itemsOf(await hub.get(`${path}/reconciliations?limit=1`))
  return last === undefined ? 0 : numberOf(last['no'])
}

/** Those that were ordered, once all have ended; undefined: Ctrl-C. */
async function watch(
  hub: HubClient,
  path: string,
  { meant, after }: { meant: readonly string[]; after: number },
  io: Io,
): Promise<JsonObject[] | undefined> {
  const signal = io.interrupted()
  const bar = new ProgressBar(io, 'records')
  try {
    for (;;) {
      const items = itemsOf(await hub.get(`${path}/reconciliations?limit=${LIMIT_MAX}`, { signal }))
      const young = items.filter((item) => numberOf(item['no']) > after && item['kind'] === 'drift')
      const ended = meant.flatMap((entity): JsonObject[] =>
        young.filter((item) => item['entity'] === entity && item['state'] === 'done').slice(0, 1),
      )
      if (ended.length === meant.length) return ended
      const { status } = await hub.get(path, { signal })
      const all: Json[] =
        isJsonObject(status) && isJsonObject(status['entities']) ? Object.values(status['entities']) : []
      const running = all.flatMap((one): JsonObject[] => {
        const comparison = isJsonObject(one) ? one['comparison'] : undefined
        return isJsonObject(comparison) ? [comparison] : []
      })
      const total = running.every((one) => typeof one['total'] === 'number')
        ? running.reduce((sum, one) => sum + numberOf(one['total']), 0)
        : null
      bar.update(
        running.reduce((sum, one) => sum + numberOf(one['rows']), 0),
        running.length === 0 ? null : total,
      )
      await sleep(LOOK_EVERY_MS, undefined, { signal })
    }
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  } finally {
    bar.clear()
  }
}
