import fc from 'fast-check'
import { attributeOf, child, children, parseXml, resolveQName, textOf, xmlAttribute, xmlText } from './xml.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'

function refusal(input: string | Uint8Array, limits = {}): HubError {
  try {
    parseXml(input, limits)
  } catch (thrown) {
    if (thrown instanceof HubError) return thrown
    throw thrown
  }
  throw new Error('The document was accepted.')
}

function latin(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

function bigEndian(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}

describe('an XML document', () => {
  test('becomes a tree of names, attributes, children and text', () => {
    const order = parseXml('<order id="7"><item n="1">A &amp; B</item><item n="2"/><note> two  spaces </note></order>')
    expect(order.name).toBe('order')
    expect(attributeOf(order, 'id')).toBe('7')
    expect(children(order, 'item').map((item) => attributeOf(item, 'n'))).toEqual(['1', '2'])
    expect(textOf(order, 'item')).toBe('A & B')
    expect(textOf(order, 'note')).toBe(' two  spaces ')
    expect(child(order, 'item')?.children).toEqual([])
    expect(child(order, 'nothing')).toBeUndefined()
  })

  test('tells an empty element from one that is absent', () => {
    const element = parseXml('<a><empty/><also></also></a>')
    expect([textOf(element, 'empty'), textOf(element, 'also'), textOf(element, 'absent')]).toEqual(['', '', undefined])
  })

  test('has its namespaces resolved, whatever their prefixes are', () => {
    const element = parseXml('<x:a xmlns:x="urn:1" xmlns="urn:2" xmlns:y="urn:3"><a y:k="3" k="0"/><x:a/></x:a>')
    expect([element.name, element.namespace]).toEqual(['a', 'urn:1'])
    expect(children(element, 'a')).toHaveLength(2)
    const second = child(element, 'a', 'urn:2')
    expect(second?.attributes).toEqual({ k: '0', '{urn:3}k': '3' })
    expect(second && attributeOf(second, 'k', 'urn:3')).toBe('3')
    expect(child(element, 'a', 'urn:1')?.attributes).toEqual({})
  })

  test('may hold CDATA, comments, processing instructions and character references', () => {
    expect(parseXml('<a>1<![CDATA[<b>&amp;]]>2<!-- no -->3<?php no ?>&#x1F600;&#52;</a>').text).toBe('1<b>&amp;23😀4')
  })

  test('may use any name for elements and attributes without reaching a prototype', () => {
    const element = parseXml('<constructor __proto__="1"><__proto__>x</__proto__></constructor>')
    expect(attributeOf(element, '__proto__')).toBe('1')
    expect(textOf(element, '__proto__')).toBe('x')
    expect(attributeOf(element, 'toString')).toBeUndefined()
    expect(attributeOf(parseXml('<a/>'), 'constructor')).toBeUndefined()
  })

  test('with text between its children keeps its own text apart from theirs', () => {
    expect(parseXml('<p>one <b>two</b> three</p>').text).toBe('one  three')
  })
})

describe('an XML document with a DOCTYPE is refused', () => {
  test.each([
    ['an empty one', '<!DOCTYPE a><a/>'],
    ['one that defines an entity', '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'],
    ['one that reads a file', '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'],
    ['one that reads an address', '<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>'],
    ['one with a parameter entity', '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1/"> %p;]><a/>'],
    ['one that grows without end', billionLaughs()],
  ])('%s', (_, text) => {
    expect(refusal(text)).toMatchObject({ code: 'connector.rejected', message: expect.stringContaining('DOCTYPE') })
  })

  test('and so is an entity that nobody defined', () => {
    expect(refusal('<a>&e;</a>')).toMatchObject({ code: 'connector.rejected', family: 'reject' })
  })
})

function billionLaughs(): string {
  const levels = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`)
  return `<!DOCTYPE a [<!ENTITY l0 "lol">${levels.join('')}]><a>&l9;</a>`
}

describe('a document that is not well-formed is refused with its place', () => {
  test.each([
    ['nothing', ''],
    ['only white space', ' \n '],
    ['only text', 'hello'],
    ['JSON', '{"a": 1}'],
    ['an element never closed', '<a><b></b>'],
    ['elements closed in the wrong order', '<a><b></a></b>'],
    ['two roots', '<a/><b/>'],
    ['text after the root', '<a/>x'],
    ['an attribute given twice', '<a x="1" x="2"/>'],
    ['an attribute given twice by two prefixes', '<a xmlns:p="u" xmlns:q="u" p:x="1" q:x="2"/>'],
    ['an attribute without quotes', '<a x=1/>'],
    ['a bare ampersand', '<a>R & D</a>'],
    ['a prefix without namespace', '<p:a/>'],
    ['a control character', '<a>\u0001</a>'],
    ['a reference to a control character', '<a>&#1;</a>'],
    ['a reference to a control character, as XML 1.1', '<?xml version="1.1"?><a>&#1;</a>'],
    ['a comment never closed', '<a><!-- </a>'],
    ['CDATA never closed', '<a><![CDATA[</a>'],
    ['a declaration that comes late', '<a/><?xml version="1.0"?>'],
    ['an end of CDATA in text', '<a>]]></a>'],
  ])('%s', (_, text) => {
    const error = refusal(text)
    expect([error.code, error.family]).toEqual(['connector.rejected', 'reject'])
    expect(error.message).toMatch(/^The XML is not well-formed \(line \d+, column \d+\)\.$/)
  })

  test('and nothing of its content is told', () => {
    const error = refusal('<a><secret-name>geheim</other></a>')
    expect(JSON.stringify({ ...error, message: error.message, cause: String(error.cause) })).not.toMatch(
      /secret|geheim/,
    )
  })
})

describe('the limits of a document', () => {
  test('its depth: 100 elements are read, 101 are refused', () => {
    expect(parseXml('<a>'.repeat(100) + '</a>'.repeat(100)).name).toBe('a')
    expect(refusal('<a>'.repeat(101) + '</a>'.repeat(101)).message).toMatch('deeper than 100')
    expect(refusal('<a>'.repeat(2_000_000)).message).toMatch('deeper than 100')
  })

  test('its size: exactly the limit is read, one byte more is refused before anything is parsed', () => {
    const text = `<a>${'x'.repeat(93)}</a>`
    expect(parseXml(Buffer.from(text), { maxSize: 100 }).text).toHaveLength(93)
    expect(refusal(Buffer.from(text + ' '), { maxSize: 100 }).message).toMatch('larger than 100')
    expect(refusal(Buffer.alloc(8 * 1024 * 1024 + 1)).message).toMatch('larger than 8388608')
  })

  test('the number of its elements', () => {
    expect(children(parseXml('<a><b/><b/></a>', { maxElements: 3 }), 'b')).toHaveLength(2)
    expect(refusal('<a><b/><b/><b/></a>', { maxElements: 3 }).message).toMatch('more than 3 elements')
    expect(refusal(`<a>${'<b/>'.repeat(600_000)}</a>`).message).toMatch('more than 500000 elements')
  })
})

describe('the encoding of a document', () => {
  test.each([
    ['UTF-8 without a word', Buffer.from('<a>ü😀</a>'), 'ü😀'],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeff<a>ü</a>'), 'ü'],
    ['UTF-8 as declared', Buffer.from('<?xml version="1.0" encoding="utf-8"?><a>ü</a>'), 'ü'],
    ['ISO-8859-1 as declared', latin('<?xml version="1.0" encoding="ISO-8859-1"?><a>ü</a>'), 'ü'],
    ['windows-1252 as declared', latin("<?xml version='1.0' encoding='windows-1252'?><a>\x80</a>"), '€'],
    ['UTF-16, low byte first', Buffer.from('\ufeff<?xml version="1.0" encoding="UTF-16"?><a>ü</a>', 'utf16le'), 'ü'],
    ['UTF-16, high byte first', bigEndian('\ufeff<?xml version="1.0" encoding="UTF-16"?><a>ü</a>'), 'ü'],
    ['UTF-16 without a byte order mark', bigEndian('<a>ü</a>'), 'ü'],
    [
      'a declaration of UTF-16 that was converted on its way',
      Buffer.from('<?xml version="1.0" encoding="UTF-16"?><a>ü</a>'),
      'ü',
    ],
  ])('%s', (_, bytes, text) => {
    expect(parseXml(bytes).text).toBe(text)
  })

  test('told by the transport outranks the declaration', () => {
    const bytes = latin('<?xml version="1.0" encoding="utf-8"?><a>ü</a>')
    expect(parseXml(bytes, { charset: 'ISO-8859-1' }).text).toBe('ü')
  })

  test('does not matter for text that was decoded before', () => {
    expect(parseXml('<?xml version="1.0" encoding="ISO-8859-1"?><a>ü</a>').text).toBe('ü')
  })

  test.each([
    ['bytes that are not UTF-8', latin('<a>\xfc</a>'), 'not UTF-8'],
    ['an overlong form', Buffer.from([0x3c, 0x61, 0x3e, 0xc0, 0xaf, 0x3c, 0x2f, 0x61, 0x3e]), 'not UTF-8'],
    ['a character cut off', Buffer.from('<a>ü</a>').subarray(0, 4), 'not UTF-8'],
    ['half a UTF-16 unit', bigEndian('<a>ü</a>').subarray(0, 7), 'not UTF-16BE'],
    [
      'an encoding that is not known',
      Buffer.from('<?xml version="1.0" encoding="EBCDIC"?><a/>'),
      'encoding that is not accepted',
    ],
  ])('is refused: %s', (_, bytes, message) => {
    expect(refusal(bytes).message).toMatch(message)
  })
})

describe('text written into XML', () => {
  test('is read back as it was, whatever it is', () => {
    const writable = fc
      .string({ unit: 'binary' })
      .filter((text) => !/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(text))
    fc.assert(
      fc.property(writable, (text) => {
        const element = parseXml(`<a b="${xmlAttribute(text)}">${xmlText(text)}</a>`)
        expect([attributeOf(element, 'b'), element.text]).toEqual([text, text])
      }),
    )
    expect(xmlText(']]> & <b>\r\n')).toBe(']]&gt; &amp; &lt;b&gt;&#13;\n')
    expect(xmlAttribute('"\t\n\'')).toBe("&quot;&#9;&#10;'")
  })

  test.each(['\u0000', '\u001b', '\ud800', '\uffff'])('is refused where XML cannot carry it: %j', (text) => {
    expect(() => xmlText(text)).toThrow(/U\+(0000|001B|D800|FFFF), which XML cannot carry/)
    expect(() => xmlAttribute(text)).toThrow(HubError)
  })
})

test('a name in a value is resolved by the prefixes where it stands', () => {
  const root = parseXml('<a xmlns="urn:1" xmlns:p="urn:2"><b xmlns:p="urn:3" t="p:x"/><c/><d xmlns=""/></a>')
  const [b, c, d] = root.children
  expect(resolveQName(root, 'p:x')).toEqual({ namespace: 'urn:2', name: 'x' })
  expect(resolveQName(b!, ' p:x ')).toEqual({ namespace: 'urn:3', name: 'x' })
  expect(resolveQName(c!, 'x')).toEqual({ namespace: 'urn:1', name: 'x' })
  expect(resolveQName(d!, 'x')).toEqual({ namespace: '', name: 'x' })
  expect(resolveQName(c!, 'q:x')).toBeUndefined()
  expect(resolveQName(c!, 'toString:x')).toBeUndefined()
  expect(resolveQName(c!, 'two words')).toBeUndefined()
})
