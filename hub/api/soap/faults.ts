import type { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { SOAP_NAMESPACES, type SoapEnvelopeVersion } from '../../contracts/soap-envelope.ts'
import type { XmlElement } from '../../contracts/xml.ts'
import { problemOf } from '../http/problem.ts'
import { XSI } from './read-message.ts'
import { MessageWriter } from './write-message.ts'
import { attribute, text } from './xsd.ts'

export interface SoapAnswer {
  status: number
  contentType: string
  body: string
}

const CONTENT_TYPES: Readonly<Record<SoapEnvelopeVersion, string>> = {
  '1.1': 'text/xml; charset=utf-8',
  '1.2': 'application/soap+xml; charset=utf-8',
}

/** A message of the hub in an envelope of that version. */
export function soapAnswer(version: SoapEnvelopeVersion, status: number, body: string, header = ''): SoapAnswer {
  const blocks = header === '' ? '' : `<soap:Header>${header}</soap:Header>`
  return {
    status,
    contentType: CONTENT_TYPES[version],
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${SOAP_NAMESPACES[version]}" xmlns:xsi="${XSI}">${blocks}<soap:Body>${body}</soap:Body></soap:Envelope>`,
  }
}

/** Whose fault it is, or which of the two that SOAP itself has names for. */
export type FaultCode = 'Client' | 'Server' | 'MustUnderstand' | 'VersionMismatch'

const CODES_12: Readonly<Record<FaultCode, string>> = {
  Client: 'Sender',
  Server: 'Receiver',
  MustUnderstand: 'MustUnderstand',
  VersionMismatch: 'VersionMismatch',
}
const PROBLEM_MEMBERS = new Set([
  'type',
  'title',
  'detail',
  'code',
  'status',
  'pointer',
  'fix',
  'retryAfterMs',
  'requestId',
])

/** Codes of errors that SOAP has a fault of its own for. */
const OWN_CODES: Readonly<Record<string, FaultCode>> = {
  'soap.header.not-understood': 'MustUnderstand',
  'soap.version': 'VersionMismatch',
}

/** What may succeed later is the server's fault in the words of SOAP: the same message is not wrong. */
function codeOf(problem: JsonObject): FaultCode {
  const status = Number(problem['status'])
  return OWN_CODES[String(problem['code'])] ?? (status >= 500 || status === 429 ? 'Server' : 'Client')
}

/** An error as a fault; `problem` has the members of problem+json. */
export function faultAnswer(version: SoapEnvelopeVersion, namespace: string, problem: JsonObject): SoapAnswer {
  const code = codeOf(problem)
  const message = text(String(problem['detail'] ?? ''))
  const detail = faultDetail(namespace, problem)
  if (version === '1.1') {
    // Whatever the fault, it leaves with 500 (SOAP 1.1, 6.2).
    const fault = `<faultcode>soap:${code}</faultcode><faultstring xml:lang="en">${message}</faultstring><detail>${detail}</detail>`
    return soapAnswer(version, 500, `<soap:Fault>${fault}</soap:Fault>`, code === 'VersionMismatch' ? UPGRADE : '')
  }
  const value = `<soap:Code><soap:Value>soap:${CODES_12[code]}</soap:Value></soap:Code>`
  const reason = `<soap:Reason><soap:Text xml:lang="en">${message}</soap:Text></soap:Reason>`
  // SOAP 1.2 part 2, table 20: the sender's fault is 400.
  const status = code === 'Client' ? 400 : 500
  const fault = `<soap:Fault>${value}${reason}<soap:Detail>${detail}</soap:Detail></soap:Fault>`
  const header = code === 'MustUnderstand' ? notUnderstood(problem) : ''
  return soapAnswer(version, status, fault, header)
}

function faultDetail(namespace: string, problem: JsonObject): string {
  const writer = new MessageWriter()
  for (const [element, name] of [
    ['code', 'code'],
    ['message', 'detail'],
    ['status', 'status'],
    ['pointer', 'pointer'],
    ['fix', 'fix'],
    ['retryAfterMs', 'retryAfterMs'],
    ['requestId', 'requestId'],
  ] as const) {
    const value = problem[name]
    if (value !== undefined) writer.text(element, String(value))
  }
  const facts = Object.entries(problem).filter(([name]) => !PROBLEM_MEMBERS.has(name))
  if (facts.length > 0) writer.object('facts', Object.fromEntries(facts))
  return `<HubFault xmlns="${attribute(namespace)}">${writer.toString()}</HubFault>`
}

/** Which envelopes are taken (SOAP 1.2 part 1, 5.4.7), for who sent another one. */
const UPGRADE = `<env:Upgrade xmlns:env="${SOAP_NAMESPACES['1.2']}"><env:SupportedEnvelope qname="env:Envelope"/><env:SupportedEnvelope qname="soap:Envelope"/></env:Upgrade>`

function notUnderstood({ header }: JsonObject): string {
  const [, namespace = '', name = ''] = /^\{(.*)\}(.*)$/s.exec(String(header ?? '')) ?? []
  return `<soap:NotUnderstood xmlns:h="${attribute(namespace)}" qname="h:${attribute(name)}"/>`
}

/** The name of an element as one text, `{namespace}name`. */
export function qualifiedName({ namespace, name }: Pick<XmlElement, 'namespace' | 'name'>): string {
  return `{${namespace}}${name}`
}

/** An error of the hub's own as the members of a problem. */
export function problemMembers(error: HubError, requestId: string): JsonObject {
  return JSON.parse(JSON.stringify(problemOf(error, requestId))) as JsonObject
}
