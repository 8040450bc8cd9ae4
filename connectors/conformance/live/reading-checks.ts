import assert from 'node:assert/strict'
import type { Checkpoint, EntityConfig, Page, SourceRecord } from '../../../hub/contracts/connector.ts'
import type { Bench, OpenConnector } from '../bench.ts'
import type { Check } from '../check.ts'
import { BASIC_CHECKS } from '../checks-basics.ts'
import { lastCheckpoint, recordsOf } from '../reading.ts'
import type { LiveSubject } from './subject.ts'

const STOP_MAX_MS = 3000
const RESUMED_PAGES_MAX = 5
const OTHERS_NOT_TRIED = 'wrong accounts and addresses are not tried on a system at work'

/** 1 to 7 and 24, as far as they go without changing anything. Somebody else may change records in the meantime. */
export function readingChecks(subject: LiveSubject): Check[] {
  const { entities, spec } = subject
  const snapshots = spec.capabilities.backfill ? entities.map(asPolled) : []
  const polled = spec.capabilities.poll ? entities.filter(({ mode }) => mode !== 'log') : []
  const noSnapshot = (): string | undefined => (snapshots.length > 0 ? undefined : 'the connector declares no backfill')
  const noPoll = (): string | undefined => (polled.length > 0 ? undefined : 'no entity of the system is polled')
  return [
    ...BASIC_CHECKS.filter(({ number }) => number === 1),
    {
      number: 2,
      title: 'check succeeds, and the account may read every configured entity',
      async run(bench) {
        bench.untried.push(`others: ${OTHERS_NOT_TRIED}`)
        const { serverVersion } = await (await bench.open()).connector.check(entities)
        assert.ok(serverVersion.length > 0, 'check tells a version')
      },
    },
    {
      number: 3,
      title: 'discovery is stable',
      inapplicable: () => (spec.capabilities.discover ? undefined : 'the connector declares no discovery'),
      async run(bench) {
        const { connector } = await bench.open()
        assert.deepEqual(await connector.discover?.(), await connector.discover?.())
      },
    },
    {
      number: 4,
      title: 'reading twice gives the same records in the same order',
      inapplicable: noSnapshot,
      run: (bench) => forEach(snapshots, (entity) => readsTheSame(bench, subject, entity)),
    },
    {
      number: 5,
      title: 'a second incremental read gives nothing that the first one gave',
      inapplicable: noPoll,
      run: (bench) => forEach(polled, (entity) => pollsNothingTwice(bench, subject, entity)),
    },
    {
      number: 6,
      title: 'reading can go on from every checkpoint',
      inapplicable: noSnapshot,
      run: (bench) => forEach(snapshots, (entity) => goesOn(bench, subject, entity)),
    },
    {
      number: 7,
      title: 'repeats carry the same versions',
      inapplicable: noSnapshot,
      run: (bench) => forEach(snapshots, (entity) => repeatsVersions(bench, subject, entity)),
    },
    {
      number: 24,
      title: 'reading stops cleanly at once',
      inapplicable: noSnapshot,
      run: (bench) => forEach(snapshots.slice(0, 1), (entity) => stopsAtOnce(bench, entity)),
    },
  ]
}

async function forEach(entities: readonly EntityConfig[], act: (entity: EntityConfig) => Promise<void>): Promise<void> {
  for (const entity of entities) {
    try {
      await act(entity)
    } catch (error) {
      if (error instanceof Error) error.message = `${entity.entity}: ${error.message}`
      throw error
    }
  }
}

export function asPolled(entity: EntityConfig): EntityConfig {
  return { ...entity, mode: 'poll' }
}

/** The first pages, until they have `recordsMax` records. */
export async function someOf(pages: AsyncIterable<Page> | undefined, recordsMax: number): Promise<Page[]> {
  const taken: Page[] = []
  let count = 0
  for await (const page of pages ?? []) {
    taken.push(page)
    count += page.records.length
    if (count >= recordsMax) break
  }
  return taken
}

function snapshot(
  { connector }: OpenConnector,
  { recordsMax }: LiveSubject,
  entity: EntityConfig,
  from: Checkpoint | null = null,
): Promise<Page[]> {
  return someOf(connector.backfill?.(entity, from), recordsMax)
}

