import { isJsonObject, type Json, type JsonObject } from '../../../hub/contracts/json.ts'
import { settingsError } from '../../shared/errors.ts'
import type { BapiOptions } from '../entity-options.ts'
import type { RfcStructure } from './port.ts'

/** How one entity is read and written by BAPIs; the option `bapi`, checked. */
export interface BapiMapping {
  entity: string
  where: string
  /** Lists the keys: `key` is a column of the table that comes back in `table`. */
  list: { function: string; parameters: RfcStructure; table: string; key: string }
  /** Reads one record: its key goes into the parameter `key`, and `results` are what makes the record. */
  get: { function: string; parameters: RfcStructure; key: string; results: string[]; notFound: string[] }
  update: BapiChange | undefined
  create: BapiCreate | undefined
}

export interface BapiChange {
  function: string
  parameters: RfcStructure
  key: string | undefined
  /** Result of `get` -> import parameter, and the structure of flags that names the changed fields. */
  structures: Record<string, { parameter: string; flags: string | undefined }>
}

export interface BapiCreate extends BapiChange {
  /** Field that holds the write's own reference, so that a repeat finds what the first try has made. */
  reference: { parameter: string; field: string; characters: number }
  /** Finds records by that reference: it goes into `key`, and `column` of `table` names what was found. */
  lookup: { function: string; parameters: RfcStructure; key: string; table: string; column: string }
}

/** Throws `connector.settings` with a pointer. */
export function bapiMapping({ bapi, entity, where: options }: BapiOptions): BapiMapping {
  const where = `${options}/bapi`
  onlyMembers(bapi, ['list', 'get', 'update', 'create'], where)
  const list = section(bapi, 'list', ['function', 'parameters', 'table', 'key'], where)
  const get = section(bapi, 'get', ['function', 'parameters', 'key', 'results', 'notFound'], where)
  if (!list || !get) {
    throw settingsError('The option "bapi" needs "list" and "get".', { where, fix: 'See the README of the connector.' })
  }
  const change = section(bapi, 'update', ['function', 'parameters', 'key', 'structures'], where)
  const create = section(bapi, 'create', ['function', 'parameters', 'key', 'structures', 'reference', 'lookup'], where)
  return {
    entity,
    where,
    list: {
      function: name(list, 'function', `${where}/list`),
      parameters: parameters(list, `${where}/list`),
      table: name(list, 'table', `${where}/list`),
      key: name(list, 'key', `${where}/list`),
    },
    get: {
      function: name(get, 'function', `${where}/get`),
      parameters: parameters(get, `${where}/get`),
      key: name(get, 'key', `${where}/get`),
      results: texts(get, 'results', `${where}/get`),
      notFound: get.notFound === undefined ? [] : texts(get, 'notFound', `${where}/get`),
    },
    update: change && changeOf(change, `${where}/update`),
    create: create && createOf(create, `${where}/create`),
  }
}

function changeOf(given: JsonObject, where: string): BapiChange {
  const { structures } = given
  if (!isJsonObject(structures ?? null)) {
    throw settingsError('"structures" must name the parameter of each result.', { where: `${where}/structures` })
  }
  const entries = Object.entries(structures as JsonObject).map(([result, target]) => {
    const at = `${where}/structures/${result}`
    if (!isJsonObject(target)) throw settingsError('A structure is {parameter, flags}.', { where: at })
    onlyMembers(target, ['parameter', 'flags'], at)
    const flags = target.flags === undefined ? undefined : name(target, 'flags', at)
    return [result, { parameter: name(target, 'parameter', at), flags }] as const
  })
  return {
    function: name(given, 'function', where),
    parameters: parameters(given, where),
    key: given.key === undefined ? undefined : name(given, 'key', where),
    structures: Object.fromEntries(entries),
  }
}

function createOf(given: JsonObject, where: string): BapiCreate {
  const reference = section(given, 'reference', ['parameter', 'field', 'characters'], where)
  const lookup = section(given, 'lookup', ['function', 'parameters', 'key', 'table', 'column'], where)
  if (!reference || !lookup) {
    throw settingsError('"create" needs "reference" and "lookup": a BAPI that is called twice makes two records.', {
      where,
    })
  }
  const characters = reference.characters ?? 20
  if (typeof characters !== 'number' || !Number.isInteger(characters) || characters < 8 || characters > 64) {
    throw settingsError('"characters" must be a whole number from 8 to 64.', { where: `${where}/reference/characters` })
  }
  return {
    ...changeOf(given, where),
    reference: {
      parameter: name(reference, 'parameter', `${where}/reference`),
      field: name(reference, 'field', `${where}/reference`),
      characters,
    },
    lookup: {
      function: name(lookup, 'function', `${where}/lookup`),
      parameters: parameters(lookup, `${where}/lookup`),
      key: name(lookup, 'key', `${where}/lookup`),
      table: name(lookup, 'table', `${where}/lookup`),
      column: name(lookup, 'column', `${where}/lookup`),
    },
  }
}

function section(given: JsonObject, member: string, known: readonly string[], where: string): JsonObject | undefined {
  const value = given[member]
  if (value === undefined) return undefined
  if (!isJsonObject(value)) throw settingsError(`"${member}" must be an object.`, { where: `${where}/${member}` })
  onlyMembers(value, known, `${where}/${member}`)
  return value
}

function onlyMembers(given: JsonObject, known: readonly string[], where: string): void {
  const odd = Object.keys(given).find((member) => !known.includes(member))
  if (odd === undefined) return
  throw settingsError(`There is no "${odd}" here.`, { where: `${where}/${odd}`, fix: `Use ${known.join(', ')}.` })
}

function name(given: JsonObject, member: string, where: string): string {
  const value = given[member]
  if (typeof value === 'string' && /^[A-Za-z/][\w/]*$/.test(value)) return value
  throw settingsError(`"${member}" must be an ABAP name.`, { where: `${where}/${member}` })
}

function texts(given: JsonObject, member: string, where: string): string[] {
  const value: Json | undefined = given[member]
  if (Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')) return value
  throw settingsError(`"${member}" must be a list of names.`, { where: `${where}/${member}` })
}

function parameters(given: JsonObject, where: string): RfcStructure {
  const value = given.parameters ?? {}
  if (isJsonObject(value)) return value as RfcStructure
  throw settingsError('"parameters" must be an object.', { where: `${where}/parameters` })
}
