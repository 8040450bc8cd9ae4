import type { Json, JsonObject } from '../../contracts/json.ts'
import { isJsonObject } from '../../contracts/json.ts'
import type { Path } from '../document/path.ts'
import type { ScopedPath } from './conversion.ts'

/** The value at a path, own members only; undefined where there is none. */
export function readPath(path: Path, root: Json | undefined): Json | undefined {
  let value: Json | undefined = root
  for (const segment of path) {
    if (typeof segment === 'number') value = Array.isArray(value) ? value[segment] : undefined
    else
      value = value !== undefined && isJsonObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined
    if (value === undefined) return undefined
  }
  return value
}

export function readScoped(from: ScopedPath, record: JsonObject, item: Json): Json | undefined {
  return readPath(from.path, from.scope === 'item' ? item : record)
}
