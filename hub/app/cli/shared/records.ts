/** Records as a person hands them over: NDJSON of any length, one JSON array, or one JSON object; a file or standard input. */
import { HubError } from '../../../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../contracts/json.ts'
import { inspectJson, type JsonFault } from '../../../contracts/json-inspect.ts'
import { quoteInexactNumbers, scanJson } from '../../../contracts/json-scan.ts'
import { openFile, textOf, tooLarge } from './files.ts'
import type { Io } from './io.ts'

export interface ReadRecord {
  /** Line in the file from 1; in a JSON array the place of the record from 1. */
  line: number
  /** `records.ndjson:12`, `records.json[3]`. */
  where: string
  record: JsonObject
  /** JSON text of the record, as it was written where it was a line of its own. */
  text: string
}

const LINE_BYTES_MAX = 16 * 1024 * 1024
const WHOLE_BYTES_MAX = 256 * 1024 * 1024
/** As the hub takes them: deeper records would be refused there. */
const DEPTH_MAX = 64
const NEWLINE = 0x0a

/** Reads record by record. Throws at the first that is wrong, with its line. `source`: a path, or `-` for standard input. */
export async function* readRecords(io: Io, source: string): AsyncGenerator<ReadRecord> {
  const name = source === '-' ? 'standard input' : source
  const lines = linesOf(source === '-' ? io.stdin : fileChunks(io, source), name)
  try {
    const first = await firstOf(lines)
    if (first === undefined) return
    const start = first.bytes.toString('utf8').trimStart()
    // A line that begins an array, or an object that goes on below, is a document over many lines.
    const isWhole = start.startsWith('[') || (start.startsWith('{') && !isJson(start))
    if (isWhole) return yield* wholeDocument(first, lines, name)
    yield recordOf(first, name)
    for await (const line of lines) if (!isBlank(line.bytes)) yield recordOf(line, name)
  } finally {
    // A reader that stops after the first record has not begun the loop, which would close the file.
    await lines.return(undefined)
  }
}

/** All of them, refused when there are more than `max`. */
export async function readAllRecords(io: Io, source: string, max: number): Promise<ReadRecord[]> {
  const records: ReadRecord[] = []
  for await (const record of readRecords(io, source)) {
    if (records.length >= max) {
      throw new HubError({
        code: 'cli.records.too-many',
        family: 'reject',
        message: `${source} has more than ${max} records.`,
        fix: 'Give a part of them.',
      })
    }
    records.push(record)
  }
  return records
}

interface Line {
  number: number
  bytes: Buffer
}

async function* fileChunks(io: Io, name: string): AsyncGenerator<Uint8Array> {
  const file = await openFile(io, name)
  try {
    yield* file.createReadStream({ autoClose: false, highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>
  } finally {
    await file.close().catch(() => undefined)
  }
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Line> {
  let pieces: Buffer[] = []
  let length = 0
  let number = 1
  for await (const chunk of chunks) {
    let from = 0
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
      yield { number: number++, bytes: Buffer.concat([...pieces, bytes.subarray(from, end)]) }
      pieces = []
      length = 0
      from = end + 1
    }
    const rest = bytes.subarray(from)
    length += rest.length
    if (length > LINE_BYTES_MAX) throw tooLarge(`Line ${number} of ${name}`, LINE_BYTES_MAX)
    // Copied, because a stream may use the memory of a chunk again.
    if (rest.length > 0) pieces.push(Buffer.from(rest))
  }
  if (length > 0) yield { number, bytes: Buffer.concat(pieces) }
}

async function firstOf(lines: AsyncGenerator<Line>): Promise<Line | undefined> {
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
    if (!isBlank(next.value.bytes)) return withoutMark(next.value)
  }
  return undefined
}

function withoutMark(line: Line): Line {
  return line.bytes[0] === 0xef && line.bytes[1] === 0xbb && line.bytes[2] === 0xbf
    ? { ...line, bytes: line.bytes.subarray(3) }
    : line
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

async function* wholeDocument(first: Line, rest: AsyncGenerator<Line>, name: string): AsyncGenerator<ReadRecord> {
  const pieces: Buffer[] = []
  let length = 0
  const add = (bytes: Buffer): void => {
    length += bytes.length + 1
    if (length > WHOLE_BYTES_MAX) throw tooLarge(name, WHOLE_BYTES_MAX)
    pieces.push(bytes, Buffer.from([NEWLINE]))
  }
  add(first.bytes)
  for await (const line of rest) add(line.bytes)
  const document = parseExact(Buffer.concat(pieces), name, first.number, DEPTH_MAX + 1)
  const records = Array.isArray(document) ? document : [document]
  for (const [at, record] of records.entries()) {
    const where = Array.isArray(document) ? `${name}[${at}]` : name
    if (!isJsonObject(record)) throw noRecord(where)
    yield { line: at + 1, where, record, text: JSON.stringify(record) }
  }
}

function recordOf(line: Line, name: string): ReadRecord {
  const where = `${name}:${line.number}`
  const record = parseExact(line.bytes, name, line.number, DEPTH_MAX)
  if (!isJsonObject(record)) throw noRecord(where)
  return { line: line.number, where, record, text: line.bytes.toString('utf8').trim() }
}

function noRecord(where: string): HubError {
  return new HubError({
    code: 'cli.records.not-object',
    family: 'reject',
    message: 'A record is a JSON object.',
    where,
    fix: 'Give one object a line (NDJSON), or a JSON array of objects.',
  })
}

/** JSON as the hub reads it: numbers that a double can not hold come as their text. */
export function parseExact(bytes: Buffer, name: string, firstLine = 1, depthMax = DEPTH_MAX): Json {
  const scan = scanJson(bytes, depthMax)
  if (scan.depth > depthMax) throw broken('too-deep', `${name}:${firstLine}`)
  const text = textOf(quoteInexactNumbers(bytes, scan.numbers) ?? bytes, name)
  if (!scan.badEscape) {
    try {
      return JSON.parse(text) as Json
    } catch {
      // inspectJson says where.
    }
  }
  const [finding] = inspectJson(text, { depthMax, stringLengthMax: LINE_BYTES_MAX, findingsMax: 1 })
  if (finding === undefined) return JSON.parse(text) as Json
  throw broken(finding.fault, `${name}:${firstLine + finding.line - 1}:${finding.column}`)
}

const FAULT_WORDS: Record<JsonFault, string> = {
  syntax: 'This is not JSON.',
  'too-deep': `It is nested more than ${DEPTH_MAX} levels deep.`,
  'duplicate-name': 'An object has a name twice.',
  nul: 'A text holds a NUL character, which no database stores.',
  surrogate: 'A text holds half of a surrogate pair, which is no character.',
  'too-long': 'A text is too long.',
}

function broken(fault: JsonFault, where: string): HubError {
  return new HubError({
    code: 'cli.json.invalid',
    family: 'reject',
    message: `${where}: ${FAULT_WORDS[fault]}`,
    where,
    fix: 'Records are given as NDJSON (one object a line) or as a JSON array of objects.',
  })
}
