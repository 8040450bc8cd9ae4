import type { JsonObject } from '../../../hub/contracts/json.ts'
import { schemaError, settingsError } from '../../shared/errors.ts'
import { joinKey, splitKey } from '../../shared/record-key.ts'
import type { TableRow, TableSource, WatermarkPosition, WatermarkRow } from '../../shared/table-source.ts'
import type { ODataOptions } from '../entity-options.ts'
import type { EntityType, Property, ServiceModel } from './model.ts'
import { allOf, beyond, equal, expandOption, type OrderedField, withQuery } from './query.ts'
import { type ODataService, propertyOf, type RawPage } from './service.ts'
import { readEntity } from './values.ts'
import { compareWatermarks, earlier, FIRST_TIME, isTimed } from './watermark.ts'

const FILTER_CHARACTERS_MAX = 3000

/** An entity set as a table: keyset pages by key and by change fields, whatever pages the service cuts them into. */
export class ODataSource implements TableSource {
  readonly service: ODataService
  readonly options: ODataOptions
  readonly type: EntityType
  readonly key: readonly Property[]
  readonly watermarkIsTime: boolean
  readonly #watermark: readonly Property[]

  private constructor(service: ODataService, options: ODataOptions, type: EntityType, watermark: readonly string[]) {
    this.service = service
    this.options = options
    this.type = type
    const names = options.keyFields ?? type.keyFields
    if (names.length === 0) {
      throw schemaError(`The entity set "${options.entitySet}" names no key.`, {
        where: `${options.where}/keyFields`,
        fix: 'Name the fields that identify a record in keyFields.',
      })
    }
    this.key = names.map((name) => propertyOf(type, name, options, 'keyFields'))
    this.#watermark = watermark.map((name) => propertyOf(type, name, options, 'changeFields'))
    this.watermarkIsTime = this.#watermark.length > 0 && isTimed(this.#watermark, options)
    for (const path of options.expand) mustNavigate(type, path, options)
    for (const name of options.select ?? []) propertyOf(type, name, options, 'select')
  }

  /** @param watermark the fields of the option changeFields or createFields; none for snapshots */
  static async open(service: ODataService, options: ODataOptions, watermark: readonly string[]): Promise<ODataSource> {
    return new ODataSource(service, options, await service.type(options), watermark)
  }

