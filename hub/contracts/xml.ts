import { SaxesParser, type SaxesTagNS } from 'saxes'

/** One element of a document, as it was written. */
export interface XmlElement {
  /** Without its prefix. */
  readonly name: string
  /** The namespace's URI; '' where the element has none. */
  readonly namespace: string
  /** Without namespace by local name, with one as `{uri}local`; declarations of namespaces are left out. See `attributeOf`. */
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** The element's own text and CDATA, joined, white space kept; without its children's. */
  readonly text: string
  /** The prefixes that are declared here, by name ('' the default one), with those of the elements around it. See `resolveQName`. */
  readonly prefixes: Readonly<Record<string, string>>
  /** There is a comment directly in the element: its text was written in pieces. */
  readonly commented?: true
}

/** What is thrown about a document: each room has an error of its own for it. The message never quotes the document. */
export type XmlRefusal = (message: string) => Error

export interface XmlLimits {
  /** Bytes of a buffer, UTF-16 units of a string. Default 8 MiB. */
  maxSize?: number
  /** Elements inside each other. Default 100. */
  maxDepth?: number
  /** Elements in all: small ones cost far more memory than bytes. Default 500,000. */
  maxElements?: number
  /** Attributes and namespace declarations of one element. Default 1,000. */
  maxAttributes?: number
  /**
   * Ends the reading at an element, which is the last of the tree and empty: what follows is not even looked at. For what can
   * be decided by the beginning of a document alone. `depth`: elements around it.
   */
  stopAt?: (element: Pick<XmlElement, 'name' | 'namespace'>, depth: number) => boolean
  /** Processing instructions: SOAP has none. Default: read over. */
  instructions?: 'ignore' | 'refuse'
  /** The charset that the transport has told (`Content-Type: ...; charset=`): it outranks the declaration in the document. */
  charset?: string
}

type Bounds = Required<Pick<XmlLimits, 'maxSize' | 'maxDepth' | 'maxElements' | 'maxAttributes' | 'instructions'>> &
  Pick<XmlLimits, 'stopAt'>

/** Thrown through the parser, which has no other way to be stopped. */
const STOPPED = Symbol('stopped')

const DEFAULT_LIMITS: Bounds = {
  maxSize: 8 * 1024 * 1024,
  maxDepth: 100,
  maxElements: 500_000,
  maxAttributes: 1_000,
  instructions: 'ignore',
}

/**
 * A document from outside as a tree. Strict: it must be well-formed XML 1.0 with namespaces, in a known encoding. A
 * DOCTYPE is refused with everything that it could bring (entities, external files), so nothing is ever expanded or
 * fetched. Throws what `refusal` makes of a sentence that names line and column, and never the document's own content.
 */
export function parseXml(input: string | Uint8Array, limits: XmlLimits, refusal: XmlRefusal): XmlElement {
  const bounds = { ...DEFAULT_LIMITS, ...limits }
  if (input.length > bounds.maxSize) throw refusal(`The XML is larger than ${bounds.maxSize} bytes.`)
  const text = typeof input === 'string' ? input : decodeXml(input, limits.charset, refusal)
  return new TreeBuilder(bounds, refusal).build(text)
}

/** The first child of that local name; with a namespace only one of that namespace. */
export function child(element: XmlElement, name: string, namespace?: string): XmlElement | undefined {
  return element.children.find((each) => isNamed(each, name, namespace))
}

/** All children of that local name, in the document's order. */
export function children(element: XmlElement, name: string, namespace?: string): XmlElement[] {
  return element.children.filter((each) => isNamed(each, name, namespace))
}

/** The text of the first child of that name, as written: '' for an empty element, undefined where there is none. */
export function textOf(element: XmlElement, name: string, namespace?: string): string | undefined {
  return child(element, name, namespace)?.text
}

/** An attribute by local name; one that has a prefix only with its namespace's URI. */
export function attributeOf(element: XmlElement, name: string, namespace = ''): string | undefined {
  return element.attributes[namespace === '' ? name : `{${namespace}}${name}`]
}

/**
 * A name that stands in a value (`type="tns:Account"`, a fault code), with its prefix resolved where it stands. Undefined
 * where the prefix is not declared, or the text is no name.
 */
