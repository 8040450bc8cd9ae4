import type { SoapService } from './services.ts'
import { attribute, text } from './xsd.ts'

/** What SOAPAction names an operation. */
export function actionOf({ namespace }: Pick<SoapService, 'namespace'>, operation: string): string {
  return `${namespace}/${operation}`
}

/**
 * WSDL 1.1 of a service: document/literal wrapped, one schema inside, a port for SOAP 1.1 (WS-I Basic Profile 1.1) and one for
 * SOAP 1.2 at the same address.
 * @param address of the service, as callers reach it
 */
export function wsdlText(service: SoapService, address: string): string {
  const { title, namespace, plans } = service
  const names = [...plans.keys()]
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<definitions name="Omnihub${title}" targetNamespace="${attribute(namespace)}" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="${attribute(namespace)}" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/">`,
    `<documentation>${text(`${service.text} Each request needs a WS-Security UsernameToken (name or id of an API key, and the key as PasswordText) or an HTTP header Authorization: Bearer.`)}</documentation>`,
    `<types>\n${service.schema}\n</types>`,
    ...names.flatMap((name) => [message(name, name), message(`${name}Response`, `${name}Response`)]),
    '<message name="HubFault"><part name="fault" element="tns:HubFault"/></message>',
    `<portType name="${title}">`,
    ...[...plans.values()].map(({ name, spec }) => portOperation(name, `${spec.summary}. ${spec.description}`)),
    '</portType>',
    binding(service, 'soap', `${title}Soap`, names),
    binding(service, 'soap12', `${title}Soap12`, names),
    `<service name="Omnihub${title}">`,
    `<port name="${title}Soap" binding="tns:${title}Soap"><soap:address location="${attribute(address)}"/></port>`,
    `<port name="${title}Soap12" binding="tns:${title}Soap12"><soap12:address location="${attribute(address)}"/></port>`,
    '</service>',
    '</definitions>',
    '',
  ].join('\n')
}

function message(name: string, element: string): string {
  return `<message name="${name}"><part name="parameters" element="tns:${element}"/></message>`
}

function portOperation(name: string, documentation: string): string {
  return [
    `<operation name="${name}"><documentation>${text(documentation)}</documentation>`,
    `<input message="tns:${name}"/><output message="tns:${name}Response"/><fault name="HubFault" message="tns:HubFault"/></operation>`,
  ].join('')
}

function binding(service: SoapService, prefix: 'soap' | 'soap12', name: string, operations: readonly string[]): string {
  const body = `<${prefix}:body use="literal"/>`
  return [
    `<binding name="${name}" type="tns:${service.title}">`,
    `<${prefix}:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>`,
    ...operations.map((operation) =>
      [
        `<operation name="${operation}"><${prefix}:operation soapAction="${attribute(actionOf(service, operation))}"/>`,
        `<input>${body}</input><output>${body}</output>`,
        `<fault name="HubFault"><${prefix}:fault name="HubFault" use="literal"/></fault></operation>`,
      ].join(''),
    ),
    '</binding>',
  ].join('\n')
}
