import { createHash } from 'node:crypto'
import { HubError } from '../../contracts/hub-error.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { shapedCustomer } from '../../golden/customer-shape.ts'
import { valueAt } from '../../golden/write-back/wants.ts'
import { overridesOf } from '../../store/apply-queries.ts'
import type { GoldenRow } from '../../store/customer-queries.ts'
import { keepAnswer, keptAnswer, lockIdempotencyKey } from '../../store/idempotency-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import { writeBacksOfCustomer } from '../../store/write-back-queries.ts'
import type { ApiPorts, ChangeRulesPort, EditOrder } from '../ports.ts'
import { findCustomer } from './find-customer.ts'
import { mergePatch } from './merge-patch.ts'
import { writeBackState } from './write-back-view.ts'

export interface EditRequest {
  id: string
  patch: JsonObject
  /** The body as it came, for the hash of the request. */
  raw: Buffer
  ifMatch: string | undefined
  idempotencyKey: string | undefined
  /** Whose idempotency keys these are. */
  caller: string
  author: string
}

export interface EditAnswer {
  id: string
  version: number
  /** JSON text of the answer's body. */
  text: string
  /** The same request was answered before, with this. */
  isReplay: boolean
}

const KEY = /^[\x21-\x7e]{1,255}$/

/** Sets fields of a customer; see CustomerEdits for what that means. Everything is checked, decided and stored in one transaction. */
export async function editCustomer(ports: ApiPorts, request: EditRequest): Promise<EditAnswer> {
  const { ifMatch, idempotencyKey } = request
  if (ifMatch === undefined) throw noPrecondition()
  if (idempotencyKey !== undefined && !KEY.test(idempotencyKey)) throw badKey()
  return ports.edits.edit<EditAnswer>(
    async (db) => {
      const former = idempotencyKey === undefined ? undefined : await answerBefore(db, request, idempotencyKey)
      if (former !== undefined) return former
      const row = await findCustomer(db, request.id)
      if (row.state !== 0) throw notActive()
      if (!holds(ifMatch, `"${row.id}.${row.version}"`)) throw changedMeanwhile()
      return orderOf(ports, db, row, request)
    },
    async (db, { customerId }) => {
      const row = await findCustomer(db, customerId)
      const writeBack = (await writeBacksOfCustomer(db, row.id)).filter(({ state }) => state !== 0).map(writeBackState)
      const text = `${row.golden.slice(0, -1)},"writeBack":${JSON.stringify(writeBack)}}`
      const answer = { id: row.id, version: row.version, text, isReplay: false }
      if (idempotencyKey !== undefined) await remember(db, request, idempotencyKey, answer)
      return answer
    },
  )
}

async function orderOf(
  { validator, survivorship, changeRules }: ApiPorts,
  db: Queryable,
  row: GoldenRow,
  { patch, author }: EditRequest,
): Promise<EditOrder> {
  const core = coreOf(row, patch)
  const wanted = mergePatch(core, patch)
  const faults = validator.validate('customer', wanted, { all: true })
  if (faults[0] !== undefined) throw invalid(faults)
  const after = shapedCustomer(wanted)
  const paths = survivorship.changedPaths(core, after)
  const decided = (await overridesOf(db, [row.id])).filter(({ yields }) => !yields).map(({ path }) => path)
  const stands = paths.find((path) => decided.some((one) => path === one || path.startsWith(`${one}.`)))
  if (stands !== undefined) throw stewardDecided(stands)
  const at = new Date().toISOString()
  const refusal = changeRules.refusal('customer', after, { source: EDITED, at, before: core })
  if (refusal !== undefined) throw refusedByRule(refusal)
  const values = new Map(paths.map((path): [string, Json] => [path, valueAt(after, path) ?? null]))
  return { customerId: row.id, values, author, at }
}

/** Where edits come from, for rules that ask. */
const EDITED = { system: 'hub', entity: 'customer' } as const

/** The rules of the path of changes hold for edits too; what they refuse is told, and nothing is changed. */
function refusedByRule({
  code,
  message,
  where,
  fix,
  problems,
}: NonNullable<ReturnType<ChangeRulesPort['refusal']>>): HubError {
  return new HubError({
    code,
    family: 'reject',
    message,
    ...(where === undefined ? {} : { where }),
    ...(fix === undefined ? {} : { fix }),
    ...(problems === undefined ? {} : { facts: { problems } }),
  })
}