  async pageByKey(after: readonly string[] | null, limit: number): Promise<TableRow[]> {
    const filter = (last: TableRow | undefined): string | undefined => {
      const position = last?.position ?? after
      return position === null ? undefined : beyond(this.service.version, this.#keyAt(position), 'gt')
    }
    return this.#rows({ filter, orderby: names(this.key), limit })
  }

  async pageByWatermark(
    after: WatermarkPosition | null,
    settledUpTo: readonly WatermarkPosition[],
    limit: number,
  ): Promise<WatermarkRow[]> {
    const filter = (last: TableRow | undefined): string => {
      if (last?.watermark !== undefined) return this.#after({ watermark: last.watermark, key: last.position })
      return after === null ? this.#anyWatermark() : this.#after(after)
    }
    const rows = await this.#rows({ filter, orderby: names([...this.#watermark, ...this.key]), limit })
    return rows
      .filter((row): row is TableRow & { watermark: string } => row.watermark !== undefined)
      .map((row) => ({
        ...row,
        settled: settledUpTo.some(
          (position) => compareWatermarks(this.#watermark, row.watermark, position.watermark) <= 0,
        ),
      }))
  }

  async lookedBack(lookBackSeconds: number, back: number): Promise<WatermarkPosition | null> {
    const orderby = [...this.#watermark, ...this.key].map(({ name }) => `${name} desc`).join(',')
    const [last] = await this.#rows({
      filter: () => this.#anyWatermark(),
      orderby,
      limit: 1,
      skip: this.watermarkIsTime ? 0 : back,
    })
    if (last?.watermark === undefined) return null
    if (!this.watermarkIsTime) return { watermark: last.watermark, key: last.position }
    const bound = this.#fieldsAt(earlier(this.#watermark, last.watermark, lookBackSeconds))
    const filter = allOf(this.#anyWatermark(), beyond(this.service.version, bound, 'lt'))
    const [row] = await this.#rows({ filter: () => filter, orderby, limit: 1 })
    return row?.watermark === undefined ? null : { watermark: row.watermark, key: row.position }
  }

  async existing(keys: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>()
    const select = this.key.map(({ name }) => name).join(',')
    let terms: string[] = []
    const ask = async (): Promise<void> => {
      if (terms.length === 0) return
      const options = { $filter: terms.join(' or '), $select: select, $top: String(terms.length) }
      const model = await this.service.model()
      const pages = this.#pages(withQuery(this.options.entitySet, options))
      for await (const { rows } of pages)
        for (const raw of rows) found.add(this.keyOf(readEntity(model, this.type, raw)))
      terms = []
    }
    for (const key of keys) {
      const position = this.positionOf(key)
      if (position === undefined) continue
      terms.push(`(${equal(this.service.version, position)})`)
      if (encodeURIComponent(terms.join(' or ')).length > FILTER_CHARACTERS_MAX) await ask()
    }
    await ask()
    return found
  }

  estimate(): Promise<number | undefined> {
    return this.service.count(withQuery(`${this.options.entitySet}/$count`, { $filter: this.options.filter }))
  }

  /** The key fields with the values that a record's key names; undefined where it is no key of this set. */
  positionOf(key: string): OrderedField[] | undefined {
    return splitKey(key, this.key.length)?.map((value, at) => ({ property: this.key[at] as Property, value }))
  }

  keyOf(data: JsonObject): string {
    return joinKey(this.#positionIn(data))
  }

  /** The path of all records, as a query behind the service's path, without paging. */
  allQuery(): string {
    return withQuery(this.options.entitySet, { $filter: this.options.filter, ...this.#shape() })
  }

  /** Rows of a raw page as records. */
  async read(page: RawPage): Promise<TableRow[]> {
    const model = await this.service.model()
    let stale = false
    const rows = page.rows.map((raw) => this.#row(model, raw, page.bytes / page.rows.length, () => void (stale = true)))
    if (!stale) return rows
    // A field that the service has got since: with the new model its values have their right types.
    this.service.forget()
    const renewed = await this.service.model()
    const type = await this.service.type(this.options)
    return page.rows.map((raw) => this.#row(renewed, raw, page.bytes / page.rows.length, () => undefined, type))
  }

  /**
   * Up to `limit` rows. Where the service cuts its answer short, reading goes on behind the last row and not at the link that
   * it gives: links count rows, and would skip one where a row before them was deleted meanwhile.
   */
  async #rows(wanted: {
    filter: (last: TableRow | undefined) => string | undefined
    orderby: string
    limit: number
    skip?: number
  }): Promise<TableRow[]> {
    const rows: TableRow[] = []
    for (;;) {
      const query = withQuery(this.options.entitySet, {
        $filter: allOf(this.options.filter, wanted.filter(rows.at(-1))),
        $orderby: wanted.orderby,
        $top: String(wanted.limit - rows.length),
        ...(wanted.skip ? { $skip: String(wanted.skip) } : {}),
        ...this.#shape(),
      })
      let page = await this.service.page(query)
      // An answer without rows gives nothing to go on behind.
      while (page.rows.length === 0 && page.next !== undefined) page = await this.service.page(page.next)
      rows.push(...(await this.read(page)))
      if (page.next === undefined || rows.length >= wanted.limit) return rows.slice(0, wanted.limit)
    }
  }

  async *#pages(query: string): AsyncGenerator<RawPage> {
    const asked = new Set<string>()
    let next: string | undefined = query
    while (next !== undefined) {
      asked.add(next)
      const page: RawPage = await this.service.page(next)
      yield page
      if (page.next !== undefined && asked.has(page.next)) {
        throw schemaError(`The pages of "${this.options.entitySet}" go in a circle.`)
      }
      next = page.next
    }
  }

  /** What of each record is read. V2 wants navigations that are expanded to be selected too. */
  #shape(): Record<string, string | undefined> {
    const { select, expand } = this.options
    const { version } = this.service
    const needed = [...this.key, ...this.#watermark].map(({ name }) => name)
    const fields = select && [...new Set([...needed, ...select, ...(version === '2' ? expand : [])])]
    return { $select: fields?.join(','), $expand: expandOption(version, expand) }
  }

  #row(
    model: ServiceModel,
    raw: JsonObject,
    bytes: number,
    unknown: () => void,
    type: EntityType = this.type,
  ): TableRow {
    const data = readEntity(model, type, raw, unknown)
    const position = this.#positionIn(data)
    const row: TableRow = { key: joinKey(position), position, data, bytes }
    const watermark = this.#watermarkIn(data)
    if (watermark !== undefined) row.watermark = watermark
    const time = timeOf(data, this.options)
    if (time !== undefined) row.time = time
    return row
  }

  #positionIn(data: JsonObject): string[] {
    return this.key.map(({ name }) => {
      const value = data[name]
      if (value === null || value === undefined || typeof value === 'object') {
        throw schemaError(`A record of "${this.options.entitySet}" has no value in its key field "${name}".`, {
          where: `${this.options.where}/keyFields`,
        })
      }
      return String(value)
    })
  }

  /** Undefined where the first of the fields has no value: such a record never changed. */
  #watermarkIn(data: JsonObject): string | undefined {
    if (this.#watermark.length === 0) return undefined
    const values = this.#watermark.map(({ name }) => data[name])
    if (values[0] === null || values[0] === undefined) return undefined
    return joinKey(
      values.map((value, at) => (value === null || value === undefined ? emptyOf(this.#watermark[at]) : String(value))),
    )
  }

  #keyAt(values: readonly string[]): OrderedField[] {
    if (values.length !== this.key.length) {
      throw settingsError(`The stored position of "${this.options.entity}" does not fit its key.`, {
        fix: 'Start the snapshot again.',
      })
    }
    return values.map((value, at) => ({ property: this.key[at] as Property, value }))
  }

  #fieldsAt(watermark: string): OrderedField[] {
    const values = splitKey(watermark, this.#watermark.length)
    if (!values) {
      throw settingsError(`The stored position of polling "${this.options.entity}" does not fit its change fields.`, {
        fix: 'Reset the position; the next start takes a snapshot.',
      })
    }
    return values.map((value, at) => ({ property: this.#watermark[at] as Property, value }))
  }

  #after({ watermark, key }: WatermarkPosition): string {
    return beyond(this.service.version, [...this.#fieldsAt(watermark), ...this.#keyAt(key)], 'gt')
  }

  /** Leaves out the records without a watermark. Not by `ne null`, which several services do not take for dates. */
  #anyWatermark(): string {
    const [first] = this.#watermark
    if (first === undefined) return ''
    const lowest = FIRST_TIME[first.type]
    return lowest === undefined
      ? `${first.name} ne null`
      : beyond(this.service.version, [{ property: first, value: lowest }], 'gt')
  }
}

function emptyOf(property: Property | undefined): string {
  return property?.type === 'Edm.Time' || property?.type === 'Edm.TimeOfDay' ? '00:00:00' : '0'
}

function names(properties: readonly Property[]): string {
  return properties.map(({ name }) => name).join(',')
}

function mustNavigate(type: EntityType, path: string, options: ODataOptions): void {
  let at: EntityType | undefined = type
  for (const name of path.split('/')) {
    const navigation: { target(): EntityType | undefined } | undefined = at?.navigations.get(name)
    if (navigation === undefined) {
      throw schemaError(`The entity set "${options.entitySet}" has no navigation "${path}".`, {
        where: `${options.where}/expand`,
        fix: `At "${name}" there is ${[...(at?.navigations.keys() ?? [])].slice(0, 30).join(', ') || 'none'}.`,
      })
    }
    at = navigation.target()
  }
}

/**
 * When the record last changed, or else when it was made. SAP's dates and times of day are those of the system's own zone,
 * which no service tells: they are taken for UTC, which is off by hours at most, where the time of reading would be off by years.
 */
function timeOf(data: JsonObject, { changeFields, createFields }: ODataOptions): string | undefined {
  for (const [dateField, clockField] of [changeFields, createFields]) {
    const [date, clock] = [data[dateField ?? ''], data[clockField ?? '']]
    const day = typeof date === 'string' ? /^\d{4}-\d\d-\d\d/.exec(date)?.[0] : undefined
    if (typeof date !== 'string' || day === undefined) continue
    if (/(Z|[+-]\d\d:\d\d)$/.test(date)) return date
    if (typeof clock === 'string' && /^\d\d:\d\d:\d\d/.test(clock)) return `${day}T${clock}Z`
    return date.length > day.length ? `${date}Z` : `${day}T00:00:00Z`
  }
  return undefined
}
