import type { RecordWrite, WriteResult } from '../../../hub/contracts/connector.ts'
import { HubError } from '../../../hub/contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../hub/contracts/json.ts'
import { busyError, rejectedError, unexpectedError } from '../../shared/errors.ts'
import { parseExactJson } from '../../shared/exact-json.ts'
import type { HttpResponse } from '../../shared/http.ts'
import { type BatchOperation, sendBatch } from './batch.ts'
import type { Property, ServiceModel } from './model.ts'
import { keyPredicate, type OrderedField } from './query.ts'
import type { ODataSource } from './source.ts'
import { isSame, readEntity, writtenValue } from './values.ts'

const OPERATIONS_PER_BATCH = 50

/** What is to be sent for one write once the record as it is has been seen. */
type Step = { done: WriteResult } | { operation: BatchOperation }

interface Prepared {
  write: RecordWrite
  position: OrderedField[]
  fields: [Property, Json][]
}

/**
 * Writes records, each for itself. The record is read first: has it the wanted values already, the write is done (so the same
 * write twice is one effect, also after a time-out that followed the commit); otherwise `expected` must still be there; and the
 * change itself names the ETag that was read, so that whoever was faster by a moment is not overwritten.
 *
 * Several writes go as two `$batch` requests, one that reads and one that changes.
 */
export async function writeOData(
  source: ODataSource,
  writes: readonly RecordWrite[],
  useBatch: boolean,
): Promise<WriteResult[]> {
  const results = new Map<number, WriteResult>()
  const ready: [number, Prepared][] = []
  const keys = new Set<string>()
  const later: number[] = []
  for (const [at, write] of writes.entries()) {
    // A second write of the same record needs to see the first one's effect.
    if (keys.has(write.key)) {
      later.push(at)
      continue
    }
    keys.add(write.key)
    const prepared = caught(write.key, () => prepare(source, write))
    if ('outcome' in prepared) results.set(at, prepared)
    else ready.push([at, prepared])
  }
  for (let from = 0; from < ready.length; from += OPERATIONS_PER_BATCH) {
    const chunk = ready.slice(from, from + OPERATIONS_PER_BATCH)
    const written =
      useBatch && chunk.length > 1
        ? await writeTogether(
            source,
            chunk.map(([, each]) => each),
          )
        : await oneByOne(source, chunk)
    for (const [place, result] of written.entries()) results.set(chunk[place]?.[0] ?? -1, result)
  }
  for (const at of later) {
    const write = writes[at] as RecordWrite
    const prepared = caught(write.key, () => prepare(source, write))
    results.set(at, 'outcome' in prepared ? prepared : await writeOne(source, prepared))
  }
  return writes.map((write, at) => results.get(at) ?? failed(write.key, unexpectedError('A write was not answered.')))
}

async function oneByOne(source: ODataSource, chunk: readonly [number, Prepared][]): Promise<WriteResult[]> {
  const results: WriteResult[] = []
  for (const [, prepared] of chunk) results.push(await writeOne(source, prepared))
  return results
}

async function writeOne(source: ODataSource, prepared: Prepared): Promise<WriteResult> {
  try {
    const model = await source.service.model()
    const step = nextStep(source, model, prepared, await send(source, readOperation(source, prepared)))
    if ('done' in step) return step.done
    return await settled(source, model, prepared, await send(source, step.operation), isCreate(step.operation))
  } catch (error) {
    if (error instanceof HubError) return failed(prepared.write.key, error)
    throw error
  }
}

async function writeTogether(source: ODataSource, chunk: readonly Prepared[]): Promise<WriteResult[]> {
  const { service } = source
  try {
    const model = await service.model()
    const found = await sendBatch(
      service,
      chunk.map((each) => readOperation(source, each)),
    )
    const steps = chunk.map((each, at) =>
      orFailed(each.write.key, () => nextStep(source, model, each, found[at] as HttpResponse)),
    )
    const operations = steps.flatMap((step) => ('operation' in step ? [step.operation] : []))
    const answers = operations.length === 0 ? [] : await sendBatch(service, operations)
    const results: WriteResult[] = []
    for (const [at, step] of steps.entries()) {
      const prepared = chunk[at] as Prepared
      if ('done' in step) results.push(step.done)
      else {
        const answer = answers.shift() as HttpResponse
        results.push(await settledOrFailed(source, model, prepared, answer, isCreate(step.operation)))
      }
    }
    return results
  } catch (error) {
    // The batch as a whole: nothing is known of any of them.
    if (error instanceof HubError) return chunk.map(({ write }) => failed(write.key, error))
    throw error
  }
}