const ENVELOPE = ['id', 'version', 'createdAt', 'updatedAt', 'sources'] as const

function coreOf({ golden }: GoldenRow, patch: JsonObject): JsonObject {
  const core = JSON.parse(golden) as JsonObject
  for (const name of ENVELOPE) {
    if (Object.hasOwn(patch, name)) throw hubsOwn(name)
    Reflect.deleteProperty(core, name)
  }
  return core
}

/** If-Match compares strongly (RFC 9110, 13.1.1): a weakened tag does not do. */
function holds(ifMatch: string, etag: string): boolean {
  return ifMatch.trim() === '*' || ifMatch.split(',').some((one) => one.trim() === etag)
}

function hashOf({ id, ifMatch, raw }: EditRequest): Buffer {
  return createHash('sha256')
    .update(`PATCH customer ${id}\n${ifMatch ?? ''}\n`)
    .update(raw)
    .digest()
}

async function answerBefore(db: Queryable, request: EditRequest, key: string): Promise<EditAnswer | undefined> {
  await lockIdempotencyKey(db, request.caller, key)
  const kept = await keptAnswer(db, request.caller, key)
  if (kept === undefined) return undefined
  if (!kept.requestHash.equals(hashOf(request))) throw keyReused()
  const { id, version } = JSON.parse(kept.headers) as { id: string; version: number }
  return { id, version, text: kept.body, isReplay: true }
}

async function remember(db: Queryable, request: EditRequest, key: string, answer: EditAnswer): Promise<void> {
  const { id, version, text } = answer
  const headers = JSON.stringify({ id, version })
  await keepAnswer(db, request.caller, key, { requestHash: hashOf(request), status: 200, headers, body: text })
}

function noPrecondition(): HubError {
  return new HubError({
    code: 'request.precondition.missing',
    family: 'reject',
    status: 428,
    message: 'An edit says which version of the customer it was made on.',
    where: 'If-Match',
    fix: 'Send the ETag of the customer as you read it in the header If-Match.',
  })
}

function changedMeanwhile(): HubError {
  return new HubError({
    code: 'customer.changed-meanwhile',
    family: 'reject',
    status: 412,
    message: 'The customer has changed since you read it.',
    where: 'If-Match',
    fix: 'Read it again, and edit what it is now.',
  })
}

function notActive(): HubError {
  return new HubError({
    code: 'customer.edit.not-active',
    family: 'reject',
    status: 409,
    message: 'This customer has no source records any more, so there is nothing to edit.',
    where: '{id}',
  })
}

function hubsOwn(name: string): HubError {
  return new HubError({
    code: 'customer.edit.member-of-the-hub',
    family: 'reject',
    message: `"${name}" is the hub's own and can't be set.`,
    where: `/${name}`,
    fix: 'Leave it out.',
  })
}

function invalid(faults: readonly { pointer: string; message: string }[]): HubError {
  const [first] = faults
  return new HubError({
    code: 'customer.edit.invalid',
    family: 'reject',
    message: `The customer would break its schema: ${first?.pointer ?? ''} ${first?.message ?? ''}.`,
    where: first?.pointer ?? '',
    facts: { faults: faults.map(({ pointer, message }) => ({ pointer, message })) },
  })
}

function stewardDecided(path: string): HubError {
  return new HubError({
    code: 'customer.edit.decided',
    family: 'reject',
    status: 409,
    message: 'A steward has decided on this field; that word stands until it is taken back.',
    where: `/${path.replace('.', '/')}`,
    fix: 'Ask a steward.',
  })
}

function badKey(): HubError {
  return new HubError({
    code: 'request.idempotency-key.invalid',
    family: 'reject',
    status: 400,
    message: 'An Idempotency-Key is 1 to 255 visible ASCII characters.',
    where: 'Idempotency-Key',
    fix: 'Send a UUID.',
  })
}

function keyReused(): HubError {
  return new HubError({
    code: 'request.idempotency-key.reused',
    family: 'reject',
    status: 422,
    message: 'This Idempotency-Key came with another request before.',
    where: 'Idempotency-Key',
    fix: 'Use a new key for a new request, and the same one only to repeat a request word for word.',
  })
}
