import { OPERATIONS } from '../operations/index.ts'
import { operationsUnder, SOAP_SERVICES, soapNamespace, soapService } from './services.ts'
import { wsdlText } from './wsdl.ts'
import { xsdPattern } from './schema-shapes.ts'
import { elementName, typeName, xmlName } from './names.ts'

const services = SOAP_SERVICES.map(({ name }) => soapService(name, OPERATIONS))
const offered = services.flatMap(({ plans }) => [...plans.values()].map(({ spec }) => spec.id))

describe('The services of SOAP', () => {
  test('offer every operation under their addresses, but for those that SOAP has no form for', () => {
    const all = SOAP_SERVICES.flatMap(({ name }) => operationsUnder(name, OPERATIONS))
    const missing = all.filter(({ id }) => !offered.includes(id)).map(({ id }) => id)
    expect(missing).toEqual([])
    expect(all.length).toBeGreaterThan(30)
    expect(new Set(offered).size).toBe(offered.length)
  })

  test('are described by the same text each time', () => {
    for (const service of services) {
      const again = soapService(service.name, OPERATIONS)
      expect(wsdlText(again, 'https://hub.example/soap')).toBe(wsdlText(service, 'https://hub.example/soap'))
    }
  })

  test('have each type that their schema names, once', () => {
    for (const { schema } of services) {
      const defined = [...schema.matchAll(/<xs:(?:complexType|simpleType) name="([^"]+)"/g)].map(([, name]) => name)
      expect(new Set(defined).size).toBe(defined.length)
      const used = new Set([...schema.matchAll(/type="tns:([^"]+)"/g)].map(([, name]) => name))
      expect([...used].filter((name) => !defined.includes(name))).toEqual([])
    }
  })

  test('put the address into the document as text, whatever it holds', () => {
    const [service] = services
    expect(wsdlText(service!, 'http://h/"><x&')).toContain('location="http://h/&quot;&gt;&lt;x&amp;"')
  })

  test('say what can be nil: all of a patch, and of a record what a role may not see', () => {
    const customers = services.find(({ name }) => name === 'customers')!.schema
    const patch = /<xs:complexType name="CustomerPatch">.*?<\/xs:complexType>/s.exec(customers)?.[0] ?? ''
    expect(patch).toContain('<xs:element name="birthDate" type="tns:Date" minOccurs="0" nillable="true">')
    const [plain = ''] = patch.split('name="attributes"')
    expect(plain.match(/nillable="true"/g)?.length).toBe((plain.match(/<xs:element /g)?.length ?? 0) - 1)
    const record = /<xs:complexType name="Customer">.*?<\/xs:complexType>/s.exec(customers)?.[0] ?? ''
    expect(record).toContain('<xs:element name="kind" nillable="true">')
    expect(record).toContain('<xs:element name="name" type="tns:PersonName" minOccurs="0">')
  })

  test('ask for the moment of a version, and answer with it', () => {
    const plan = services[0]!.plans.get('GetCustomer')!
    expect(plan.request.members.map(({ element }) => element)).toEqual(
      expect.arrayContaining(['id', 'include', 'ifNoneMatch']),
    )
    expect(plan.response.members.map(({ element }) => element)).toEqual(
      expect.arrayContaining(['customer', 'accounts', 'etag', 'notModified', 'masked']),
    )
    expect(soapNamespace('customers')).toBe('urn:omnihub:customers:1')
  })
})

describe('Names', () => {
  test.each([
    ['name', 'name'],
    ['writeBack', 'writeBack'],
    ['stock-levels', 'stock-levels'],
    ['größe', 'größe'],
    ['a b', 'a_x0020_b'],
    ['1st', '_x0031_st'],
    ['-x', '_x002D_x'],
    ['a:b', 'a_x003A_b'],
    ['', '_x_'],
    ['_x0020_', '_x005F_x0020_'],
    ['a_x', 'a_x005F_x'],
    ['€', '_x20AC_'],
    ['😀', '_xD83D__xDE00_'],
  ])('of members such as %j become the element %s', (name, element) => expect(xmlName(name)).toBe(element))

  test('of types and of parameters are written as such names are', () => {
    expect([typeName('stock-level'), typeName('part.personName'), typeName('getCustomer')]).toEqual([
      'StockLevel',
      'PersonName',
      'GetCustomer',
    ])
    expect([elementName('if-none-match'), elementName('stock-level')]).toEqual(['ifNoneMatch', 'stockLevel'])
  })
})

describe('Patterns', () => {
  test.each([
    ['^[A-Z]{3}$', '[A-Z]{3}'],
    ['^-?(0|[1-9][0-9]{0,27})(\\.[0-9]{1,10})?$', '-?(0|[1-9][0-9]{0,27})(\\.[0-9]{1,10})?'],
    ['^\\+[1-9][0-9]{6,14}$', '\\+[1-9][0-9]{6,14}'],
    ['^a\\/b$', 'a/b'],
  ])('that XSD can say stand without anchors: %s', (pattern, written) => expect(xsdPattern(pattern)).toBe(written))

  test.each(['[A-Z]{3}', '^(?=a).*$', '^a$|^b$', '^\\p{L}+$', '^a+?$', '^\\bx$', '^(?:a)$'])(
    'that it can not are left to the operation: %s',
    (pattern) => expect(xsdPattern(pattern)).toBeUndefined(),
  )
})
