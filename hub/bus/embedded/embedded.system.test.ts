import { tellSkipped } from '../../../test/support/skipped.ts'
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { describeBusConformance } from '../conformance.ts'
import { type BusForm, type OpenedBus, SCENE, type Scene } from '../conformance/harness.ts'
import { openProxied, serverUrl } from '../conformance/proxied.ts'
import { openEmbeddedBus } from './embedded-bus.ts'

const url = serverUrl('DATABASE_URL', 'PostgreSQL')

async function removeSchema(address: string, schema: string): Promise<void> {
  const client = new pg.Client({ connectionString: address })
  await client.connect()
  await client.query(`set client_min_messages = warning; drop schema if exists ${schema} cascade`)
  await client.end()
}

function embeddedScene(address: string): Scene {
  const schema = `bus_test_${randomUUID().slice(0, 8)}`
  const all: (OpenedBus & { end(): Promise<void> })[] = []
  return {
    async open({ start } = { start: true }) {
      const one = await openProxied(address, start, (proxied) =>
        openEmbeddedBus({
          database: proxied,
          schema,
          ...SCENE,
          connectTimeoutMs: 1_000,
          statementTimeoutMs: 2_000,
          reconnectPause: { firstMs: 50, mostMs: 500 },
          repeatPause: { firstMs: 50, mostMs: 1_000 },
        }),
      )
      all.push(one)
      return one
    },
    peerOf: async (opened) => opened,
    async dispose() {
      await Promise.all(all.map((one) => one.end()))
      await removeSchema(address, schema)
    },
  }
}

const form = (address: string): BusForm => ({
  name: 'the embedded bus',
  newScene: async () => embeddedScene(address),
})

tellSkipped(url === undefined ? 'skipped: DATABASE_URL is not set; `npm test` sets it' : null)
if (url === undefined) test.skip('the embedded bus', () => undefined)
else describeBusConformance(form(url))
