import type { RecordWrite, WriteResult } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { rejectedError, settingsError } from '../shared/errors.ts'
import { valueAt, withValueAt } from '../shared/json-path.ts'
import { holds } from '../shared/json-predicate.ts'
import { splitKey } from '../shared/record-key.ts'
import type { RestClient } from './client.ts'
import type { RestOptions, WriteRequest } from './options.ts'
import { isPlainObject, scalarText } from './raw-json.ts'
import type { Lookup } from './template.ts'
import { isThere, unwrapped, type ValueRule, wrapped } from './values.ts'

export interface Writing {
  client: RestClient
  options: RestOptions
  values: readonly ValueRule[]
}

/** A record as it is in the system now. */
export interface CurrentRecord {
  raw: JsonObject
  data: JsonObject
  etag: string | null
  isDeleted: boolean
}

/**
 * Writes one record after the other. Idempotent without a memory of its own: a record that has the wanted values already is
 * written, whoever did it, so a repeat after a time-out that followed the commit finds nothing to do. Otherwise the
 * values last seen must still be there, and the system's own lock closes the gap between looking and writing.
 *
 * What a refused record does not disturb goes on; what is wrong with the system as a whole (it is away, throttles, refuses
 * the account) ends the batch: the rest fails by the same error, without a request.
 */
export async function writeRest(writing: Writing, writes: readonly RecordWrite[]): Promise<WriteResult[]> {
  const results: WriteResult[] = []
  let outage: HubError | undefined
  for (const write of writes) {
    try {
      if (outage !== undefined) throw outage
      results.push(await new OneWrite(writing, write).run())
    } catch (error) {
      if (!(error instanceof HubError)) throw error
      if (error.family !== 'reject') outage = error
      results.push({ outcome: 'failed', key: write.key, error })
    }
  }
  return results
}

/** The record of that key; null: there is none. Throws `connector.settings` where the options name no request for it. */
export async function currentRecord(
  { client, options, values }: Writing,
  lookup: Lookup,
): Promise<CurrentRecord | null> {
  const { get, deleted, entity } = options
  if (get === undefined) {
    throw settingsError('One record is read only where the options say how.', {
      where: `/entities/${entity}/options/get`,
    })
  }
  const answer = await client.ask(get.request, { lookup, expects: ['missing'] })
  if (answer.meaning === 'missing') return null
  const raw = valueAt(answer.raw, get.record)
  if (!isPlainObject(raw)) return null
  const data = unwrapped(raw, values) as JsonObject
  const isDeleted = deleted !== undefined && holds(deleted, data)
  return { raw, data, etag: answer.headers.get('etag'), isDeleted }
}

/** Placeholders of a key. Throws `connector.rejected` for a text that is no key of this entity. */
export function keyLookup(options: RestOptions, key: string): Lookup {
  const parts = splitKey(key, options.key.length)
  if (parts === undefined) {
    throw rejectedError(`The key has not the ${options.key.length} parts that a key of this entity has.`, {
      where: '/key',
      fix: 'Join the parts by ":", with "%" and ":" inside a part percent-encoded.',
    })
  }
  const byPath = new Map(options.key.map((path, place) => [path.join('.'), parts[place]]))
  return ([name, ...rest]) => (name === 'key' ? key : name === 'keys' ? byPath.get(rest.join('.')) : undefined)
}

class OneWrite {
  readonly #writing: Writing
  readonly #write: RecordWrite
  readonly #lookup: Lookup

  constructor(writing: Writing, write: RecordWrite) {
    this.#writing = writing
    this.#write = write
    this.#lookup = keyLookup(writing.options, write.key)
  }

