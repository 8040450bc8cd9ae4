const PREFIX = 'omnihub:'
/** SYS_CHANGE_CONTEXT is varbinary(128). */
const BYTES_MAX = 128

/**
 * The hub's own writes carry their idempotency key in the context of Change Tracking. A key that is too long for it
 * leaves no mark: then only its values tell that a change is the hub's own.
 */
export function writeMark(idempotencyKey: string): Buffer | null {
  const mark = Buffer.from(PREFIX + idempotencyKey, 'utf8')
  return mark.length > BYTES_MAX ? null : mark
}

export function writerOf(context: Buffer | null): string | undefined {
  const text = context?.toString('utf8') ?? ''
  return text.startsWith(PREFIX) ? text.slice(PREFIX.length) : undefined
}
