/** `omnihub record-write`: records that channels ordered and that their systems do not have, seen and decided from a shell. */
import { isJsonObject, type JsonObject } from '../../../contracts/json.ts'
import { EXIT } from '../shared/exit-codes.ts'
import type { Io } from '../shared/io.ts'
import { json, table } from '../shared/text.ts'
import { type HubClient, segment } from './hub-client.ts'
import { firstItems } from './first-items.ts'
import { textOf } from './operate.ts'

const PATH = '/admin/v1/record-writes'

export async function listRecordWrites(
  hub: HubClient,
  filter: { system: string | undefined; state: string | undefined },
  { limit, asJson }: { limit: number; asJson: boolean },
  io: Io,
): Promise<number> {
  const { found, hasMore } = await firstItems(hub, PATH, filter, limit)
  if (asJson) io.out(json(found))
  else if (found.length === 0) io.out('No record is on its way.\n')
  else {
    io.out(table(['write', 'what', 'record', 'state', 'problem', 'since'], found.map(rowOf)))
    if (hasMore) io.out('... and more; --limit shows them.\n')
  }
  return EXIT.done
}

function rowOf(one: JsonObject): string[] {
  const record = `${textOf(one['system'])}/${textOf(one['entity'])}/${textOf(one['key'])}`
  const { problem } = one
  return [
    textOf(one['write']),
    `${textOf(one['kind'])} ${textOf(one['record'])}`,
    record,
    textOf(one['state']),
    isJsonObject(problem ?? null) ? textOf((problem as JsonObject)['message']) : '',
    textOf(one['createdAt']),
  ]
}

/** Sends a record again, or gives it up. */
export async function decideRecordWrite(
  hub: HubClient,
  { write, act, asJson }: { write: string; act: 'retry' | 'discard'; asJson: boolean },
  io: Io,
): Promise<number> {
  const answer = await hub.post(`${PATH}/${segment(write)}/${act}`)
  io.out(asJson ? json(answer) : `${textOf(answer['write'])} is ${textOf(answer['state'])}.\n`)
  return EXIT.done
}
