import { attributeOf, child, resolveQName, type XmlElement } from './xml.ts'

export type SoapEnvelopeVersion = '1.1' | '1.2'

export const SOAP_NAMESPACES: Readonly<Record<SoapEnvelopeVersion, string>> = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
}

const OASIS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss'
export const WSSE = `${OASIS}-wssecurity-secext-1.0.xsd`
export const WSU = `${OASIS}-wssecurity-utility-1.0.xsd`
const TOKEN_PROFILE = `${OASIS}-username-token-profile-1.0`
export const PASSWORD_TEXT = `${TOKEN_PROFILE}#PasswordText`
export const PASSWORD_DIGEST = `${TOKEN_PROFILE}#PasswordDigest`

export interface SoapEnvelope {
  version: SoapEnvelopeVersion
  /** The header's blocks, in their order. */
  headers: readonly XmlElement[]
  /** The body's children; more than one only in SOAP encoding. */
  body: readonly XmlElement[]
}

export interface SoapFault {
  /** Local names: the fault code and, in SOAP 1.2, its subcodes, the outer ones first; in SOAP 1.1 also the parts of `Client.Auth`. */
  codes: readonly string[]
  text: string
  detail: XmlElement | undefined
}

/** The version of an envelope by its namespace; undefined where the document is none. */
export function envelopeVersion(root: XmlElement): SoapEnvelopeVersion | undefined {
  if (root.name !== 'Envelope') return undefined
  return (Object.keys(SOAP_NAMESPACES) as SoapEnvelopeVersion[]).find(
    (each) => SOAP_NAMESPACES[each] === root.namespace,
  )
}

/**
 * Takes an envelope apart, strictly: one Envelope with at most one Header, then exactly one Body, and nothing else, so that
 * no second Body or wrapped copy can be taken for the one that was meant. Undefined where it is not so.
 */
export function openEnvelope(root: XmlElement, version: SoapEnvelopeVersion): SoapEnvelope | undefined {
  const parts = root.children.map(({ name, namespace }) =>
    namespace === root.namespace ? name : `{${namespace}}${name}`,
  )
  const isWhole = parts.join() === 'Body' || parts.join() === 'Header,Body'
  if (!isWhole) return undefined
  const headers = child(root, 'Header', root.namespace)?.children ?? []
  return { version, headers, body: child(root, 'Body', root.namespace)?.children ?? [] }
}

/** The fault in a body; undefined where it is none. */
export function faultOf({ version, body }: SoapEnvelope): SoapFault | undefined {
  const [element] = body
  if (element?.name !== 'Fault' || element.namespace !== SOAP_NAMESPACES[version]) return undefined
  if (version === '1.1') {
    const code = child(element, 'faultcode')
    const name = code && codeOf(code)
    const parts = (name ?? '').split('.')
    const codes = parts.length > 1 ? [name ?? '', ...parts] : [name ?? '']
    return { codes, text: child(element, 'faultstring')?.text.trim() ?? '', detail: child(element, 'detail') }
  }
  const codes: string[] = []
  for (let code = child(element, 'Code'); code !== undefined; code = child(code, 'Subcode')) {
    const value = child(code, 'Value')
    if (value) codes.push(codeOf(value))
  }
  const reason = child(element, 'Reason')
  const text = reason && (child(reason, 'Text')?.text.trim() ?? '')
  return { codes, text: text ?? '', detail: child(element, 'Detail') }
}

/** The local name, also where a service has forgotten to declare the prefix. */
function codeOf(element: XmlElement): string {
  return resolveQName(element, element.text)?.name ?? element.text.trim().replace(/^.*:/, '')
}

/** Whether the header block is for us (no actor or role, or that of the next or last node) and must be understood. */
export function mustBeUnderstood(block: XmlElement, version: SoapEnvelopeVersion): boolean {
  const namespace = SOAP_NAMESPACES[version]
  const flag = attributeOf(block, 'mustUnderstand', namespace)?.trim()
  const actor = attributeOf(block, version === '1.1' ? 'actor' : 'role', namespace)?.trim() ?? ''
  const isForUs = actor === '' || /\/(next|ultimateReceiver)$/.test(actor)
  return isForUs && (flag === '1' || flag === 'true')
}
