/** All that knows how the system is spoken to. Replace it with your system's own protocol. */
import {
  type ChangedRecord,
  type ChangePlace,
  type ChangeSource,
  type ConnectorContext,
  type DiscoveredEntity,
  HttpClient,
  isJsonObject,
  type Json,
  type JsonObject,
  rejectedError,
  schemaError,
  statusError,
  unexpectedError,
} from '../../../../connectors/authoring.ts'
import type { Settings } from './settings.ts'

const ANSWER_BYTES_MAX = 16 * 1024 * 1024

export class Client {
  readonly #http: HttpClient
  readonly #token: string
  readonly #now: () => number

  constructor({ url, token, timeoutMs }: Settings, context: ConnectorContext) {
    this.#http = new HttpClient({ context, baseUrl: url, timeoutMs, maxBytes: ANSWER_BYTES_MAX })
    this.#token = token
    this.#now = () => context.now()
  }

  async version(): Promise<string> {
    return `Example ${String((await this.ask('GET', '/version')).version)}`
  }

  async entities(): Promise<DiscoveredEntity[]> {
    const { entities } = await this.ask('GET', '/entities')
    return listOf(entities).map(({ name, fields }) => ({
      entity: String(name),
      keyFields: ['id'],
      fields: listOf(fields).map((field) => ({ name: String(field.name), type: 'text', nullable: true })),
      suggestedOptions: {},
    }))
  }

  /** Every error that a connector ends with says what the hub is to do about it: see the functions in `omnihub/connector`. */
  async ask(method: string, path: string, query: Record<string, string> = {}, body?: JsonObject): Promise<JsonObject> {
    const response = await this.#http.send({
      method,
      path,
      query,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (response.status === 404) throw schemaError('The system has no such record type.')
    if (response.status === 422) throw rejectedError('The system refuses the values of this record.')
    if (response.status !== 200 && response.status !== 409) throw statusError(response, this.#now())
    const answer = response.json()
    if (!isJsonObject(answer)) throw unexpectedError('The answer of the system is not what it should be.')
    return answer
  }

  close(): Promise<void> {
    this.#http.close()
    return Promise.resolve()
  }
}

/** One record type, as the hub reads and writes it. */
export class EntitySource implements ChangeSource {
  readonly #client: Client
  readonly #path: string

  constructor(client: Client, entity: string) {
    this.#client = client
    this.#path = `/entities/${encodeURIComponent(entity)}`
  }

  async pageByKey(after: string | null, limit: number): Promise<ChangedRecord[]> {
    const query = { limit: String(limit), ...(after === null ? {} : { after }) }
    return recordsOf(await this.#client.ask('GET', `${this.#path}/records`, query))
  }

  async pageByChange({ changed, key }: ChangePlace, limit: number): Promise<ChangedRecord[]> {
    const query = { limit: String(limit), changed, key }
    return recordsOf(await this.#client.ask('GET', `${this.#path}/changes`, query))
  }

  async latest(): Promise<string | null> {
    const { latest } = await this.#client.ask('GET', this.#path)
    return typeof latest === 'string' ? latest : null
  }

  async count(): Promise<number> {
    const { count } = await this.#client.ask('GET', this.#path)
    if (typeof count !== 'number') throw unexpectedError('The system does not say how many records it has.')
    return count
  }

  async get(key: string): Promise<ChangedRecord | null> {
    const [record] = recordsOf(await this.#client.ask('GET', `${this.#path}/records`, { key }))
    return record ?? null
  }

  async put(key: string, fields: JsonObject, unchangedSince: string | null): Promise<boolean> {
    const answer = await this.#client.ask('PUT', `${this.#path}/records`, { key }, { fields, unchangedSince })
    return answer.written === true
  }
}

function recordsOf({ records }: JsonObject): ChangedRecord[] {
  return listOf(records).map(({ key, changed, data }) => {
    if (typeof key !== 'string' || typeof changed !== 'string' || !isJsonObject(data ?? null)) {
      throw unexpectedError('A record in the answer of the system is not what it should be.')
    }
    return { key, changed, data: data as JsonObject }
  })
}

function listOf(value: Json | undefined): JsonObject[] {
  if (Array.isArray(value) && value.every(isJsonObject)) return value
  throw unexpectedError('A list in the answer of the system is not what it should be.')
}
