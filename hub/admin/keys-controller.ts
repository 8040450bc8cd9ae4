import { Controller, Inject } from '@nestjs/common'
import { Input, Operation } from '../api/http/decorators.ts'
import type { Input as InputOf } from '../api/http/input.ts'
import {
  createKeyOperation,
  listKeysOperation,
  revokeKeyOperation,
  rotateKeyOperation,
} from '../api/operations/admin-set-up.ts'
import { authorOf } from '../api/rest/author.ts'
import { HubError } from '../contracts/hub-error.ts'
import { type ApiKey, hashSecret, mintKey } from '../security/api-key.ts'
import type { Role } from '../security/permissions.ts'
import type { RateLimit } from '../security/rate-limits.ts'
import { writeAudit } from '../store/decision-queries.ts'
import { ADMIN_PORTS, type AdminPorts } from './ports.ts'

interface NewKey {
  name: string
  role: Role
  system?: string
  expiresAt?: string
  limits?: RateLimit
}

const OVERLAP_SECONDS = 86_400

/** API keys: listed, made (shown once) and revoked. */
@Controller()
export class KeysController {
  readonly #ports: AdminPorts

  constructor(@Inject(ADMIN_PORTS) ports: AdminPorts) {
    this.#ports = ports
  }

  @Operation(listKeysOperation)
  async list(): Promise<{ items: ApiKey[] }> {
    return { items: await this.#ports.keys.store.list() }
  }

  @Operation(createKeyOperation)
  async create(@Input() input: InputOf<typeof createKeyOperation>): Promise<ApiKey & { key: string }> {
    const { db, keys } = this.#ports
    const { name, role, system = null, expiresAt, limits = null } = input.body as unknown as NewKey
    this.#checkSystem(role, system)
    const until = expiresAt === undefined ? null : checkedTime(expiresAt)
    const { id, secret, key } = mintKey()
    const stored = { id, name, role, system, expiresAt: until, limits, secretHash: hashSecret(secret) }
    const made = await db.transaction(async (tx) => {
      const facts = { name, role, system, expiresAt: until, limits }
      await writeAudit(tx, { actor: authorOf(input), act: 'key.create', subject: `keys/${id}`, facts })
      return keys.storeIn(tx).create(stored)
    })
    keys.forget()
    return { ...made, key }
  }

  @Operation(revokeKeyOperation)
  async revoke(@Input() input: InputOf<typeof revokeKeyOperation>): Promise<ApiKey> {
    const { db, keys } = this.#ports
    const { id } = input.params
    const revoked = await db.transaction(async (tx) => {
      const found = await keys.storeIn(tx).revoke(id)
      if (found === null) throw unknownKey()
      await writeAudit(tx, { actor: authorOf(input), act: 'key.revoke', subject: `keys/${id}`, facts: {} })
      return found
    })
    keys.forget()
    return revoked
  }

  @Operation(rotateKeyOperation)
  async rotate(@Input() input: InputOf<typeof rotateKeyOperation>): Promise<ApiKey & { key: string }> {
    const { db, keys } = this.#ports
    const { overlapSeconds = OVERLAP_SECONDS } = (input.body ?? {}) as { overlapSeconds?: number }
    const minted = mintKey()
    const made = await db.transaction(async (tx) => {
      const store = keys.storeIn(tx)
      const old = await store.find(input.params.id)
      if (old === null) throw unknownKey()
      const { name, role, system, limits } = old
      const expiresAt = renewedExpiry(old)
      const fresh = await store.create({
        id: minted.id,
        name,
        role,
        system,
        expiresAt,
        limits,
        secretHash: hashSecret(minted.secret),
      })
      const until = new Date(Date.now() + overlapSeconds * 1000)
      if ((await store.rotate(old.id, minted.id, until)) === null) throw notRotatable()
      const facts = { to: minted.id, until: until.toISOString() }
      await writeAudit(tx, { actor: authorOf(input), act: 'key.rotate', subject: `keys/${old.id}`, facts })
      return fresh
    })
    keys.forget()
    return { ...made, key: minted.key }
  }

  #checkSystem(role: Role, system: string | null): void {
    if (role !== 'system') {
      if (system === null) return
      throw wrongKey('/system', 'Only a key of the role system is bound to a system.', 'Leave `system` out.')
    }
    const names = this.#ports.systems.list().map(({ name }) => name)
    if (system !== null && names.includes(system)) return
    throw wrongKey(
      '/system',
      'A key of the role system needs the name of a system.',
      `Use one of: ${names.join(', ')}.`,
    )
  }
}

/** A key that was to live for a year is followed by one that lives for a year. */
function renewedExpiry({ createdAt, expiresAt }: ApiKey): string | null {
  if (expiresAt === null) return null
  return new Date(Date.now() + Date.parse(expiresAt) - Date.parse(createdAt)).toISOString()
}

function notRotatable(): HubError {
  return new HubError({
    code: 'key.not-rotatable',
    family: 'reject',
    status: 409,
    message: 'This key is over, or another one takes its place already.',
    where: '{id}',
    fix: 'Rotate the key that took its place, or make a new one.',
  })
}

function checkedTime(text: string): string {
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i
  if (form.test(text) && Date.parse(text) > Date.now()) return text
  throw wrongKey('/expiresAt', 'This is no moment in the future.', 'Write it as 2027-01-31T00:00:00Z, or leave it out.')
}

/** The description of the new key contradicts itself or what there is. */
function wrongKey(where: string, message: string, fix: string): HubError {
  return new HubError({ code: 'key.invalid', family: 'reject', message, where, fix })
}

function unknownKey(): HubError {
  return new HubError({
    code: 'key.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no key of this id.',
    where: '{id}',
    fix: 'The id is the middle part of the key; GET /admin/v1/keys lists them.',
  })
}
