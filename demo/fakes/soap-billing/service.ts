import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HubError } from '../../../hub/contracts/hub-error.ts'
import {
  mustBeUnderstood,
  parseEnvelope,
  SOAP_NAMESPACES,
  type SoapEnvelope,
  type SoapEnvelopeVersion,
} from '../../../connectors/shared/soap-envelope.ts'
import { TokenVerifier, WSSE } from '../../../connectors/shared/username-token.ts'
import { xmlAttribute, xmlText } from '../../../connectors/shared/xml.ts'
import { type FakeAnswer, type FakeRequest, FakeServer } from '../http/fake-server.ts'
import { BillingFault, TYPES_NAMESPACE } from './messages.ts'
import { BillingOperations, type Rights } from './operations.ts'
import { BillingStore } from './store.ts'

export interface BillingUser {
  user: string
  password: string
  rights: Rights
}

export interface BillingOptions {
  users: readonly BillingUser[]
  /** Wall clock, ms. */
  now?: () => number
}

const PATH = 'billing'
const ACTION = 'urn:lindenbridge:billing/'
const WINDOW_MS = 300_000
const MEDIA_TYPES: Record<string, SoapEnvelopeVersion> = { 'text/xml': '1.1', 'application/soap+xml': '1.2' }

/**
 * A SOAP billing service: its WSDL is billing.wsdl with billing.xsd. It is as strict as such services are: content type,
 * SOAPAction, a UsernameToken with time and nonce, elements in their order; answers SOAP 1.1 and 1.2.
 */
export class BillingService extends FakeServer {
  readonly store: BillingStore
  readonly operations: BillingOperations
  readonly #users: readonly BillingUser[]
  readonly #tokens: TokenVerifier
  readonly #wsdl = readFileSync(fileBeside('billing.wsdl'), 'utf8')
  readonly #schema = readFileSync(fileBeside('billing.xsd'), 'utf8')

  constructor({ users, now = Date.now }: BillingOptions) {
    super(now)
    this.store = new BillingStore(now)
    this.operations = new BillingOperations(this.store)
    this.#users = users
    const passwordOf = (user: string): string | undefined => users.find((each) => each.user === user)?.password
    this.#tokens = new TokenVerifier({ passwordOf, accept: 'any', windowMs: WINDOW_MS, now })
  }

  get endpoint(): string {
    return `${this.url}/${PATH}`
  }

  get wsdlUrl(): string {
    return `${this.endpoint}?wsdl`
  }

  /** Forgets all tokens of pages that were given out. */
  expireTokens(): void {
    this.operations.epoch += 1
  }

  protected tooMany(retryAfter: string): FakeAnswer {
    const fault = new BillingFault('Server', 'THROTTLED', { status: 429, headers: { 'retry-after': retryAfter } })
    return faultAnswer(fault, '1.1')
  }

  protected handle(request: FakeRequest): FakeAnswer {
    if (request.path.join('/') !== PATH) return { status: 404 }
    if (request.method === 'GET') return this.#describe(request)
    if (request.method !== 'POST') return { status: 405, headers: { allow: 'GET, POST' } }
    if (this.faults.answer) return this.faults.answer
    const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
    const version = MEDIA_TYPES[type]
    if (version === undefined) return { status: 415 }
    try {
      return this.#call(request, version)
    } catch (error) {
      if (error instanceof BillingFault) return faultAnswer(error, version)
      // Not a word of what went wrong inside.
      if (error instanceof HubError) return faultAnswer(asFault(error), version)
      return faultAnswer(new BillingFault('Server', 'INTERNAL'), version)
    }
  }

  #describe({ query, headers }: FakeRequest): FakeAnswer {
    const host = headers.host ?? new URL(this.url).host
    const address = `http://${host}/${PATH}`
    const type = { 'content-type': 'text/xml; charset=utf-8' }
    if (query.has('wsdl')) {
      const body = this.#wsdl.replaceAll('location="ADDRESS"', `location="${xmlAttribute(address)}"`)
      return { status: 200, headers: type, body: body.replace('"?xsd=types"', `"${xmlAttribute(address)}?xsd=types"`) }
    }
    if (query.get('xsd') !== 'types') return { status: 404 }
    const custom = this.store.customFields.map(
      (name) => `      <xs:element name="${xmlAttribute(name)}" type="xs:string" nillable="true" minOccurs="0"/>\n`,
    )
    return { status: 200, headers: type, body: this.#schema.replace(/ *<xs:any /, (any) => custom.join('') + any) }
  }

