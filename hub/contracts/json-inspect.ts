/**
 * The careful reading of a JSON text, taken only when the quick one (json-scan.ts) or JSON.parse found something
 * wrong: it says what, and where, as a JSON pointer. Linear in the text, and never deeper than its limit.
 */
export type JsonFault = 'syntax' | 'too-deep' | 'duplicate-name' | 'nul' | 'surrogate' | 'too-long'

export interface JsonFinding {
  fault: JsonFault
  /** JSON pointer (RFC 6901) to the value, or to the member whose name is at fault; long names are cut. */
  pointer: string
  /** Line and column, both from 1, in UTF-16 units. */
  line: number
  column: number
}

export interface InspectLimits {
  depthMax: number
  /** Longest string in UTF-16 units. */
  stringLengthMax: number
  /** How many findings to collect before giving up. */
  findingsMax: number
}

/** All findings in the order of the text; a syntax error or too deep a nesting ends the reading. */
export function inspectJson(text: string, limits: InspectLimits): JsonFinding[] {
  const reader = new JsonReader(text, limits)
  reader.read()
  return reader.findings
}

class EndOfReading extends Error {}

const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const NAME_LENGTH_SHOWN = 100

class JsonReader {
  readonly findings: JsonFinding[] = []
  readonly #text: string
  readonly #limits: InspectLimits
  readonly #path: (string | number)[] = []
  #at = 0
  #line = 1
  #lineStart = 0

  constructor(text: string, limits: InspectLimits) {
    this.#text = text
    this.#limits = limits
  }

  read(): void {
    try {
      this.#value(1)
      this.#space()
      if (this.#at < this.#text.length) this.#end('syntax')
    } catch (thrown) {
      if (!(thrown instanceof EndOfReading)) throw thrown
    }
  }

  #value(depth: number): void {
    this.#space()
    const next = this.#text[this.#at]
    if (next === '{' || next === '[') {
      if (depth > this.#limits.depthMax) this.#end('too-deep')
      this.#at++
      if (next === '{') this.#object(depth)
      else this.#array(depth)
    } else if (next === '"') this.#string()
    else this.#literal()
  }

  #object(depth: number): void {
    const names = new Set<string>()
    if (this.#skip('}')) return
    do {
      this.#space()
      if (this.#text[this.#at] !== '"') this.#end('syntax')
      const before = this.findings.length
      const name = this.#string()
      this.#path.push(name)
      // A finding in the name itself belongs to the member, which has a place only now.
      for (const finding of this.findings.slice(before)) finding.pointer = this.#pointer()
      if (names.has(name)) this.#found('duplicate-name')
      names.add(name)
      if (!this.#skip(':')) this.#end('syntax')
      this.#value(depth + 1)
      this.#path.pop()
    } while (this.#skip(','))
    if (!this.#skip('}')) this.#end('syntax')
  }

  #array(depth: number): void {
    if (this.#skip(']')) return
    let index = 0
    do {
      this.#path.push(index++)
      this.#value(depth + 1)
      this.#path.pop()
    } while (this.#skip(','))
    if (!this.#skip(']')) this.#end('syntax')
  }

  #string(): string {
    const start = this.#at++
    for (let unit = this.#text.charCodeAt(this.#at); unit !== 0x22; unit = this.#text.charCodeAt(this.#at)) {
      // The end of the text is NaN, which is not >= 0x20 either.
      if (!(unit >= 0x20)) this.#end('syntax')
      if (unit !== 0x5c) this.#at++
      else if (!this.#match(ESCAPE)) this.#end('syntax')
    }
    this.#at++
    const value = JSON.parse(this.#text.slice(start, this.#at)) as string
    if (value.length > this.#limits.stringLengthMax) this.#found('too-long')
    if (value.includes('\0')) this.#found('nul')
    if (!value.isWellFormed()) this.#found('surrogate')
    return value
  }

  #literal(): void {
    const start = this.#at
    if (!this.#match(LITERAL)) this.#end('syntax')
    if (this.#at - start > this.#limits.stringLengthMax) this.#found('too-long')
  }

  #match(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    if (!pattern.test(this.#text)) return false
    this.#at = pattern.lastIndex
    return true
  }

  #space(): void {
    for (let unit = this.#text.charCodeAt(this.#at); isSpace(unit); unit = this.#text.charCodeAt(this.#at)) this.#at++
  }

  #skip(mark: string): boolean {
    this.#space()
    if (this.#text[this.#at] !== mark) return false
    this.#at++
    return true
  }

  #pointer(): string {
    return this.#path.map((part) => `/${pointerPart(part)}`).join('')
  }

  #found(fault: JsonFault): void {
    for (let end = this.#text.indexOf('\n', this.#lineStart); end !== -1 && end < this.#at;) {
      this.#line++
      this.#lineStart = end + 1
      end = this.#text.indexOf('\n', this.#lineStart)
    }
    const column = this.#at - this.#lineStart + 1
    this.findings.push({ fault, pointer: this.#pointer(), line: this.#line, column })
    if (this.findings.length >= this.#limits.findingsMax) throw new EndOfReading()
  }

  #end(fault: JsonFault): never {
    this.#found(fault)
    throw new EndOfReading()
  }
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09
}

/** One reference token of a JSON pointer (RFC 6901), cut where it is too long to be read. */
export function pointerPart(part: string | number): string {
  const text = String(part).replaceAll('~', '~0').replaceAll('/', '~1')
  return text.length > NAME_LENGTH_SHOWN ? `${text.slice(0, NAME_LENGTH_SHOWN)}…` : text
}
