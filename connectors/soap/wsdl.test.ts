import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HubError } from '../../hub/contracts/hub-error.ts'
import { parseXml } from '../shared/xml.ts'
import { discoverEntities } from './discover.ts'
import { decodeElement } from './message-decode.ts'
import { encodeElement } from './message-encode.ts'
import { loadWsdl } from './wsdl-load.ts'
import type { ComplexType, Wsdl } from './wsdl-model.ts'
import { readWsdl } from './wsdl-reader.ts'

const HEAD = `xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" xmlns:c="urn:common"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:s12="http://schemas.xmlsoap.org/wsdl/soap12/" targetNamespace="urn:t"`

const MAIN = `<definitions ${HEAD}>
  <import namespace="urn:t" location="messages.wsdl"/>
  <binding name="Legacy" type="t:Legacy">
    <soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Find"><soap:operation soapAction="find"/>
      <input><soap:body use="literal" namespace="urn:rpc"/></input><output><soap:body use="literal" namespace="urn:rpc"/></output></operation>
    <operation name="Old"><soap:operation/>
      <input><soap:body use="encoded" namespace="urn:rpc"/></input><output><soap:body use="encoded" namespace="urn:rpc"/></output></operation>
  </binding>
  <binding name="Documents" type="t:Legacy"><s12:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Store"><s12:operation soapAction="store"/><input><s12:body use="literal"/></input><output><s12:body use="literal"/></output></operation>
  </binding>
  <service name="Legacy">
    <port name="Rpc" binding="t:Legacy"><soap:address location="https://legacy.example/rpc"/></port>
    <port name="Documents" binding="t:Documents"><s12:address location="https://legacy.example/doc"/></port>
  </service>
</definitions>`

const MESSAGES = `<definitions ${HEAD}>
  <types>
    <xs:schema targetNamespace="urn:t"><xs:include schemaLocation="bare.xsd"/><xs:import namespace="urn:common" schemaLocation="common.xsd"/>
      <xs:complexType name="Customer"><xs:complexContent><xs:extension base="c:Party"><xs:sequence>
        <xs:group ref="t:Ways"/>
        <xs:choice><xs:element name="vat" type="xs:string"/><xs:element name="birth" type="xs:date"/></xs:choice>
        <xs:element name="parent" type="t:Customer" minOccurs="0"/>
        <xs:element ref="c:balance" minOccurs="0"/>
        <xs:element name="tags" type="t:Tags" minOccurs="0"/>
      </xs:sequence><xs:attribute name="status" type="t:Status"/></xs:extension></xs:complexContent></xs:complexType>
      <xs:group name="Ways"><xs:sequence><xs:element name="email" type="xs:string" minOccurs="0" maxOccurs="unbounded"/></xs:sequence></xs:group>
    </xs:schema>
    <xs:schema targetNamespace="urn:t"><xs:simpleType name="Status"><xs:restriction base="xs:string"><xs:enumeration value="on"/><xs:enumeration value="off"/></xs:restriction></xs:simpleType>
      <xs:simpleType name="Tags"><xs:list itemType="xs:string"/></xs:simpleType>
      <xs:element name="Store"><xs:complexType><xs:sequence><xs:element name="customer" type="t:Customer"/><xs:element name="bare" type="t:Bare" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
      <xs:element name="StoreResponse"><xs:complexType><xs:sequence/></xs:complexType></xs:element>
    </xs:schema>
  </types>
  <message name="FindIn"><part name="customer_id" type="xs:long"/></message>
  <message name="FindOut"><part name="customer" type="t:Customer"/></message>
  <message name="StoreIn"><part name="parameters" element="t:Store"/></message>
  <message name="StoreOut"><part name="parameters" element="t:StoreResponse"/></message>
  <portType name="Legacy">
    <operation name="Find"><documentation> Finds one. </documentation><input message="t:FindIn"/><output message="t:FindOut"/></operation>
    <operation name="Old"><input message="t:FindIn"/><output message="t:FindOut"/></operation>
    <operation name="Store"><input message="t:StoreIn"/><output message="t:StoreOut"/></operation>
  </portType>
</definitions>`

const COMMON = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:c="urn:common" targetNamespace="urn:common" elementFormDefault="qualified">
  <xs:complexType name="Party"><xs:sequence><xs:element name="id" type="xs:long"/><xs:element name="name" type="xs:string" nillable="true" minOccurs="0"/></xs:sequence>
    <xs:attribute name="kind" type="xs:string"/></xs:complexType>
  <xs:element name="balance"><xs:complexType><xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="currency" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
</xs:schema>`
const BARE = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:complexType name="Bare"><xs:sequence><xs:element name="of" type="Kind"/></xs:sequence></xs:complexType>
  <xs:simpleType name="Kind"><xs:restriction base="xs:int"/></xs:simpleType></xs:schema>`

