import {
  parseXml as parse,
  unwritable,
  type XmlElement,
  type XmlLimits,
  xmlAttribute as attribute,
  xmlText as text,
} from '../../hub/contracts/xml.ts'
import { rejectedError } from './errors.ts'

export {
  attributeOf,
  child,
  children,
  resolveQName,
  textOf,
  type XmlElement,
  type XmlLimits,
} from '../../hub/contracts/xml.ts'

/** See hub/contracts/xml.ts; throws `connector.rejected`. */
export function parseXml(input: string | Uint8Array, limits: XmlLimits = {}): XmlElement {
  return parse(input, limits, rejectedError)
}

/** See hub/contracts/xml.ts. Throws `connector.rejected` where XML has no way to write one of its characters. */
export function xmlText(value: string): string {
  return text(value) ?? refuseValue(value)
}

/** See hub/contracts/xml.ts. Throws `connector.rejected` where XML has no way to write one of its characters. */
export function xmlAttribute(value: string): string {
  return attribute(value) ?? refuseValue(value)
}

function refuseValue(value: string): never {
  throw rejectedError(`A value holds the character ${unwritable(value)}, which XML cannot carry.`)
}
