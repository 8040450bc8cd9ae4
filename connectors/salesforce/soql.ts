/** Pieces of SOQL. Names are checked where they come in (options.ts); values are quoted here. */
import type { ObjectInfo } from './object-info.ts'
import type { ObjectOptions } from './options.ts'

/** A text as a literal: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm */
export function quoted(text: string): string {
  const escapes: Record<string, string> = {
    '\\': '\\\\',
    "'": "\\'",
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\b': '\\b',
    '\f': '\\f',
  }
  return `'${text.replace(/[\\'\n\r\t\b\f]/g, (found) => escapes[found] ?? found)}'`
}

/** SELECT of the fields that are read, of the records that the options mean, under these conditions besides. */
export function select(info: ObjectInfo, options: ObjectOptions, conditions: readonly string[], rest = ''): string {
  return `${selectOf(
    info,
    info.fields.map(({ name }) => name),
    options,
    conditions,
  )}${rest === '' ? '' : ` ${rest}`}`
}

export function selectOf(
  info: ObjectInfo,
  names: readonly string[],
  options: ObjectOptions,
  conditions: readonly string[],
): string {
  const all = [...conditions, ...standing(info, options)]
  const where = all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`
  return `SELECT ${names.join(', ')} FROM ${info.name}${where}`
}

/** Which records there are at all: a record without a key has no name. */
export function standing(info: ObjectInfo, options: ObjectOptions): string[] {
  const conditions = []
  if (options.where !== undefined) conditions.push(`(${options.where})`)
  if (info.key.name !== 'Id') conditions.push(`${info.key.name} != null`)
  return conditions
}

/** Lists of literals for IN, each short enough for an address. */
export function inLists(
  values: readonly string[],
  perList = 200,
  charactersMax = 6000,
): { values: string[]; sql: string }[] {
  const lists: { values: string[]; sql: string }[] = []
  let current: string[] = []
  let size = 0
  const end = (): void => {
    if (current.length > 0) lists.push({ values: current, sql: `(${current.map(quoted).join(', ')})` })
    current = []
    size = 0
  }
  for (const value of values) {
    const length = encodeURIComponent(quoted(value)).length + 4
    if (current.length >= perList || size + length > charactersMax) end()
    current.push(value)
    size += length
  }
  end()
  return lists
}