/** Throws `connector.rejected` for a key, a field or a value that the set can't have. */
function prepare(source: ODataSource, write: RecordWrite): Prepared {
  const position = source.positionOf(write.key)
  if (!position) {
    throw rejectedError(
      `The key does not have the ${source.key.length} parts that "${source.options.entitySet}" needs.`,
    )
  }
  keyPredicate(source.service.version, position)
  for (const name of Object.keys(write.expected ?? {})) fieldOf(source, name)
  const fields = Object.entries(write.fields).map(([name, value]): [Property, Json] => {
    const property = fieldOf(source, name)
    // Checked before anything is sent.
    writtenValue(source.service.version, property, value)
    const named = position.find((each) => each.property.name === name)
    if (named && !isSame(property, named.value, value)) {
      throw rejectedError(`The field "${name}" is part of the key and can't be changed.`, { where: `/fields/${name}` })
    }
    return [property, value]
  })
  return { write, position, fields: fields.filter(([property]) => !source.key.includes(property)) }
}

function fieldOf(source: ODataSource, name: string): Property {
  const property = source.type.properties.get(name)
  if (property) return property
  const isRelated = source.type.navigations.has(name)
  throw rejectedError(`The entity set "${source.options.entitySet}" has no field "${name}" to write.`, {
    where: `/fields/${name}`,
    ...(isRelated ? { fix: 'Records behind a navigation are written as an entity of their own set.' } : {}),
  })
}

function readOperation(source: ODataSource, { position }: Prepared): BatchOperation {
  const { version, jsonHeaders } = source.service
  return { method: 'GET', path: `${source.options.entitySet}${keyPredicate(version, position)}`, headers: jsonHeaders }
}

/** What there is to do, from the record as it is. Throws where reading it failed. */
function nextStep(source: ODataSource, model: ServiceModel, prepared: Prepared, found: HttpResponse): Step {
  const { write, fields } = prepared
  const { key, expected = {} } = write
  if (found.status === 404) {
    const wantsNothing = Object.values(expected).every((value) => value === null)
    return wantsNothing
      ? { operation: createOperation(source, prepared) }
      : { done: { outcome: 'conflict', key, current: null } }
  }
  const { current, etag } = recordIn(source, model, found)
  if (fields.every(([property, value]) => isSame(property, current[property.name] ?? null, value))) {
    return { done: { outcome: 'written', key } }
  }
  const stale = Object.entries(expected).some(
    ([name, value]) => !isSame(fieldOf(source, name), current[name] ?? null, value),
  )
  if (stale) return { done: { outcome: 'conflict', key, current } }
  return { operation: updateOperation(source, prepared, etag) }
}

export function recordIn(
  source: ODataSource,
  model: ServiceModel,
  response: HttpResponse,
): { current: JsonObject; etag: string | undefined } {
  if (response.status !== 200) throw source.service.http.refusal(response)
  const body = parseExactJson(response.text())
  const raw = isJsonObject(body) && source.service.version === '2' ? (body.d ?? null) : body
  if (!isJsonObject(raw)) throw unexpectedError('SAP answered with something that is no OData record.')
  const metadata = isJsonObject(raw.__metadata ?? null) ? (raw.__metadata as JsonObject) : {}
  const etag = response.headers.get('etag') ?? metadata.etag ?? raw['@odata.etag']
  return { current: readEntity(model, source.type, raw), etag: typeof etag === 'string' ? etag : undefined }
}

