import type { EntityConfig } from '../../hub/contracts/connector.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { settingsError } from '../shared/errors.ts'
import { type JsonPath, parsePath } from '../shared/json-path.ts'
import { type JsonPredicate, parsePredicate } from '../shared/json-predicate.ts'
import { pointerTo, readSettings } from '../shared/settings.ts'
import { type PAGE_STYLES, REST_OPTIONS } from './options-schema.ts'
import { parseRequest, type RequestTemplate } from './request.ts'
import { placesOf } from './template.ts'
import type { WatermarkFormat } from './watermark.ts'

export interface ListRequest {
  request: RequestTemplate
  records: JsonPath
  record: JsonPath
  total: JsonPath | undefined
}

export interface PageOptions {
  style: (typeof PAGE_STYLES)[number]
  size: number
  first: number
  at: JsonPath
  /** undefined: the key. */
  after: JsonPath | undefined
}

export interface ChangesOptions {
  fields: JsonPath[]
  format: WatermarkFormat
  lookBack: number
  isAscending: boolean
  list: ListRequest
}

export interface WriteRequest {
  request: RequestTemplate
  sendsRecord: boolean
}

export interface CreateRequest extends WriteRequest {
  /** Where the answer has the key that the system gave; undefined: the hub chooses the key. */
  key: JsonPath | undefined
  /** Finds what an earlier try made. */
  find: { request: RequestTemplate; record: JsonPath } | undefined
  /** A header carries the idempotency key: the system answers a repeat with what it made. */
  isRepeatable: boolean
}

/** The options of an entity, checked. */
export interface RestOptions {
  entity: string
  key: JsonPath[]
  list: ListRequest
  page: PageOptions
  changes: ChangesOptions | undefined
  deleted: JsonPredicate | undefined
  sequence: JsonPath | undefined
  get: { request: RequestTemplate; record: JsonPath } | undefined
  update: WriteRequest | undefined
  create: CreateRequest | undefined
  lock: { style: 'etag' } | { style: 'field'; field: JsonPath; absent: 'omit' | 'null' } | undefined
}

const LIST_NAMES = ['page', 'since', 'session']
const KEY_NAMES = ['key', 'keys', 'session']
const FIND_NAMES = ['idempotencyKey', 'session']
const WRITE_NAMES = [...KEY_NAMES, 'data', 'record', 'lock', 'idempotencyKey']

/** Throws `connector.settings` with a pointer into the options. */
export function restOptions(config: EntityConfig): RestOptions {
  const where = `${pointerTo('/entities', config.entity)}/options`
  const given = readSettings(REST_OPTIONS, config.options, where)
  const part = (name: string): JsonObject | undefined => given[name] as JsonObject | undefined
  const keys = given.key as string[]
  if (keys.length === 0 || new Set(keys).size !== keys.length) {
    throw settingsError('The key must be at least one path, each named once.', { where: `${where}/key` })
  }
  const page = pageOptions(part('page'), `${where}/page`)
  const list = listRequest(part('list') ?? {}, `${where}/list`)
  requirePlace(list.request, page, `${where}/list`)
  const [get, update, create] = [part('get'), part('update'), part('create')]
  const options: RestOptions = {
    entity: config.entity,
    key: keys.map((path, place) => parsePath(path, `${where}/key/${place}`)),
    list,
    page,
    changes: changesOptions(part('changes'), list, page, `${where}/changes`),
    deleted: given.deleted === undefined ? undefined : parsePredicate(part('deleted') ?? {}, `${where}/deleted`),
    sequence: optionalPath(given.sequence, `${where}/sequence`),
    get: get && {
      request: parseRequest(get, KEY_NAMES, `${where}/get`),
      record: pathOr(get.record, `${where}/get/record`),
    },
    update: update && writeRequest(update, `${where}/update`),
    create: create && createRequest(create, `${where}/create`),
    lock: lockOptions(part('lock'), `${where}/lock`),
  }
  if ((update ?? create) !== undefined && get === undefined) {
    throw settingsError('Records are written only where one can be read by its key.', {
      where: `${where}/get`,
      fix: 'Name the request for one record: get: { path: /things/{{ key }} }.',
    })
  }
  return options
}

function pathOr(text: Json | undefined, where: string): JsonPath {
  return text === undefined ? [] : parsePath(String(text), where)
}

function optionalPath(text: Json | undefined, where: string): JsonPath | undefined {
  return text === undefined ? undefined : parsePath(String(text), where)
}

function listRequest(given: JsonObject, where: string): ListRequest {
  return {
    request: parseRequest(given, LIST_NAMES, where),
    records: pathOr(given.records, `${where}/records`),
    record: pathOr(given.record, `${where}/record`),
    total: optionalPath(given.total, `${where}/total`),
  }
}

/** The placeholders of which a style needs one in the request: without it every page would be the first. */
const PLACES_OF_STYLE: Partial<Record<PageOptions['style'], string>> = {
  number: 'number',
  offset: 'offset',
  cursor: 'cursor',
  keyset: 'after',
}