  #call(request: FakeRequest, version: SoapEnvelopeVersion): FakeAnswer {
    const envelope = parseEnvelope(request.body)
    if (envelope.version !== version) throw new BillingFault('VersionMismatch', 'VERSION')
    const user = this.#authorize(envelope, request.body)
    const [message, ...others] = envelope.body
    if (message === undefined || others.length > 0) throw new BillingFault('Client', 'NOT_ONE_ELEMENT')
    checkAction(request, version, message.name)
    const answer = this.operations.run({ request: message, rights: user.rights, now: this.now() })
    return {
      status: 200,
      headers: {
        'content-type': `${version === '1.1' ? 'text/xml' : 'application/soap+xml'}; charset=utf-8`,
        date: new Date(this.now()).toUTCString(),
      },
      body: wrap(version, answer),
      isWrite: message.name.startsWith('Put'),
    }
  }

  #authorize({ headers, version }: SoapEnvelope, body: Buffer): BillingUser {
    const unknown = headers.find(
      (block) => mustBeUnderstood(block, version) && !(block.name === 'Security' && block.namespace === WSSE),
    )
    if (unknown) throw new BillingFault('MustUnderstand', 'HEADER', { field: unknown.name })
    const name = this.#tokens.verify(headers, body)
    const user = this.#users.find((each) => each.user === name)
    if (user) return user
    throw new BillingFault('FailedAuthentication', 'AUTHENTICATION')
  }
}

function checkAction({ headers }: FakeRequest, version: SoapEnvelopeVersion, operation: string): void {
  const given =
    version === '1.1'
      ? /^"([^"]*)"$/.exec(String(headers.soapaction ?? ''))?.[1]
      : /;\s*action="([^"]*)"/.exec(headers['content-type'] ?? '')?.[1]
  // SOAP 1.2 lets the action be left out.
  if (version === '1.2' && given === undefined) return
  if (given !== `${ACTION}${operation}`) throw new BillingFault('Client', 'WRONG_ACTION')
}

function asFault(error: HubError): BillingFault {
  if (error.code === 'connector.push.unauthorized') return new BillingFault('FailedAuthentication', 'AUTHENTICATION')
  return new BillingFault('Client', 'UNREADABLE')
}

function faultAnswer({ kind, code, field, status, headers }: BillingFault, version: SoapEnvelopeVersion): FakeAnswer {
  const detail = `<BillingFault xmlns="${TYPES_NAMESPACE}"><code>${code}</code>${field === undefined ? '' : `<field>${xmlText(field)}</field>`}</BillingFault>`
  const isSecurity = kind === 'FailedAuthentication'
  const isSender = kind.startsWith('Client') || isSecurity
  const name = isSecurity ? `wsse:${kind}` : `soap:${kind}`
  const text = isSecurity
    ? 'The security token could not be authenticated or authorized'
    : `The request can not be done: ${code}`
  const body =
    version === '1.1'
      ? `<soap:Fault><faultcode>${name}</faultcode><faultstring>${text}</faultstring><detail>${detail}</detail></soap:Fault>`
      : `<soap:Fault><soap:Code><soap:Value>soap:${isSender ? 'Sender' : kind === 'Server' ? 'Receiver' : kind}</soap:Value>` +
        (isSecurity ? `<soap:Subcode><soap:Value>${name}</soap:Value></soap:Subcode>` : '') +
        `</soap:Code><soap:Reason><soap:Text xml:lang="en">${text}</soap:Text></soap:Reason><soap:Detail>${detail}</soap:Detail></soap:Fault>`
  return {
    status: version === '1.2' && isSender && status === 500 ? 400 : status,
    headers: {
      'content-type': `${version === '1.1' ? 'text/xml' : 'application/soap+xml'}; charset=utf-8`,
      ...headers,
    },
    body: wrap(version, body),
  }
}

function wrap(version: SoapEnvelopeVersion, body: string): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${SOAP_NAMESPACES[version]}" xmlns:wsse="${WSSE}" ` +
    `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body>${body}</soap:Body></soap:Envelope>`
  )
}

/** The same file from the sources and from dist/, to which only code is copied. */
function fileBeside(name: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, 'demo', 'fakes', 'soap-billing', name)
    if (existsSync(candidate)) return candidate
    if (folder === dirname(folder)) throw new Error(`${name} is missing from this installation`)
  }
}