function createOperation(source: ODataSource, { position, fields }: Prepared): BatchOperation {
  const keys = position.map(({ property, value }): [Property, Json] => [property, value])
  return {
    method: 'POST',
    path: source.options.entitySet,
    headers: changeHeaders(source),
    body: bodyOf(source, [...keys, ...fields]),
  }
}

function updateOperation(
  source: ODataSource,
  { position, fields }: Prepared,
  etag: string | undefined,
): BatchOperation {
  const { updateMethod, entitySet } = source.options
  const tunnelled: Record<string, string> = updateMethod === 'MERGE' ? { 'x-http-method': 'MERGE' } : {}
  return {
    method: updateMethod === 'MERGE' ? 'POST' : updateMethod,
    path: `${entitySet}${keyPredicate(source.service.version, position)}`,
    // Sets without optimistic lock take the star; those with one were read with their tag.
    headers: { ...changeHeaders(source), ...tunnelled, 'if-match': etag ?? '*' },
    body: bodyOf(source, fields),
  }
}

function isCreate({ method, headers }: BatchOperation): boolean {
  return method === 'POST' && headers['x-http-method'] === undefined
}

export function changeHeaders(source: ODataSource): Record<string, string> {
  const exact = source.service.version === '4' ? ';IEEE754Compatible=true' : ''
  return { ...source.service.jsonHeaders, 'content-type': `application/json${exact}` }
}

function bodyOf(source: ODataSource, fields: readonly [Property, Json][]): string {
  const { version } = source.service
  return JSON.stringify(
    Object.fromEntries(fields.map(([property, value]) => [property.name, writtenValue(version, property, value)])),
  )
}

/** The outcome of a change from its answer. A tag that no longer fits, or a record that came in between, is looked at again. */
async function settled(
  source: ODataSource,
  model: ServiceModel,
  prepared: Prepared,
  answer: HttpResponse,
  creates: boolean,
): Promise<WriteResult> {
  const { key } = prepared.write
  if (answer.status >= 200 && answer.status < 300) return { outcome: 'written', key }
  const refusal = source.service.http.refusal(answer)
  const isStale = answer.status === 412 || answer.status === 428
  const mayExist = answer.status === 400 || answer.status === 409
  if (!isStale && !mayExist) throw refusal
  const again = await send(source, readOperation(source, prepared))
  if (again.status === 404 && isStale) return { outcome: 'conflict', key, current: null }
  if (again.status !== 200) throw refusal
  const { current } = recordIn(source, model, again)
  const isThere = prepared.fields.every(([property, value]) => isSame(property, current[property.name] ?? null, value))
  if (isThere) return { outcome: 'written', key }
  if (isStale) return { outcome: 'conflict', key, current }
  // Made by somebody else between the look and the change: the next try finds it, and changes it.
  if (creates) throw busyError('The record was made by somebody else in this moment.')
  throw refusal
}

async function settledOrFailed(
  source: ODataSource,
  model: ServiceModel,
  prepared: Prepared,
  answer: HttpResponse,
  creates: boolean,
): Promise<WriteResult> {
  try {
    return await settled(source, model, prepared, answer, creates)
  } catch (error) {
    if (error instanceof HubError) return failed(prepared.write.key, error)
    throw error
  }
}

export function send(source: ODataSource, { method, path, headers, body }: BatchOperation): Promise<HttpResponse> {
  const { http, path: service } = source.service
  return http.send({
    method,
    path: `${service}/${path}`,
    headers,
    ...(method === 'GET' ? {} : { csrfFrom: service, body: body ?? '' }),
  })
}

function orFailed(key: string, act: () => Step): Step {
  const step = caught(key, act)
  return 'outcome' in step ? { done: step } : step
}

function caught<Result extends object>(
  key: string,
  act: () => Result,
): Result | Extract<WriteResult, { outcome: 'failed' }> {
  try {
    return act()
  } catch (error) {
    if (error instanceof HubError) return failed(key, error)
    throw error
  }
}

function failed(key: string, error: HubError): Extract<WriteResult, { outcome: 'failed' }> {
  return { outcome: 'failed', key, error }
}