async function readsTheSame(bench: Bench, subject: LiveSubject, entity: EntityConfig): Promise<void> {
  const open = await bench.open()
  const [first, second] = [
    recordsOf(await snapshot(open, subject, entity)),
    recordsOf(await snapshot(open, subject, entity)),
  ]
  assert.equal(new Set(first.map(({ key }) => key)).size, first.length, 'no record comes twice in a full read')
  const [before, after] = [new Set(first.map(({ key }) => key)), new Set(second.map(({ key }) => key))]
  assert.deepEqual(
    second.map(({ key }) => key).filter((key) => before.has(key)),
    first.map(({ key }) => key).filter((key) => after.has(key)),
    'what both reads have comes in the same order',
  )
  if (first.length > 0)
    assert.ok(
      [...before].some((key) => after.has(key)),
      'two reads have records in common',
    )
}

/** From one checkpoint, as after an end between delivery and checkpoint. Another state has another version. */
async function repeatsVersions(bench: Bench, subject: LiveSubject, entity: EntityConfig): Promise<void> {
  const from = (await snapshot(await bench.open(), subject, entity))[0]?.checkpoint ?? null
  if (from === null) {
    bench.untried.push(`${entity.entity}: it has no page from whose end reading could go on`)
    return
  }
  const read = async (): Promise<SourceRecord[]> =>
    recordsOf(await snapshot(await bench.open(), subject, entity, from)).slice(0, subject.recordsMax)
  const first = new Map((await read()).map((record) => [record.key, record]))
  for (const { key, version, data } of await read()) {
    const before = first.get(key)
    if (before === undefined) continue
    const [sameVersion, sameData] = [version === before.version, JSON.stringify(data) === JSON.stringify(before.data)]
    assert.equal(
      sameVersion,
      sameData,
      `a record has ${sameData ? 'one state, but two versions' : 'one version, but two states'}`,
    )
  }
}

async function goesOn(bench: Bench, subject: LiveSubject, entity: EntityConfig): Promise<void> {
  const pages = await snapshot(await bench.open(), subject, entity)
  for (const [index, { checkpoint }] of pages.slice(0, RESUMED_PAGES_MAX).entries()) {
    const expected = pages[index + 1]?.records.map(({ key }) => key)
    if (checkpoint === null || expected === undefined) continue
    const { connector } = await bench.open()
    const [next] = await someOf(connector.backfill?.(entity, checkpoint), 1)
    const keys = new Set(next?.records.map(({ key }) => key))
    assert.ok(
      expected.length === 0 || expected.some((key) => keys.has(key)),
      `read on from the checkpoint of page ${index + 1}, another page comes than before`,
    )
    const earlier = new Set(pages.slice(0, index + 1).flatMap((page) => page.records.map(({ key }) => key)))
    assert.deepEqual(
      [...keys].filter((key) => earlier.has(key)),
      [],
      `read on from the checkpoint of page ${index + 1}, records come again`,
    )
  }
}

async function pollsNothingTwice(bench: Bench, subject: LiveSubject, entity: EntityConfig): Promise<void> {
  const { connector } = await bench.open()
  const start = await someOf(connector.poll?.(entity, null), 1)
  assert.deepEqual(recordsOf(start), [], 'the first poll reads nothing old')
  const from = lastCheckpoint(start)
  assert.ok(from, 'the first poll tells the place of now')
  const identities = (pages: readonly Page[]): string[] =>
    recordsOf(pages).map(({ key, version }) => JSON.stringify([key, version]))
  const first = await someOf(connector.poll?.(entity, from), subject.recordsMax)
  const second = await someOf(connector.poll?.(entity, lastCheckpoint(first) ?? from), subject.recordsMax)
  const known = new Set(identities(first))
  assert.deepEqual(
    identities(second).filter((identity) => known.has(identity)),
    [],
  )
}

async function stopsAtOnce(bench: Bench, entity: EntityConfig): Promise<void> {
  const { connector, abort } = await bench.open()
  let abortedAt = 0
  const read = async (): Promise<void> => {
    for await (const page of connector.backfill?.(entity, null) ?? []) {
      if (abortedAt === 0) abortedAt = Date.now()
      abort.abort()
      if (page.checkpoint === null && page.records.length === 0) return
    }
  }
  await read().catch((error: unknown) => bench.failure(() => Promise.reject(error as Error)))
  await connector.close()
  assert.ok(Date.now() - abortedAt < STOP_MAX_MS, 'it ends soon after it was told to')
}
