import { HubError } from '../contracts/hub-error.ts'

/** The publish may or may not have reached the bus: the caller repeats it, and a repeat may double a message. */
export function publishUnknown(internal: string, cause?: unknown): HubError {
  return new HubError({
    code: 'bus.publish.unknown',
    family: 'retry',
    message: 'The bus did not confirm the messages; whether it has them is not known.',
    fix: 'Try again; when it goes on, see whether the message broker runs and can be reached.',
    internal,
    retryAfterMs: 1_000,
    cause,
  })
}

/** Nothing of this publish has reached the bus. */
export function busUnavailable(internal: string, cause?: unknown): HubError {
  return new HubError({
    code: 'bus.unavailable',
    family: 'retry',
    message: 'The bus cannot be reached at the moment.',
    fix: 'Try again; when it goes on, see whether the message broker runs and can be reached.',
    internal,
    retryAfterMs: 1_000,
    cause,
  })
}

/** The bus has more waiting than it may hold. */
export function busBusy(internal: string): HubError {
  return new HubError({
    code: 'bus.busy',
    family: 'retry',
    message: 'The bus takes no more messages at the moment.',
    fix: 'Try again later; when it goes on, the consumers are slower than the publishers.',
    internal,
    retryAfterMs: 1_000,
  })
}

export function busClosed(): HubError {
  return new HubError({
    code: 'bus.closed',
    family: 'retry',
    message: 'This hub process is ending and takes no more messages.',
    retryAfterMs: 1_000,
  })
}

export function settingWrong(where: string, message: string, fix: string, internal?: string): HubError {
  return new HubError({
    code: 'bus.setting.invalid',
    family: 'config',
    message,
    where,
    fix,
    ...(internal === undefined ? {} : { internal }),
  })
}
