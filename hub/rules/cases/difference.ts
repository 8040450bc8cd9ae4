import type { Json } from '../../contracts/json.ts'
import { isJsonObject } from '../../contracts/json.ts'

const LINES_MAX = 40

/** What differs, leaf by leaf: `- path: expected`, `+ path: actual`; empty where nothing does. */
export function differenceOf(expected: Json, actual: Json): string {
  const lines: string[] = []
  compare(expected, actual, '', lines)
  return lines.slice(0, LINES_MAX).join('\n')
}

function compare(expected: Json | undefined, actual: Json | undefined, path: string, lines: string[]): void {
  if (expected === actual || lines.length > LINES_MAX) return
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length)
    for (let at = 0; at < length; at++) compare(expected[at], actual[at], `${path}[${at}]`, lines)
  } else if (isObject(expected) && isObject(actual)) {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      compare(expected[name], actual[name], path === '' ? name : `${path}.${name}`, lines)
    }
  } else {
    const place = path === '' ? '' : `${path}: `
    if (expected !== undefined) lines.push(`- ${place}${JSON.stringify(expected)}`)
    if (actual !== undefined) lines.push(`+ ${place}${JSON.stringify(actual)}`)
  }
}

const isObject = (value: Json | undefined): value is { [name: string]: Json } =>
  value !== undefined && isJsonObject(value)
