import type { Queryable } from './queryable.ts'

export interface ApiKeyRow {
  id: string
  name: string
  role: string
  system: string | null
  createdAt: string
  expiresAt: string | null
  revokedAt: string | null
  /** JSON text. */
  limits: string | null
  rotatedTo: string | null
}

const COLUMNS = `id, name, role, system, created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt",
  limits, rotated_to as "rotatedTo"`

export async function listApiKeys(db: Queryable): Promise<ApiKeyRow[]> {
  const { rows } = await db.query<ApiKeyRow>({
    name: 'api-key-list',
    text: `select ${COLUMNS} from api_key order by created_at desc, id`,
  })
  return rows
}

export async function findApiKey(db: Queryable, id: string): Promise<ApiKeyRow | null> {
  const { rows } = await db.query<ApiKeyRow>({
    name: 'api-key-find',
    text: `select ${COLUMNS} from api_key where id = $1`,
    values: [id],
  })
  return rows[0] ?? null
}

export async function usableApiKeys(db: Queryable): Promise<(ApiKeyRow & { secretHash: Buffer })[]> {
  const { rows } = await db.query<ApiKeyRow & { secretHash: Buffer }>({
    name: 'api-key-usable',
    text: `
      select ${COLUMNS}, secret_hash as "secretHash" from api_key
      where revoked_at is null and (expires_at is null or expires_at > now())`,
  })
  return rows
}

export interface NewApiKeyRow {
  id: string
  name: string
  role: string
  system: string | null
  expiresAt: string | null
  secretHash: Buffer
  /** JSON text. */
  limits: string | null
}

export async function insertApiKey(db: Queryable, key: NewApiKeyRow): Promise<ApiKeyRow | null> {
  const { rows } = await db.query<ApiKeyRow>({
    name: 'api-key-insert',
    text: `
      insert into api_key (id, name, role, system, secret_hash, expires_at, limits) values ($1, $2, $3, $4, $5, $6, $7)
      returning ${COLUMNS}`,
    values: [key.id, key.name, key.role, key.system, key.secretHash, key.expiresAt, key.limits],
  })
  return rows[0] ?? null
}

/**
 * Lets a usable key end at a moment, or earlier where it would anyway; null where it is unknown, over, or rotated already.
 * Its webhook subscriptions go over to the key that takes its place: they would end with it.
 */
export async function rotateApiKey(db: Queryable, id: string, to: string, until: Date): Promise<ApiKeyRow | null> {
  const { rows } = await db.query<ApiKeyRow>({
    name: 'api-key-rotate',
    text: `
      with rotated as (
        update api_key set rotated_to = $2, expires_at = least(expires_at, $3::timestamptz)
        where id = $1 and rotated_to is null and revoked_at is null and (expires_at is null or expires_at > now())
        returning ${COLUMNS}
      ), handed_over as (
        update subscription s set owner = $2, updated_at = now() from rotated where s.owner = rotated.id
      )
      select * from rotated`,
    values: [id, to, until],
  })
  return rows[0] ?? null
}

export async function revokeApiKey(db: Queryable, id: string): Promise<ApiKeyRow | null> {
  const { rows } = await db.query<ApiKeyRow>({
    name: 'api-key-revoke',
    text: `update api_key set revoked_at = coalesce(revoked_at, now()) where id = $1 returning ${COLUMNS}`,
    values: [id],
  })
  return rows[0] ?? null
}
