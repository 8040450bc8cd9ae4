/** What connectors/shared/xml.test.ts does not look at: the limits and marks that only the hub's own services use. */
import { parseXml, resolveQName, unwritable, writable, xmlAttribute, type XmlLimits, xmlText } from './xml.ts'

const read = (text: string | Uint8Array, limits: XmlLimits = {}) =>
  parseXml(text, limits, (message) => new Error(message))
const many = (count: number, write: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => write(at)).join(' ')

describe('A document', () => {
  test('has no more attributes on an element than it may, declarations of namespaces among them', () => {
    expect(() => read(`<a ${many(11, (at) => `a${at}=""`)}/>`, { maxAttributes: 10 })).toThrow(
      'more than 10 attributes',
    )
    expect(() => read(`<a ${many(11, (at) => `xmlns:a${at}="u"`)}/>`, { maxAttributes: 10 })).toThrow('more than 10')
    expect(read(`<a ${many(10, (at) => `a${at}=""`)}><b x=""/></a>`, { maxAttributes: 10 }).children).toHaveLength(1)
  })

  test('may have processing instructions only where they are read over', () => {
    expect(read('<?xml version="1.0"?><a><?b c?></a>')).toMatchObject({ name: 'a' })
    const refused = { instructions: 'refuse' } as const
    expect(() => read('<a><?b c?></a>', refused)).toThrow('has a processing instruction')
    expect(() => read('<?b c?><a/>', refused)).toThrow('has a processing instruction')
    expect(read('<?xml version="1.0"?><a/>', refused)).toMatchObject({ name: 'a' })
  })

  test('tells of elements whose text was written in pieces', () => {
    const { commented, children } = read('<a><b>x<!-- y -->z</b><c>x</c></a>')
    expect([commented, ...children.map((child) => [child.text, child.commented])]).toEqual([
      undefined,
      ['xz', true],
      ['x', undefined],
    ])
  })

  test('is read up to an element, and what follows may be anything', () => {
    const stopAt: XmlLimits['stopAt'] = ({ name }, depth) => name === 'b' && depth === 1
    const { children } = read('<a><c><b>in</b></c><b x="1">text<d/></b> & nothing <well-formed', { stopAt })
    expect(children.map(({ name, text, children: inner }) => [name, text, inner.length])).toEqual([
      ['c', '', 1],
      ['b', '', 0],
    ])
    expect(() => read('<a>& <b/>', { stopAt })).toThrow('not well-formed')
  })

  test('resolves prefixes that are declared far above, also where each element declares one of its own', () => {
    const depth = 90
    const open = Array.from({ length: depth }, (_, at) => `<p${at}:a xmlns:p${at}="urn:${at}">`).join('')
    const close = Array.from({ length: depth }, (_, at) => `</p${depth - 1 - at}:a>`).join('')
    let element = read(`${open}${close}`)
    while (element.children[0] !== undefined) element = element.children[0]
    expect(resolveQName(element, 'p0:x')).toEqual({ namespace: 'urn:0', name: 'x' })
    expect(resolveQName(element, 'p90:x')).toBeUndefined()
    expect(resolveQName(element, '__proto__:x')).toBeUndefined()
  })
})

describe('A text', () => {
  test('is written so that it is read as it was', () => {
    const text = 'a<b>&"c"\r\n\t\u{1F600}]]>'
    expect(read(`<a b="${xmlAttribute(text)}">${xmlText(text)}</a>`)).toMatchObject({ text, attributes: { b: text } })
  })

  test.each([
    ['a\0b', 'U+0000', 'a\uFFFDb'],
    ['\uD800', 'U+D800', '\uFFFD'],
    ['\uFFFE\u0008', 'U+FFFE', '\uFFFD\uFFFD'],
  ])('such as %j has characters that XML has no way to write', (text, first, without) => {
    expect([xmlText(text), xmlAttribute(text), unwritable(text), writable(text)]).toEqual([
      undefined,
      undefined,
      first,
      without,
    ])
  })
})
