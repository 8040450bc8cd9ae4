import { WSSecurity } from 'soap'
import type { ConnectorContext } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import type { Json, JsonObject } from '../../hub/contracts/json.ts'
import { settingsError, stoppedError, unexpectedError } from '../shared/errors.ts'
import { HttpClient, type HttpResponse, statusError } from '../shared/http.ts'
import { faultOf, parseEnvelope, SOAP_NAMESPACES, type SoapEnvelope } from '../shared/soap-envelope.ts'
import type { XmlElement } from '../shared/xml.ts'
import { faultError } from './faults.ts'
import { decodeElement, XSI } from './message-decode.ts'
import { encodeElement } from './message-encode.ts'
import type { SoapSettings } from './settings.ts'
import { loadWsdl } from './wsdl-load.ts'
import type { Operation, Wsdl } from './wsdl-model.ts'
import { readWsdl } from './wsdl-reader.ts'

const DEPTH_MAX = 100

export interface Answer {
  /** Undefined for one-way operations and empty answers. */
  element: XmlElement | undefined
  operation: Operation
  wsdl: Wsdl
  /** Size of the answer as it came, bytes. */
  bytes: number
  headers: Headers
}

/**
 * Calls operations of a WSDL. Messages are written and read by what the WSDL says (message-encode.ts, message-decode.ts),
 * not by the soap package, which makes doubles of decimals, takes nil and empty for the same where a type is no plain
 * string, and keeps only the last of several schemas of a namespace; its WS-Security headers are used.
 */
export class SoapClient {
  readonly #settings: SoapSettings
  readonly #context: ConnectorContext
  readonly #http: HttpClient
  #wsdl: Promise<Wsdl> | undefined

