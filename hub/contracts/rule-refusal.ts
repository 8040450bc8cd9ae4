import { HubError } from './hub-error.ts'

/** What stands against a document by the schema or by a rule, in words. */
export interface Refusal {
  code: string
  message: string
  where?: string
  fix?: string
  problems?: unknown[]
}

/** The error by which a caller is told of it; nothing was changed. */
export function refusedError({ code, message, where, fix, problems }: Refusal): HubError {
  return new HubError({
    code,
    family: 'reject',
    message,
    ...(where === undefined ? {} : { where }),
    ...(fix === undefined ? {} : { fix }),
    ...(problems === undefined ? {} : { facts: { problems } }),
  })
}
