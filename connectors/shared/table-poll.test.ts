import fc from 'fast-check'
import type { Checkpoint } from '../../hub/contracts/connector.ts'
import { Sink } from '../conformance/sink.ts'
import type { TableOptions } from './table-options.ts'
import { pollTable } from './table-poll.ts'
import type { TableSource, WatermarkPosition, WatermarkRow } from './table-source.ts'

/** A table whose transactions become visible some time after they stamped their rows: the model of what databases do. */
class ModelTable implements TableSource {
  readonly rows = new Map<string, { watermark: number; value: number }>()
  readonly watermarkIsTime: boolean
  pagesRead = 0

  constructor(watermarkIsTime: boolean) {
    this.watermarkIsTime = watermarkIsTime
  }

  #sorted(): WatermarkRow[] {
    return [...this.rows]
      .map(([key, { watermark, value }]) => ({
        key,
        position: [key],
        data: { key, value },
        bytes: 10,
        watermark: String(watermark).padStart(12, '0'),
        settled: false,
      }))
      .sort((a, b) => compare(placeOf(a), placeOf(b)))
  }

  pageByKey(): never {
    throw new Error('a poll does not read by key')
  }

  pageByWatermark(
    after: WatermarkPosition | null,
    settledUpTo: readonly WatermarkPosition[],
    limit: number,
  ): Promise<WatermarkRow[]> {
    this.pagesRead += 1
    const rows = this.#sorted()
      .filter((row) => after === null || compare(placeOf(row), after) > 0)
      .slice(0, limit)
    return Promise.resolve(
      rows.map((row) => ({ ...row, settled: settledUpTo.some((place) => compare(placeOf(row), place) <= 0) })),
    )
  }

  lookedBack(lookBackSeconds: number, rows: number): Promise<WatermarkPosition | null> {
    const sorted = this.#sorted()
    const highest = Number(sorted.at(-1)?.watermark ?? 0)
    const found = this.watermarkIsTime
      ? sorted.findLast((row) => Number(row.watermark) <= highest - lookBackSeconds * 1000)
      : sorted.at(-1 - rows)
    return Promise.resolve(found ? placeOf(found) : null)
  }

  existing(): never {
    throw new Error('a poll does not ask for keys')
  }

  estimate(): Promise<number> {
    return Promise.resolve(this.rows.size)
  }
}

function placeOf(row: WatermarkRow): WatermarkPosition {
  return { watermark: row.watermark, key: row.position }
}

function compare(a: WatermarkPosition, b: WatermarkPosition): number {
  const [left, right] = [`${a.watermark} ${a.key.join()}`, `${b.watermark} ${b.key.join()}`]
  return left < right ? -1 : left > right ? 1 : 0
}

function options(lookBackSeconds: number, pageSize: number): TableOptions {
  return {
    entity: 'e',
    schema: undefined,
    table: 'e',
    keyColumns: undefined,
    watermarkColumn: 'w',
    lookBackSeconds,
    pageSize,
    sequenceColumn: undefined,
    deletedWhen: undefined,
    include: undefined,
    exclude: [],
  }
}

/** One pass from `from`; `stopAfter` pages it is given up, and only what came before counts as stored. */
async function pass(
  table: ModelTable,
  sink: Sink,
  now: number,
  from: Checkpoint | null,
  lookBackSeconds: number,
  stopAfter = Infinity,
  pageSize = 3,
): Promise<{ checkpoint: Checkpoint | null; records: number }> {
  let checkpoint = from
  let records = 0
  let pages = 0
  for await (const page of pollTable(table, options(lookBackSeconds, pageSize), () => now, from)) {
    sink.take(page)
    records += page.records.length
    if (pages === stopAfter) break
    // Through JSON, as the store keeps it.
    if (page.checkpoint) checkpoint = JSON.parse(JSON.stringify(page.checkpoint)) as Checkpoint
    pages += 1
  }
  return { checkpoint, records }
}

const LOOK_BACK_S = 10

