import { HubError } from '../../hub/contracts/hub-error.ts'
import { isJsonObject, type Json } from '../../hub/contracts/json.ts'
import { busyError, forbiddenError, rejectedError, schemaError } from '../shared/errors.ts'
import { parseExactJson } from '../shared/exact-json.ts'
import { type HttpResponse, statusError } from '../shared/http.ts'
import { child, children, parseXml, textOf, type XmlElement } from '../shared/xml.ts'

/** What an error body of SAP says: message classes and numbers, the leading one first. Texts are left out: they quote values. */
export interface SapError {
  codes: string[]
}

/** Messages (CLASS/NUMBER, upper case) that this one system uses for a lock or a missing right. */
export interface MessageMeanings {
  lockCodes: readonly string[]
  rightCodes: readonly string[]
}

/**
 * Messages that say "somebody else is working on it" (message class/number, as SE91 lists them). They come as HTTP 400 as
 * often as not, and the same request succeeds once the lock is gone.
 */
const LOCKS = new Set([
  'MC/601', // Object requested is currently locked by user &
  'V1/042', // Sales document & is currently being processed (by user &)
  'VL/046', // Delivery is being processed
  'M3/897', // Plant data of material & is locked by user &
  'ME/006', // Purchasing document is being processed
  'F5/302', // Account & is currently blocked by user &
])

/** Messages about a right that the user lacks, where they do not come as HTTP 403. */
const RIGHTS = new Set([
  '00/172', // You are not authorized to use transaction &
])

/** Messages about a service or a set that is not there: the options are wrong, or the service is not activated. */
const MISSING_SERVICES = new Set([
  '/IWFND/MED/170', // No service found for namespace &, name &, version &
  '/IWFND/CM_MGW/096', // No system alias found for service & and user &
  '/IWBEP/CM_MGW_RT/020', // Resource not found for segment &
])

/** The codes of an error body in V2 JSON, V2 XML or V4 JSON; none where it is nothing of these (a logon page, say). */
export function sapError(body: Buffer): SapError {
  const text = body.toString('utf8')
  try {
    if (/^\s*</.test(text)) return { codes: codesOfXml(parseXml(body)) }
    return { codes: codesOfJson(parseExactJson(text)) }
  } catch {
    return { codes: [] }
  }
}

function codesOfJson(body: Json): string[] {
  const error = isJsonObject(body) && isJsonObject(body.error ?? null) ? body.error : undefined
  if (!isJsonObject(error ?? null)) return []
  const { code, details, innererror } = error as Record<string, Json>
  const inner = isJsonObject(innererror ?? null) ? (innererror as Record<string, Json>).errordetails : undefined
  const listed = [...(Array.isArray(details) ? details : []), ...(Array.isArray(inner) ? inner : [])]
  return named([code, ...listed.map((each) => (isJsonObject(each) ? each.code : undefined))])
}

function codesOfXml(root: XmlElement): string[] {
  if (root.name !== 'error') return []
  const details = child(child(root, 'innererror') ?? root, 'errordetails')
  const listed = details ? children(details, 'errordetail').map((each) => textOf(each, 'code')) : []
  return named([textOf(root, 'code'), ...listed])
}

/** Only what looks like a code: some services put texts there. */
function named(codes: readonly (Json | undefined)[]): string[] {
  const plain = codes.filter((code): code is string => typeof code === 'string' && /^[\w/.~-]{1,60}$/.test(code))
  return [...new Set(plain)]
}

/**
 * What SAP's messages mean where their meaning is known: locked, not allowed, or a service that is not there.
 * @param told what the error says of its origin
 */
export function errorOfMessages(
  codes: readonly string[],
  more: MessageMeanings,
  told: string,
  details: { internal: string; facts?: Record<string, unknown> },
): HubError | undefined {
  if (codes.some((code) => means(code, LOCKS, more.lockCodes))) {
    return busyError(`The record is locked in SAP (${told}).`, details)
  }
  if (codes.some((code) => means(code, RIGHTS, more.rightCodes))) {
    return forbiddenError(`The SAP user lacks a right (${told}).`, details)
  }
  if (codes.some((code) => MISSING_SERVICES.has(code))) {
    return schemaError(`SAP has no such service or entity set (${told}).`, {
      ...details,
      fix: 'Check service and entitySet, and that the service is activated (/IWFND/MAINT_SERVICE).',
    })
  }
  return undefined
}

/**
 * An answer that is no success, as a HubError: first by SAP's own message, then by the status.
 * @param more further messages of this system
 */
export function odataError(response: HttpResponse, now: number, more: MessageMeanings): HubError {
  const { codes } = sapError(response.body)
  const { status } = response
  const internal = `HTTP ${status}${codes.length === 0 ? '' : `, ${codes.join(', ')}`}`
  const told = codes[0] === undefined ? `HTTP ${status}` : `${codes[0]}, HTTP ${status}`
  const details = { internal, facts: { sapMessages: codes } }
  const meant = status === 429 ? undefined : errorOfMessages(codes, more, told, details)
  if (meant) return meant
  if (status === 423) return busyError(`The record is locked in SAP (${told}).`, details)
  const plain = statusError(response, now)
  if (plain.family === 'reject') return rejectedError(`SAP refuses the request (${told}).`, details)
  return new HubError({
    code: plain.code,
    family: plain.family,
    message: plain.message,
    internal,
    facts: details.facts,
    ...(plain.retryAfterMs === undefined ? {} : { retryAfterMs: plain.retryAfterMs }),
  })
}

function means(code: string, known: ReadonlySet<string>, more: readonly string[]): boolean {
  const upper = code.toUpperCase()
  return known.has(upper) || more.includes(upper)
}
