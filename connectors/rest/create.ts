import type { CreateResult, RecordCreate } from '../../hub/contracts/connector.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { createAtMostOnce, createEach } from '../shared/create-mark.ts'
import { settingsError, unexpectedError } from '../shared/errors.ts'
import { type JsonPath, valueAt } from '../shared/json-path.ts'
import { isPlainObject, scalarText } from './raw-json.ts'
import { keyOf } from './records.ts'
import type { Lookup } from './template.ts'
import { unwrapped, wrapped } from './values.ts'
import type { Writing } from './write.ts'

/**
 * Makes records under keys that the system gives (`create.key`). Once each where the options say how: `create.find` looks for what
 * an earlier try made, or a header with {{ idempotencyKey }} lets the system itself answer a repeat with what it made. Without
 * either a record is made at most once.
 */
export async function createRest(writing: Writing, creates: readonly RecordCreate[]): Promise<CreateResult[]> {
  const { options } = writing
  const { create, entity } = options
  const at = create?.key
  if (create === undefined || at === undefined) {
    throw settingsError('Where the key of a new record stands in the answer, the options do not say.', {
      where: `/entities/${entity}/options/create/key`,
    })
  }
  const isRepeatable = create.find !== undefined || create.isRepeatable
  return createEach(creates, async (one) => {
    const data = wrapped(one.fields, [], undefined, writing.values) as JsonObject
    const make = async (): Promise<CreateResult> => ({ outcome: 'created', key: await send(writing, one, data, at) })
    if (!isRepeatable) return createAtMostOnce(one, make)
    const there = await found(writing, one)
    return there === undefined ? make() : { outcome: 'created', key: there }
  })
}

async function found({ client, options, values }: Writing, one: RecordCreate): Promise<string | undefined> {
  const find = options.create?.find
  if (find === undefined) return undefined
  const answer = await client.ask(find.request, { lookup: placesOf(one, {}), expects: ['missing'] })
  const value = answer.meaning === 'missing' ? null : valueAt(answer.raw, find.record)
  const record: Json | undefined = Array.isArray(value) ? value[0] : value
  if (!isPlainObject(record)) return undefined
  const key = keyOf(unwrapped(record, values) as JsonObject, options.key)
  if (key === '') throw unexpectedError('The record that an earlier try made has no key.')
  return key
}

async function send(
  { client, options, values }: Writing,
  one: RecordCreate,
  data: JsonObject,
  at: JsonPath,
): Promise<string> {
  const request = options.create?.request
  if (request === undefined) throw unexpectedError('There is no request that makes a record.')
  const answer = await client.ask(request, { lookup: placesOf(one, data), body: data })
  const key = scalarText(unwrapped(valueAt(answer.raw, at) ?? null, values))
  if (key !== undefined && key !== '') return key
  throw unexpectedError('The system made a record without telling its key.')
}

function placesOf({ idempotencyKey }: RecordCreate, data: JsonObject): Lookup {
  return ([name, ...rest]) => {
    if (name === 'idempotencyKey' && rest.length === 0) return idempotencyKey
    return name === 'data' || name === 'record' ? valueAt(data, rest) : undefined
  }
}