  async run(): Promise<WriteResult> {
    const { expected = {}, key } = this.#write
    const current = await currentRecord(this.#writing, this.#lookup)
    if (current === null || current.isDeleted) {
      if (Object.values(expected).some((value) => value !== null)) return { outcome: 'conflict', key, current: null }
      if (current !== null) throw rejectedError('The record is deleted in the system.')
      return this.#create()
    }
    if (this.#has(current, this.#write.fields)) return { outcome: 'written', key }
    if (!this.#has(current, expected)) return { outcome: 'conflict', key, current: current.data }
    return this.#update(current)
  }

  #has({ raw }: CurrentRecord, fields: JsonObject): boolean {
    return isThere(fields, raw, this.#writing.values)
  }

  async #update(current: CurrentRecord): Promise<WriteResult> {
    const { client, options, values } = this.#writing
    const { update, lock, entity } = options
    if (update === undefined) {
      throw settingsError('Records of this entity are not changed.', { where: `/entities/${entity}/options/update` })
    }
    const merged = wrapped(this.#write.fields, [], current.raw, values) as JsonObject
    const names = Object.keys(this.#write.fields)
    const changes = Object.fromEntries(names.map((name) => [name, merged[name] ?? null]))
    const locked = this.#locked(update, current, update.sendsRecord ? merged : changes)
    const headers: Record<string, string> = {}
    if (lock?.style === 'etag' && current.etag !== null) headers['if-match'] = current.etag
    const answer = await client.ask(update.request, {
      lookup: this.#places(locked.data, merged, locked.lock),
      body: locked.data,
      headers,
      expects: ['conflict', 'missing'],
    })
    if (answer.meaning === 'ok') return { outcome: 'written', key: this.#write.key }
    return this.#afterConflict(current, answer.error)
  }

  /** The lock goes where the request says {{ lock }}, else to its own place in the data. */
  #locked(
    update: WriteRequest,
    { raw }: CurrentRecord,
    data: JsonObject,
  ): { data: JsonObject; lock: Json | undefined } {
    const { lock } = this.#writing.options
    if (lock?.style !== 'field') return { data, lock: undefined }
    const value = valueAt(raw, lock.field) ?? (lock.absent === 'null' ? null : undefined)
    const isPlaced = update.request.places.some(([name]) => name === 'lock')
    return { data: isPlaced && !update.sendsRecord ? data : withValueAt(data, lock.field, value), lock: value }
  }

  /** The system says that somebody was faster. Its record shows whether that was an earlier try of this very write. */
  async #afterConflict(before: CurrentRecord, error: HubError | undefined): Promise<WriteResult> {
    const { key, fields } = this.#write
    const current = await currentRecord(this.#writing, this.#lookup)
    if (current === null || current.isDeleted) return { outcome: 'conflict', key, current: null }
    if (this.#has(current, fields)) return { outcome: 'written', key }
    const isChanged = JSON.stringify(current.raw) !== JSON.stringify(before.raw) || current.etag !== before.etag
    if (isChanged) return { outcome: 'conflict', key, current: current.data }
    throw rejectedError('The system refuses the change as a conflict, though nobody changed the record.', {
      ...(error?.internal === undefined ? {} : { internal: error.internal }),
      fix: 'The values may collide with those of another record; or the lock of the options is not the one of the system.',
    })
  }

  async #create(): Promise<WriteResult> {
    const { client, options, values } = this.#writing
    const { create, entity } = options
    const { key, fields } = this.#write
    if (create === undefined) {
      throw rejectedError('There is no such record, and the options of its entity do not say how to make one.', {
        fix: `Name the request in /entities/${entity}/options/create.`,
      })
    }
    let data = wrapped(fields, [], undefined, values) as JsonObject
    const saysKey = create.request.places.some(([name]) => name === 'key' || name === 'keys')
    if (!saysKey && create.key === undefined) {
      for (const path of options.key) {
        const part = this.#lookup(['keys', ...path])
        if (valueAt(data, path) === undefined)
          data = withValueAt(data, path, wrapped(part ?? null, path, undefined, values))
      }
    }
    const lookup = this.#places(data, data, undefined)
    const answer = await client.ask(create.request, { lookup, body: data, expects: ['conflict'] })
    if (answer.meaning === 'ok') {
      const given =
        create.key === undefined ? undefined : scalarText(unwrapped(valueAt(answer.raw, create.key) ?? null, values))
      return { outcome: 'written', key: given ?? key }
    }
    const current = await currentRecord(this.#writing, this.#lookup)
    if (current === null) throw answer.error ?? rejectedError('The system refuses the record.')
    if (this.#has(current, fields)) return { outcome: 'written', key }
    return { outcome: 'conflict', key, current: current.data }
  }

  #places(data: JsonObject, record: JsonObject, lock: Json | undefined): Lookup {
    const values: Record<string, Json | undefined> = { data, record, lock, idempotencyKey: this.#write.idempotencyKey }
    return (path) => {
      const [name = '', ...rest] = path
      return Object.hasOwn(values, name) ? valueAt(values[name], rest) : this.#lookup(path)
    }
  }
}
