import type { RecordWrite } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { unexpectedError } from '../shared/errors.ts'
import type { SalesforceApi } from './api.ts'
import { errorsOf, type NativeError, nativeErrors } from './errors.ts'
import type { WriteMarks } from './marks.ts'
import type { ObjectInfo } from './object-info.ts'

export interface PlannedWrite {
  write: RecordWrite
  /** As it was read a moment ago; undefined where it is to be made. */
  current: JsonObject | undefined
  /** Whether it must be as it was read. */
  isGuarded: boolean
}

export type SaveOutcome =
  | { kind: 'saved' }
  /** Changed since it was read. */
  | { kind: 'stale' }
  | { kind: 'refused'; errors: NativeError[]; status: number | undefined }
  /** The request itself failed: whether it was saved is not known. */
  | { kind: 'failed'; error: HubError }

interface Parts {
  api: SalesforceApi
  marks: WriteMarks
}

const SUBREQUESTS_MAX = 25
const COLLECTION_MAX = 200
/** Statuses that say something about the record, not about the request. */
export const RECORD_STATUSES = [300, 400, 403, 404, 405, 409, 412, 415]
/** Of these, what says that no request would be answered. */
const OF_THE_REQUEST = new Set([
  'REQUEST_LIMIT_EXCEEDED',
  'API_DISABLED_FOR_ORG',
  'API_CURRENTLY_DISABLED',
  'INVALID_SESSION_ID',
])

export function isOfTheRequest({ code }: NativeError): boolean {
  return OF_THE_REQUEST.has(code)
}

/**
 * One write is a request of its own. Several with a precondition go as subrequests of /composite, 25 at a time, where each has
 * its own If-Unmodified-Since and its own mark; without one up to 200 go into a collection.
 */
export async function saveAll(
  parts: Parts,
  info: ObjectInfo,
  planned: readonly PlannedWrite[],
): Promise<Map<PlannedWrite, SaveOutcome>> {
  const outcomes = new Map<PlannedWrite, SaveOutcome>()
  const [only] = planned
  if (planned.length === 1 && only) {
    await saving(outcomes, [only], () => saveOne(parts, info, only, outcomes))
    return outcomes
  }
  const guarded = planned.filter(({ isGuarded }) => isGuarded)
  for (const part of chunks(guarded, SUBREQUESTS_MAX)) {
    await saving(outcomes, part, () => saveComposite(parts, info, part, outcomes))
  }
  const free = planned.filter(({ isGuarded }) => !isGuarded)
  for (const part of chunks(free, COLLECTION_MAX)) {
    await saving(outcomes, part, () => saveCollection(parts, info, part, outcomes))
  }
  return outcomes
}

/** A request that fails concerns its own records only. */
async function saving(
  outcomes: Map<PlannedWrite, SaveOutcome>,
  part: readonly PlannedWrite[],
  save: () => Promise<void>,
): Promise<void> {
  try {
    await save()
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    for (const each of part) if (!outcomes.has(each)) outcomes.set(each, { kind: 'failed', error })
  }
}

async function saveOne(
  { api, marks }: Parts,
  info: ObjectInfo,
  planned: PlannedWrite,
  outcomes: Map<PlannedWrite, SaveOutcome>,
): Promise<void> {
  const response = await api.send({
    method: 'PATCH',
    path: pathOf(info, planned.write),
    body: withoutKey(info, planned.write.fields),
    headers: headersOf(marks, info, planned),
    accept: RECORD_STATUSES,
  })
  const errors = response.status >= 300 ? errorsOf(response) : []
  if (errors.some(isOfTheRequest)) api.refuse(response)
  outcomes.set(planned, outcomeOf(response.status, errors))
}

