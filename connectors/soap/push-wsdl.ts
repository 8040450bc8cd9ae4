import { xmlAttribute, xmlText } from '../shared/xml.ts'

export const CHANGES_NAMESPACE = 'urn:omnihub:changes:1'
export const CHANGES_MAX = 1000
export const PUSH_ACTION = `${CHANGES_NAMESPACE}/PushChanges`
/** Types that a field's value may be declared as; the default is string. `json` is for lists and objects. */
export const FIELD_TYPES = [
  'string',
  'boolean',
  'int',
  'long',
  'decimal',
  'double',
  'date',
  'dateTime',
  'base64Binary',
  'json',
] as const

/**
 * The WSDL by which a system pushes its changes to the hub: document/literal, SOAP 1.1 and 1.2.
 * @param entities those that may be pushed; undefined: any
 */
export function changesWsdl(system: string, hookUrl: string, entities: readonly string[] | undefined): string {
  const location = xmlAttribute(hookUrl)
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions name="OmnihubChanges" targetNamespace="${CHANGES_NAMESPACE}" xmlns="http://schemas.xmlsoap.org/wsdl/"
    xmlns:tns="${CHANGES_NAMESPACE}" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/">
  <documentation>Changes of the system ${xmlText(system)}, pushed to the hub. Each request needs a WS-Security UsernameToken. An
    answer means that the changes are durable; after a fault, or without an answer, push the same again: nothing is taken twice.</documentation>
${types(entities)}
  <message name="PushChangesRequest"><part name="parameters" element="tns:PushChanges"/></message>
  <message name="PushChangesResponse"><part name="parameters" element="tns:PushChangesResponse"/></message>
  <message name="PushFault"><part name="fault" element="tns:PushFault"/></message>
  <portType name="Changes">
    <operation name="PushChanges">
      <input message="tns:PushChangesRequest"/>
      <output message="tns:PushChangesResponse"/>
      <fault name="PushFault" message="tns:PushFault"/>
    </operation>
  </portType>
${binding('soap', 'ChangesSoap')}
${binding('soap12', 'ChangesSoap12')}
  <service name="OmnihubChanges">
    <port name="ChangesSoap" binding="tns:ChangesSoap"><soap:address location="${location}"/></port>
    <port name="ChangesSoap12" binding="tns:ChangesSoap12"><soap12:address location="${location}"/></port>
  </service>
</definitions>
`
}

function types(entities: readonly string[] | undefined): string {
  return `  <types>
    <xs:schema targetNamespace="${CHANGES_NAMESPACE}" elementFormDefault="qualified">
      <xs:element name="PushChanges">
        <xs:complexType>
          <xs:sequence>
            <xs:element name="change" type="tns:Change" maxOccurs="${CHANGES_MAX}"/>
          </xs:sequence>
        </xs:complexType>
      </xs:element>
      <xs:element name="PushChangesResponse">
        <xs:complexType>
          <xs:sequence>
            <xs:element name="accepted" type="xs:int"/>
          </xs:sequence>
        </xs:complexType>
      </xs:element>
      <xs:element name="PushFault">
        <xs:complexType>
          <xs:sequence>
            <xs:element name="code" type="xs:string"/>
            <xs:element name="message" type="xs:string"/>
            <xs:element name="where" type="xs:string" minOccurs="0"/>
            <xs:element name="fix" type="xs:string" minOccurs="0"/>
            <xs:element name="retryAfterSeconds" type="xs:int" minOccurs="0"/>
          </xs:sequence>
        </xs:complexType>
      </xs:element>
${recordTypes(entities)}
    </xs:schema>
  </types>`
}

function recordTypes(entities: readonly string[] | undefined): string {
  return `      <xs:complexType name="Change">
        <xs:sequence>
          <xs:element name="entity" type="tns:Entity"/>
          <xs:element name="key" type="tns:Key"/>
          <xs:element name="kind" type="tns:Kind"/>
          <xs:element name="sequence" type="tns:Sequence" minOccurs="0">
            <xs:annotation><xs:documentation>Grows with every change of the record: orders changes that overtake each other.</xs:documentation></xs:annotation>
          </xs:element>
          <xs:element name="time" type="xs:dateTime">
            <xs:annotation><xs:documentation>When the record changed, with its zone. Two changes of a record must differ in time, sequence or fields.</xs:documentation></xs:annotation>
          </xs:element>
          <xs:element name="fields" type="tns:Fields" minOccurs="0">
            <xs:annotation><xs:documentation>The whole record after the change; absent with a delete.</xs:documentation></xs:annotation>
          </xs:element>
        </xs:sequence>
      </xs:complexType>
${entityType(entities)}
      <xs:simpleType name="Key">
        <xs:restriction base="xs:string"><xs:minLength value="1"/><xs:maxLength value="500"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Kind">
        <xs:restriction base="xs:string"><xs:enumeration value="upsert"/><xs:enumeration value="delete"/></xs:restriction>
      </xs:simpleType>
      <xs:simpleType name="Sequence">
        <xs:restriction base="xs:nonNegativeInteger"><xs:totalDigits value="38"/></xs:restriction>
      </xs:simpleType>
      <xs:complexType name="Fields">
        <xs:sequence>
          <xs:element name="field" type="tns:Field" minOccurs="0" maxOccurs="unbounded"/>
        </xs:sequence>
      </xs:complexType>
      <xs:complexType name="Field">
        <xs:sequence>
          <xs:element name="name" type="xs:string"/>
          <xs:element name="type" type="tns:FieldType" minOccurs="0" default="string"/>
          <xs:element name="value" type="xs:string" nillable="true">
            <xs:annotation><xs:documentation>Empty text is a value; xsi:nil is null; a field that is left out is absent.</xs:documentation></xs:annotation>
          </xs:element>
        </xs:sequence>
      </xs:complexType>
      <xs:simpleType name="FieldType">
        <xs:restriction base="xs:string">
${FIELD_TYPES.map((type) => `          <xs:enumeration value="${type}"/>`).join('\n')}
        </xs:restriction>
      </xs:simpleType>`
}

function entityType(entities: readonly string[] | undefined): string {
  const facets =
    entities === undefined
      ? '<xs:minLength value="1"/><xs:maxLength value="200"/>'
      : entities.map((entity) => `<xs:enumeration value="${xmlAttribute(entity)}"/>`).join('')
  return `      <xs:simpleType name="Entity">
        <xs:restriction base="xs:string">${facets}</xs:restriction>
      </xs:simpleType>`
}

function binding(prefix: 'soap' | 'soap12', name: string): string {
  return `  <binding name="${name}" type="tns:Changes">
    <${prefix}:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="PushChanges">
      <${prefix}:operation soapAction="${PUSH_ACTION}"/>
      <input><${prefix}:body use="literal"/></input>
      <output><${prefix}:body use="literal"/></output>
      <fault name="PushFault"><${prefix}:fault name="PushFault" use="literal"/></fault>
    </operation>
  </binding>`
}
