import { isJsonObject } from '../../contracts/json.ts'
import type { JsonObject } from '../../contracts/json.ts'

/** Schemas of the members that an object's schema describes, by name; none where it describes none. */
export function membersOf({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {}
}
