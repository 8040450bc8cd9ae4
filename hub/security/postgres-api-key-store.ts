import {
  type ApiKeyRow,
  findApiKey,
  insertApiKey,
  listApiKeys,
  revokeApiKey,
  usableApiKeys,
} from '../store/api-key-queries.ts'
import type { Queryable } from '../store/queryable.ts'
import type { ApiKey } from './api-key.ts'
import type { ApiKeyStore } from './api-key-store.ts'
import { isRole } from './permissions.ts'

/** Keys in the table `api_key`. A key with a role that this version of the hub does not know opens nothing. */
export function postgresApiKeyStore(db: Queryable): ApiKeyStore {
  return {
    list: async () => (await listApiKeys(db)).filter(hasRole),
    find: async (id) => known(await findApiKey(db, id)),
    usable: async () => (await usableApiKeys(db)).filter(hasRole),
    create: async (key) => {
      const created = known(await insertApiKey(db, key))
      if (created === null) throw new Error('The insert of an API key returned no row.')
      return created
    },
    revoke: async (id) => known(await revokeApiKey(db, id)),
  }
}

function hasRole<Row extends ApiKeyRow>(row: Row): row is Row & ApiKey {
  return isRole(row.role)
}

function known(row: ApiKeyRow | null): ApiKey | null {
  return row !== null && hasRole(row) ? row : null
}
