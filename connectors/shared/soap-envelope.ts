import { envelopeVersion, openEnvelope, type SoapEnvelope } from '../../hub/contracts/soap-envelope.ts'
import { rejectedError } from './errors.ts'
import { parseXml, type XmlLimits } from './xml.ts'

export {
  faultOf,
  mustBeUnderstood,
  SOAP_NAMESPACES,
  type SoapEnvelope,
  type SoapEnvelopeVersion,
  type SoapFault,
} from '../../hub/contracts/soap-envelope.ts'

/** Reads a document and takes the envelope apart, strictly: see `openEnvelope`. Throws `connector.rejected`. */
export function parseEnvelope(input: string | Uint8Array, limits: XmlLimits = {}): SoapEnvelope {
  const root = parseXml(input, limits)
  const version = envelopeVersion(root)
  if (version === undefined) throw rejectedError('The document is no SOAP 1.1 or 1.2 envelope.')
  const envelope = openEnvelope(root, version)
  if (envelope === undefined)
    throw rejectedError('The SOAP envelope must have at most one Header, then one Body, and nothing else.')
  return envelope
}
