import type { FastifyInstance } from 'fastify'
import type { IncomingHttpHeaders } from 'node:http'
import { asHubError, HubError } from '../../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'
import type { SoapEnvelope, SoapEnvelopeVersion } from '../../contracts/soap-envelope.ts'
import type { XmlElement } from '../../contracts/xml.ts'
import type { Verifier } from '../../security/callers.ts'
import type { Principal } from '../../security/key-verifier.ts'
import type { RateLimits } from '../../security/rate-limits.ts'
import type { OperationSpec } from '../operations/operation.ts'
import { responseElement } from './answer-message.ts'
import { CredentialReader } from './credentials.ts'
import { dispatch, type RestAnswer, restRequest } from './dispatch.ts'
import { faultAnswer, problemMembers, type SoapAnswer, soapAnswer } from './faults.ts'
import type { MessagePlan } from './message-plan.ts'
import {
  announcedAction,
  announcedVersion,
  checkHeaders,
  envelopeOf,
  planOf,
  readEnvelope,
  readHead,
} from './open-message.ts'
import { pointerPath } from './pointer-path.ts'
import { readMessage } from './read-message.ts'
import { SOAP_SERVICES, type SoapService, soapService, type SoapServiceName } from './services.ts'
import { soapError } from './soap-error.ts'
import { unfit } from './write-message.ts'
import { wsdlText } from './wsdl.ts'

/** How far the times that a message bears may be from the hub's own. */
const WINDOW_MS = 300_000
/** What is read as a whole before it is known who sends it: some two hundred elements, or a millisecond. */
const LARGE_BYTES = 16 * 1024

export interface SoapDeskOptions {
  operations: readonly OperationSpec[]
  /** Who a key or token belongs to. */
  verifier: Verifier
  /** Absent: without bounds. */
  limits?: RateLimits
  /** Wall clock, ms. */
  now(): number
  /** Is told of errors of the hub's own. */
  onError(error: HubError, requestId: string): void
}

/** A message as it came. */
export interface SoapRequest {
  headers: IncomingHttpHeaders
  bytes: Buffer
  requestId: string
  /** The server in which the operations are. */
  server: FastifyInstance
  /** The key or token of the HTTP headers, where there is one. */
  key: string | undefined
}

/** An answer, with the headers of HTTP that belong to it. */
export interface SoapOutcome extends SoapAnswer {
  headers: Readonly<Record<string, string>>
}

/** What is asked for, as far as it could be read: errors name their place in it. */
interface Reading {
  version: SoapEnvelopeVersion
  plan: MessagePlan | undefined
}

/** Headers of the operation's answer that hold for the answer of SOAP too. */
const PASSED_ON = ['ratelimit', 'ratelimit-policy', 'retry-after', 'deprecation', 'sunset', 'link']

/** The services of SOAP: each message becomes a call of the operation that it names, in this process, by its own key. */
export class SoapDesk {
  readonly #options: SoapDeskOptions
  readonly #credentials: CredentialReader
  readonly #services = new Map<SoapServiceName, SoapService>()

  constructor(options: SoapDeskOptions) {
    this.#options = options
    this.#credentials = new CredentialReader(options.now, WINDOW_MS)
  }

