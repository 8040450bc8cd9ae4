/** What the tests of this connector share: a fake API, and the connector on it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FakeRest } from '../../demo/fakes/rest/index.ts'
import type { Checkpoint, Connector, EntityConfig, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import { quietContext } from '../../connectors/conformance/quiet-context.ts'
import { rest } from '../../connectors/rest/index.ts'

export const SECRET = 'test-secret'

export function fakeRest(pageMax = 1000): FakeRest {
  return new FakeRest({
    accounts: [{ name: 'test', secret: SECRET }],
    collections: { things: { name: 'text', amount: 'integer' } },
    pageMax,
  })
}

/** Options of `things` with pages of a style, changes in ascending order. */
export function thingOptions(style: string, more: JsonObject = {}): JsonObject {
  const place = { number: 'page', offset: 'offset', cursor: 'cursor', keyset: 'after' }[style]
  const name = { number: 'number', offset: 'offset', cursor: 'cursor', keyset: 'after' }[style]
  const at = { cursor: 'meta.next_cursor', next: 'meta.next' }[style]
  const query: JsonObject = {
    limit: '{{ page.size }}',
    updated_since: '{{ since }}',
    ...(place === undefined ? {} : { [place]: `{{ page.${name} }}` }),
  }
  return {
    key: ['id'],
    list: { path: '/things', query, records: 'data' },
    page: { style, size: 10, ...(at === undefined ? {} : { at }) },
    changes: { fields: ['updated_at'], order: 'ascending', lookBack: 5 },
    deleted: { path: 'deleted' },
    ...more,
  }
}

export function entityOf(options: JsonObject): EntityConfig {
  return { entity: 'Thing', options }
}

export interface Opened {
  connector: Connector
  stop: AbortController
  /** What was logged. */
  said: string[]
  calls: number
}

export async function openRest(fake: { url: string }, settings: JsonObject = {}, now = Date.now): Promise<Opened> {
  const stop = new AbortController()
  const opened = { stop, said: [] as string[], calls: 0 }
  const log = (facts: Record<string, unknown>, text: string): void =>
    void opened.said.push(JSON.stringify(facts) + text)
  const context = {
    ...quietContext('test', stop.signal),
    now,
    log: { debug: log, info: log, warn: log },
    call: () => Promise.resolve(void (opened.calls += 1)),
  }
  const auth = { scheme: 'bearer', token: SECRET }
  const connector = await rest.open({ baseUrl: `${fake.url}/api`, auth, timeoutMs: 2000, ...settings }, context)
  return Object.assign(opened, { connector })
}

export async function pagesOf(pages: AsyncIterable<Page> | undefined): Promise<Page[]> {
  const all: Page[] = []
  for await (const page of pages ?? []) all.push(page)
  return all
}

export function recordsOf(pages: readonly Page[]): SourceRecord[] {
  return pages.flatMap(({ records }) => records)
}

export function lastCheckpoint(pages: readonly Page[]): Checkpoint {
  return pages.findLast(({ checkpoint }) => checkpoint !== null)?.checkpoint ?? {}
}

const servers: Server[] = []

/** A system with manners of its own, until `stopServers`. */
export async function serve(
  handler: (request: IncomingMessage, body: string, response: ServerResponse) => void,
): Promise<{ url: string }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => void chunks.push(chunk))
    request.on('end', () => handler(request, Buffer.concat(chunks).toString(), response))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

export async function stopServers(): Promise<void> {
  for (const server of servers.splice(0)) {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
}