describe('polling by a watermark', () => {
  const happening = fc.record({
    /** ms after the happening before. */
    after: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 6000 })),
    key: fc.integer({ min: 0, max: 3 }),
    value: fc.integer({ min: 0, max: 1 }),
    /** How long its transaction stays open, ms; never longer than the look-back. */
    open: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: (LOOK_BACK_S - 2) * 1000 })),
    poll: fc.boolean(),
    crashAfter: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
  })

  test.each([
    ['a time', 'interrupted', true, true],
    ['a time', 'in states that come back within one tick of its clock', true, false],
    ['a counter', 'interrupted', false, true],
    ['a counter', 'in states that come back within one tick of its clock', false, false],
  ])(
    'with %s as watermark misses nothing that becomes visible within the look-back, also %s',
    async (_watermark, _how, isTime, interrupted) => {
      await fc.assert(
        fc.asyncProperty(fc.array(happening, { maxLength: 40 }), async (happenings) => {
          const table = new ModelTable(isTime)
          const sink = new Sink()
          let now = 1_000_000
          let { checkpoint } = await pass(table, sink, now, null, LOOK_BACK_S)
          const pending: { at: number; watermark: number; key: string; value: number }[] = []
          const commitUntil = (moment: number): void => {
            for (const each of pending.filter(({ at }) => at <= moment).sort((a, b) => a.at - b.at)) {
              pending.splice(pending.indexOf(each), 1)
              // A row is locked while its transaction is open: a later one can't have stamped it before.
              const before = table.rows.get(each.key)?.watermark ?? 0
              if (before <= each.watermark) table.rows.set(each.key, { watermark: each.watermark, value: each.value })
            }
          }
          for (const [turn, { after, key, value, open, poll, crashAfter }] of happenings.entries()) {
            now += after
            commitUntil(now)
            // A coarse clock: states of one second have one watermark.
            pending.push({
              at: now + open,
              watermark: Math.floor(now / 1000) * 1000,
              key: `k${key}`,
              value: interrupted ? turn : value,
            })
            commitUntil(now)
            if (poll)
              ({ checkpoint } = await pass(
                table,
                sink,
                now,
                checkpoint,
                LOOK_BACK_S,
                interrupted ? crashAfter : undefined,
              ))
          }
          now += LOOK_BACK_S * 1000
          commitUntil(now)
          ;({ checkpoint } = await pass(table, sink, now, checkpoint, LOOK_BACK_S))
          const expected = [...table.rows].map(([key, row]) => [key, { key, value: row.value }])
          expect(new Map(sink.live('e'))).toEqual(new Map(expected as [string, { key: string; value: number }][]))
          const again = await pass(table, sink, now, checkpoint, LOOK_BACK_S)
          expect(again.records).toBe(0)
        }),
        { numRuns: 1000 },
      )
    },
  )

  test('ends the window of a table that rests, so that it is not read again for ever', async () => {
    const table = new ModelTable(true)
    let { checkpoint } = await pass(table, new Sink(), 0, null, LOOK_BACK_S)
    for (let index = 0; index < 50; index += 1) table.rows.set(`k${index}`, { watermark: 1000, value: 1 })
    for (const now of [1000, 5000, 12_000]) {
      ;({ checkpoint } = await pass(table, new Sink(), now, checkpoint, LOOK_BACK_S))
    }
    table.pagesRead = 0
    const last = await pass(table, new Sink(), 13_000, checkpoint, LOOK_BACK_S)
    expect(last.records).toBe(0)
    expect(table.pagesRead).toBe(1)
    expect(last.checkpoint).toMatchObject({ seen: '', settled: { watermark: '000000001000' } })
  })

  test('keeps its checkpoint below 64 KiB when very many rows change at once, and repeats them under the same version', async () => {
    const table = new ModelTable(true)
    const sink = new Sink()
    let { checkpoint } = await pass(table, sink, 0, null, LOOK_BACK_S)
    for (let index = 0; index < 5000; index += 1) table.rows.set(`k${index}`, { watermark: 1000, value: 1 })
    for (const now of [1000, 2000, 3000]) {
      ;({ checkpoint } = await pass(table, sink, now, checkpoint, LOOK_BACK_S, Infinity, 1000))
      expect(JSON.stringify(checkpoint).length).toBeLessThan(64 * 1024)
    }
    expect(sink.accepted).toBe(5000)
    expect(sink.duplicates).toBeGreaterThan(0)
  })

  test('refuses a stored position that is not its own', async () => {
    const pages = pollTable(new ModelTable(true), options(1, 1), () => 0, { lsn: '0/1' })
    await expect(pages.next()).rejects.toMatchObject({ code: 'connector.settings', family: 'config' })
  })
})
