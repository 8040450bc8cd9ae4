import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Checkpoint, Connector, ConnectorContext, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import { HubError } from '../../hub/contracts/hub-error.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import type { ConnectorHarness, SystemUnderTest, TestEntity, TestRecord } from './harness.ts'
import type { Sink } from './sink.ts'

/** What a check works with. Everything that it opens is closed after it. */
export class Bench {
  readonly harness: ConnectorHarness
  readonly system: SystemUnderTest
  /** All that was logged and thrown, to look for secrets in. */
  readonly said: string[]
  readonly #open: { connector: Connector; abort: AbortController }[] = []
  #number = 0

  constructor(harness: ConnectorHarness, system: SystemUnderTest, said: string[]) {
    this.harness = harness
    this.system = system
    this.said = said
  }

  /** @param name of the system; a fresh one by default, so that no check meets another's slot */
  async open(settings: JsonObject = this.system.settings, name?: string): Promise<OpenConnector> {
    this.#number += 1
    const abort = new AbortController()
    const log = (facts: Record<string, unknown>, text: string): void =>
      void this.said.push(JSON.stringify(facts) + text)
    const context: ConnectorContext = {
      system: name ?? `kit_${process.pid}_${Date.now() % 1e9}_${this.#number}`,
      signal: abort.signal,
      now: Date.now,
      log: { debug: log, info: log, warn: log },
      call: () => (abort.signal.aborted ? Promise.reject(new Error('aborted')) : Promise.resolve()),
      hookUrl: 'http://127.0.0.1:8080/v1/hooks/kit',
    }
    const connector = await this.harness.spec.open(settings, context)
    this.#open.push({ connector, abort })
    return { connector, abort, system: context.system }
  }

  async close(): Promise<void> {
    for (const { connector, abort } of this.#open.splice(0)) {
      abort.abort()
      await connector.close()
    }
  }

  /** The error that `act` ends with; fails when it ends with none. */
  async failure(act: () => Promise<unknown>): Promise<HubError> {
    try {
      await act()
    } catch (error) {
      assert.ok(error instanceof HubError, `every error must be a HubError: ${String(error)}`)
      this.said.push(JSON.stringify({ ...error, message: error.message, cause: undefined }))
      return error
    }
    assert.fail('an error was expected')
  }
}

export interface OpenConnector {
  connector: Connector
  abort: AbortController
  system: string
}

export function backfill(
  { connector }: OpenConnector,
  entity: TestEntity,
  from: Checkpoint | null = null,
): AsyncIterable<Page> {
  assert.ok(connector.backfill, 'the connector declares backfill')
  return connector.backfill(entity.config, from)
}

export function poll({ connector }: OpenConnector, entity: TestEntity, from: Checkpoint | null): AsyncIterable<Page> {
  assert.ok(connector.poll, 'the connector declares poll')
  return connector.poll(entity.config, from)
}

export async function collect(pages: AsyncIterable<Page>): Promise<Page[]> {
  const collected: Page[] = []
  for await (const page of pages) collected.push(page)
  return collected
}

/** The place from which polling goes on, as the engine takes it before a snapshot. */
export async function pollStart(open: OpenConnector, entity: TestEntity): Promise<Checkpoint> {
  const pages = await collect(poll(open, entity, null))
  assert.deepEqual(
    pages.flatMap((page) => page.records),
    [],
    'the first poll reads nothing old',
  )
  return lastCheckpoint(pages) ?? assert.fail('the first poll tells the place of now')
}

export function lastCheckpoint(pages: readonly Page[]): Checkpoint | undefined {
  return pages.findLast((page) => page.checkpoint !== null)?.checkpoint ?? undefined
}

/** Follows the log in the background; every page is kept, and asking for the next one says that it is durable. */
export class Follower {
  readonly pages: Page[] = []
  failure: unknown
  readonly #open: OpenConnector
  readonly #ended: Promise<void>
  #lastPageAt = Date.now()

  constructor(open: OpenConnector, entities: readonly TestEntity[], from: Checkpoint | null, sink?: Sink) {
    this.#open = open
    const { connector } = open
    assert.ok(connector.subscribe, 'the connector declares subscribe')
    const pages = connector.subscribe(
      entities.map((entity) => entity.config),
      from,
    )
    this.#ended = (async () => {
      for await (const page of pages) {
        this.pages.push(page)
        sink?.take(page)
        this.#lastPageAt = Date.now()
      }
    })().catch((error: unknown) => void (this.failure = error))
  }

  get records(): SourceRecord[] {
    return this.pages.flatMap((page) => page.records)
  }

  get checkpoint(): Checkpoint {
    return lastCheckpoint(this.pages) ?? assert.fail('the log reader has told a position')
  }

  /** Waits until `met`, at most `timeoutMs`. */
  async until(met: (follower: Follower) => boolean, what: string, timeoutMs = 15_000): Promise<void> {
    const deadline = Date.now() + timeoutMs
    while (!met(this)) {
      if (this.failure !== undefined) throw this.failure
      if (Date.now() > deadline)
        assert.fail(`${what} was expected within ${timeoutMs} ms; ${this.records.length} records came`)
      await sleep(10)
    }
  }

  started(): Promise<void> {
    return this.until(({ pages }) => pages.length > 0, 'the first page of the log')
  }

  /** Waits until nothing new has come for a while. */
  async quiet(ms = 1200): Promise<void> {
    while (Date.now() - this.#lastPageAt < ms && this.failure === undefined) await sleep(20)
  }

  /** Stops by abort, as the engine does. */
  async stop(): Promise<void> {
    this.#open.abort.abort()
    await this.#ended
  }
}

/** The fields that every test entity has, by key, to be compared with the oracle. */
export function plain(records: Iterable<readonly [string, JsonObject | null]>): Map<string, JsonObject> {
  const all = [...records].map(([key, data]): [string, JsonObject] => [
    key,
    { name: data?.name ?? null, note: data?.note ?? null, amount: Number(data?.amount ?? 0) },
  ])
  return new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)))
}

export function plainRecords(records: readonly SourceRecord[]): Map<string, JsonObject> {
  return plain(records.filter(({ kind }) => kind === 'upsert').map(({ key, data }) => [key, data]))
}

export async function plainOracle(entity: TestEntity): Promise<Map<string, JsonObject>> {
  return plain((await entity.oracle()).map(({ id, ...fields }) => [id, { ...fields } as JsonObject]))
}

/** `count` records, r0001 and so on. */
export function someRecords(count: number, fields: Omit<TestRecord, 'id'> = {}, from = 1): TestRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `r${String(from + index).padStart(4, '0')}`,
    name: `Name ${from + index}`,
    note: null,
    amount: from + index,
    ...fields,
  }))
}
