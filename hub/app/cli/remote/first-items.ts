/** The first entries of a list of the API, page by page. */
import type { JsonObject } from '../../../contracts/json.ts'
import type { HubClient } from './hub-client.ts'
import { itemsOf } from './operate.ts'

const PAGE_MAX = 200

export async function firstItems(
  hub: HubClient,
  path: string,
  filter: Readonly<Record<string, string | undefined>>,
  limit: number,
): Promise<{ found: JsonObject[]; hasMore: boolean }> {
  const found: JsonObject[] = []
  let cursor: string | undefined
  do {
    const query = { ...filter, limit: Math.min(PAGE_MAX, limit - found.length), cursor }
    const page = await hub.get(path, { query })
    found.push(...itemsOf(page))
    cursor = typeof page['next'] === 'string' ? page['next'] : undefined
  } while (cursor !== undefined && found.length < limit)
  return { found, hasMore: cursor !== undefined }
}
