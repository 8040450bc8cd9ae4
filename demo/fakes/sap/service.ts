import { randomUUID } from 'node:crypto'
import type { FieldDefinition, Row, ServiceDefinition, SetDefinition, Value } from './definition.ts'
import { type Answer, type Exchange, jsonAnswer } from './exchange.ts'
import { literalOf } from './filter.ts'
import { metadataOf } from './metadata.ts'
import type { Query } from './query.ts'
import { readQuery } from './query.ts'
import { SapRefusal } from './refusal.ts'
import type { Table } from './store.ts'
import { bodyOf, type InsertContext, insertion, readFields } from './insertion.ts'
import { writeValue } from './values.ts'

export interface ServiceContext {
  service: ServiceDefinition
  tables: ReadonlyMap<string, Table>
  /** `http://127.0.0.1:4711`, for the links in answers. */
  origin: string
  pageMax: number
  now(): number
  /** Delta token -> number of the last change it has seen; expired ones are gone. */
  tokens: Map<string, number>
  /** Keys (as `Set/key`) that are locked by somebody. */
  locks: ReadonlySet<string>
}

/** Answers requests to one OData service. Throws SapRefusals. */
export class ODataFakeService {
  readonly #context: ServiceContext

  constructor(context: ServiceContext) {
    this.#context = context
  }

