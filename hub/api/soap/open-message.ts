import type { HubError } from '../../contracts/hub-error.ts'
import {
  envelopeVersion,
  mustBeUnderstood,
  openEnvelope,
  type SoapEnvelope,
  type SoapEnvelopeVersion,
  WSSE,
  WSU,
} from '../../contracts/soap-envelope.ts'
import { attributeOf, parseXml, type XmlElement, type XmlLimits } from '../../contracts/xml.ts'
import { qualifiedName } from './faults.ts'
import type { MessagePlan } from './message-plan.ts'
import type { SoapService } from './services.ts'
import { soapError } from './soap-error.ts'
import { actionOf } from './wsdl.ts'

/** A message of 1 MiB can't become more than this in memory; deeper or broader is none that a client makes. */
const SOAP_LIMITS = {
  maxSize: 1024 * 1024,
  maxDepth: 128,
  maxElements: 20_000,
  maxAttributes: 100,
  instructions: 'refuse',
} as const satisfies XmlLimits

const MEDIA_TYPES: Readonly<Record<string, SoapEnvelopeVersion>> = {
  'text/xml': '1.1',
  'application/soap+xml': '1.2',
}

/** The media types of requests. */
export const SOAP_TYPES = Object.keys(MEDIA_TYPES)

/** The version that a content type announces: that of answers to what can not be read. */
export function announcedVersion(contentType: string | undefined): SoapEnvelopeVersion {
  return MEDIA_TYPES[(contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''] ?? '1.1'
}

/** Reads the bytes of a request. Throws `soap.xml` or `soap.version`. */
export function readEnvelope(
  bytes: Buffer,
  contentType: string | undefined,
  limits: XmlLimits = {},
): { version: SoapEnvelopeVersion; root: XmlElement } {
  const charset = parameterOf(contentType, 'charset')
  const root = parseXml(bytes, { ...SOAP_LIMITS, ...limits, ...(charset === undefined ? {} : { charset }) }, wrongXml)
  const version = envelopeVersion(root)
  if (version === undefined) throw wrongVersion(root)
  return { version, root }
}

/** Elements that the Header of a large message may have: no more is read before its key is known to be right. */
const HEAD_ELEMENTS_MAX = 200

/** An envelope up to its Body, which is empty here. Throws `soap.xml`, `soap.version` or `soap.envelope`. */
export function readHead(bytes: Buffer, contentType: string | undefined): SoapEnvelope {
  const stopAt: XmlLimits['stopAt'] = ({ name }, depth) => depth === 1 && name === 'Body'
  const { version, root } = readEnvelope(bytes, contentType, { maxElements: HEAD_ELEMENTS_MAX, stopAt })
  const envelope = openEnvelope(root, version)
  if (envelope === undefined) throw wrongEnvelope(WHOLE)
  return envelope
}

const WHOLE = 'It must have at most one Header, then one Body, and nothing else.'

/** One Body and nothing beside it but one Header before it; no id twice. Throws `soap.envelope`. */
export function envelopeOf(root: XmlElement, version: SoapEnvelopeVersion): SoapEnvelope {
  const envelope = openEnvelope(root, version)
  if (envelope === undefined) throw wrongEnvelope(WHOLE)
  if (envelope.body.length !== 1) throw wrongEnvelope('Its Body must have one element.')
  checkIds(root, new Set())
  return envelope
}

/** Nothing is referred to by an id here; a message with one id twice was made to be read in two ways. */
function checkIds(element: XmlElement, seen: Set<string>): void {
  const id = attributeOf(element, 'Id', WSU)
  if (id !== undefined) {
    if (seen.has(id)) throw wrongEnvelope('Two of its elements have the same wsu:Id.')
    seen.add(id)
  }
  for (const child of element.children) checkIds(child, seen)
}

/** What the sender wants understood and the hub has no understanding of. Throws `soap.header.not-understood`. */
export function checkHeaders({ headers, version }: SoapEnvelope): void {
  for (const block of headers) {
    const isKnown = block.name === 'Security' && block.namespace === WSSE
    if (!isKnown && mustBeUnderstood(block, version)) {
      const header = qualifiedName(block).slice(0, 400)
      throw soapError(
        'soap.header.not-understood',
        `The hub does not understand the header ${block.name.slice(0, 60)}.`,
        {
          where: `/Envelope/Header/${block.name.slice(0, 60)}`,
          fix: 'Leave it out, or send it without mustUnderstand.',
          facts: { header },
        },
      )
    }
  }
}

/** The operation that a message is for: by the element in its Body, with which SOAPAction must agree where it is sent. */
export function planOf(
  service: SoapService,
  [element]: readonly XmlElement[],
  action: string | undefined,
): MessagePlan {
  const plan = element === undefined ? undefined : service.plans.get(element.name)
  if (element === undefined || plan === undefined) throw unknownOperation(service)
  if (element.namespace !== service.namespace) throw wrongNamespace(service, element.name)
  if (action !== undefined && action !== '' && action !== actionOf(service, plan.name)) throw wrongAction(service, plan)
  return plan
}

/** The action of SOAP 1.1 is a header, that of SOAP 1.2 a parameter of the content type. */
export function announcedAction(
  version: SoapEnvelopeVersion,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): string | undefined {
  if (version === '1.2') return parameterOf(headers['content-type'] as string | undefined, 'action')
  const value = headers['soapaction']
  return typeof value === 'string' ? unquoted(value.trim()) : undefined
}

function unquoted(value: string): string {
  return /^"(.*)"$/s.exec(value)?.[1] ?? value
}

function parameterOf(contentType: string | undefined, name: string): string | undefined {
  const pattern = new RegExp(`;\\s*${name}\\s*=\\s*("[^"]*"|[^\\s;"]+)`, 'i')
  const value = pattern.exec(contentType ?? '')?.[1]
  return value === undefined ? undefined : unquoted(value)
}

function wrongXml(message: string): HubError {
  return soapError('soap.xml', `The message can not be read. ${message}`, {
    fix: 'Send well-formed XML 1.0 in UTF-8, without DOCTYPE and processing instructions.',
  })
}

function wrongVersion({ name }: XmlElement): HubError {
  const what = name === 'Envelope' ? 'an envelope of another version' : 'no envelope'
  return soapError('soap.version', `The message is ${what} of SOAP.`, {
    where: '/',
    fix: 'Send an Envelope of SOAP 1.1 or of SOAP 1.2.',
  })
}

function wrongEnvelope(what: string): HubError {
  return soapError('soap.envelope', `The envelope is wrong. ${what}`, { where: '/Envelope' })
}

function unknownOperation({ name, plans }: SoapService): HubError {
  return soapError('soap.operation.unknown', 'The service has no operation of this name.', {
    where: '/Envelope/Body',
    fix: `The service ${name} has: ${[...plans.keys()].join(', ')}.`,
  })
}

function wrongNamespace({ namespace }: SoapService, name: string): HubError {
  return soapError('soap.element.namespace', 'The element is in another namespace than that of the service.', {
    where: `/${name}`,
    fix: `All elements of a request are in ${namespace}.`,
  })
}

function wrongAction(service: SoapService, { name }: MessagePlan): HubError {
  return soapError('soap.action', 'SOAPAction names another operation than the Body.', {
    where: `/${name}`,
    fix: `Send "${actionOf(service, name)}", or none.`,
  })
}
