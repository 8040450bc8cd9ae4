import { isJsonObject, type Json, type JsonObject } from '../../../hub/contracts/json.ts'
import { schemaError, unexpectedError } from '../../shared/errors.ts'
import type { HttpResponse } from '../../shared/http.ts'
import type { SapHttp } from '../sap-http.ts'
import type { ODataOptions } from '../entity-options.ts'
import { type EntityType, type ODataVersion, parseMetadata, type Property, type ServiceModel } from './model.ts'

/** One page of a collection as the service cut it. */
export interface RawPage {
  rows: JsonObject[]
  bytes: number
  /** The query that reads the next page, as the service told it. */
  next: string | undefined
  /** The query that reads what changes from now on, where the service has delta tokens and this was the last page. */
  delta: string | undefined
}

const JSON_HEADERS: Record<ODataVersion, Record<string, string>> = {
  '2': { accept: 'application/json' },
  // Decimals and 64-bit integers as text, so that none loses digits.
  '4': { accept: 'application/json;IEEE754Compatible=true', 'odata-maxversion': '4.0' },
}

/** One OData service: its model, pages of its sets, and its changes. */
export class ODataService {
  readonly http: SapHttp
  readonly path: string
  readonly version: ODataVersion
  #model: Promise<ServiceModel> | undefined

  constructor(http: SapHttp, path: string, version: ODataVersion) {
    this.http = http
    this.path = path
    this.version = version
  }

  /** A service of whichever version its metadata tell. */
  static async detect(http: SapHttp, path: string): Promise<ODataService> {
    const response = await http.send({ path: `${path}/$metadata`, headers: { accept: 'application/xml' } })
    if (response.status !== 200) throw serviceRefusal(http, path, response)
    const model = parseMetadata(response.body)
    const service = new ODataService(http, path, model.version)
    service.#model = Promise.resolve(model)
    return service
  }

  get jsonHeaders(): Record<string, string> {
    return JSON_HEADERS[this.version]
  }

  /** What the service's `$metadata` says; read once, and again after `forget`. */
  model(): Promise<ServiceModel> {
    this.#model ??= this.#readModel().catch((error: unknown) => {
      this.#model = undefined
      throw error
    })
    return this.#model
  }

  /** The service has shown a field that the model does not know: it is read again with the next use. */
  forget(): void {
    this.#model = undefined
  }

  async #readModel(): Promise<ServiceModel> {
    const response = await this.http.send({ path: `${this.path}/$metadata`, headers: { accept: 'application/xml' } })
    if (response.status !== 200) throw serviceRefusal(this.http, this.path, response)
    const model = parseMetadata(response.body)
    if (model.version === this.version) return model
    throw schemaError(`The service ${this.path} speaks OData V${model.version}, not V${this.version}.`, {
      fix: `Write version: "${model.version}" in the options of its entities.`,
    })
  }

  /** @param query path and query behind the service's path */
  async page(query: string, headers: Readonly<Record<string, string>> = {}): Promise<RawPage> {
    const response = await this.http.send({
      path: `${this.path}/${query}`,
      headers: { ...this.jsonHeaders, ...headers },
    })
    if (response.status !== 200) throw this.http.refusal(response)
    const body = response.json()
    const page = this.version === '2' ? pageOfV2(body) : pageOfV4(body)
    if (page === undefined) throw unexpectedError('SAP answered with something that is no OData collection.')
    const set = query.split('?')[0] ?? ''
    return {
      rows: page.rows,
      bytes: response.body.length,
      next: continued(set, page.next),
      delta: continued(set, page.delta),
    }
  }

  /** The number of records; undefined where the service does not count. */
  async count(query: string): Promise<number | undefined> {
    const response = await this.http.send({ path: `${this.path}/${query}`, headers: { accept: 'text/plain' } })
    const number = response.status === 200 ? Number(response.text().trim()) : Number.NaN
    return Number.isSafeInteger(number) ? number : undefined
  }

  async type(options: ODataOptions): Promise<EntityType> {
    const model = await this.model()
    const type = model.sets.get(options.entitySet)
    if (type) return type
    throw schemaError(`The service ${this.path} has no entity set "${options.entitySet}".`, {
      where: `${options.where}/entitySet`,
      fix: `It has ${[...model.sets.keys()].slice(0, 30).join(', ')}.`,
    })
  }
}

function serviceRefusal(http: SapHttp, path: string, response: HttpResponse): Error {
  if (response.status !== 404) return http.refusal(response)
  return schemaError(`SAP has no service ${path} (HTTP 404).`, {
    fix: 'Check the option "service", and that the service is activated (/IWFND/MAINT_SERVICE).',
  })
}

/** The property that an option names. Throws `connector.schema`. */
export function propertyOf(type: EntityType, name: string, options: ODataOptions, option: string): Property {
  const property = type.properties.get(name)
  if (property) return property
  throw schemaError(`The entity set "${options.entitySet}" has no field "${name}".`, {
    where: `${options.where}/${option}`,
    fix: `It has ${[...type.properties.keys()].slice(0, 60).join(', ')}.`,
  })
}

interface PageBody {
  rows: JsonObject[]
  next: Json | undefined
  delta: Json | undefined
}

function pageOfV2(body: Json): PageBody | undefined {
  const d = isJsonObject(body) ? body.d : undefined
  // V2.0 wraps the rows in `results`, V1 does not.
  const rows = isJsonObject(d ?? null) ? (d as JsonObject).results : d
  if (!Array.isArray(rows) || !rows.every(isJsonObject)) return undefined
  const links = isJsonObject(d ?? null) ? (d as JsonObject) : {}
  return { rows, next: links.__next, delta: links.__delta }
}

function pageOfV4(body: Json): PageBody | undefined {
  const { value: rows, ...links } = isJsonObject(body) ? body : {}
  if (!Array.isArray(rows) || !rows.every(isJsonObject)) return undefined
  return {
    rows,
    next: links['@odata.nextLink'] ?? links['@nextLink'],
    delta: links['@odata.deltaLink'] ?? links['@deltaLink'],
  }
}

/**
 * A link's query at the set that was asked. Only its query is taken: behind a proxy the links that SAP makes name hosts and
 * paths that can't be reached from here.
 */
function continued(set: string, link: Json | undefined): string | undefined {
  if (typeof link !== 'string') return undefined
  const at = link.indexOf('?')
  return at < 0 ? undefined : `${set}${link.slice(at)}`
}
