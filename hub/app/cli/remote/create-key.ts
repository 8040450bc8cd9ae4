import type { JsonObject } from '../../../contracts/json.ts'
import { EXIT } from '../shared/exit-codes.ts'
import { writeTextFile } from '../shared/files.ts'
import type { Io } from '../shared/io.ts'
import { json } from '../shared/text.ts'
import { type HubClient, segment } from './hub-client.ts'
import { textOf } from './operate.ts'

export interface KeyRequest {
  name: string
  role: string
  system: string | undefined
  expires: string | undefined
  out: string | undefined
  asJson: boolean
}

/** `omnihub keys create`: shows the key this once, or keeps it in a file that only its owner may read. */
export async function createKey(hub: HubClient, request: KeyRequest, io: Io): Promise<number> {
  const { name, role, system, expires, out, asJson } = request
  const body = {
    name,
    role,
    ...(system === undefined ? {} : { system }),
    ...(expires === undefined ? {} : { expiresAt: expires }),
  }
  return showKey(hub, await hub.post('/admin/v1/keys', { body }), { out, asJson }, io)
}

export interface RotateRequest {
  id: string
  /** Seconds for which both keys are valid. */
  overlap: number
  out: string | undefined
  asJson: boolean
}

/** `omnihub keys rotate`. Where the new key can not be kept it is revoked; the old one then ends all the same. */
export async function rotateKey(hub: HubClient, { id, overlap, ...how }: RotateRequest, io: Io): Promise<number> {
  const body = { overlapSeconds: overlap }
  return showKey(hub, await hub.post(`/admin/v1/keys/${segment(id)}/rotate`, { body }), how, io)
}

async function showKey(
  hub: HubClient,
  answer: JsonObject,
  { out, asJson }: { out: string | undefined; asJson: boolean },
  io: Io,
): Promise<number> {
  const { key, ...made } = answer
  const role = textOf(made['role'])
  const id = textOf(made['id'])
  if (out !== undefined) {
    try {
      await writeTextFile(io, out, `${textOf(key)}\n`, { force: false, mode: 0o600 })
    } catch (error) {
      // A key that nobody has seen must not stay valid.
      await hub.delete(`/admin/v1/keys/${id}`)
      throw error
    }
  }
  if (asJson) io.out(json({ ...made, ...(out === undefined ? { key: key ?? null } : { file: out }) }))
  else if (out !== undefined) io.out(`The key ${id} (${role}) is in ${out}.\n`)
  else io.out(`${textOf(key)}\n`)
  if (!asJson && out === undefined)
    io.err(`The key ${id} (${role}) is shown this once; the hub keeps only a hash of it.\n`)
  return EXIT.done
}
