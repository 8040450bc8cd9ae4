import type { Json, JsonObject } from '../../contracts/json.ts'
import { isJsonObject } from '../../contracts/json.ts'
import { formatPath } from '../document/path.ts'
import type { Path } from '../document/path.ts'

/** One place in which two documents differ; undefined: not there. */
export interface Difference {
  path: string
  expected: Json | undefined
  actual: Json | undefined
}

const DIFFERENCES_MAX = 200

/** Where two JSON values differ, leaf by leaf, in the order of the expected one. */
export function differences(expected: Json | undefined, actual: Json | undefined): Difference[] {
  const found: Difference[] = []
  compare(expected, actual, [], found)
  return found
}

function compare(expected: Json | undefined, actual: Json | undefined, path: Path, found: Difference[]): void {
  if (found.length >= DIFFERENCES_MAX || Object.is(expected, actual)) return
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length)
    for (let index = 0; index < length; index++) compare(expected[index], actual[index], [...path, index], found)
    return
  }
  if (expected !== undefined && actual !== undefined && isJsonObject(expected) && isJsonObject(actual)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)])
    for (const name of names) compare(own(expected, name), own(actual, name), [...path, name], found)
    return
  }
  found.push({ path: formatPath(path), expected, actual })
}

const own = (object: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined

/** For people: a line for each value, `-` expected, `+` what came instead. */
export function differenceText(list: readonly Difference[]): string {
  return list
    .flatMap(({ path, expected, actual }) => {
      const where = path === '' ? '(document)' : path
      return [
        ...(expected === undefined ? [] : [`- ${where}: ${JSON.stringify(expected)}`]),
        ...(actual === undefined ? [] : [`+ ${where}: ${JSON.stringify(actual)}`]),
      ]
    })
    .join('\n')
}
