import { setTimeout as sleep } from 'node:timers/promises'
import type { Delivery } from '../contracts/bus.ts'
import { BatchRunner, type Held } from './batch-runner.ts'
import type { BusReport } from './report.ts'

function held(number: number): Held<number> {
  return {
    delivery: { body: Buffer.from(String(number)), id: undefined, from: { work: 0 }, redelivered: false },
    ticket: number,
  }
}

function runner(handler: (batch: readonly Delivery[]) => Promise<void>, lingerMs = 1) {
  const acknowledged: number[] = []
  const reports: BusReport[] = []
  const made = new BatchRunner<number>({
    name: 'test',
    options: { batchMax: 3, lingerMs },
    handler,
    acknowledge: async (batch) => void acknowledged.push(...batch.map(({ ticket }) => ticket)),
    repeatPause: { firstMs: 5, mostMs: 10 },
    report: (report) => reports.push(report),
  })
  return { made, acknowledged, reports }
}

const numbers = (batch: readonly Delivery[]): number[] => batch.map(({ body }) => Number(body.toString()))

describe('the batch runner', () => {
  test('makes full batches at once and the rest after the linger, and acknowledges in order', async () => {
    const batches: number[][] = []
    const { made, acknowledged } = runner(async (batch) => void batches.push(numbers(batch)), 30)
    made.add([1, 2, 3, 4, 5, 6, 7].map(held))
    await sleep(10)
    expect(batches).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(made.held).toBe(1)
    await sleep(50)
    expect(batches[2]).toEqual([7])
    expect(acknowledged).toEqual([1, 2, 3, 4, 5, 6, 7])
    await made.close()
  })

  test('repeats a failed batch alone, although more has come meanwhile, and reports each failure', async () => {
    const batches: number[][] = []
    const { made, acknowledged, reports } = runner(async (batch) => {
      batches.push(numbers(batch))
      if (batches.length < 3) throw new Error('no')
    })
    made.add([held(1)])
    await sleep(3)
    made.add([held(2), held(3)])
    await sleep(80)
    expect(batches).toEqual([[1], [1], [1], [2, 3]])
    expect(acknowledged).toEqual([1, 2, 3])
    expect(reports.map(({ what, attempt }) => [what, attempt])).toEqual([
      ['handler-failed', 1],
      ['handler-failed', 2],
    ])
    await made.close()
  })

  test('does not acknowledge what it was told to forget while it ran, and drops a failing batch at once', async () => {
    let fail = false
    const seen: number[] = []
    const { made, acknowledged } = runner(async (batch) => {
      seen.push(...numbers(batch))
      await sleep(20)
      if (fail) throw new Error('no')
    })
    made.add([held(1)])
    await sleep(8)
    made.forget()
    made.add([held(2)])
    await sleep(60)
    expect([seen, acknowledged]).toEqual([[1, 2], [2]])
    fail = true
    made.add([held(3)])
    await sleep(8)
    made.forget()
    await sleep(60)
    expect(seen).toEqual([1, 2, 3])
    expect(made.held).toBe(0)
    await made.close()
  })

  test('close waits for the running batch, leaves what waits, and takes nothing more', async () => {
    const seen: number[] = []
    const { made, acknowledged } = runner(async (batch) => {
      await sleep(20)
      seen.push(...numbers(batch))
    }, 0)
    made.add([1, 2, 3, 4].map(held))
    await sleep(5)
    await made.close()
    made.add([held(5)])
    await sleep(30)
    expect([seen, acknowledged]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ])
  })
})
