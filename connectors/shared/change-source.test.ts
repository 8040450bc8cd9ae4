import type { Checkpoint, Page } from '../../hub/contracts/connector.ts'
import type { JsonObject } from '../../hub/contracts/json.ts'
import type { ChangedRecord, ChangePlace, ChangeSource } from './change-source.ts'
import { backfillChanges, pollChanges } from './change-source-reading.ts'
import { missingChanges, writeChanges } from './change-source-writing.ts'
import { rejectedError, stoppedError } from './errors.ts'

const OPTIONS = { entity: 'Card', pageSize: 2, lookBackSeconds: 10 }
const time = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()

/** A system in memory, in its two orders. */
class Cards implements ChangeSource {
  readonly rows = new Map<string, ChangedRecord>()
  /** Called before a put, to do what somebody else would. */
  meanwhile: () => void = () => undefined
  /** The answer to a put is lost, and it is sent again by what lies below. */
  sendsTwice = false
  puts = 0

  set(key: string, second: number, data: JsonObject = { second }): void {
    this.rows.set(key, { key, changed: time(second), data })
  }

  pageByKey(after: string | null, limit: number): Promise<ChangedRecord[]> {
    const sorted = [...this.rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
    return Promise.resolve(sorted.filter(({ key }) => after === null || key > after).slice(0, limit))
  }

  pageByChange(after: ChangePlace, limit: number): Promise<ChangedRecord[]> {
    const place = ({ changed, key }: ChangePlace): string => `${changed} ${key}`
    const sorted = [...this.rows.values()].sort((a, b) => (place(a) < place(b) ? -1 : 1))
    return Promise.resolve(sorted.filter((row) => place(row) > place(after)).slice(0, limit))
  }

  latest(): Promise<string | null> {
    return Promise.resolve(
      [...this.rows.values()]
        .map(({ changed }) => changed)
        .sort()
        .at(-1) ?? null,
    )
  }

  get(key: string): Promise<ChangedRecord | null> {
    return Promise.resolve(this.rows.get(key) ?? null)
  }

  put(key: string, fields: JsonObject, unchangedSince: string | null): Promise<boolean> {
    this.meanwhile()
    this.puts += 1
    if (fields.bad !== undefined) return Promise.reject(rejectedError('no'))
    if ((this.rows.get(key)?.changed ?? null) !== unchangedSince) return Promise.resolve(false)
    this.set(key, 50 + this.puts, { ...this.rows.get(key)?.data, ...fields })
    return this.sendsTwice ? this.put(key, fields, unchangedSince) : Promise.resolve(true)
  }
}

async function all(pages: AsyncIterable<Page>): Promise<Page[]> {
  const collected: Page[] = []
  for await (const page of pages) collected.push(page)
  return collected
}

const keys = (pages: readonly Page[]): string[] => pages.flatMap((page) => page.records.map(({ key }) => key))
const last = (pages: readonly Page[]): Checkpoint => pages.at(-1)?.checkpoint ?? {}

describe('a snapshot from a source of changes', () => {
  test('reads page by page in the order of the keys, and goes on from each page', async () => {
    const cards = new Cards()
    for (const key of ['d', 'b', 'a', 'c', 'e']) cards.set(key, 1)
    const pages = await all(backfillChanges(cards, OPTIONS, null))
    expect(pages.map((page) => keys([page]))).toEqual([['a', 'b'], ['c', 'd'], ['e']])
    expect(keys(await all(backfillChanges(cards, OPTIONS, pages[0]?.checkpoint ?? null)))).toEqual(['c', 'd', 'e'])
  })

  test('of nothing is one empty page', async () => {
    expect(await all(backfillChanges(new Cards(), OPTIONS, null))).toEqual([{ records: [], checkpoint: null }])
  })

  test('refuses a position of another kind', async () => {
    await expect(all(backfillChanges(new Cards(), OPTIONS, { lsn: 1 }))).rejects.toMatchObject({
      code: 'connector.settings',
    })
  })
})

describe('polling a source of changes', () => {
  test('begins with the place of now, then gives what is new, and nothing twice', async () => {
    const cards = new Cards()
    cards.set('old', 0)
    const start = await all(pollChanges(cards, OPTIONS, null))
    expect(keys(start)).toEqual([])
    cards.set('a', 20)
    cards.set('b', 21)
    cards.set('c', 21)
    const first = await all(pollChanges(cards, OPTIONS, last(start)))
    // What lies within the look-back comes once: the snapshot may have read it too early.
    expect(keys(first)).toEqual(['old', 'a', 'b', 'c'])
    expect(keys(await all(pollChanges(cards, OPTIONS, last(first))))).toEqual([])
  })

  test('catches a change that becomes visible late, as long as the look-back reaches', async () => {
    const cards = new Cards()
    cards.set('a', 20)
    const first = await all(pollChanges(cards, OPTIONS, last(await all(pollChanges(cards, OPTIONS, null)))))
    cards.set('late', 15)
    cards.set('too late', 5)
    expect(keys(await all(pollChanges(cards, OPTIONS, last(first))))).toEqual(['late'])
  })

  test('gives one that changed within one tick, and back again, versions of its own', async () => {
    const cards = new Cards()
    let from = last(await all(pollChanges(cards, OPTIONS, null)))
    const versions: string[] = []
    for (const name of ['A', 'B', 'A']) {
      cards.set('one', 20, { name })
      const pages = await all(pollChanges(cards, OPTIONS, from))
      versions.push(...pages.flatMap((page) => page.records.map(({ version }) => version)))
      from = last(pages)
    }
    expect(new Set(versions).size).toBe(3)
  })

  test('ends, and is complete, with more records of one time than a page', async () => {
    const cards = new Cards()
    const from = last(await all(pollChanges(cards, OPTIONS, null)))
    for (let n = 0; n < 7; n += 1) cards.set(`k${n}`, 20)
    expect(keys(await all(pollChanges(cards, OPTIONS, from)))).toHaveLength(7)
  })
})

describe('writing to a source of changes', () => {
  const write = (fields: JsonObject, expected?: JsonObject) => ({
    key: 'a',
    fields,
    idempotencyKey: 'w',
    ...(expected === undefined ? {} : { expected }),
  })

  test('writes once what is not there yet, and nothing that is', async () => {
    const cards = new Cards()
    cards.set('a', 1, { name: 'A', note: null })
    for (const fields of [{ name: 'B' }, { name: 'B' }, { name: 'B', note: null }])
      expect(await writeChanges(cards, [write(fields)])).toEqual([{ outcome: 'written', key: 'a' }])
    expect(cards.puts).toBe(1)
  })

  test('is a conflict where the values are others than expected, or the record is gone', async () => {
    const cards = new Cards()
    cards.set('a', 1, { name: 'A' })
    expect(await writeChanges(cards, [write({ name: 'C' }, { name: 'B' })])).toEqual([
      { outcome: 'conflict', key: 'a', current: { name: 'A' } },
    ])
    cards.rows.clear()
    expect(await writeChanges(cards, [write({ name: 'C' }, { name: 'B' })])).toEqual([
      { outcome: 'conflict', key: 'a', current: null },
    ])
    expect(cards.puts).toBe(0)
  })

  test('is a conflict where somebody else was faster, told with what is there now', async () => {
    const cards = new Cards()
    cards.set('a', 1, { name: 'A' })
    let second = 1
    cards.meanwhile = () => cards.set('a', (second += 1), { name: 'X' })
    expect(await writeChanges(cards, [write({ name: 'B' }, { name: 'A' })])).toEqual([
      { outcome: 'conflict', key: 'a', current: { name: 'X' } },
    ])
    const [result] = await writeChanges(cards, [write({ name: 'B' })])
    expect(result).toMatchObject({ outcome: 'failed', error: { code: 'connector.busy', family: 'retry' } })
  })

  test('finds its own write where that was sent twice and the second came too late', async () => {
    const cards = new Cards()
    cards.set('a', 1, { name: 'A' })
    cards.sendsTwice = true
    const sent = writeChanges(cards, [write({ name: 'B' }, { name: 'A' })])
    cards.meanwhile = () => void (cards.sendsTwice = cards.puts === 0)
    expect(await sent).toEqual([{ outcome: 'written', key: 'a' }])
  })

  test('tells the failure of one, goes on with the others, and stops when told to', async () => {
    const cards = new Cards()
    const results = await writeChanges(cards, [{ ...write({ bad: 1 }), key: 'x' }, write({ name: 'B' })])
    expect(results).toMatchObject([
      { outcome: 'failed', key: 'x' },
      { outcome: 'written', key: 'a' },
    ])
    cards.get = () => Promise.reject(stoppedError())
    await expect(writeChanges(cards, [write({ name: 'C' })])).rejects.toMatchObject({ code: 'connector.stopped' })
  })

  test('deletes are told for keys that are gone, and for no others', async () => {
    const cards = new Cards()
    cards.set('a', 1)
    expect(await missingChanges(cards, 'Card', ['a', 'b'], '7')).toEqual([
      { entity: 'Card', key: 'b', kind: 'delete', version: '7~missing', data: null },
    ])
  })
})
