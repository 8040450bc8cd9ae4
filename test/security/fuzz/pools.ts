/** What is there: ids, names and texts of the company's data, so that requests get further than "there is no such". */
import type { Json, JsonObject } from '../../../hub/contracts/json.ts'
import { isJsonObject } from '../../../hub/contracts/json.ts'
import { exampleBodies, HEADER_VALUES, NAMED_VALUES } from './known-values.ts'
import type { FuzzOperation } from './operations.ts'
import type { Caller } from './requests.ts'

/** Asks as an admin; null: not answered with JSON of status 200. */
export type Look = (path: string) => Promise<JsonObject | null>

export interface PoolsOptions {
  operations: readonly FuzzOperation[]
  look: Look
  /** Ids that no request may name: the fuzzer's own keys. */
  avoid: ReadonlySet<string>
  /** Ids of writes of records. */
  writes: readonly string[]
  /** Examples by operation id. */
  whole: Readonly<Record<string, readonly WholeExample[]>>
}

const POOL_MAX = 40

/** Parts of a request that are right only together. */
export interface WholeExample {
  /** Absent: whoever was drawn. */
  caller?: Caller
  params?: Record<string, string>
  headers?: Record<string, string>
  query?: [string, string][]
  json?: Json
  /** In the place of JSON, with its media type. */
  text?: string
  type?: string
}

export class Pools {
  /** By the path up to a parameter: the parameters' values of each thing that its list has. */
  readonly #paths = new Map<string, Record<string, string>[]>()
  /** By name, of all lists. */
  readonly #named = new Map<string, Json[]>(Object.entries(NAMED_VALUES).map(([name, values]) => [name, [...values]]))
  readonly #ids: string[] = []
  readonly #whole: PoolsOptions['whole']
  readonly #etags: string[] = ['*', '"1"', 'W/"1"', '"nonsense"']

  private constructor(whole: PoolsOptions['whole']) {
    this.#whole = whole
  }

  /** Reads every list that needs no parameters, and what is under the things that they name. */
  static async of({ operations, look, avoid, whole, writes }: PoolsOptions): Promise<Pools> {
    const pools = new Pools(whole)
    for (const write of writes) pools.#add('?write', write)
    const lists = operations.filter(({ method, spec }) => method === 'GET' && spec.endless !== true)
    for (const { path } of lists.filter(({ params }) => params.length === 0)) {
      await pools.#read(path, {}, path, look, avoid)
    }
    for (const list of lists.filter(({ params }) => params.length > 0)) {
      for (const params of pools.paths(list).slice(0, 2)) {
        await pools.#read(list.path, params, filled(list.path, params), look, avoid)
      }
    }
    return pools
  }