async function saveComposite(
  { api, marks }: Parts,
  info: ObjectInfo,
  part: readonly PlannedWrite[],
  outcomes: Map<PlannedWrite, SaveOutcome>,
): Promise<void> {
  const compositeRequest = part.map((planned, at) => ({
    method: 'PATCH',
    url: `/services/data/v${api.version}${pathOf(info, planned.write)}`,
    referenceId: `r${at}`,
    httpHeaders: headersOf(marks, info, planned),
    body: withoutKey(info, planned.write.fields),
  }))
  const response = await api.send({ method: 'POST', path: '/composite', body: { allOrNone: false, compositeRequest } })
  const { compositeResponse } = response.json() as { compositeResponse?: CompositeAnswer[] }
  const answers = new Map((compositeResponse ?? []).map((answer) => [answer.referenceId, answer]))
  for (const [at, planned] of part.entries()) {
    const answer = answers.get(`r${at}`)
    if (answer === undefined) throw unexpectedError('Salesforce does not answer every part of a composite request.')
    outcomes.set(planned, outcomeOf(answer.httpStatusCode, nativeErrors(answer.body)))
  }
}

interface CompositeAnswer {
  referenceId: string
  httpStatusCode: number
  body: Json
}

async function saveCollection(
  { api, marks }: Parts,
  info: ObjectInfo,
  part: readonly PlannedWrite[],
  outcomes: Map<PlannedWrite, SaveOutcome>,
): Promise<void> {
  const byId = info.key.name === 'Id'
  const records = part.map(({ write }) => ({
    attributes: { type: info.name },
    ...withoutKey(info, write.fields),
    [byId ? 'id' : info.key.name]: write.key,
  }))
  const keys = new Map(part.map(({ write }) => [write.key, write.idempotencyKey]))
  const response = await api.send({
    method: 'PATCH',
    path: byId ? '/composite/sobjects' : `/composite/sobjects/${info.name}/${info.key.name}`,
    body: { allOrNone: false, records },
    headers: marks.optionsFor(keys),
  })
  const results = response.json() as unknown as { success?: boolean; errors?: Json }[]
  if (!Array.isArray(results) || results.length !== part.length) {
    throw unexpectedError('Salesforce does not answer every record of a collection.')
  }
  for (const [at, planned] of part.entries()) {
    const { success, errors } = results[at] ?? {}
    outcomes.set(
      planned,
      success === true ? { kind: 'saved' } : { kind: 'refused', errors: nativeErrors(errors), status: undefined },
    )
  }
}

function outcomeOf(status: number, errors: NativeError[]): SaveOutcome {
  if (status >= 200 && status < 300) return { kind: 'saved' }
  // The record is gone, or has changed: the reader shows which.
  if (status === 412 || errors.some(({ code }) => code === 'ENTITY_IS_DELETED')) return { kind: 'stale' }
  return { kind: 'refused', errors, status }
}

/** External ids stand percent-encoded in the address: they may have any character. */
function pathOf(info: ObjectInfo, { key }: RecordWrite): string {
  const name = info.key.name === 'Id' ? '' : `${info.key.name}/`
  return `/sobjects/${info.name}/${name}${encodeURIComponent(key)}`
}

function headersOf(
  marks: WriteMarks,
  info: ObjectInfo,
  { write, current, isGuarded }: PlannedWrite,
): Record<string, string> {
  const options = marks.optionsFor(new Map([[write.key, write.idempotencyKey]]))
  const since = isGuarded && current !== undefined ? lastChange(info, current) : undefined
  return { ...options, ...(since === undefined ? {} : { 'If-Unmodified-Since': since.toUTCString() }) }
}

function lastChange(info: ObjectInfo, current: JsonObject): Date | undefined {
  const stamp = current.LastModifiedDate ?? (info.watermark && current[info.watermark.name])
  const ms = typeof stamp === 'string' ? Date.parse(stamp) : Number.NaN
  return Number.isNaN(ms) ? undefined : new Date(ms)
}

/** An upsert names the external id once, beside the fields. */
function withoutKey(info: ObjectInfo, fields: JsonObject): JsonObject {
  const key = info.key.name.toLowerCase()
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name.toLowerCase() !== key))
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))
}
