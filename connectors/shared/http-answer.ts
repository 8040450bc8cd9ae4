import type { IncomingMessage } from 'node:http'
import { pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Json } from '../../hub/contracts/json.ts'
import { settingsError, unexpectedError } from './errors.ts'
import { parseExactJson } from './exact-json.ts'

export interface HttpResponse {
  status: number
  headers: Headers
  body: Buffer
  /** Where the answer came from, after redirects, without its query. */
  url: string
  /** By the charset of the content type; UTF-8 where it names none. */
  text(): string
  /** Numbers that a double can't hold are texts. Throws `connector.unexpected` where the body is no JSON. */
  json(): Json
}

/** Throws `connector.settings` above `maxBytes` (of the body decompressed). */
export async function readBody(incoming: IncomingMessage, method: string, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  if (method !== 'HEAD' && Number(incoming.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
  for await (const chunk of decompressed(incoming, method) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

function tooLarge(maxBytes: number): Error {
  return settingsError(`An answer of the system is larger than ${maxBytes} bytes.`, {
    fix: 'Ask for smaller pages, or allow larger answers in the settings.',
  })
}

function decompressed(incoming: IncomingMessage, method: string): Readable {
  const encoding = (incoming.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const { statusCode = 0 } = incoming
  const hasBody = method !== 'HEAD' && statusCode !== 204 && statusCode !== 304
  if (encoding === 'identity' || encoding === '' || !hasBody) return incoming
  const codec = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress }[
    encoding
  ]
  if (codec === undefined) throw unexpectedError(`The system answers in the unknown content encoding "${encoding}".`)
  // The error, if any, comes to the one who reads.
  return pipeline(incoming, codec(), () => undefined)
}

export function answerOf(incoming: IncomingMessage, body: Buffer, url: URL): HttpResponse {
  const headers = new Headers()
  const { rawHeaders } = incoming
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  const text = (): string => decode(body, headers.get('content-type') ?? '')
  return {
    status: incoming.statusCode ?? 0,
    headers,
    body,
    url: `${url.origin}${url.pathname}`,
    text,
    json: () => parsed(text()),
  }
}

function decode(body: Buffer, contentType: string): string {
  const charset = /;\s*charset="?([^\s";]+)/i.exec(contentType)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset).decode(body)
  } catch {
    throw unexpectedError('The system answers in an unknown charset.')
  }
}

function parsed(text: string): Json {
  try {
    return parseExactJson(text)
  } catch {
    // The parser's own message quotes the text, which may hold personal data.
    throw unexpectedError('The answer of the system is no JSON.')
  }
}
