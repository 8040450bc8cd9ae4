/** A server on this machine that answers what it is told, one answer a request, and keeps what it was asked. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
  at: number
}

/** A status with headers and a body, or what to do by hand. */
export type Reply =
  | { status: number; headers?: Record<string, string>; body?: unknown }
  | ((response: ServerResponse, asked: Asked) => void)

export interface ScriptedServer {
  url: string
  asked: Asked[]
  /** What it answers from now on, one by one; the last one for ever. */
  answer(...replies: Reply[]): void
  close(): Promise<void>
}

export async function scriptedServer(): Promise<ScriptedServer> {
  const asked: Asked[] = []
  let replies: Reply[] = [{ status: 200, body: {} }]
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const one = { method, url, headers, body: Buffer.concat(chunks).toString(), at: performance.now() }
      asked.push(one)
      const reply = replies.length > 1 ? replies.shift() : replies[0]
      if (typeof reply === 'function') reply(response, one)
      else if (reply !== undefined) write(response, reply)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: (...wanted) => {
      asked.length = 0
      replies = wanted
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function write(response: ServerResponse, reply: Exclude<Reply, (...args: never[]) => void>): void {
  const { status, headers = {}, body } = reply
  const type = status >= 400 ? 'application/problem+json' : 'application/json'
  response.writeHead(status, { 'content-type': type, ...headers })
  response.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body))
}

/** A refusal as the hub writes it. */
export function problem(status: number, code: string, more: object = {}): { status: number; body: object } {
  const body = { type: `urn:omnihub:problem:${code}`, title: code, status, detail: 'It is so.', code, requestId: 'r1' }
  return { status, body: { ...body, ...more } }
}
