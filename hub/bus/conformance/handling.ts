import { setTimeout as sleep } from 'node:timers/promises'
import type { Scene, OpenedBus } from './harness.ts'
import { Collector, firstArrivals, numbered, numbersOf, range, SMALL, until } from './harness.ts'

/** Handlers that fail. */
export function describeFailures(opened: () => OpenedBus): void {
  test('a failed batch comes again as it was, after growing pauses, marked as redelivered, and nothing overtakes it', async () => {
    const { bus } = opened()
    const tries: { texts: string[]; redelivered: boolean[]; at: number }[] = []
    const got = new Collector((batch) => {
      if (tries.length < 4) {
        tries.push({
          texts: batch.map(({ body }) => body.toString()),
          redelivered: batch.map(({ redelivered }) => redelivered),
          at: performance.now(),
        })
        throw new Error('not this time')
      }
    })
    await bus.publish(range(0, 40).map((n) => numbered(n % 2, n)))
    await got.consume(bus, { work: [0, 1] })
    await until('all arrive', () => got.all.length === 40)
    const [first, ...repeats] = tries
    expect(first?.redelivered.every((redelivered) => !redelivered)).toBe(true)
    for (const repeat of repeats) {
      expect(repeat.texts).toEqual(first?.texts)
      expect(repeat.redelivered.every((redelivered) => redelivered)).toBe(true)
    }
    const pauses = tries.slice(1).map(({ at }, index) => at - (tries[index]?.at ?? 0))
    expect(pauses.at(-1)).toBeGreaterThan((pauses[0] ?? 0) * 1.5)
    expect(got.batches[0]?.map(({ body }) => body.toString())).toEqual(first?.texts)
    for (const partition of [0, 1])
      expect(numbersOf(got.all, partition)).toEqual(range(0, 20).map((n) => n * 2 + partition))
  })

  test('a failing consumer of one partition does not hold up another consumer', async () => {
    const { bus } = opened()
    const failing = new Collector(() => {
      throw new Error('never')
    })
    const working = new Collector()
    await failing.consume(bus, { work: [0] })
    await working.consume(bus, { work: [1] })
    await bus.publish(range(0, 20).map((n) => numbered(n % 2, n)))
    await until('the other partition arrives', () => working.all.length === 10)
    expect(failing.all).toEqual([])
  })
}

/** What closing a consumer waits for. */
export function describeClosing(opened: () => OpenedBus): void {
  test('close waits for the running batch, which does not come again', async () => {
    const { bus } = opened()
    const got = new Collector(() => sleep(200))
    const consumer = await got.consume(bus, { work: [0] })
    await bus.publish(range(0, 10).map((n) => numbered(0, n)))
    await until('the batch runs', () => got.running === 1)
    await consumer.close()
    expect(numbersOf(got.all, 0)).toEqual(range(0, 10))
    const next = new Collector()
    await next.consume(bus, { work: [0] })
    await bus.publish([numbered(0, 10)])
    await until('the next message arrives', () => next.all.length > 0)
    expect(next.texts).toEqual(['0:10'])
  })

  test('close does not wait for a batch that fails on and on; it comes again in order, marked as redelivered', async () => {
    const { bus } = opened()
    let failures = 0
    const failing = new Collector(() => {
      failures++
      throw new Error('never')
    })
    await bus.publish(range(0, 30).map((n) => numbered(0, n)))
    const consumer = await failing.consume(bus, { work: [0] })
    await until('it has failed', () => failures > 1)
    await consumer.close()
    await consumer.close()
    const next = new Collector()
    await next.consume(bus, { work: [0] })
    await until('all arrive', () => next.all.length === 30)
    expect(numbersOf(next.all, 0)).toEqual(range(0, 30))
    expect(next.all.slice(0, 10).every(({ redelivered }) => redelivered)).toBe(true)
  })
}

export function describeHandOver(scene: () => Scene, opened: () => OpenedBus): void {
  test('a partition has one active consumer; when it closes, the next goes on in order, without loss and without overlap', async () => {
    const { bus } = opened()
    const peer = await scene().peerOf(opened())
    const active = new Set<string>()
    let overlaps = 0
    const watched = (name: string): Collector =>
      new Collector(async () => {
        active.add(name)
        if (active.size > 1) overlaps++
        await sleep(1)
        active.delete(name)
      })
    const consumers = ['a', 'b', 'c'].map((name) => watched(name))
    const [a, b, c] = consumers as [Collector, Collector, Collector]
    const first = await a.consume(bus, { work: [2] })
    const second = await b.consume(peer.bus, { work: [2] })
    await c.consume(bus, { work: [2] })
    const publishing = (async () => {
      for (const n of range(0, 60)) await bus.publish(range(0, 10).map((at) => numbered(2, n * 10 + at)))
    })()
    await until('the first has some', () => a.all.length > 100)
    expect([b.all.length, c.all.length]).toEqual([0, 0])
    await first.close()
    await until('the second has some', () => b.all.length > 100)
    await second.close()
    await publishing
    await until('all arrive', () => a.all.length + b.all.length + c.all.length >= 600)
    const numbers = consumers.flatMap((collector) => numbersOf(collector.all, 2))
    expect(numbers).toEqual(range(0, 600))
    expect(overlaps).toBe(0)
  })

  test('partitions move between consumers back and forth while messages flow, in order', async () => {
    const { bus } = opened()
    const peer = await scene().peerOf(opened())
    const got = new Collector()
    let published = 0
    let moving = true
    const publishing = (async () => {
      while (moving) {
        await bus.publish(range(0, 4).map((partition) => numbered(partition, published)))
        published++
      }
    })()
    for (const [mine, theirs] of [
      [[0, 1, 2, 3], []],
      [
        [0, 1],
        [2, 3],
      ],
      [[3], [0, 1, 2]],
      [
        [0, 3],
        [1, 2],
      ],
    ] as const) {
      const consumers = [mine.length > 0 ? await got.consume(bus, { work: mine }) : undefined]
      consumers.push(theirs.length > 0 ? await got.consume(peer.bus, { work: theirs }) : undefined)
      await sleep(150)
      await Promise.all(consumers.map((consumer) => consumer?.close()))
    }
    moving = false
    await publishing
    await got.consume(bus, { work: range(0, 4) }, { ...SMALL, batchMax: 10 })
    await until('all arrive', () => got.all.length >= published * 4)
    for (const partition of range(0, 4)) expect(numbersOf(got.all, partition)).toEqual(range(0, published))
    expect(firstArrivals(numbersOf(got.all, 0))).toHaveLength(published)
  })
}
