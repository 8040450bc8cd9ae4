import type { FieldDefinition, Row, SetDefinition } from './definition.ts'
import { compileFilter } from './filter.ts'
import { SapRefusal } from './refusal.ts'
import { compareValues, type Table } from './store.ts'
import type { ServiceContext } from './service.ts'

const KNOWN = new Set([
  '$filter',
  '$select',
  '$expand',
  '$orderby',
  '$top',
  '$skip',
  '$skiptoken',
  '$count',
  '$inlinecount',
  '$format',
  '!deltatoken',
  '$deltatoken',
  'sap-client',
  'sap-language',
])

interface Order {
  name: string
  descending: boolean
}

export interface QueryPage {
  rows: Row[]
  count: number | undefined
  /** The query of the next page. */
  next: string | undefined
}

/** The query options of a request. Throws a SapRefusal (400) for those that the set can't follow. */
export function readQuery(given: URLSearchParams, set: SetDefinition, { service }: ServiceContext): Query {
  for (const name of given.keys()) {
    if (!KNOWN.has(name)) throw new SapRefusal(400, '/IWFND/CM_MGW_RT/010', `Invalid query option ${name}`)
  }
  return new Query(given, set, service.version)
}

export class Query {
  readonly deltaToken: string | undefined
  readonly #given: URLSearchParams
  readonly #set: SetDefinition
  readonly #version: '2' | '4'
  readonly #select: ReadonlySet<string> | undefined
  readonly #expand: ReadonlySet<string>

  constructor(given: URLSearchParams, set: SetDefinition, version: '2' | '4') {
    this.#given = given
    this.#set = set
    this.#version = version
    this.deltaToken = (given.get('!deltatoken') ?? given.get('$deltatoken'))?.replaceAll("'", '')
    this.#expand = new Set(version === '2' ? list(given.get('$expand')) : nestedPaths(given.get('$expand') ?? ''))
    for (const path of this.#expand) {
      if (!set.navigations?.some(({ name }) => name === path.split('/')[0])) throw invalid('$expand', path)
    }
    const select = list(given.get('$select'))
    const known = new Set([...set.fields.map(({ name }) => name), ...(set.navigations ?? []).map(({ name }) => name)])
    for (const name of select) if (!known.has(name.split('/')[0] ?? '')) throw invalid('$select', name)
    this.#select = select.length === 0 ? undefined : new Set(select)
  }

  /** What of each record is read, as the beginning of another query. */
  get shape(): string {
    const kept = ['$select', '$expand'].flatMap((name) => {
      const value = this.#given.get(name)
      return value === null ? [] : [`${name}=${encodeURIComponent(value)}&`]
    })
    return kept.join('')
  }

  selects(name: string): boolean {
    return this.#select === undefined || this.#select.has(name)
  }

  /** In V2 a navigation must be selected too, where anything is. */
  expands(path: string): boolean {
    const isSelected = this.#version === '4' || this.#select === undefined || this.#select.has(path.split('/')[0] ?? '')
    return this.#expand.has(path)
      ? isSelected
      : [...this.#expand].some((each) => each.startsWith(`${path}/`)) && isSelected
  }

  matching(table: Table): readonly Row[] {
    const filter = this.#given.get('$filter')
    return filter === null ? table.rows() : table.rows().filter(compileFilter(filter, this.#set.fields))
  }

  page(table: Table, pageMax: number): QueryPage {
    const order = this.#order()
    const top = this.#number('$top')
    const skipped = this.#number('$skip') ?? 0
    const done = this.#number('$skiptoken') ?? 0
    const counts = this.#given.get('$count') === 'true' || this.#given.get('$inlinecount') === 'allpages'
    const isKeyOrder = order.every(({ name, descending }, at) => name === this.#set.keys[at] && !descending)
    const all = this.matching(table)
    const sorted = isKeyOrder ? all : all.toSorted((a, b) => compareRows(a, b, order, this.#set.keys))
    const wanted = sorted.slice(skipped, top === undefined ? undefined : skipped + top)
    const rows = wanted.slice(done, done + pageMax)
    const isLast = done + rows.length >= wanted.length
    const next = new URLSearchParams(this.#given)
    next.set('$skiptoken', String(done + rows.length))
    return {
      rows,
      count: counts ? all.length : undefined,
      next: isLast ? undefined : next.toString().replaceAll('+', '%20').replaceAll('%24', '$'),
    }
  }

  #order(): Order[] {
    return list(this.#given.get('$orderby')).map((text) => {
      const [name = '', direction = 'asc'] = text.trim().split(/\s+/)
      const field: FieldDefinition | undefined = this.#set.fields.find((each) => each.name === name)
      if (!field || !['asc', 'desc'].includes(direction)) throw invalid('$orderby', text)
      return { name, descending: direction === 'desc' }
    })
  }

  #number(name: string): number | undefined {
    const text = this.#given.get(name)
    if (text === null) return undefined
    if (!/^\d+$/.test(text)) throw invalid(name, text)
    return Number(text)
  }
}

function compareRows(a: Row, b: Row, order: readonly Order[], keys: readonly string[]): number {
  for (const { name, descending } of order) {
    const compared = compareValues(a[name] ?? null, b[name] ?? null)
    if (compared !== 0) return descending ? -compared : compared
  }
  for (const name of keys) {
    const compared = compareValues(a[name] ?? null, b[name] ?? null)
    if (compared !== 0) return compared
  }
  return 0
}

function list(text: string | null): string[] {
  return text === null || text === '' ? [] : text.split(',').map((each) => each.trim())
}

/** `a($expand=b,c),d` as a, a/b, a/c, d. */
function nestedPaths(text: string, under = ''): string[] {
  const paths: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at <= text.length; at += 1) {
    const character = text[at] ?? ','
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (character !== ',' || depth > 0) continue
    const [, name = '', inner] = /^([^(]+)(?:\(\$expand=(.*)\))?$/s.exec(text.slice(from, at)) ?? []
    if (name !== '')
      paths.push(`${under}${name}`, ...(inner === undefined ? [] : nestedPaths(inner, `${under}${name}/`)))
    from = at + 1
  }
  return paths
}

function invalid(option: string, what: string): SapRefusal {
  return new SapRefusal(400, '/IWFND/CM_MGW_RT/011', `Invalid ${option}: '${what.slice(0, 60)}'`)
}
