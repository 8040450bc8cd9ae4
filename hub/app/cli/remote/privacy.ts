/** `omnihub customer`, `omnihub erasure`, `omnihub secrets`: what persons may ask for, and secrets at rest, from a shell. */
import { isJsonObject, type JsonObject } from '../../../contracts/json.ts'
import { EXIT } from '../shared/exit-codes.ts'
import { writeTextFile } from '../shared/files.ts'
import type { Io } from '../shared/io.ts'
import { json, plural, table } from '../shared/text.ts'
import { type HubClient, segment } from './hub-client.ts'
import { firstItems } from './first-items.ts'
import { objectsOf, textOf } from './operate.ts'

export async function exportPersonalData(
  hub: HubClient,
  id: string,
  file: string | undefined,
  io: Io,
): Promise<number> {
  const document = await hub.get(`/v1/customers/${segment(id)}/personal-data`)
  if (file === undefined) {
    io.out(json(document))
    return EXIT.done
  }
  await writeTextFile(io, file, json(document), { force: false, mode: 0o600 })
  const parts = isJsonObject(document['parts']) ? Object.values(document['parts']) : []
  const count = parts.reduce<number>((sum, part) => sum + objectsOf(isJsonObject(part) ? part['items'] : []).length, 0)
  io.out(`${plural(count, 'item')} in ${plural(parts.length, 'part')} written to ${file}.\n`)
  return EXIT.done
}

export async function eraseCustomer(
  hub: HubClient,
  id: string,
  options: { reason: string; note: string | undefined; 'requested-at': string | undefined; json: boolean },
  io: Io,
): Promise<number> {
  const { reason, note, 'requested-at': requestedAt } = options
  const body = {
    reason,
    ...(note === undefined ? {} : { note }),
    ...(requestedAt === undefined ? {} : { requestedAt }),
  }
  return told(await hub.post(`/v1/customers/${segment(id)}/erasure`, { body }), options.json, io)
}

export async function showErasure(hub: HubClient, id: string, asJson: boolean, io: Io): Promise<number> {
  return told(await hub.get(`/admin/v1/erasures/${segment(id)}`), asJson, io)
}

export async function confirmErasure(
  hub: HubClient,
  id: string,
  { system, asJson }: { system: string; asJson: boolean },
  io: Io,
): Promise<number> {
  return told(await hub.post(`/admin/v1/erasures/${segment(id)}/confirmations`, { body: { system } }), asJson, io)
}

export async function listErasures(
  hub: HubClient,
  options: { open: boolean; limit: number; json: boolean },
  io: Io,
): Promise<number> {
  const { open, limit } = options
  const { found } = await firstItems(hub, '/admin/v1/erasures', { open: String(open) }, limit)
  if (options.json) io.out(json(found))
  else if (found.length === 0) io.out(open ? 'All systems have confirmed all erasures.\n' : 'Nobody was erased.\n')
  else io.out(table(['erasure', 'customer', 'erased at', 'reason', 'systems'], found.map(rowOf)))
  return EXIT.done
}

function rowOf(erasure: JsonObject): string[] {
  const systems = objectsOf(erasure['systems']).map((one) => `${textOf(one['system'])} ${textOf(one['state'])}`)
  return [
    ...['id', 'customer', 'erasedAt', 'reason'].map((name) => textOf(erasure[name])),
    systems.length === 0 ? '-' : systems.join(', '),
  ]
}

function told(erasure: JsonObject, asJson: boolean, io: Io): number {
  if (asJson) {
    io.out(json(erasure))
    return EXIT.done
  }
  const records = objectsOf(erasure['records'])
  const kept = records.filter(({ fate }) => fate !== 'erased').length
  io.out(
    `Customer ${textOf(erasure['customer'])} was erased at ${textOf(erasure['erasedAt'])} (${textOf(erasure['reason'])}), erasure ${textOf(erasure['id'])}.\n`,
  )
  if (records.length > 0) {
    io.out(`Other records: ${records.length - kept} erased, ${kept} kept without the person.\n`)
  }
  const rows = objectsOf(erasure['systems']).flatMap((one) =>
    objectsOf(one['records']).map((record) => [
      textOf(one['system']),
      textOf(record['entity']),
      record['key'] === null ? '-' : textOf(record['key']),
      textOf(record['state']),
    ]),
  )
  if (rows.length > 0) io.out(table(['system', 'entity', 'key', 'state'], rows))
  return EXIT.done
}

export async function rotateSecrets(hub: HubClient, asJson: boolean, io: Io): Promise<number> {
  const answer = await hub.post('/admin/v1/secrets/rotation')
  if (asJson) {
    io.out(json(answer))
    return EXIT.done
  }
  const inUse = isJsonObject(answer['inUse']) ? Object.keys(answer['inUse']) : []
  const others = inUse.filter((key) => key !== answer['key'])
  io.out(`${plural(Number(answer['rotated']), 'secret')} sealed anew with the master key ${textOf(answer['key'])}.\n`)
  if (others.length === 0) io.out('No other key is in use: OMNIHUB_MASTER_KEYS_OLD can go.\n')
  else io.out(`Still in use: ${others.join(', ')}. Run it again.\n`)
  return others.length === 0 ? EXIT.done : EXIT.failed
}
