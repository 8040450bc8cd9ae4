import { type Json, type JsonObject, isJsonObject } from '../contracts/json.ts'

/**
 * The paths of the fields in which two customers differ, sorted: members (`status`), parts of objects (`name.given`,
 * `attributes.tier`), and lists as a whole (`emails`). The order of an object's members is no difference.
 */
export function diffPaths(before: JsonObject, after: JsonObject): string[] {
  const paths: string[] = []
  collect(before, after, '', paths)
  return paths.sort()
}

function collect(before: JsonObject, after: JsonObject, prefix: string, paths: string[]): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const old = own(before, name)
    const now = own(after, name)
    if (same(old, now)) continue
    const path = `${prefix}${name}`
    const isObject = isJsonObject(old) || isJsonObject(now)
    const comparable = (isJsonObject(old) || old === undefined) && (isJsonObject(now) || now === undefined)
    const depth = prefix === '' ? 1 : 2
    if (!isObject || !comparable || depth === 2) paths.push(path)
    else collect(old ?? {}, now ?? {}, `${path}.`, paths)
  }
}

function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((it, at) => same(it, b[at]))
  if (!isJsonObject(a) || !isJsonObject(b)) return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
  )
}
