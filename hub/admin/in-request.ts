import { HubError } from '../contracts/hub-error.ts'

/** A wrong document is the operator's `config` error in the workspace; sent by somebody, it is the sender's. */
export function inRequest(error: unknown): never {
  if (!(error instanceof HubError) || error.family !== 'config') throw error
  const { code, message, where, fix, facts } = error
  throw new HubError({
    code,
    family: 'reject',
    message,
    ...(where === undefined ? {} : { where }),
    ...(fix === undefined ? {} : { fix }),
    ...(facts === undefined ? {} : { facts }),
    cause: error,
  })
}
