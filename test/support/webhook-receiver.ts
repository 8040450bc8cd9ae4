/** A receiver of webhooks on this machine, which verifies signatures with code of its own. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { JsonObject } from '../../hub/contracts/json.ts'

export interface Received {
  headers: IncomingMessage['headers']
  path: string
  body: string
  event: JsonObject
  at: number
}

/** A status; or what to do with the request by hand. */
export type Reply = number | ((response: ServerResponse, received: Received) => void)

export interface WebhookReceiver {
  url: string
  port: number
  received: Received[]
  /** What it answers from now on; a list is used up one by one, then 204. */
  answer(reply: Reply | Reply[]): void
  /** Resolves when this many have come. */
  take(count: number, timeoutMs?: number): Promise<Received[]>
  close(): Promise<void>
}

export async function webhookReceiver(port = 0): Promise<WebhookReceiver> {
  const received: Received[] = []
  let standard: Reply = 204
  let once: Reply[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const one = {
        headers: request.headers,
        path: request.url ?? '',
        body,
        event: JSON.parse(body) as JsonObject,
        at: Date.now(),
      }
      received.push(one)
      const reply = once.shift() ?? standard
      if (typeof reply === 'number') response.writeHead(reply).end()
      else reply(response, one)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve)
  })
  const own = (server.address() as AddressInfo).port
  return {
    url: `http://127.0.0.1:${own}/hook`,
    port: own,
    received,
    answer: (reply) => {
      if (Array.isArray(reply)) once = [...reply]
      else standard = reply
    },
    take: async (count, timeoutMs = 10_000) => {
      const deadline = Date.now() + timeoutMs
      while (received.length < count) {
        if (Date.now() > deadline) throw new Error(`only ${received.length} of ${count} messages came`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      return received.slice(0, count)
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

/** Verifies as the specification says, with nothing of the hub's. */
export function isSignedBy(secret: string, { headers, body }: Pick<Received, 'headers' | 'body'>): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
  const expected = createHmac('sha256', key).update(signed).digest()
  return String(headers['webhook-signature'])
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice(3), 'base64'))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected))
}