function requirePlace(request: RequestTemplate, page: PageOptions, where: string): void {
  const needed = PLACES_OF_STYLE[page.style]
  for (const [first, second] of request.places) {
    if (first !== 'page' || second === 'size' || second === needed) continue
    throw settingsError(`Pages of the style ${page.style} have no {{ page.${second ?? ''} }}.`, {
      where,
      fix: `Use {{ page.size }}${needed === undefined ? '' : ` and {{ page.${needed} }}`}.`,
    })
  }
  if (needed === undefined || request.places.some(([first, second]) => first === 'page' && second === needed)) return
  throw settingsError(`The request does not say which page it wants: {{ page.${needed} }} is missing.`, {
    where,
    fix: `Put it into query or body, as query: { ${needed}: '{{ page.${needed} }}' }.`,
  })
}

function pageOptions(given: JsonObject | undefined, where: string): PageOptions {
  if (given === undefined) return { style: 'none', size: 100, first: 1, at: [], after: undefined }
  const style = given.style as PageOptions['style']
  const needsPlace = style === 'cursor' || style === 'next'
  if (needsPlace !== (given.at !== undefined)) {
    throw settingsError(`The style ${style} ${needsPlace ? 'needs' : 'has no'} "at".`, { where: `${where}/at` })
  }
  if (style !== 'keyset' && given.after !== undefined) {
    throw settingsError(`The style ${style} has no "after".`, { where: `${where}/after` })
  }
  return {
    style,
    size: given.size as number,
    first: given.first as number,
    at: pathOr(given.at, `${where}/at`),
    after: optionalPath(given.after, `${where}/after`),
  }
}

function changesOptions(
  given: JsonObject | undefined,
  list: ListRequest,
  page: PageOptions,
  where: string,
): ChangesOptions | undefined {
  if (given === undefined) return undefined
  const own = given.list as JsonObject | undefined
  const request = own === undefined ? list : listRequest(own, `${where}/list`)
  if (own !== undefined) requirePlace(request.request, page, `${where}/list`)
  if (!request.request.places.some(([name]) => name === 'since')) {
    throw settingsError('The request for changes does not say since when: {{ since }} is missing.', {
      where: own === undefined ? where : `${where}/list`,
      fix: "Put it into query or body, as query: { updated_since: '{{ since }}' }.",
    })
  }
  return {
    fields: (given.fields as string[]).map((path, place) => parsePath(path, `${where}/fields/${place}`)),
    format: given.format as WatermarkFormat,
    lookBack: given.lookBack as number,
    isAscending: given.order === 'ascending',
    list: request,
  }
}

function writeRequest(given: JsonObject, where: string): WriteRequest {
  const request = parseRequest(given, WRITE_NAMES, where)
  if (request.method === 'GET') {
    throw settingsError('A GET request writes nothing.', { where: `${where}/method`, fix: 'Use POST, PUT or PATCH.' })
  }
  return { request, sendsRecord: given.send === 'record' }
}

function createRequest(given: JsonObject, where: string): CreateRequest {
  const write = writeRequest(given, where)
  const key = optionalPath(given.key, `${where}/key`)
  const find = given.find as JsonObject | undefined
  if (find !== undefined && key === undefined) {
    throw settingsError('What an earlier try made is looked for only where the system gives the keys.', {
      where: `${where}/find`,
      fix: 'Say in "key" where the answer has the key, or leave "find" out.',
    })
  }
  const finding = find && parseRequest(find, FIND_NAMES, `${where}/find`)
  if (finding && !finding.places.some(([name]) => name === 'idempotencyKey')) {
    throw settingsError('The request does not say what it looks for: {{ idempotencyKey }} is missing.', {
      where: `${where}/find`,
      fix: "Send it in the body of create, and put it into the query, as query: { reference: '{{ idempotencyKey }}' }.",
    })
  }
  const ofKey = new Set([...KEY_NAMES, 'lock'].filter((name) => name !== 'session'))
  if (key !== undefined && write.request.places.some(([name = '']) => ofKey.has(name))) {
    throw settingsError('The key of a record that is to be made is not known yet.', { where })
  }
  return {
    ...write,
    key,
    find: finding && { request: finding, record: pathOr(find?.record, `${where}/find/record`) },
    isRepeatable: write.request.headers.some(([, text]) => placesOf(text).some(([name]) => name === 'idempotencyKey')),
  }
}

function lockOptions(given: JsonObject | undefined, where: string): RestOptions['lock'] {
  if (given === undefined) return undefined
  if (given.style === 'etag') {
    if (given.field === undefined) return { style: 'etag' }
    throw settingsError('A lock of the style etag has no field.', { where: `${where}/field` })
  }
  if (given.field === undefined) {
    throw settingsError('A lock of the style field needs "field".', {
      where: `${where}/field`,
      fix: 'Name the path of the version or time in the record.',
    })
  }
  return { style: 'field', field: parsePath(String(given.field), `${where}/field`), absent: given.absent as 'omit' }
}
