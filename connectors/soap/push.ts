import type { ConnectorContext, PushAnswer, PushRequest, PushResult } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import { rejectedError } from '../shared/errors.ts'
import {
  mustBeUnderstood,
  parseEnvelope,
  SOAP_NAMESPACES,
  type SoapEnvelope,
  type SoapEnvelopeVersion,
} from '../shared/soap-envelope.ts'
import { TokenVerifier, WSSE } from '../shared/username-token.ts'
import { xmlText } from '../shared/xml.ts'
import { readChanges } from './push-changes.ts'
import { CHANGES_NAMESPACE, changesWsdl } from './push-wsdl.ts'
import type { PushSettings } from './settings.ts'

const MEDIA_TYPES: Record<string, SoapEnvelopeVersion> = { 'text/xml': '1.1', 'application/soap+xml': '1.2' }
/** A push is flat; deeper is none of ours. */
const DEPTH_MAX = 30

/** Takes the changes that a system pushes by the WSDL of push-wsdl.ts, and hands that out. */
export class PushReceiver {
  readonly #settings: PushSettings | undefined
  readonly #context: ConnectorContext
  readonly #tokens: TokenVerifier | undefined

  constructor(settings: PushSettings | undefined, context: ConnectorContext) {
    this.#settings = settings
    this.#context = context
    this.#tokens =
      settings &&
      new TokenVerifier({
        passwordOf: (user) => (user === settings.user ? settings.password : undefined),
        accept: settings.accept,
        windowMs: settings.windowMs,
        now: () => context.now(),
      })
  }

  receive(request: PushRequest): Promise<PushResult> {
    return Promise.resolve().then(() => (request.method === 'GET' ? this.#describe(request) : this.#take(request)))
  }

  /** Holds no secret, and systems fetch it before they have any: so it is open to whoever reaches the hook. */
  #describe({ query }: PushRequest): PushResult {
    if (!Object.keys(query).some((name) => name.toLowerCase() === 'wsdl')) {
      throw new HubError({
        code: 'connector.rejected',
        family: 'reject',
        status: 404,
        message: 'Changes are pushed here by SOAP.',
        fix: 'Get the WSDL at this address with ?wsdl at its end.',
      })
    }
    const { system, hookUrl } = this.#context
    const body = changesWsdl(system, hookUrl, this.#settings?.entities)
    return { records: [], answer: { status: 200, contentType: 'text/xml; charset=utf-8', body } }
  }

  #take(request: PushRequest): PushResult {
    if (this.#settings === undefined || this.#tokens === undefined) {
      throw new HubError({
        code: 'connector.push.unauthorized',
        family: 'reject',
        status: 401,
        message: 'The hub takes no pushes of this system.',
        fix: 'Give user and password of the pushes in the setting push.',
      })
    }
    const envelope = envelopeOf(request)
    this.#tokens.verify(envelope.headers, request.body)
    const unknown = envelope.headers.find(
      (block) => mustBeUnderstood(block, envelope.version) && !(block.name === 'Security' && block.namespace === WSSE),
    )
    if (unknown) {
      throw rejectedError('The message has a header that must be understood, and is not.', {
        where: '/header',
        fix: 'Send no other header that must be understood than Security.',
      })
    }
    const [message, ...others] = envelope.body
    if (message?.name !== 'PushChanges' || message.namespace !== CHANGES_NAMESPACE || others.length > 0) {
      throw rejectedError('The body must hold one PushChanges element of the WSDL.', { where: '/body' })
    }
    const records = readChanges(message, this.#settings.entities)
    const { version } = envelope
    return { records, answer: accepted(version, records.length), refuse: (error) => faultAnswer(error, version) }
  }

  /** A push that was not taken at all, in the version in which it came, as far as that can be told. */
  refuse(error: HubError, request: PushRequest): PushAnswer | undefined {
    if (request.method !== 'POST') return undefined
    return faultAnswer(error, MEDIA_TYPES[mediaType(request)] ?? '1.1')
  }
}

function envelopeOf(request: PushRequest): SoapEnvelope {
  const version = MEDIA_TYPES[mediaType(request)]
  if (version === undefined) {
    throw new HubError({
      code: 'connector.rejected',
      family: 'reject',
      status: 415,
      message: 'The push is neither text/xml (SOAP 1.1) nor application/soap+xml (SOAP 1.2).',
    })
  }
  const charset = /;\s*charset="?([^\s";]+)/i.exec(request.headers['content-type'] ?? '')?.[1]
  const envelope = parseEnvelope(request.body, { maxDepth: DEPTH_MAX, ...(charset === undefined ? {} : { charset }) })
  if (envelope.version === version) return envelope
  throw rejectedError('The envelope is of another SOAP version than the content type says.')
}

