import { schemaError, settingsError } from '../shared/errors.ts'
import { attributeOf, child, children, resolveQName, type XmlElement } from '../shared/xml.ts'
import type { ComplexType, ElementSlot, Operation, SoapVersion, Wsdl } from './wsdl-model.ts'
import { XSD, XsdReader } from './xsd-reader.ts'

export const WSDL = 'http://schemas.xmlsoap.org/wsdl/'
const SOAP_BINDINGS: Record<string, SoapVersion> = {
  'http://schemas.xmlsoap.org/wsdl/soap/': '1.1',
  'http://schemas.xmlsoap.org/wsdl/soap12/': '1.2',
}
const HTTP_TRANSPORTS = ['http://schemas.xmlsoap.org/soap/http', 'http://www.w3.org/2003/05/soap/bindings/HTTP/']

/** All documents of a WSDL, the main one first; schemas with the namespace that they have or take on. */
export interface WsdlDocuments {
  definitions: readonly XmlElement[]
  schemas: readonly { schema: XmlElement; namespace: string }[]
}

export interface WsdlChoice {
  service: string | undefined
  port: string | undefined
  version: SoapVersion | undefined
}

interface Port {
  service: string
  port: string
  version: SoapVersion
  endpoint: string | undefined
  binding: XmlElement
  /** The element of the binding's own namespace in `binding`. */
  soap: XmlElement
}

/** Throws `connector.settings` where the choice fits no port, `connector.schema` where the WSDL is not whole. */
export function readWsdl(documents: WsdlDocuments, choice: WsdlChoice): Wsdl {
  const reader = new WsdlReader(documents)
  return reader.read(choice)
}

class WsdlReader {
  private readonly definitions: readonly XmlElement[]
  private readonly schemas = new XsdReader()

  constructor({ definitions, schemas }: WsdlDocuments) {
    this.definitions = definitions
    for (const { schema, namespace } of schemas) this.schemas.add(schema, namespace)
  }

  read(choice: WsdlChoice): Wsdl {
    const chosen = this.choose(choice)
    const operations = new Map<string, Operation>()
    const portType = this.named('portType', chosen.binding, 'type')
    for (const bound of children(chosen.binding, 'operation', WSDL)) {
      const name = attributeOf(bound, 'name') ?? ''
      const abstract = children(portType, 'operation', WSDL).find((each) => attributeOf(each, 'name') === name)
      if (abstract) operations.set(name, this.operation(name, bound, abstract, chosen))
    }
    const { service, port, version, endpoint } = chosen
    return { service, port, version, endpoint, operations, types: this.schemas.namedTypes() }
  }

  private choose({ service, port, version }: WsdlChoice): Port {
    const all = this.ports()
    const fits = (each: Port): boolean =>
      (service === undefined || each.service === service) &&
      (port === undefined || each.port === port) &&
      (version === undefined || each.version === version)
    const chosen = all.find(fits)
    if (chosen) return chosen
    const names = all.map((each) => `${each.service}/${each.port} (SOAP ${each.version})`)
    throw settingsError(
      'The WSDL has no port for SOAP over HTTP that fits the settings service, port and soapVersion.',
      {
        where: service === undefined ? '/settings/wsdl' : '/settings/service',
        fix: names.length === 0 ? 'Give a WSDL 1.1 with a SOAP binding.' : `Choose one of ${names.join(', ')}.`,
      },
    )
  }

  private ports(): Port[] {
    return this.all('service').flatMap((service) =>
      children(service, 'port', WSDL).flatMap((port) => {
        const binding = this.named('binding', port, 'binding')
        const soap = binding.children.find((each) => each.name === 'binding' && each.namespace in SOAP_BINDINGS)
        const transport = soap && attributeOf(soap, 'transport')
        if (!soap || (transport !== undefined && !HTTP_TRANSPORTS.includes(transport))) return []
        const address = port.children.find((each) => each.name === 'address')
        return {
          service: attributeOf(service, 'name') ?? '',
          port: attributeOf(port, 'name') ?? '',
          version: SOAP_BINDINGS[soap.namespace] ?? '1.1',
          endpoint: address && attributeOf(address, 'location'),
          binding,
          soap,
        }
      }),
    )
  }

