import {
  type ApiKeyRow,
  findApiKey,
  insertApiKey,
  listApiKeys,
  revokeApiKey,
  rotateApiKey,
  usableApiKeys,
} from '../store/api-key-queries.ts'
import type { Queryable } from '../store/queryable.ts'
import type { ApiKey } from './api-key.ts'
import type { ApiKeyStore } from './api-key-store.ts'
import { isRole } from './permissions.ts'
import type { RateLimit } from './rate-limits.ts'

/** Keys in the table `api_key`. A key with a role that this version of the hub does not know opens nothing. */
export function postgresApiKeyStore(db: Queryable): ApiKeyStore {
  return {
    list: async () => (await listApiKeys(db)).flatMap((row) => known(row) ?? []),
    find: async (id) => known(await findApiKey(db, id)),
    usable: async () =>
      (await usableApiKeys(db)).flatMap(({ secretHash, ...row }) => {
        const key = known(row)
        return key === null ? [] : { ...key, secretHash }
      }),
    create: async (key) => {
      const created = known(
        await insertApiKey(db, { ...key, limits: key.limits === null ? null : JSON.stringify(key.limits) }),
      )
      if (created === null) throw new Error('The insert of an API key returned no row.')
      return created
    },
    rotate: async (id, to, until) => known(await rotateApiKey(db, id, to, until)),
    revoke: async (id) => known(await revokeApiKey(db, id)),
  }
}

function known(row: ApiKeyRow | null): ApiKey | null {
  if (row === null || !isRole(row.role)) return null
  const { role, limits, ...rest } = row
  return { ...rest, role, limits: limits === null ? null : (JSON.parse(limits) as RateLimit) }
}
