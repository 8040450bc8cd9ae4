import { HubError, type HubErrorOptions } from '../../contracts/hub-error.ts'

type Details = Pick<HubErrorOptions, 'where' | 'fix' | 'internal' | 'facts'> & { status?: number }

/** A request of SOAP is wrong as SOAP: the operation was not asked. `where` is a path of elements. */
export function soapError(code: string, message: string, details: Details = {}): HubError {
  return new HubError({ code, family: 'reject', status: 400, message, ...details })
}
