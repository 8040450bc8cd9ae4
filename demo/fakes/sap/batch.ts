import { randomUUID } from 'node:crypto'
import type { Answer, Exchange } from './exchange.ts'
import { SapRefusal } from './refusal.ts'

interface Part {
  headers: Record<string, string>
  body: string
}

/**
 * Answers a `$batch`: reads one by one, a changeset as a whole. When one of its changes is refused, `undo` takes the others back and
 * the changeset is answered with that refusal alone.
 */
export function answerBatch(
  body: string,
  contentType: string,
  act: (exchange: Exchange) => Answer,
  transaction: () => { undo(): void },
): Answer {
  const boundary = `batch_${randomUUID()}`
  const parts = partsOf(body, contentType).map((part) => {
    const type = part.headers['content-type'] ?? ''
    if (!type.startsWith('multipart/mixed')) {
      const exchange = exchangeOf(part)
      if (exchange.method !== 'GET') throw malformed('a change stands outside of a changeset')
      return httpPart(act(exchange))
    }
    return changeset(partsOf(part.body, type).map(exchangeOf), act, transaction)
  })
  return {
    status: 202,
    headers: { 'content-type': `multipart/mixed; boundary=${boundary}` },
    body: `${parts.map((part) => `--${boundary}\r\n${part}`).join('')}--${boundary}--\r\n`,
  }
}

function changeset(
  exchanges: readonly Exchange[],
  act: (exchange: Exchange) => Answer,
  transaction: () => { undo(): void },
): string {
  const boundary = `changeset_${randomUUID()}`
  const { undo } = transaction()
  const answers: Answer[] = []
  for (const exchange of exchanges) {
    if (exchange.method === 'GET') throw malformed('a read stands in a changeset')
    const answer = act(exchange)
    if (answer.status >= 400) {
      undo()
      return httpPart(answer)
    }
    answers.push(answer)
  }
  const inner = answers.map((answer) => `--${boundary}\r\n${httpPart(answer)}`).join('')
  const all = `${inner}--${boundary}--\r\n`
  return `Content-Type: multipart/mixed; boundary=${boundary}\r\nContent-Length: ${Buffer.byteLength(all)}\r\n\r\n${all}`
}

function httpPart({ status, headers, body }: Answer): string {
  const lines = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) })
  const http = `HTTP/1.1 ${status} ${status < 400 ? 'OK' : 'Error'}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}\r\n`
  return `Content-Type: application/http\r\nContent-Length: ${Buffer.byteLength(http)}\r\ncontent-transfer-encoding: binary\r\n\r\n${http}`
}

function partsOf(body: string, contentType: string): Part[] {
  const boundary = /boundary="?([^\s";]+)/i.exec(contentType)?.[1]
  if (boundary === undefined) throw malformed('there is no boundary')
  const pieces = body.split(`--${boundary}`)
  if (!pieces.at(-1)?.startsWith('--')) throw malformed('the last boundary is missing')
  return pieces.slice(1, -1).map((piece) => headed(piece.replace(/^\r\n/, '').replace(/\r\n$/, '')))
}

function headed(text: string): Part {
  const blank = text.indexOf('\r\n\r\n')
  if (blank < 0) throw malformed('a part has no blank line')
  const lines = text.slice(0, blank).split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).trim().toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  )
  return { headers, body: text.slice(blank + 4) }
}

function exchangeOf(part: Part): Exchange {
  if (part.headers['content-type'] !== 'application/http') throw malformed('a part is no application/http')
  const lineEnd = part.body.indexOf('\r\n')
  const [, method = '', target = ''] = /^([A-Z]+) (\S+) HTTP\/1\.1$/.exec(part.body.slice(0, lineEnd)) ?? []
  if (method === '') throw malformed('a part has no request line')
  // Without header lines the blank one follows at once.
  const { headers, body } = headed(`x: x\r\n${part.body.slice(lineEnd + 2)}`)
  const length = Number(headers['content-length'] ?? body.length)
  const [path = '', query = ''] = target.split('?')
  const own = Buffer.from(body).subarray(0, length).toString()
  return { method, path: decodeURIComponent(path), query: new URLSearchParams(query), headers, body: own }
}

function malformed(why: string): SapRefusal {
  return new SapRefusal(400, '/IWFND/CM_MGW_RT/060', `Malformed $batch: ${why}`)
}