const noFetch = (): Promise<never> => Promise.reject(new Error('nothing is fetched'))

describe('a WSDL of many files, styles and namespaces', () => {
  let folder = ''
  const file = (name: string): string => join(folder, name)
  const load = async (choice: Partial<Record<'service' | 'port' | 'version', string>> = {}): Promise<Wsdl> => {
    const documents = await loadWsdl(file('main.wsdl'), noFetch, () => 0)
    return readWsdl(documents, { service: undefined, port: undefined, version: undefined, ...choice } as never)
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsdl-'))
    const files = { 'main.wsdl': MAIN, 'messages.wsdl': MESSAGES, 'common.xsd': COMMON, 'bare.xsd': BARE }
    for (const [name, text] of Object.entries(files)) await writeFile(file(name), text)
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('is read with what it imports and includes, by the port that is chosen', async () => {
    const wsdl = await load()
    expect([wsdl.service, wsdl.port, wsdl.version, wsdl.endpoint]).toEqual([
      'Legacy',
      'Rpc',
      '1.1',
      'https://legacy.example/rpc',
    ])
    const find = wsdl.operations.get('Find')
    expect([find?.soapAction, find?.input.name, find?.input.namespace, find?.output?.name]).toEqual([
      'find',
      'Find',
      'urn:rpc',
      'FindResponse',
    ])
    expect(find?.documentation).toBe('Finds one.')
    expect(wsdl.operations.get('Old')?.isEncoded).toBe(true)
    expect((await load({ version: '1.2' })).endpoint).toBe('https://legacy.example/doc')
    await expect(load({ port: 'Nowhere' })).rejects.toMatchObject({
      code: 'connector.settings',
      fix: 'Choose one of Legacy/Rpc (SOAP 1.1), Legacy/Documents (SOAP 1.2).',
    })
  })

  test('has types by extension, groups, choices, references and attributes, in their order and with their namespaces', async () => {
    const store = (await load({ version: '1.2' })).operations.get('Store')
    const [customer, bare] = (store?.input.type() as ComplexType).elements
    const type = customer?.type() as ComplexType
    expect(type.elements.map(({ name, namespace, many, optional }) => [name, namespace, many, optional])).toEqual([
      ['id', 'urn:common', false, false],
      ['name', 'urn:common', false, true],
      ['email', '', true, true],
      ['vat', '', false, true],
      ['birth', '', false, true],
      ['parent', '', false, true],
      ['balance', 'urn:common', false, true],
      ['tags', '', false, true],
    ])
    expect(type.attributes.map(({ name }) => name)).toEqual(['status', 'kind'])
    expect(type.elements[5]?.type()).toBe(type)
    expect((bare?.type() as ComplexType).elements[0]?.type()).toMatchObject({ base: 'int' })
  })

  test('its messages are written so that they are read back as they were', async () => {
    const wsdl = await load({ version: '1.2' })
    const input = wsdl.operations.get('Store')?.input
    if (!input) throw new Error('no operation')
    const value = {
      customer: {
        '@status': 'on',
        '@kind': 'a "b" <c>',
        id: '9007199254740993',
        name: null,
        email: ['a & b', ''],
        vat: ' 1 ',
        parent: { id: '1', birth: '2000-01-01' },
        balance: { '@currency': 'EUR', '#text': '0.10' },
        tags: 'x y',
      },
      bare: { of: 7 },
    }
    const xml = encodeElement(input, value)
    const wrapped = parseXml(`<w xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${xml}</w>`).children[0]
    expect(wrapped && decodeElement(wrapped, input, { types: wsdl.types })).toEqual(value)
    expect(xml).toContain('<id xmlns="urn:common">')
  })

  test.each([
    [{ customer: { id: 'x' } }, '/customer/id'],
    [{ customer: { id: '1', '@status': 'maybe' } }, '/customer/@status'],
    [{ customer: { id: ['1', '2'] } }, '/customer/id'],
    [{ customer: { id: null } }, '/customer/id'],
    [{ customer: { id: '1', email: ['x', { y: 1 }] } }, '/customer/email/1'],
    [{ customer: { id: '1', 'a/b': 1 } }, '/customer/a~1b'],
    [{ customer: 'text' }, '/customer'],
  ])('refuses %j with the place', async (value, where) => {
    const input = (await load({ version: '1.2' })).operations.get('Store')?.input
    let error: unknown
    try {
      if (input) encodeElement(input, value)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(HubError)
    expect(error).toMatchObject({ code: 'connector.rejected', where })
  })

  test('names what it lacks', async () => {
    await writeFile(file('lacking.wsdl'), MESSAGES.replace('t:StoreIn"/>', 't:Nothing"/>'))
    await writeFile(file('main2.wsdl'), MAIN.replace('messages.wsdl', 'lacking.wsdl'))
    const documents = await loadWsdl(file('main2.wsdl'), noFetch, () => 0)
    expect(() => readWsdl(documents, { service: undefined, port: undefined, version: '1.2' })).toThrow(
      'The WSDL names the message "Nothing" of the namespace "urn:t", but has none.',
    )
  })

  test.each([
    ['missing.wsdl', undefined, /can't be read \(ENOENT\)/],
    ['html.wsdl', '<html/>', /is no WSDL 1.1/],
    ['bomb.wsdl', `<!DOCTYPE d [<!ENTITY a "b">]>${MAIN}`, /has a DOCTYPE/],
    ['torn.wsdl', MAIN.slice(0, 900), /not well-formed/],
  ])('%s is refused as a setting', async (name, content, message) => {
    if (content !== undefined) await writeFile(file(name), content)
    await expect(loadWsdl(file(name), noFetch, () => 0)).rejects.toMatchObject({
      code: 'connector.settings',
      where: '/settings/wsdl',
      message: expect.stringMatching(message) as string,
    })
  })
})

test('xsi:type, xsi:nil, empty, repeated and unknown elements are read for what they are', async () => {
  const type: ComplexType = {
    kind: 'complex',
    attributes: [],
    text: undefined,
    open: false,
    elements: (['one', 'many', 'any'] as const).map((name) => ({
      name,
      namespace: '',
      many: name === 'many',
      optional: true,
      nillable: true,
      type: () =>
        name === 'any'
          ? { kind: 'complex', elements: [], attributes: [], text: undefined, open: true }
          : { kind: 'simple', base: 'int', values: undefined },
    })),
  }
  const slot = { name: 'r', namespace: '', many: false, optional: false, nillable: false, type: () => type }
  const read = (inner: string): unknown =>
    decodeElement(
      parseXml(
        `<r xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema">${inner}</r>`,
      ),
      slot,
      { types: new Map() },
    )
  expect(read('')).toEqual({})
  expect(read('<one>1</one><many>2</many>')).toEqual({ one: 1, many: [2] })
  expect(read('<one/><many xsi:nil="1"/>')).toEqual({ one: '', many: [null] })
  expect(read('<many>2</many><other><a>1</a><a>2</a></other><many>3</many>')).toEqual({
    many: [2, 3],
    other: { a: ['1', '2'] },
  })
  expect(read('<constructor>c</constructor><__proto__>p</__proto__>')).toEqual(
    Object.fromEntries([
      ['constructor', 'c'],
      ['__proto__', 'p'],
    ]),
  )
  expect(read('<new xsi:type="xs:int">5</new><one>NaN</one><one>2</one>')).toEqual({ new: 5, one: ['NaN', 2] })
  expect(read('<one><![CDATA[<?xml version="1.0"?><x/>]]></one>')).toEqual({ one: '<?xml version="1.0"?><x/>' })
})

test('discovery suggests options that read and write what the WSDL lists', async () => {
  const path = new URL('../../demo/fakes/soap-billing/billing.wsdl', import.meta.url)
  const { readFile } = await import('node:fs/promises')
  const schema = new URL('../../demo/fakes/soap-billing/billing.xsd', import.meta.url)
  const folder = await mkdtemp(join(tmpdir(), 'wsdl-'))
  await writeFile(join(folder, 'b.wsdl'), (await readFile(path, 'utf8')).replace('?xsd=types', 'b.xsd'))
  await writeFile(join(folder, 'b.xsd'), await readFile(schema))
  const documents = await loadWsdl(join(folder, 'b.wsdl'), noFetch, () => 0)
  const found = discoverEntities(readWsdl(documents, { service: undefined, port: undefined, version: undefined }))
  await rm(folder, { recursive: true })
  expect(found.map(({ entity }) => entity)).toEqual(['account', 'credit_standing', 'entry', 'invoice', 'payment'])
  expect(found[3]).toMatchObject({
    keyFields: ['invoice_no'],
    suggestedOptions: {
      keyFields: ['invoice_no'],
      list: {
        operation: 'ListInvoices',
        arguments: { page_size: '{pageSize}', continuation: '{token}', changed_since: '{since}' },
        rows: 'invoices/invoice',
        paging: 'token',
        nextToken: 'continuation',
        total: 'total',
      },
      incremental: { field: 'changed_at' },
      get: { operation: 'GetInvoice', arguments: { invoice_no: '{key}' }, row: 'invoice' },
      upsert: { operation: 'PutInvoice', arguments: { invoice: '{record}' } },
    },
  })
  expect(found[3]?.fields).toContainEqual({ name: 'exchange_rate', type: 'decimal', nullable: true })
})
