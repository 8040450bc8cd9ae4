import { rejectedError } from './errors.ts'
import { attributeOf, child, parseXml, resolveQName, type XmlElement, type XmlLimits } from './xml.ts'

export type SoapEnvelopeVersion = '1.1' | '1.2'

export const SOAP_NAMESPACES: Readonly<Record<SoapEnvelopeVersion, string>> = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
}

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

/**
 * Takes an envelope apart, strictly: one Envelope with at most one Header, then exactly one Body, and nothing else, so that
 * no second Body or wrapped copy can be taken for the one that was meant. Throws `connector.rejected`.
 */
export function parseEnvelope(input: string | Uint8Array, limits: XmlLimits = {}): SoapEnvelope {
  const root = parseXml(input, limits)
  const version = (Object.keys(SOAP_NAMESPACES) as SoapEnvelopeVersion[]).find(
    (each) => SOAP_NAMESPACES[each] === root.namespace,
  )
  if (root.name !== 'Envelope' || version === undefined)
    throw rejectedError('The document is no SOAP 1.1 or 1.2 envelope.')
  const parts = root.children.map(({ name, namespace }) =>
    namespace === root.namespace ? name : `{${namespace}}${name}`,
  )
  const isWhole = parts.join() === 'Body' || parts.join() === 'Header,Body'
  if (!isWhole) throw rejectedError('The SOAP envelope must have at most one Header, then one Body, and nothing else.')
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
