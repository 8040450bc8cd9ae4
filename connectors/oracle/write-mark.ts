const PREFIX = 'omnihub:'
/** CLIENT_IDENTIFIER has 64 bytes. */
const BYTES_MAX = 64

/**
 * The hub's own writes carry their idempotency key in the client identifier of the session, which the trigger of the
 * change table keeps. A key that is too long for it leaves no mark: then only its values tell that a change is the hub's own.
 */
export function writeMark(idempotencyKey: string): string | null {
  const mark = PREFIX + idempotencyKey
  return Buffer.byteLength(mark) > BYTES_MAX ? null : mark
}

export function writerOf(identifier: string | null): string | undefined {
  return identifier?.startsWith(PREFIX) === true ? identifier.slice(PREFIX.length) : undefined
}
