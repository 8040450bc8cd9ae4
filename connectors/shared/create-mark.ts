import { createHash } from 'node:crypto'
import type { CreateResult, RecordCreate } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import { unknownCreateError } from './errors.ts'
import { oneAfterTheOther } from './write-each.ts'

/** Errors of a connection that was never made: nothing was sent. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_)/
/** 25 characters of 32 are 125 bits: no two keys of one system meet. */
const DIGEST_CHARACTERS = 25
const BASE_32 = 'abcdefghijklmnopqrstuvwxyz234567'

/**
 * What a new record carries so that it can be found again: the idempotency key itself, or, where the field is too short for it or
 * the key has characters that systems change (capitals, blanks), a digest of 25 letters and digits.
 * @param lengthMax characters that the field holds, at least 25
 */
export function createMark(idempotencyKey: string, lengthMax: number): string {
  if (idempotencyKey.length <= lengthMax && /^[a-z0-9][a-z0-9._-]*$/.test(idempotencyKey)) return idempotencyKey
  const bytes = createHash('sha256').update(idempotencyKey).digest()
  let mark = ''
  for (let at = 0; at < DIGEST_CHARACTERS; at += 1) {
    const bit = at * 5
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0)
    mark += BASE_32.charAt((pair >> (11 - (bit & 7))) & 31)
  }
  return mark
}

export const MARK_LENGTH_MIN = DIGEST_CHARACTERS

/**
 * The outcome of a create whose request failed, where the entity has no mark: whatever may have reached the system is not tried
 * again by itself.
 */
export function failedCreate(error: HubError): CreateResult {
  return { outcome: 'failed', error: mayHaveHappened(error) ? unknownCreateError(told(error)) : error }
}

/** Makes a record of an entity that has no mark: only where no earlier try can have made it. What is no HubError is thrown. */
export async function createAtMostOnce(create: RecordCreate, make: () => Promise<CreateResult>): Promise<CreateResult> {
  if (create.mayExist === true) {
    return { outcome: 'failed', error: unknownCreateError({ internal: 'an earlier try was not finished' }) }
  }
  try {
    return await make()
  } catch (error) {
    if (error instanceof HubError) return failedCreate(error)
    throw error
  }
}

/** Makes one record after the other: the failure of one is told for that one. What is no HubError ends the whole. */
export async function createEach<Create extends RecordCreate>(
  creates: readonly Create[],
  createOne: (create: Create) => Promise<CreateResult>,
): Promise<CreateResult[]> {
  return oneAfterTheOther(creates, createOne, (_create, error) => ({ outcome: 'failed', error }))
}

function mayHaveHappened(error: HubError): boolean {
  if (error.family !== 'retry' || error.code === 'connector.throttled') return false
  const { code } = (error.cause ?? {}) as { code?: unknown }
  return !(typeof code === 'string' && NEVER_SENT.test(code))
}

function told({ code, internal }: HubError): { internal: string } {
  return { internal: internal === undefined ? code : `${code}: ${internal}` }
}
