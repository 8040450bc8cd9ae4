import { readFileSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import { CANONICAL_ENTITIES } from '../../contracts/canonical.ts'
import { CANONICAL_SCHEMAS } from '../../contracts/generated/schemas.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { parseXml } from '../../contracts/xml.ts'
import { canonicalComponents, localized } from '../openapi/document.ts'
import { OPERATIONS } from '../operations/index.ts'
import { pointerPath } from './pointer-path.ts'
import { readMessage } from './read-message.ts'
import { SchemaShapes } from './schema-shapes.ts'
import { soapService } from './services.ts'
import type { Member, ObjectShape } from './shape.ts'
import { MessageWriter } from './write-message.ts'

const NAMESPACE = 'urn:test'
const components = {
  ...canonicalComponents({}),
  ...Object.fromEntries(
    CANONICAL_ENTITIES.map((entity) => [`${entity}.contribution`, localized(CANONICAL_SCHEMAS[entity]) as JsonObject]),
  ),
}
const shapes = new SchemaShapes(components)

function shapeOf(schema: JsonObject, form?: 'patch'): ObjectShape {
  const shape = shapes.objectOf(schema, form)
  if (shape === undefined) throw new Error('no object')
  return shape
}

function written(value: JsonObject, shape: ObjectShape): { xml: string; masked: string[] } {
  const writer = new MessageWriter()
  const member: Member = { shape, repeated: false, nillable: false, required: true, name: 'x', element: 'x' }
  writer.member(member, value, '')
  return { xml: writer.toString(), masked: writer.masked }
}

function read(xml: string, shape: ObjectShape): JsonObject {
  const refused = (message: string): Error => new Error(message)
  const document = `<x xmlns="${NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${xml}</x>`
  return readMessage(parseXml(document, { maxDepth: 1_000 }, refused), shape, NAMESPACE)
}

const again = (value: JsonObject, shape: ObjectShape): JsonObject =>
  read(written(value, shape).xml.replace(/^<x>|<\/x>$|^<x\/>$/g, ''), shape)

const CLOSED: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['text'],
  properties: {
    text: { type: 'string' },
    count: { type: 'integer' },
    ratio: { type: 'number' },
    yes: { type: 'boolean' },
    day: { type: 'string', format: 'date' },
    list: { type: 'array', items: { type: 'integer' } },
    maybe: { type: ['string', 'null'] },
    inner: { type: 'object', additionalProperties: false, properties: { a: { type: 'string' } } },
    map: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } },
    lists: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } },
    any: {},
    'odd name': { type: 'string' },
  },
}
const shape = shapeOf(CLOSED)

describe('A record', () => {
  for (const entity of CANONICAL_ENTITIES) {
    test(`that is a valid ${entity} comes through XML as it was`, () => {
      const folder = new URL(`../../../schemas/examples/${entity}/valid/`, import.meta.url)
      const files = readdirSync(folder)
      expect(files.length).toBeGreaterThan(0)
      for (const file of files) {
        const whole = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Json
        const documents = (Array.isArray(whole) ? whole : [whole]) as JsonObject[]
        for (const document of documents) {
          expect(again(document, shapeOf({ $ref: `#/components/schemas/${entity}.contribution` }))).toEqual(document)
        }
      }
    })
  }
})

describe('A value', () => {
  test('of any JSON comes through XML as it was', () => {
    const open = shapeOf({ type: 'object', properties: {}, additionalProperties: true })
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme-ascii', minLength: 1 }), fc.jsonValue({ noUnicodeString: true })),
        (value) => {
          // -0 is 0 in JSON text; `__proto__` is refused by the operations themselves.
          const plain = JSON.parse(JSON.stringify(value)) as JsonObject
          expect(again(plain, open)).toEqual(plain)
        },
      ),
      { numRuns: 300, seed: 7 },
    )
  })

  test('of a declared form comes through as it was, whatever it is', () => {
    const values: JsonObject = {
      text: ' <a> & "b" \r\n\t]]> ',
      count: -12,
      ratio: 1e21,
      yes: false,
      day: '2026-03-14',
      list: [1, 2],
      maybe: null,
      inner: {},
      map: { '': 'x', 'a b': 1, c: true },
      lists: { one: ['a', ''], none: [] },
      any: [{ a: null }, []],
      'odd name': '',
    }
    const { maybe: _absent, ...all } = values
    expect(again(values, shape)).toEqual(all)
  })

  test('that XML can not write loses just the characters at fault', () => {
    expect(written({ text: 'a\u0001b\uD800c' }, shape).xml).toBe('<x><text>a\uFFFDb\uFFFDc</text></x>')
  })

  test('that a role does not see is told of where its type has no place for the mask', () => {
    const record = shapeOf({ $ref: '#/components/schemas/customer' })
    const seen = written(
      { kind: '***', birthDate: '***', emails: [{ address: '***' }], name: { given: '***' } },
      record,
    )
    expect(seen.masked).toEqual(['/x/kind', '/x/birthDate'])
    expect(seen.xml).toContain('<kind xsi:nil="true"/>')
    expect(seen.xml).toContain('<name><given>***</given></name><emails><address>***</address></emails>')
    expect(seen.xml).not.toContain('birthDate')
  })
})

