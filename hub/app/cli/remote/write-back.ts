/** `omnihub write-back`: what is to be written to systems, seen and decided from a shell. */
import type { JsonObject } from '../../../contracts/json.ts'
import { isJsonObject } from '../../../contracts/json.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { indent, json, leafLines, printable, table } from '../shared/text.ts'
import type { HubClient } from './hub-client.ts'
import { firstItems } from './first-items.ts'
import { objectsOf, textOf } from './operate.ts'

const PATH = '/admin/v1/write-backs'

export async function listWriteBacks(
  hub: HubClient,
  filter: { system: string | undefined; state: string | undefined },
  { limit, asJson }: { limit: number; asJson: boolean },
  io: Io,
): Promise<number> {
  const { found, hasMore } = await firstItems(hub, PATH, filter, limit)
  if (asJson) io.out(json(found))
  else if (found.length === 0) io.out('Nothing is to be written.\n')
  else {
    const rows = found.map((one) => [
      textOf(one['no']),
      recordOf(one),
      textOf(one['state']),
      fieldsOf(one),
      isJsonObject(one['problem']) ? textOf(one['problem']['message']) : '',
      textOf(one['waitingSince']),
    ])
    io.out(table(['no', 'record', 'state', 'fields', 'problem', 'since'], rows))
    if (hasMore) io.out('... and more; --limit shows them.\n')
  }
  return EXIT.done
}

const recordOf = (one: JsonObject): string => `${textOf(one['system'])}/${textOf(one['entity'])}/${textOf(one['key'])}`

function fieldsOf({ fields }: JsonObject): string {
  return Array.isArray(fields) ? fields.map(String).join(', ') : ''
}

export async function showWriteBack(hub: HubClient, no: number, asJson: boolean, io: Io): Promise<number> {
  const found = await hub.get(`${PATH}/${no}`)
  io.out(asJson ? json(found) : detailsText(found))
  return EXIT.done
}

function detailsText(found: JsonObject): string {
  const lines = [`${textOf(found['no'])}  ${recordOf(found)}  ${textOf(found['state'])}`]
  const { problem, conflict } = found
  if (isJsonObject(problem)) {
    lines.push(`  ${textOf(problem['message'])} (${textOf(problem['code'])})`)
    if (typeof problem['fix'] === 'string') lines.push(`  ${problem['fix']}`)
  }
  const parts = objectsOf(found['wanted']).map(
    (one) => `the hub wants ${textOf(one['field'])} since ${textOf(one['at'])}:\n${block(one['value'])}`,
  )
  if (isJsonObject(conflict)) {
    parts.push(`it would write:\n${block(conflict['fields'])}`, `it expected:\n${block(conflict['expected'])}`)
    const { current } = conflict
    parts.push(current === null ? 'the system has deleted the record' : `the system has:\n${block(current)}`)
  }
  return `${lines.map(printable).join('\n')}\n\n${parts.join('\n')}\n`
}

function block(value: JsonObject[string] | undefined): string {
  return indent(leafLines(value ?? null, '-').join('\n'))
}

export async function resolveWriteBack(
  hub: HubClient,
  { no, winner, reason, asJson }: { no: number; winner: string; reason: string | undefined; asJson: boolean },
  io: Io,
): Promise<number> {
  const body = { winner, ...(reason === undefined ? {} : { note: reason }) }
  const result = await hub.post(`${PATH}/${no}/resolve`, { body })
  io.out(asJson ? json(result) : `Decided for the ${winner}.\n`)
  return EXIT.done
}

export async function retryWriteBack(
  hub: HubClient,
  { no, asJson }: { no: number; asJson: boolean },
  io: Io,
): Promise<number> {
  const result = await hub.post(`${PATH}/${no}/retry`, {})
  io.out(asJson ? json(result) : `The write ${no} is tried again.\n`)
  return EXIT.done
}