  answer(exchange: Exchange): Answer {
    const { service } = this.#context
    const { method, path } = exchange
    if (path === '' || path === '/') return jsonAnswer(this.#serviceDocument())
    if (path === '$metadata') {
      return { status: 200, headers: { 'content-type': 'application/xml' }, body: metadataOf(service) }
    }
    const counts = /^([^(/]+)\/\$count$/.exec(path)
    const one = /^([^(/]+)\((.*)\)$/s.exec(path)
    const set = this.#set((counts ?? one)?.[1] ?? path)
    if (one) return this.#one(exchange, set, this.#keyIn(set, one[2] ?? ''))
    if (counts) {
      const rows = readQuery(exchange.query, set, this.#context).matching(this.#table(set))
      return { status: 200, headers: { 'content-type': 'text/plain;charset=utf-8' }, body: String(rows.length) }
    }
    if (method === 'GET') return this.#collection(exchange, set)
    if (method === 'POST') return this.#create(exchange, set)
    throw new SapRefusal(405, '/IWFND/CM_MGW_RT/017', 'Method not allowed on a collection')
  }

  #serviceDocument(): unknown {
    const { service } = this.#context
    if (service.version === '2') return { d: { EntitySets: service.sets.map(({ name }) => name) } }
    return { '@odata.context': '$metadata', value: service.sets.map(({ name }) => ({ name, url: name })) }
  }

  #set(name: string): SetDefinition {
    const set = this.#context.service.sets.find((each) => each.name === name)
    if (set) return set
    throw new SapRefusal(404, '/IWBEP/CM_MGW_RT/020', `Resource not found for segment '${name}'`)
  }

  #table(set: SetDefinition): Table {
    return this.#context.tables.get(set.table) as Table
  }

  #keyIn(set: SetDefinition, text: string): string {
    const parts = [...text.matchAll(/(?:([A-Za-z_]\w*)=)?((?:[A-Za-z]+)?'(?:[^']|'')*'|[^,'=]+)(?:,|$)/gs)]
    const row: Row = {}
    for (const [, name, literal = ''] of parts) row[name ?? set.keys[0] ?? ''] = literalOf(literal)
    if (parts.length === set.keys.length && set.keys.every((name) => row[name] !== undefined)) {
      // Numbers that are kept as text.
      for (const { name, type } of set.fields) {
        if ((type === 'Int64' || type === 'Decimal') && row[name] !== undefined) row[name] = String(row[name])
      }
      return this.#table(set).keyOf(row)
    }
    throw new SapRefusal(400, '/IWFND/CM_MGW_RT/016', 'Malformed key predicate')
  }

  #collection(exchange: Exchange, set: SetDefinition): Answer {
    const { version, path } = this.#context.service
    const query = readQuery(exchange.query, set, this.#context)
    const exact = isExact(exchange)
    if (query.deltaToken !== undefined) return this.#changes(exchange, set, query)
    const page = query.page(this.#table(set), this.#pageSize(exchange))
    const address = `${this.#context.origin}${path}/${set.name}`
    const rows = page.rows.map((row) => this.#entity(set, row, query, exact))
    const next = page.next === undefined ? undefined : `${address}?${page.next}`
    const tracks = version === '2' || /track-changes/.test(exchange.headers.prefer ?? '')
    const delta = set.delta && tracks && next === undefined ? this.#deltaLink(set, address, query) : undefined
    const headers: Record<string, string> =
      version === '4' && set.delta && tracks ? { 'preference-applied': 'odata.track-changes' } : {}
    return jsonAnswer(this.#wrapped(set, rows, { next, delta, count: page.count }), 200, headers)
  }

  #wrapped(
    set: SetDefinition,
    rows: unknown[],
    links: { next?: string | undefined; delta?: string | undefined; count?: number | undefined },
  ): unknown {
    const { next, delta, count } = links
    if (this.#context.service.version === '2') {
      return {
        d: {
          ...(count === undefined ? {} : { __count: String(count) }),
          results: rows,
          ...(next === undefined ? {} : { __next: next }),
          ...(delta === undefined ? {} : { __delta: delta }),
        },
      }
    }
    return {
      '@odata.context': `$metadata#${set.name}`,
      ...(count === undefined ? {} : { '@odata.count': count }),
      value: rows,
      ...(next === undefined ? {} : { '@odata.nextLink': next }),
      ...(delta === undefined ? {} : { '@odata.deltaLink': delta }),
    }
  }

  /** A delta link has in it what was asked for, so that changes come in the same shape (OData 4.01, part 1, 11.3). */
  #deltaLink(set: SetDefinition, address: string, query: Query): string {
    const token = `D${randomUUID().replaceAll('-', '')}`
    this.#context.tokens.set(token, this.#table(set).lastChange)
    return this.#context.service.version === '2'
      ? `${address}?${query.shape}!deltatoken='${token}'`
      : `${address}?${query.shape}$deltatoken=${token}`
  }

  #changes(exchange: Exchange, set: SetDefinition, query: Query): Answer {
    const { service, origin, tokens } = this.#context
    const from = tokens.get(query.deltaToken ?? '')
    if (from === undefined) throw new SapRefusal(410, '/IWBEP/CM_MGW_RT/090', 'Delta token has expired')
    const table = this.#table(set)
    const address = `${origin}${service.path}/${set.name}`
    const rows = table.changesAfter(from).map(({ key, deleted }) => {
      const row = table.get(key)
      if (!deleted && row) return this.#entity(set, row, query, isExact(exchange))
      const id = `${origin}${service.path}/${set.name}(${this.#predicate(set, JSON.parse(key) as Value[])})`
      if (service.version === '2') return { '@odata.context': `$metadata#${set.name}/$deletedEntity`, id }
      return { '@odata.context': `$metadata#${set.name}/$deletedEntity`, id, reason: 'deleted' }
    })
    return jsonAnswer(this.#wrapped(set, rows, { delta: this.#deltaLink(set, address, query) }))
  }

  #pageSize(exchange: Exchange): number {
    const preferred = Number(/odata\.maxpagesize=(\d+)/.exec(exchange.headers.prefer ?? '')?.[1] ?? Number.NaN)
    return Number.isFinite(preferred) ? Math.min(preferred, this.#context.pageMax) : this.#context.pageMax
  }

  /** A row as it stands in an answer, with the navigations that are expanded. */
  #entity(set: SetDefinition, row: Row, query: Query, exact: boolean, under = ''): Record<string, unknown> {
    const { service, origin } = this.#context
    const { version } = service
    const etag = this.#etag(set, row)
    const uri = `${origin}${service.path}/${set.name}(${this.#predicate(
      set,
      set.keys.map((name) => row[name] ?? null),
    )})`
    const entity: Record<string, unknown> =
      version === '2'
        ? { __metadata: { id: uri, uri, type: `${service.namespace}.${set.name}Type`, ...(etag ? { etag } : {}) } }
        : etag
          ? { '@odata.etag': etag }
          : {}
    for (const field of set.fields) {
      if (under === '' && !query.selects(field.name)) continue
      entity[field.name] = writeValue(version, field, row[field.name] ?? null, exact)
    }
    for (const navigation of set.navigations ?? []) {
      const path = `${under}${navigation.name}`
      if (!query.expands(path)) {
        if (version === '2') entity[navigation.name] = { __deferred: { uri: `${uri}/${navigation.name}` } }
        continue
      }
      const target = this.#set(navigation.target)
      const related = this.#table(target)
        .rows()
        .filter((each) => Object.entries(navigation.on).every(([own, theirs]) => each[theirs] === row[own]))
        .map((each) => this.#entity(target, each, query, exact, `${path}/`))
      const many = version === '2' ? { results: related } : related
      entity[navigation.name] = navigation.many ? many : (related[0] ?? null)
    }
    return entity
  }

  #predicate(set: SetDefinition, values: readonly Value[]): string {
    const text = (value: Value, type: FieldDefinition['type'] | undefined): string => {
      if (typeof value !== 'string') return String(value)
      if (type === 'String' || type === undefined) return `'${encodeURIComponent(value.replaceAll("'", "''"))}'`
      return this.#context.service.version === '2' && type === 'Guid' ? `guid'${value}'` : value
    }
    const typed = set.keys.map((name, at) => [
      name,
      text(values[at] ?? null, set.fields.find((field) => field.name === name)?.type),
    ])
    return typed.length === 1
      ? (typed[0]?.[1] ?? '')
      : typed.map(([name, value]) => `${name ?? ''}=${value ?? ''}`).join(',')
  }

  #etag(set: SetDefinition, row: Row): string | undefined {
    if (set.etag === false) return undefined
    const table = this.#table(set)
    return `W/"'${String(table.version(table.keyOf(row))).padStart(14, '0')}'"`
  }

  #one(exchange: Exchange, set: SetDefinition, key: string): Answer {
    const table = this.#table(set)
    const row = table.get(key)
    if (!row) throw new SapRefusal(404, '/IWBEP/CM_MGW_RT/000', 'Resource not found')
    const etag = this.#etag(set, row)
    const method = exchange.method === 'POST' ? (exchange.headers['x-http-method'] ?? 'POST') : exchange.method
    if (method === 'GET') {
      const entity = this.#entity(set, row, readQuery(exchange.query, set, this.#context), isExact(exchange))
      const body =
        this.#context.service.version === '2'
          ? { d: entity }
          : { '@odata.context': `$metadata#${set.name}/$entity`, ...entity }
      return jsonAnswer(body, 200, etag ? { etag } : {})
    }
    if (!['PATCH', 'MERGE', 'PUT', 'DELETE'].includes(method)) {
      throw new SapRefusal(405, '/IWFND/CM_MGW_RT/017', 'Method not allowed on an entity')
    }
    this.#mayChange(exchange, set, key, etag)
    if (method === 'DELETE') {
      table.remove(key)
      return { status: 204, headers: {}, body: '' }
    }
    const changes = this.#fieldsIn(exchange, set)
    const base = method === 'PUT' ? Object.fromEntries(Object.entries(row).map(([name]) => [name, null])) : row
    const changed: Row = { ...base, ...changes, ...keysOf(set, row), ...this.#stamps(set, 'changed') }
    table.put(changed)
    const tag = this.#etag(set, changed)
    return { status: 204, headers: tag ? { etag: tag } : {}, body: '' }
  }

  #mayChange({ headers }: Exchange, set: SetDefinition, key: string, etag: string | undefined): void {
    const given = headers['if-match']
    if (etag !== undefined && given === undefined) {
      throw new SapRefusal(428, '/IWFND/CM_MGW_RT/085', 'Precondition required: If-Match header is missing')
    }
    if (given !== undefined && given !== '*' && given !== etag) {
      throw new SapRefusal(412, '/IWBEP/CM_MGW_RT/029', 'Precondition failed: the entity was changed meanwhile')
    }
    if (this.#context.locks.has(`${set.name}/${key}`)) {
      throw new SapRefusal(400, 'MC/601', 'Object requested is currently locked by user SMITH')
    }
  }

  #create(exchange: Exchange, set: SetDefinition): Answer {
    const { row, brought } = insertion(this.#insertContext(), set, bodyOf(exchange))
    for (const [target, rows] of brought) for (const each of rows) this.#table(target).put(each)
    this.#table(set).put(row)
    // What was made comes back with what it brought.
    const names = (set.navigations ?? []).filter(({ target }) => brought.has(this.#set(target))).map(({ name }) => name)
    const query = readQuery(
      new URLSearchParams(names.length === 0 ? {} : { $expand: names.join(',') }),
      set,
      this.#context,
    )
    const entity = this.#entity(set, row, query, isExact(exchange))
    const tag = this.#etag(set, row)
    return jsonAnswer(this.#context.service.version === '2' ? { d: entity } : entity, 201, tag ? { etag: tag } : {})
  }

  #insertContext(): InsertContext {
    return {
      version: this.#context.service.version,
      set: (name) => this.#set(name),
      table: (set) => this.#table(set),
      stamps: (set) => ({ ...this.#stamps(set, 'created'), ...this.#stamps(set, 'changed') }),
    }
  }

  #fieldsIn(exchange: Exchange, set: SetDefinition): Row {
    return readFields(this.#context.service.version, set, Object.entries(bodyOf(exchange)))
  }

  #stamps(set: SetDefinition, kind: 'changed' | 'created'): Row {
    const names = set.stamps?.[kind] ?? []
    const at = new Date(this.#context.now()).toISOString()
    return Object.fromEntries(
      names.map((name) => [name, stamp(set.fields.find((field) => field.name === name)?.type, at)]),
    )
  }
}

function stamp(type: FieldDefinition['type'] | undefined, at: string): string {
  if (type === 'Date') return at.slice(0, 10)
  return type === 'Time' ? at.slice(11, 19) : at
}

function keysOf(set: SetDefinition, row: Row): Row {
  return Object.fromEntries(set.keys.map((name) => [name, row[name] ?? null]))
}

function isExact({ headers }: Exchange): boolean {
  return /IEEE754Compatible=true/i.test(headers.accept ?? '')
}