describe('A message', () => {
  test('may have its elements in any order, and white space between them', () => {
    expect(read('\n<count> +7 </count>\n <text>x</text>', shape)).toEqual({ text: 'x', count: 7 })
  })

  test('has texts in CDATA as in any other form', () => {
    expect(read('<text>a<![CDATA[<b>&amp;]]>c</text>', shape)).toEqual({ text: 'a<b>&amp;c' })
  })

  test('empties by xsi:nil what can be emptied', () => {
    const patch = shapeOf({ $ref: '#/components/schemas/customer.contribution' }, 'patch')
    const xml = '<birthDate xsi:nil="true"/><emails xsi:nil="1"/><name><middle xsi:nil="true"/><given>M</given></name>'
    expect(read(xml, patch)).toEqual({ birthDate: null, emails: null, name: { given: 'M', middle: null } })
  })

  test.each([
    ['<text>x</text><texts/>', 'soap.element.unknown', '/x/texts'],
    ['<text>x</text><inner><b/></inner>', 'soap.element.unknown', '/x/inner/b'],
    ['<text xmlns="urn:other">x</text>', 'soap.element.namespace', '/x/text'],
    ['<text xmlns="">x</text>', 'soap.element.namespace', '/x/text'],
    ['<count>1</count>', 'soap.element.missing', '/x/text'],
    ['<text>x</text><text>y</text>', 'soap.element.repeated', '/x/text'],
    ['<text id="7">x</text>', 'soap.attribute.unknown', '/x/text'],
    ['<text>x</text><inner a="b"/>', 'soap.attribute.unknown', '/x/inner'],
    ['<text>x<b xmlns="urn:test"/></text>', 'soap.value.invalid', '/x/text'],
    ['<text>x<!-- y -->z</text>', 'soap.value.invalid', '/x/text'],
    ['y<text>x</text>', 'soap.value.invalid', '/x'],
    ['<text xsi:nil="true"/>', 'soap.value.invalid', '/x/text'],
    ['<text>x</text><maybe xsi:nil="true">y</maybe>', 'soap.value.invalid', '/x/maybe'],
    ['<text>x</text><count>1.5</count>', 'soap.value.invalid', '/x/count'],
    ['<text>x</text><count></count>', 'soap.value.invalid', '/x/count'],
    ['<text>x</text><count>9007199254740993</count>', 'soap.value.invalid', '/x/count'],
    ['<text>x</text><ratio>NaN</ratio>', 'soap.value.invalid', '/x/ratio'],
    ['<text>x</text><ratio>1e999</ratio>', 'soap.value.invalid', '/x/ratio'],
    ['<text>x</text><ratio>0.10000000000000000001</ratio>', 'soap.value.invalid', '/x/ratio'],
    ['<text>x</text><yes>TRUE</yes>', 'soap.value.invalid', '/x/yes'],
    ['<text>x</text><list>1</list><list>b</list>', 'soap.value.invalid', '/x/list[2]'],
    ['<text>x</text><any/>', 'soap.value.invalid', '/x/any'],
    ['<text>x</text><any><text>a</text><null/></any>', 'soap.value.invalid', '/x/any'],
    ['<text>x</text><any><text>a</text><text>b</text></any>', 'soap.value.invalid', '/x/any'],
    ['<text>x</text><any><null>a</null></any>', 'soap.value.invalid', '/x/any/null'],
    [
      '<text>x</text><any><list><item><number>z</number></item></list></any>',
      'soap.value.invalid',
      '/x/any/list/item[1]/number',
    ],
    [
      '<text>x</text><map><member><value><text>a</text></value></member></map>',
      'soap.element.missing',
      '/x/map/member[1]/name',
    ],
    ['<text>x</text><map><member><name>a</name></member></map>', 'soap.element.missing', '/x/map/member[1]/value'],
    [
      '<text>x</text><map><member><name>a</name><value><null/></value></member><member><name>a</name><value><null/></value></member></map>',
      'soap.element.repeated',
      '/x/map/member[2]/name',
    ],
  ])('such as %s is refused', (xml, code, where) => {
    expect(() => read(xml, shape)).toThrow(expect.objectContaining({ code, where }))
  })

  test('does not say one member twice, once by its element and once in `other`', () => {
    const open = shapeOf({ type: 'object', properties: { a: { type: 'string' } } })
    const other = (name: string): string =>
      `<other><member><name>${name}</name><value><text>2</text></value></member></other>`
    expect(read(`<a>1</a>${other('b')}`, open)).toEqual({ a: '1', b: '2' })
    const twice = expect.objectContaining({ code: 'soap.element.repeated', where: '/x/other/a' })
    expect(() => read(`<a>1</a>${other('a')}`, open)).toThrow(twice)
  })
})

describe('The place of an error', () => {
  const customers = soapService('customers', OPERATIONS).plans
  const decisions = soapService('decisions', OPERATIONS).plans

  test.each([
    ['EditCustomer', '/emails/0/address', '/EditCustomer/customer/emails[1]/address'],
    ['EditCustomer', '/attributes/loyaltyTier', "/EditCustomer/customer/attributes/member[name='loyaltyTier']/value"],
    ['EditCustomer', '/nothing/there', '/EditCustomer/customer/nothing'],
    ['EditCustomer', '{id}', '/EditCustomer/id'],
    ['EditCustomer', '', '/EditCustomer'],
    ['FindCustomers', '?phone', '/FindCustomers/phone'],
    ['FindCustomers', '?teapot', '/FindCustomers'],
    ['SplitCustomer', '/records/1/key', '/SplitCustomer/records[2]/key'],
    ['SplitCustomer', '/note', '/SplitCustomer/note'],
  ])('of %s at %j is %s', (name, pointer, path) => expect(pointerPath(customers.get(name)!, pointer)).toBe(path))

  test('in an open object is the path of its generic form', () => {
    const plan = decisions.get('Decide')!
    expect(pointerPath(plan, '/input/invoices/2/dueOn')).toBe(
      "/Decide/input/member[name='invoices']/value/list/item[3]/object/member[name='dueOn']/value",
    )
    expect(pointerPath(plan, "/input/it's")).toBe('/Decide/input/member[name="it\'s"]/value')
  })
})