function mediaType({ headers }: PushRequest): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

function accepted(version: SoapEnvelopeVersion, count: number): PushAnswer {
  const body = `<PushChangesResponse xmlns="${CHANGES_NAMESPACE}"><accepted>${count}</accepted></PushChangesResponse>`
  return { status: 200, contentType: contentType(version), body: envelope(version, body) }
}

/**
 * The error as a SOAP fault, with what its user may know (never `internal`, never a stack): the sender's fault for what it
 * has to mend, the receiver's for what may succeed later.
 */
export function faultAnswer(error: HubError, version: SoapEnvelopeVersion): PushAnswer {
  const isSender = error.family === 'reject'
  const fault = version === '1.1' ? fault11(error, isSender) : fault12(error, isSender)
  const wait = error.retryAfterMs
  return {
    // SOAP 1.1 over HTTP has 500 for every fault; SOAP 1.2 has 400 for the sender's.
    status: version === '1.2' && isSender ? 400 : 500,
    contentType: contentType(version),
    body: envelope(version, `<soap:Fault>${fault}</soap:Fault>`),
    ...(wait === undefined ? {} : { headers: { 'retry-after': String(Math.ceil(wait / 1000)) } }),
  }
}

const UNAUTHORIZED = 'connector.push.unauthorized'
/** The code of the WS-Security standard. */
const SECURITY_CODE = 'wsse:FailedAuthentication'

function fault11(error: HubError, isSender: boolean): string {
  const code = error.code === UNAUTHORIZED ? SECURITY_CODE : isSender ? 'soap:Client' : 'soap:Server'
  const text = `<faultstring>${xmlText(error.message)}</faultstring>`
  return `<faultcode xmlns:wsse="${WSSE}">${code}</faultcode>${text}<detail>${detailOf(error)}</detail>`
}

function fault12(error: HubError, isSender: boolean): string {
  const isSecurity = error.code === UNAUTHORIZED
  const subcode = isSecurity ? `<soap:Subcode><soap:Value>${SECURITY_CODE}</soap:Value></soap:Subcode>` : ''
  const code = `<soap:Value>${isSender ? 'soap:Sender' : 'soap:Receiver'}</soap:Value>${subcode}`
  const reason = `<soap:Text xml:lang="en">${xmlText(error.message)}</soap:Text>`
  return (
    `<soap:Code xmlns:wsse="${WSSE}">${code}</soap:Code><soap:Reason>${reason}</soap:Reason>` +
    `<soap:Detail>${detailOf(error)}</soap:Detail>`
  )
}

function detailOf({ code, message, where, fix, retryAfterMs }: HubError): string {
  const parts: [string, string | undefined][] = [
    ['code', code],
    ['message', message],
    ['where', where],
    ['fix', fix],
    ['retryAfterSeconds', retryAfterMs === undefined ? undefined : String(Math.ceil(retryAfterMs / 1000))],
  ]
  const inner = parts.map(([name, text]) => (text === undefined ? '' : `<${name}>${xmlText(text)}</${name}>`))
  return `<PushFault xmlns="${CHANGES_NAMESPACE}">${inner.join('')}</PushFault>`
}

function envelope(version: SoapEnvelopeVersion, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${SOAP_NAMESPACES[version]}"><soap:Body>${body}</soap:Body></soap:Envelope>`
}

function contentType(version: SoapEnvelopeVersion): string {
  return version === '1.1' ? 'text/xml; charset=utf-8' : 'application/soap+xml; charset=utf-8'
}