  constructor(settings: SoapSettings, context: ConnectorContext) {
    this.#settings = settings
    this.#context = context
    this.#http = new HttpClient({
      context,
      timeoutMs: settings.timeoutMs,
      maxBytes: settings.maxAnswerBytes,
      tlsAuthority: settings.tlsAuthority,
      tlsClient: settings.tlsClient,
    })
  }

  /** Read once, and again after a failure or `forget`. */
  wsdl(): Promise<Wsdl> {
    this.#wsdl ??= this.#load().catch((error: unknown) => {
      this.#wsdl = undefined
      throw error
    })
    return this.#wsdl
  }

  /** The next call reads the WSDL again. */
  forget(): void {
    this.#wsdl = undefined
  }

  async #load(): Promise<Wsdl> {
    const { wsdl, service, port, version, security } = this.#settings
    const origin = URL.parse(wsdl)?.origin
    const documents = await loadWsdl(
      wsdl,
      (url) => {
        const headers = { accept: 'text/xml, application/xml, application/wsdl+xml, */*' }
        // What the WSDL draws in from elsewhere is fetched without credentials.
        const isOwn = URL.parse(url)?.origin === origin
        return this.#send({
          url,
          headers: isOwn && security.type === 'basic' ? { ...headers, ...this.#authorization() } : headers,
        })
      },
      () => this.#context.now(),
    )
    return readWsdl(documents, { service, port, version })
  }

  /** Throws `connector.settings` where the WSDL has no such operation. */
  async operation(name: string, where: string): Promise<Operation> {
    const wsdl = await this.wsdl()
    return operationOf(wsdl, name, where)
  }

  /**
   * @param args members of the request's element
   * Throws a FaultError for a fault, else what HttpClient throws, `connector.rejected` for arguments that the WSDL does not
   * have, `connector.unexpected` for an answer that is none.
   */
  async call(operation: Operation, args: JsonObject): Promise<Answer> {
    const wsdl = await this.wsdl()
    const message = this.#envelope(operation, args, wsdl)
    const response = await this.#send({
      method: 'POST',
      url: this.endpointOf(wsdl),
      headers: this.#headers(operation, wsdl),
      body: message,
    })
    const envelope = this.#read(response)
    const now = this.#context.now()
    const fault = envelope && faultOf(envelope)
    if (fault) throw faultError(fault, response, this.#settings.faults, now)
    if (response.status !== 200 && response.status !== 202) throw statusError(response, now)
    const element = this.#bodyOf(envelope, operation)
    return { element, operation, wsdl, bytes: response.body.length, headers: response.headers }
  }

  /** Throws `connector.settings` where credentials would go to another origin than that of the settings. */
  endpointOf(wsdl: Wsdl): string {
    if (this.#settings.endpoint !== undefined) return this.#settings.endpoint
    const endpoint = URL.parse(wsdl.endpoint ?? '')
    const fix = 'Name the address to call in the setting endpoint.'
    if (!endpoint || !/^https?:$/.test(endpoint.protocol)) {
      throw settingsError('The WSDL names no http(s) address to call.', { where: '/settings/endpoint', fix })
    }
    const source = URL.parse(this.#settings.wsdl)
    const hasSecrets = this.#settings.security.type !== 'none' || this.#settings.tlsClient !== undefined
    if (source && hasSecrets && /^https?:$/.test(source.protocol) && source.origin !== endpoint.origin) {
      throw settingsError(
        `The WSDL names an address at another origin, ${endpoint.origin}; credentials are not sent there unasked.`,
        {
          where: '/settings/endpoint',
          fix,
        },
      )
    }
    return endpoint.href
  }

  close(): void {
    this.#http.close()
  }

  #send(request: Parameters<HttpClient['send']>[0]): Promise<HttpResponse> {
    if (this.#context.signal.aborted) return Promise.reject(stoppedError())
    return this.#http.send(request)
  }

  #envelope(operation: Operation, args: JsonObject, { version }: Wsdl): string {
    const { security } = this.#settings
    const body = operation.input.name === '' ? '' : encodeElement(operation.input, args)
    const token =
      security.type === 'wsse-text' || security.type === 'wsse-digest'
        ? new WSSecurity(security.user, security.password, {
            passwordType: security.type === 'wsse-text' ? 'PasswordText' : 'PasswordDigest',
            hasTimeStamp: security.timestamp,
            hasNonce: true,
            mustUnderstand: true,
            envelopeKey: 'soap',
          }).toXML()
        : undefined
    const header = token === undefined ? '' : `<soap:Header>${token}</soap:Header>`
    return (
      `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${SOAP_NAMESPACES[version]}" xmlns:xsi="${XSI}">` +
      `${header}<soap:Body>${body}</soap:Body></soap:Envelope>`
    )
  }

  #headers({ soapAction }: Operation, { version }: Wsdl): Record<string, string> {
    const headers: Record<string, string> = { accept: 'text/xml, application/soap+xml' }
    const action = soapAction.replace(/[\r\n"\\]/g, '')
    if (version === '1.1') {
      headers['content-type'] = 'text/xml; charset=utf-8'
      headers.soapaction = `"${action}"`
    } else {
      headers['content-type'] = `application/soap+xml; charset=utf-8${action === '' ? '' : `; action="${action}"`}`
    }
    return this.#settings.security.type === 'basic' ? { ...headers, ...this.#authorization() } : headers
  }

  #authorization(): Record<string, string> {
    const { security } = this.#settings
    if (security.type !== 'basic') return {}
    return { authorization: `Basic ${Buffer.from(`${security.user}:${security.password}`).toString('base64')}` }
  }

  /** Undefined where there is nothing to read, or where the status says enough. */
  #read(response: HttpResponse): SoapEnvelope | undefined {
    if (response.body.length === 0) return undefined
    const type = response.headers.get('content-type') ?? ''
    const isXml = /^\s*(text|application)\/(soap\+)?xml\b/i.test(type)
    if (!isXml) {
      if (response.status !== 200) return undefined
      const kind = /multipart\/related/i.test(type)
        ? 'an answer with attachments (MTOM), which is not read'
        : 'something else than SOAP'
      throw unexpectedError(`The service answered with ${kind}.`, { internal: type.slice(0, 100) })
    }
    const charset = /;\s*charset="?([^\s";]+)/i.exec(type)?.[1]
    try {
      return parseEnvelope(response.body, {
        maxSize: this.#settings.maxAnswerBytes,
        maxDepth: DEPTH_MAX,
        ...(charset === undefined ? {} : { charset }),
      })
    } catch (error) {
      if (response.status !== 200 && error instanceof HubError) return undefined
      const message = error instanceof HubError ? error.message : 'it is no XML'
      throw unexpectedError(`The answer of the service can't be read: ${message}`, { cause: error })
    }
  }

  #bodyOf(envelope: SoapEnvelope | undefined, { name, output }: Operation): XmlElement | undefined {
    const [element, ...others] = envelope?.body ?? []
    if (output === undefined) return undefined
    if (element === undefined) {
      if (output.name === '') return undefined
      throw unexpectedError(`The service answered the operation "${name}" with nothing.`)
    }
    if (others.length > 0) throw unexpectedError(`The service answered the operation "${name}" with several elements.`)
    if (element.name === output.name) return element
    throw unexpectedError(
      `The service answered the operation "${name}" with an element that the WSDL does not have there.`,
    )
  }
}

export function operationOf(wsdl: Wsdl, name: string, where: string): Operation {
  const operation = wsdl.operations.get(name)
  if (operation === undefined) {
    throw settingsError(`The WSDL has no operation "${name}".`, {
      where,
      fix: `Use one of ${[...wsdl.operations.keys()].sort().join(', ')}.`,
    })
  }
  if (operation.isEncoded) {
    throw settingsError(`The operation "${name}" is of style rpc/encoded, which the connector does not speak.`, {
      where,
    })
  }
  return operation
}

/** The answer as JSON; {} where it is empty. */
export function decodeAnswer({ element, operation, wsdl }: Answer): Json {
  if (element === undefined || operation.output === undefined) return {}
  return decodeElement(element, operation.output, { types: wsdl.types })
}
