import { createHash } from 'node:crypto'
import { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { keepAnswer, type KeptAnswer, keptAnswer, lockIdempotencyKey } from '../../store/idempotency-queries.ts'
import type { Queryable } from '../../store/queryable.ts'
import type { Input } from '../http/input.ts'
import { principalOf } from './author.ts'

/** A request that may come again, and what it asks: the same key with anything else is refused. */
export interface OnceRequest {
  /** Whose keys these are. */
  caller: string
  /** Undefined: it came without one, and counts anew each time. */
  key: string | undefined
  hash: Buffer
}

const KEY = /^[\x21-\x7e]{1,255}$/

/** For the header of an operation's declaration. */
export const IDEMPOTENCY_KEY = {
  'idempotency-key': {
    description:
      'The same key with the same request counts once, for a day: the answer is made of what the first one did, and says `Idempotency-Replayed: true`.',
  },
} as const

/**
 * Reads the header Idempotency-Key. `asked`: all that the request asks beside its body: method, address, preconditions.
 * Throws `request.idempotency-key.invalid` (400).
 */
export function onceRequest(
  input: Pick<Input, 'headers' | 'raw' | 'principal'>,
  asked: readonly (string | undefined)[],
): OnceRequest {
  const given = input.headers['idempotency-key']
  const key = Array.isArray(given) ? given.join(',') : given
  if (key !== undefined && !KEY.test(key)) throw badKey()
  const hash = createHash('sha256')
  for (const one of asked) hash.update(`${one === undefined ? '' : JSON.stringify(one)}\n`)
  return { caller: principalOf(input).keyId, key, hash: hash.update(input.raw).digest() }
}

/**
 * Does the work of a request once for its key: the result is kept in the same transaction, so that either both are there or
 * neither. While the first request with a key is under way, a second one waits for its transaction. Throws
 * `request.idempotency-key.reused` (422) for a key that came with another request.
 * @param work its result is kept: small, and without personal data
 */
export async function once<Result extends JsonObject>(
  db: Queryable,
  request: OnceRequest,
  work: () => Promise<Result>,
): Promise<{ result: Result; isReplay: boolean }> {
  const kept = await keptBefore(db, request)
  if (kept !== undefined) return { result: JSON.parse(kept.headers) as Result, isReplay: true }
  const result = await work()
  await keepFor(db, request, { status: 200, headers: result, body: '' })
  return { result, isReplay: false }
}

/** The answer to the same request before, where there was one; the key is locked until the transaction ends. */
export async function keptBefore(db: Queryable, { caller, key, hash }: OnceRequest): Promise<KeptAnswer | undefined> {
  if (key === undefined) return undefined
  await lockIdempotencyKey(db, caller, key)
  const kept = await keptAnswer(db, caller, key)
  if (kept !== undefined && !kept.requestHash.equals(hash)) throw keyReused()
  return kept
}

export async function keepFor(
  db: Queryable,
  { caller, key, hash }: OnceRequest,
  answer: { status: number; headers: JsonObject; body: string },
): Promise<void> {
  if (key === undefined) return
  const { status, headers, body } = answer
  await keepAnswer(db, caller, key, { requestHash: hash, status, headers: JSON.stringify(headers), body })
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
