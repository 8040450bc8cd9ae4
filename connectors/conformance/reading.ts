import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Checkpoint, Page, SourceRecord } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import type { OpenConnector } from './bench.ts'
import type { TestEntity, TestFields, TestRecord } from './harness.ts'
import type { Sink } from './sink.ts'

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

export function recordsOf(pages: readonly Page[]): SourceRecord[] {
  return pages.flatMap((page) => page.records)
}

export function keysOf(pages: readonly Page[]): string[] {
  return recordsOf(pages).map(({ key }) => key)
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

/** The key under which the connector knows one of the kit's records. */
export function keyOf(entity: TestEntity, id: string): string {
  return entity.keyOf?.(id) ?? id
}

/** What the connector read, under the kit's own names. */
export function fieldsOf(entity: TestEntity, data: JsonObject | null | undefined): JsonObject {
  return data ? (entity.fromNative?.(data) ?? data) : {}
}

/** Fields of a write, under the system's names. */
export function nativeFields(entity: TestEntity, fields: TestFields): JsonObject {
  return entity.toNative?.({ ...fields }) ?? { ...fields }
}

/** The fields that every test entity has, by key, to be compared with the oracle. */
export function plain(entity: TestEntity, records: Iterable<readonly [string, JsonObject | null]>): PlainRecords {
  return sorted([...records].map(([key, data]) => [key, plainFields(fieldsOf(entity, data))]))
}

export function plainRecords(entity: TestEntity, records: readonly SourceRecord[]): PlainRecords {
  return plain(
    entity,
    records.filter(({ kind }) => kind === 'upsert').map(({ key, data }) => [key, data]),
  )
}

export async function plainOracle(entity: TestEntity): Promise<PlainRecords> {
  return sorted((await entity.oracle()).map(({ id, ...fields }) => [keyOf(entity, id), plainFields({ ...fields })]))
}

export type PlainRecords = Map<string, JsonObject>

function plainFields({ name, note, amount }: JsonObject): JsonObject {
  return { name: name ?? null, note: note ?? null, amount: Number(amount ?? 0) }
}

function sorted(entries: [string, JsonObject][]): PlainRecords {
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
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
