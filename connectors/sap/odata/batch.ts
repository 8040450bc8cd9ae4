import { randomUUID } from 'node:crypto'
import { unexpectedError } from '../../shared/errors.ts'
import type { HttpResponse } from '../../shared/http.ts'
import type { ODataService } from './service.ts'

export interface BatchOperation {
  method: string
  /** Relative to the service, percent-encoded. */
  path: string
  headers: Readonly<Record<string, string>>
  body?: string
}

/**
 * Sends operations as one `$batch` and answers each in its place. Reads stand in it as they are; every change has a changeset of
 * its own, because a changeset is done or undone as a whole and one refused record must disturb no other.
 */
export async function sendBatch(service: ODataService, operations: readonly BatchOperation[]): Promise<HttpResponse[]> {
  const boundary = `batch_${randomUUID()}`
  const response = await service.http.send({
    method: 'POST',
    path: `${service.path}/$batch`,
    headers: { accept: 'multipart/mixed', 'content-type': `multipart/mixed; boundary=${boundary}` },
    body: [...operations.map((operation) => `--${boundary}\r\n${partOf(operation)}`), `--${boundary}--\r\n`].join(''),
    csrfFrom: service.path,
  })
  // 202 in V2, 200 in V4.
  if (response.status !== 200 && response.status !== 202) throw service.http.refusal(response)
  const answers = partsOf(response.body, response.headers.get('content-type') ?? '').map(answerOf)
  if (answers.length !== operations.length) {
    throw unexpectedError(`SAP answered ${answers.length} of ${operations.length} operations of a batch.`)
  }
  return answers
}

function partOf(operation: BatchOperation): string {
  if (operation.method === 'GET') return httpPart(operation)
  const changeset = `changeset_${randomUUID()}`
  return [
    `Content-Type: multipart/mixed; boundary=${changeset}\r\n\r\n`,
    `--${changeset}\r\n${httpPart(operation, 'Content-ID: 1\r\n')}--${changeset}--\r\n`,
  ].join('')
}

function httpPart({ method, path, headers, body = '' }: BatchOperation, more = ''): string {
  const length = method === 'GET' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const lines = Object.entries({ ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`)
  return [
    `Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n${more}\r\n`,
    `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}\r\n`,
  ].join('')
}

interface Part {
  headers: Headers
  body: Buffer
}

/** The answers of changesets one level down are told in their place, since each has but one. */
function answerOf(part: Part): HttpResponse {
  const type = part.headers.get('content-type') ?? ''
  if (/^multipart\/mixed/i.test(type)) {
    const [inner] = partsOf(part.body, type)
    if (inner === undefined) throw unexpectedError('SAP answered a changeset of a batch with nothing.')
    return answerOf(inner)
  }
  const [, statusText] = /^HTTP\/1\.[01] (\d{3})/.exec(part.body.toString('latin1', 0, 20)) ?? []
  const lineEnd = part.body.indexOf('\r\n')
  if (statusText === undefined || lineEnd < 0) throw unexpectedError('A part of a batch answer is no HTTP answer.')
  const { headers, body } = headed(part.body.subarray(lineEnd + 2))
  const text = (): string => body.toString('utf8')
  return { status: Number(statusText), headers, body, url: '', text, json: () => JSON.parse(text()) as never }
}

function partsOf(body: Buffer, contentType: string): Part[] {
  const boundary = /boundary="?([^\s";]+)/i.exec(contentType)?.[1]
  if (boundary === undefined) throw unexpectedError('SAP answered a batch with something that is no multipart/mixed.')
  const mark = Buffer.from(`--${boundary}`)
  const parts: Part[] = []
  let at = body.indexOf(mark)
  while (at >= 0) {
    const from = at + mark.length
    if (body.toString('latin1', from, from + 2) === '--') return parts
    const end = body.indexOf(mark, from)
    if (end < 0) break
    // The line end before the next boundary belongs to the boundary.
    parts.push(headed(body.subarray(body.indexOf('\r\n', from) + 2, end - 2)))
    at = end
  }
  throw unexpectedError('The answer of a batch was cut off.')
}

/** Header lines, a blank line, and the rest. */
function headed(bytes: Buffer): Part {
  const blank = bytes.indexOf('\r\n\r\n')
  const isBare = bytes.subarray(0, 2).toString('latin1') === '\r\n'
  const head = isBare ? '' : bytes.toString('utf8', 0, blank < 0 ? bytes.length : blank)
  const headers = new Headers()
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.append(line.slice(0, colon).trim(), line.slice(colon + 1).trim())
  }
  return { headers, body: isBare ? bytes.subarray(2) : blank < 0 ? Buffer.alloc(0) : bytes.subarray(blank + 4) }
}