  private operation(name: string, bound: XmlElement, abstract: XmlElement, { soap }: Port): Operation {
    const detail = child(bound, 'operation', soap.namespace)
    const style = (detail && attributeOf(detail, 'style')) ?? attributeOf(soap, 'style') ?? 'document'
    const shape = (direction: 'input' | 'output'): ElementSlot | undefined => {
      const message = child(abstract, direction, WSDL)
      if (message === undefined) return undefined
      const inside = child(bound, direction, WSDL)
      const body = inside && this.bodyOf(inside, soap.namespace)
      const parts = this.parts(message, body && attributeOf(body, 'parts'))
      if (style === 'document') return this.documentShape(name, direction, parts)
      if (body && attributeOf(body, 'use') === 'encoded') return undefined
      return this.rpcShape(
        direction === 'input' ? name : `${name}Response`,
        (body && attributeOf(body, 'namespace')) ?? '',
        parts,
      )
    }
    const input = shape('input')
    const documentation = child(abstract, 'documentation', WSDL)?.text.trim()
    return {
      name,
      soapAction: (detail && attributeOf(detail, 'soapAction')) ?? '',
      input: input ?? emptyShape(''),
      isEncoded: style === 'rpc' && input === undefined,
      output: shape('output'),
      documentation,
    }
  }

  /** The body's description, also inside a multipart/related one. */
  private bodyOf(inside: XmlElement, namespace: string): XmlElement | undefined {
    const direct = child(inside, 'body', namespace)
    if (direct) return direct
    for (const each of inside.children) {
      const found = this.bodyOf(each, namespace)
      if (found) return found
    }
    return undefined
  }

  private parts(message: XmlElement, only: string | undefined): XmlElement[] {
    const names = only?.split(/\s+/).filter((name) => name !== '')
    const all = children(this.named('message', message, 'message'), 'part', WSDL)
    return names ? all.filter((each) => names.includes(attributeOf(each, 'name') ?? '')) : all
  }

  private documentShape(name: string, direction: string, parts: readonly XmlElement[]): ElementSlot {
    const part = parts.find((each) => attributeOf(each, 'element') !== undefined)
    if (part === undefined) {
      if (parts.length === 0) return emptyShape('')
      throw schemaError(`The ${direction} of the operation "${name}" is of style document, but names no element.`)
    }
    const { namespace, name: element } = this.reference(part, 'element')
    return this.schemas.element(namespace, element)
  }

  private rpcShape(name: string, namespace: string, parts: readonly XmlElement[]): ElementSlot {
    const elements = parts.map((part): ElementSlot => {
      if (attributeOf(part, 'element') !== undefined) {
        const { namespace: other, name: element } = this.reference(part, 'element')
        return this.schemas.element(other, element)
      }
      const { namespace: other, name: type } = this.reference(part, 'type')
      const partName = attributeOf(part, 'name') ?? ''
      // Accessors of parts have no namespace (WS-I Basic Profile, R2735).
      return {
        name: partName,
        namespace: '',
        many: false,
        optional: true,
        nillable: true,
        type: () => this.schemas.type(other, type),
      }
    })
    const type: ComplexType = { kind: 'complex', elements, attributes: [], text: undefined, open: false }
    return { name, namespace, many: false, optional: false, nillable: false, type: () => type }
  }

  private all(name: string): XmlElement[] {
    return this.definitions.flatMap((each) => children(each, name, WSDL))
  }

  private named(kind: string, node: XmlElement, attribute: string): XmlElement {
    const { namespace, name } = this.reference(node, attribute)
    for (const definitions of this.definitions) {
      if ((attributeOf(definitions, 'targetNamespace') ?? '') !== namespace) continue
      const found = children(definitions, kind, WSDL).find((each) => attributeOf(each, 'name') === name)
      if (found) return found
    }
    throw schemaError(`The WSDL names the ${kind} "${name}" of the namespace "${namespace}", but has none.`, {
      fix: 'Give the address of the WSDL with all that it imports.',
    })
  }

  private reference(node: XmlElement, attribute: string): { namespace: string; name: string } {
    const text = attributeOf(node, attribute) ?? ''
    const found = resolveQName(node, text)
    if (found) return found
    throw schemaError(`The WSDL has a ${node.name} whose ${attribute} "${text}" can't be resolved.`)
  }
}

/** With the name '': a message without an element. */
function emptyShape(name: string): ElementSlot {
  const type: ComplexType = { kind: 'complex', elements: [], attributes: [], text: undefined, open: false }
  return { name, namespace: '', many: false, optional: false, nillable: false, type: () => type }
}

/** The schemas inside of one WSDL document. */
export function schemasOf(definitions: XmlElement): XmlElement[] {
  return children(definitions, 'types', WSDL).flatMap((types) => children(types, 'schema', XSD))
}