export function resolveQName(element: XmlElement, text: string): { namespace: string; name: string } | undefined {
  const [, prefix = '', name] = /^(?:([^\s:]+):)?([^\s:]+)$/.exec(text.trim()) ?? []
  if (name === undefined) return undefined
  const namespace = element.prefixes[prefix] ?? (prefix === '' ? '' : undefined)
  return namespace === undefined ? undefined : { namespace, name }
}

/** A value as the text of an element. Undefined where XML has no way to write one of its characters: see `unwritable`. */
export function xmlText(value: string): string | undefined {
  return escaped(value, /[&<>\r]/g)
}

/** A value for an attribute between double quotes: line ends and tabs, which a parser would turn into spaces, are kept. */
export function xmlAttribute(value: string): string | undefined {
  return escaped(value, /[&<>"\r\n\t]/g)
}

/** The first character that XML cannot carry, as `U+0001`; undefined where it carries all. */
export function unwritable(value: string): string | undefined {
  const wrong = UNWRITABLE.exec(value)
  return wrong === null ? undefined : `U+${(wrong[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** The value with U+FFFD in place of the characters that XML cannot carry. */
export function writable(value: string): string {
  return UNWRITABLE.test(value) ? value.replace(new RegExp(UNWRITABLE.source, 'gu'), '\uFFFD') : value
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
// Everything outside of the production Char of XML 1.0: controls, lone surrogates and two non-characters.
const UNWRITABLE = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u

function escaped(value: string, special: RegExp): string | undefined {
  if (UNWRITABLE.test(value)) return undefined
  return value.replace(special, (found) => ESCAPES[found] ?? `&#${found.charCodeAt(0)};`)
}

function isNamed(element: XmlElement, name: string, namespace: string | undefined): boolean {
  return element.name === name && (namespace === undefined || element.namespace === namespace)
}

interface Growing extends XmlElement {
  children: Growing[]
  text: string
  commented?: true
}

const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze(Object.create(null) as Record<string, string>)

class TreeBuilder {
  private readonly bounds: Bounds
  private readonly refusal: XmlRefusal
  private readonly parser = new SaxesParser({ xmlns: true, defaultXMLVersion: '1.0', forceXMLVersion: true })
  private readonly open: Growing[] = []
  private root: Growing | undefined
  private elements = 0
  private attributes = 0
  private refused = false

  constructor(bounds: Bounds, refusal: XmlRefusal) {
    this.bounds = bounds
    this.refusal = refusal
    this.parser.on('error', () => this.refuse('is not well-formed'))
    this.parser.on('doctype', () => this.refuse('has a DOCTYPE, which is not accepted'))
    this.parser.on('opentagstart', () => this.count())
    this.parser.on('attribute', () => this.countAttribute())
    this.parser.on('opentag', (tag) => this.begin(tag))
    this.parser.on('closetag', () => this.open.pop())
    this.parser.on('text', (text) => this.append(text))
    this.parser.on('cdata', (text) => this.append(text))
    this.parser.on('comment', () => this.comment())
    this.parser.on('processinginstruction', () => this.instruction())
  }

  build(text: string): XmlElement {
    try {
      this.parse(text)
      const { root } = this
      if (root === undefined) this.refuse('has no element')
      return root
    } catch (thrown) {
      // What the parser throws by itself may quote the document: only the place is told.
      if (this.refused) throw thrown
      this.refuse('is not well-formed')
    } finally {
      // Until somebody reads its stack, an error holds on to this builder: it must not hold the tree as well.
      this.root = undefined
      this.open.length = 0
    }
  }

  private parse(text: string): void {
    try {
      this.parser.write(text).close()
    } catch (thrown) {
      if (thrown !== STOPPED) throw thrown
    }
  }

  private count(): void {
    this.elements++
    this.attributes = 0
    if (this.elements > this.bounds.maxElements) this.refuse(`has more than ${this.bounds.maxElements} elements`)
    if (this.open.length >= this.bounds.maxDepth) this.refuse(`is nested deeper than ${this.bounds.maxDepth} elements`)
  }

  private countAttribute(): void {
    this.attributes++
    const { maxAttributes } = this.bounds
    if (this.attributes > maxAttributes) this.refuse(`has an element with more than ${maxAttributes} attributes`)
  }

  private comment(): void {
    const element = this.open.at(-1)
    if (element !== undefined) element.commented = true
  }

  private instruction(): void {
    if (this.bounds.instructions === 'refuse') this.refuse('has a processing instruction, which is not accepted')
  }

  private begin(tag: SaxesTagNS): void {
    const parent = this.open.at(-1)
    const element: Growing = {
      name: tag.local,
      namespace: tag.uri,
      attributes: attributesOf(tag),
      children: [],
      text: '',
      prefixes: prefixesOf(tag, parent?.prefixes ?? XML_PREFIX),
    }
    if (parent === undefined) this.root = element
    else parent.children.push(element)
    this.open.push(element)
    if (this.bounds.stopAt?.(element, this.open.length - 1) === true) throw STOPPED
  }

  private append(text: string): void {
    const element = this.open.at(-1)
    if (element !== undefined) element.text += text
  }

  private refuse(what: string): never {
    const where = `line ${this.parser.line}, column ${this.parser.column}`
    this.refused = true
    throw this.refusal(`The XML ${what} (${where}).`)
  }
}

const XMLNS = 'http://www.w3.org/2000/xmlns/'
const XML_PREFIX = plain({ xml: 'http://www.w3.org/XML/1998/namespace' })

/** The same object as the parent's where the element declares none: most elements do not. */
function prefixesOf(tag: SaxesTagNS, inherited: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const own = Object.entries(tag.ns)
  // Inherited rather than copied: a thousand declarations around a hundred thousand elements that declare one each.
  return own.length === 0 ? inherited : Object.assign(Object.create(inherited) as Record<string, string>, tag.ns)
}

/** Without a prototype, so that a name may be any. */
function plain(names: Record<string, string>): Record<string, string> {
  return Object.assign(Object.create(null) as Record<string, string>, names)
}

function attributesOf(tag: SaxesTagNS): Readonly<Record<string, string>> {
  let attributes: Record<string, string> | undefined
  for (const attribute of Object.values(tag.attributes)) {
    if (attribute.uri === XMLNS) continue
    // Without a prototype, so that an attribute may have any name.
    attributes ??= Object.create(null) as Record<string, string>
    attributes[attribute.uri === '' ? attribute.local : `{${attribute.uri}}${attribute.local}`] = attribute.value
  }
  return attributes ?? NO_ATTRIBUTES
}

// The encodings that systems of record really send; each decodes without guessing.
const ENCODINGS: Record<string, string> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  'iso-8859-1': 'iso-8859-1',
  'iso-8859-15': 'iso-8859-15',
  'windows-1252': 'windows-1252',
  'utf-16': 'utf-16',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
}

/**
 * The text of a document's bytes: by its byte order mark, else by the transport's charset, else by its declaration, else
 * UTF-8. Refuses an encoding that is unknown or that its bytes contradict.
 */
function decodeXml(bytes: Uint8Array, charset: string | undefined, refusal: XmlRefusal): string {
  const told = (name: string | undefined): string | undefined => toldEncoding(name, refusal)
  const encoding = markedEncoding(bytes) ?? told(charset) ?? told(declaredEncoding(bytes)) ?? 'utf-8'
  // The platform's decoder takes iso-8859-1 for windows-1252, as browsers do.
  if (encoding === 'iso-8859-1') return Buffer.from(bytes).toString('latin1')
  try {
    return new TextDecoder(encoding === 'utf-16' ? 'utf-16be' : encoding, { fatal: true }).decode(bytes)
  } catch {
    throw refusal(`The XML has bytes that are not ${encoding.toUpperCase()}.`)
  }
}

function markedEncoding(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  // Two bytes a character without a mark: '<' shows their order.
  if (bytes[0] === 0x3c && bytes[1] === 0) return 'utf-16le'
  if (bytes[0] === 0 && bytes[1] === 0x3c) return 'utf-16be'
  return undefined
}

function toldEncoding(name: string | undefined, refusal: XmlRefusal): string | undefined {
  if (name === undefined) return undefined
  const encoding = ENCODINGS[name.toLowerCase()]
  if (encoding === undefined) throw refusal('The XML is in an encoding that is not accepted.')
  return encoding
}

function declaredEncoding(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1')
  const encoding = /^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(start)?.[1]
  // A document that was readable so far is not UTF-16, whatever it says.
  return encoding !== undefined && /^utf-16/i.test(encoding) ? 'utf-8' : encoding
}
