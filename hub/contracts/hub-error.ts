/**
 * What the hub does about an error is part of its type:
 * - `retry`: the same input may succeed later (a database away, a broker restarting); `retryAfterMs` says when to try.
 * - `reject`: the input is wrong and stays wrong; it is answered, parked or reported, never tried again as it is.
 * - `config`: settings, a mapping or a rule are wrong; a person must change them.
 * - `bug`: the hub is wrong.
 */
export type ErrorFamily = 'retry' | 'reject' | 'config' | 'bug'

export interface HubErrorOptions {
  /** Names the error for programs: lower-case words with dots, e.g. `change.sequence.invalid`. Listed in docs/errors.md. */
  code: string
  family: ErrorFamily
  /** One sentence for the person who gets it. Never a secret, never internals, never a personal value. */
  message: string
  /** A JSON pointer into the input (`/3/data/Email`), or file:line for a document. */
  where?: string
  /** One sentence: what to do about it. */
  fix?: string
  /** For operators only: goes to the log, never into an answer. */
  internal?: string
  retryAfterMs?: number
  /** HTTP status when the error leaves by HTTP; without it the family decides (reject 422, retry 503, else 500). */
  status?: number
  /** More facts for programs, put beside the members of problem+json. */
  facts?: Record<string, unknown>
  cause?: unknown
}

export class HubError extends Error {
  readonly code: string
  readonly family: ErrorFamily
  readonly where: string | undefined
  readonly fix: string | undefined
  readonly internal: string | undefined
  readonly retryAfterMs: number | undefined
  readonly status: number
  readonly facts: Record<string, unknown> | undefined

  constructor(options: HubErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HubError'
    this.code = options.code
    this.family = options.family
    this.where = options.where
    this.fix = options.fix
    this.internal = options.internal
    this.retryAfterMs = options.retryAfterMs
    this.status = options.status ?? STATUS_OF_FAMILY[options.family]
    this.facts = options.facts
  }
}

const STATUS_OF_FAMILY: Record<ErrorFamily, number> = { retry: 503, reject: 422, config: 500, bug: 500 }

/** Whatever was thrown, as a HubError: one of ours as it is, anything else as a bug with its message kept internal. */
export function asHubError(thrown: unknown): HubError {
  if (thrown instanceof HubError) return thrown
  const internal = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  return new HubError({
    code: 'hub.internal',
    family: 'bug',
    message: 'The hub made an error; its log has the details.',
    internal,
    cause: thrown,
  })
}