  async #read(
    path: string,
    above: Record<string, string>,
    address: string,
    look: Look,
    avoid: ReadonlySet<string>,
  ): Promise<void> {
    const answer = await look(address)
    const items = (answer?.['items'] ?? []) as Json[]
    for (const item of Array.isArray(items) ? items.filter(isJsonObject) : []) {
      if (typeof item['id'] === 'string' && avoid.has(item['id'])) continue
      this.#keep(path, above, item)
    }
    const next = answer?.['next']
    if (typeof next === 'string') this.#add('?cursor', next)
    if (typeof answer?.['etag'] === 'string') this.#etags.push(answer['etag'])
  }

  #keep(path: string, above: Record<string, string>, item: JsonObject): void {
    const values: Record<string, string> = { ...above }
    for (const [name, value] of Object.entries(item)) {
      if (typeof value !== 'string' && typeof value !== 'number') continue
      if (NAMES.has(name)) {
        // Under a thing, an item's own id is not that of the thing.
        if (!Object.hasOwn(above, name)) values[name] = String(value)
        this.#add(`?${name}`, value)
        if (IN_BODIES.has(name)) this.#add(name, value)
      }
    }
    if (path === '/v1/customers' && values['id'] !== undefined) this.#add('?customer', values['id'])
    if (path === '/v1/accounts' && values['id'] !== undefined) this.#add('?account', values['id'])
    const id = values['id'] ?? values['no']
    if (id !== undefined) this.#ids.push(id)
    const kept = this.#paths.get(path) ?? []
    if (kept.length < POOL_MAX) kept.push(values)
    this.#paths.set(path, kept)
  }

  #add(name: string, value: Json): void {
    const kept = this.#named.get(name) ?? []
    if (kept.length < POOL_MAX && !kept.includes(value)) kept.push(value)
    this.#named.set(name, kept)
  }

  whole({ id }: FuzzOperation): readonly WholeExample[] {
    return this.#whole[id] ?? []
  }

  values(name: string): readonly Json[] | undefined {
    return this.#named.get(name)
  }

  headers(name: string): readonly string[] {
    return name === 'if-match' || name === 'if-none-match' ? this.#etags : (HEADER_VALUES[name] ?? ['x'])
  }

  /** Right bodies: those of the document, with ids that are there in the place of its own. */
  bodies(operation: FuzzOperation): readonly Json[] {
    const own = exampleBodies(operation).flatMap((make) => [0, 1, 2].map((at) => make((name) => this.#any(name, at))))
    if (own.length > 0) return own
    const shown = (operation.body?.examples ?? []).filter((example) => typeof example !== 'string')
    return shown.flatMap((example) => [0, 1, 2].map((at) => this.#withIds(example, '', at)))
  }

  /** `customer: {id}` gets the id of a customer. */
  #withIds(value: Json, name: string, at: number): Json {
    if (Array.isArray(value)) return value.map((item) => this.#withIds(item, name, at))
    if (isJsonObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, this.#withIds(item, key === 'id' ? name : key, at)]),
      )
    }
    const isId = typeof value === 'string' && /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(value)
    const there = this.#paths.get(`/v1/${name}s`) ?? []
    return isId && there.length > 0 ? (there[at % there.length]?.['id'] ?? value) : value
  }

  #any(name: string, at: number): Json {
    const values = this.values(name) ?? []
    return values[at % Math.max(values.length, 1)] ?? this.#ids[at] ?? 'x'
  }

  /** Values of the operation's path parameters that belong together. */
  paths({ path, params }: FuzzOperation): Record<string, string>[] {
    if (params.length === 0) return []
    const parts = path.split('/')
    for (let end = parts.length; end > 1; end--) {
      const list = this.#paths.get(parts.slice(0, end).join('/'))
      const fit = list?.map((values) => this.#choose(params, values)).filter((one) => one !== null) ?? []
      if (fit.length > 0) return fit
    }
    return this.#madeUp(params)
  }

  #choose(params: FuzzOperation['params'], values: Record<string, string>): Record<string, string> | null {
    const chosen = params.map(({ name }) => {
      const value = values[name] ?? (ALIASES[name] ?? []).map((other) => values[other]).find((one) => one !== undefined)
      return [name, value ?? this.#lone(name)] as const
    })
    return chosen.every(([, value]) => value !== undefined)
      ? (Object.fromEntries(chosen) as Record<string, string>)
      : null
  }

  /** A parameter that no list of things has, such as a revision under a mapping. */
  #lone(name: string): string | undefined {
    const [value] = name === 'id' ? [] : (this.values(`?${name}`) ?? [])
    return value === undefined ? undefined : String(value)
  }

  #madeUp(params: FuzzOperation['params']): Record<string, string>[] {
    const lists = params.map(({ name }) => this.values(`?${name}`) ?? [])
    if (lists.some((list) => list.length === 0)) return []
    const length = Math.max(...lists.map((list) => list.length))
    return Array.from({ length }, (_, at) =>
      Object.fromEntries(
        params.map(({ name }, which) => [name, String(lists[which]?.[at % (lists[which]?.length ?? 1)])]),
      ),
    )
  }
}

/** Members of listed things that name them, or that other things are found by. */
const NAMES = new Set([
  'id',
  'no',
  'name',
  'system',
  'entity',
  'key',
  'rule',
  'revision',
  'version',
  'customer',
  'write',
  'code',
  'actor',
  'act',
])
/** Of these, the ones that mean the same wherever they stand. */
const IN_BODIES = new Set(['id', 'system', 'entity', 'key', 'rule', 'revision'])
const ALIASES: Readonly<Record<string, readonly string[]>> = { system: ['name'], rule: ['name'], revision: ['newest'] }

export function filled(path: string, params: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent((params[name] ?? '').toWellFormed()))
}