  /** Made when it is first asked for. Throws `soap.service.unknown`. */
  service(name: string): SoapService {
    const known = SOAP_SERVICES.find((service) => service.name === name)
    if (known === undefined) throw unknownService()
    const made = this.#services.get(known.name)
    if (made !== undefined) return made
    const service = soapService(known.name, this.#options.operations)
    this.#services.set(known.name, service)
    return service
  }

  /** `?wsdl` or `?xsd`, in any case. `base`: the address of the hub as its callers reach it. */
  document(name: string, query: readonly string[], base: string): string {
    const service = this.service(name)
    const [asked] = query.map((each) => each.toLowerCase())
    if (asked === 'wsdl' || asked === 'singlewsdl') return wsdlText(service, `${base}/soap/${name}`)
    if (asked === 'xsd') return `<?xml version="1.0" encoding="UTF-8"?>\n${service.schema}\n`
    throw new HubError({
      code: 'soap.document.unknown',
      family: 'reject',
      status: 400,
      message: 'It is not said which document is wanted.',
      fix: `Ask for /soap/${name}?wsdl or /soap/${name}?xsd; messages are sent by POST.`,
    })
  }

  /** Answers a message, with a fault whatever is wrong with it. Throws `soap.service.unknown` only. */
  async call(name: string, request: SoapRequest): Promise<SoapOutcome> {
    const service = this.service(name)
    const reading: Reading = { version: announcedVersion(request.headers['content-type']), plan: undefined }
    try {
      return await this.#answer(service, request, reading)
    } catch (thrown) {
      const error = asHubError(thrown)
      if (error.family === 'bug') this.#options.onError(error, request.requestId)
      const problem = problemMembers(error, request.requestId)
      const wait = error.retryAfterMs
      const headers: Record<string, string> =
        wait === undefined ? {} : { 'retry-after': String(Math.ceil(wait / 1000)) }
      return { ...faultAnswer(reading.version, service.namespace, problem), headers }
    }
  }

  async #answer(service: SoapService, request: SoapRequest, reading: Reading): Promise<SoapOutcome> {
    const { headers, bytes } = request
    const type = headers['content-type']
    const whole = (): SoapEnvelope => {
      const { version, root } = readEnvelope(bytes, type)
      reading.version = version
      return envelopeOf(root, version)
    }
    // Reading all of a large message takes as long as a hundred calls do: strangers get no more than its beginning read.
    const isLarge = bytes.length > LARGE_BYTES
    const head = isLarge ? readHead(bytes, type) : whole()
    reading.version = head.version
    const { key, principal } = await this.#caller(head.headers, request.key)
    const rest = this.#counted(principal, () => {
      const envelope = isLarge ? whole() : head
      const { version } = envelope
      checkHeaders(envelope)
      const [element] = envelope.body
      const plan = planOf(service, envelope.body, announcedAction(version, headers))
      reading.plan = plan
      return { plan, request: restRequest(plan, readMessage(element as XmlElement, plan.request, service.namespace)) }
    })
    const caller = { authorization: `Bearer ${key}`, 'x-request-id': request.requestId }
    const answer = await dispatch(request.server, rest.plan, rest.request, caller)
    return this.#outcome(service, rest.plan, head.version, answer)
  }

  #outcome(service: SoapService, plan: MessagePlan, version: SoapEnvelopeVersion, answer: RestAnswer): SoapOutcome {
    const passed = PASSED_ON.flatMap((name) => {
      const value = answer.headers[name]
      return value === undefined ? [] : [[name, value] as const]
    })
    const headers = Object.fromEntries(passed)
    if (plan.answers.has(answer.status)) {
      return { ...soapAnswer(version, 200, responseElement(service, plan, answer)), headers }
    }
    // A fault that says that all is well would be worse than one that says that the hub is wrong.
    if (answer.status < 400) throw unfit(`/${plan.name}Response with status ${answer.status}`)
    return { ...faultAnswer(version, service.namespace, problemOf(plan, answer)), headers }
  }

  /** Who sends the message. Throws what REST throws, and `soap.security...`. */
  async #caller(
    blocks: readonly XmlElement[],
    httpKey: string | undefined,
  ): Promise<{ key: string; principal: Principal }> {
    const token = this.#credentials.read(blocks)
    if (token !== undefined && httpKey !== undefined && httpKey !== token.password) throw twoCallers()
    const key = token?.password ?? httpKey
    if (key === undefined) throw unauthorized('auth.missing', 'This operation needs an API key or a token.')
    const principal = await this.#options.verifier.verify(key)
    if (principal === null) throw invalidKey()
    this.#counted(principal, () => {
      if (token !== undefined && token.username !== principal.keyId && token.username !== principal.name)
        throw invalidKey()
      token?.use()
    })
    return { key, principal }
  }

  /** What is refused before the operation counts it is counted here: being refused must not be free. */
  #counted<Result>(principal: Principal, act: () => Result): Result {
    try {
      return act()
    } catch (error) {
      this.#options.limits?.take(principal)
      throw error
    }
  }
}

/** The problem of REST, with the place in the message. */
function problemOf(plan: MessagePlan, { status, body }: RestAnswer): JsonObject {
  const problem: JsonObject = isJsonObject(body ?? null) ? (body as JsonObject) : { status, detail: '', code: '' }
  const { pointer, errors } = problem
  return {
    ...problem,
    ...(typeof pointer === 'string' ? { pointer: pointerPath(plan, pointer) } : {}),
    ...(Array.isArray(errors) ? { errors: errors.map((error) => withPath(plan, error)) } : {}),
  }
}

function withPath(plan: MessagePlan, error: Json): Json {
  const pointer = isJsonObject(error) ? error['pointer'] : undefined
  return typeof pointer === 'string' ? { ...(error as JsonObject), pointer: pointerPath(plan, pointer) } : error
}

function unknownService(): HubError {
  return new HubError({
    code: 'soap.service.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no SOAP service of this name.',
    where: '{service}',
    fix: `There are: ${SOAP_SERVICES.map(({ name }) => `/soap/${name}`).join(', ')}.`,
  })
}

function unauthorized(code: string, message: string): HubError {
  const fix =
    'Send a WS-Security UsernameToken: name or id of an API key as Username, the key as PasswordText. An admin makes keys.'
  return soapError(code, message, { fix, status: 401 })
}

function invalidKey(): HubError {
  return unauthorized('auth.invalid', 'The key or token is not valid here, or no longer.')
}

function twoCallers(): HubError {
  return soapError('soap.security.ambiguous', 'The UsernameToken and the header of HTTP have different keys.', {
    where: '/Envelope/Header/Security/UsernameToken',
    fix: 'Send one of them.',
    status: 401,
  })
}
