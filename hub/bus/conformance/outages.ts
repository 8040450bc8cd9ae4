import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus } from '../../contracts/bus.ts'
import { HubError } from '../../contracts/hub-error.ts'
import type { OpenedBus, Scene } from './harness.ts'
import { Collector, failureOf, firstArrivals, numbered, numbersOf, range, SCENE, until } from './harness.ts'

/** Publishes numbers to all partitions, one after the other, each until it is confirmed; answers how many. */
export async function publishUntil(bus: Bus, stop: () => boolean): Promise<number> {
  for (let n = 0; ; n++) {
    if (stop()) return n
    for (;;) {
      try {
        await bus.publish(range(0, SCENE.partitions).map((partition) => numbered(partition, n)))
        break
      } catch (error) {
        if (!(error instanceof HubError) || error.family !== 'retry' || error.code === 'bus.closed') throw error
        await sleep(10)
      }
    }
  }
}

/** What was confirmed has arrived, and in order once repeats are left out. */
export async function expectAllInOrder(got: Collector, published: number): Promise<void> {
  const partitions = range(0, SCENE.partitions)
  const complete = (partition: number): boolean => new Set(numbersOf(got.all, partition)).size >= published
  await until('everything confirmed arrives', () => partitions.every(complete))
  for (const partition of partitions) expect(firstArrivals(numbersOf(got.all, partition))).toEqual(range(0, published))
}

/** The network or the server goes away while everything runs. */
export function describeBreaks(opened: () => OpenedBus): void {
  const breaks: [string, (one: OpenedBus) => Promise<void>][] = [
    [
      'connections are reset again and again',
      async (one) => {
        for (let times = 0; times < 4; times++) {
          one.reset()
          await sleep(200)
        }
      },
    ],
    [
      'the server is out of reach for a while',
      async (one) => {
        await one.cut()
        await sleep(800)
        await one.restore()
      },
    ],
    [
      'connections stay open but nothing passes',
      async (one) => {
        one.freeze()
        await sleep(4_500)
        await one.restore()
      },
    ],
  ]
  test.each(breaks)('when %s, everything confirmed arrives, in order', async (_, breakIt) => {
    const { bus } = opened()
    const got = new Collector(() => sleep(1))
    await got.consume(bus, { work: range(0, SCENE.partitions) }, { batchMax: 20, lingerMs: 1 })
    let broken = false
    const publishing = publishUntil(bus, () => broken)
    await until('messages flow', () => got.all.length > 50)
    await breakIt(opened())
    const before = got.all.length
    await until('messages flow again', () => got.all.length > before + 50)
    broken = true
    await expectAllInOrder(got, await publishing)
    expect(got.mostAtOnce).toBe(1)
  })
}

export function describePublishersInOutage(opened: () => OpenedBus): void {
  test.each([
    ['cut off', (one: OpenedBus) => one.cut()],
    ['half open', async (one: OpenedBus) => one.freeze()],
  ])(
    'a publish while the server is %s is refused with retry within its time, and works again afterwards',
    async (_, breakIt) => {
      const one = opened()
      expect(one.bus.healthy()).toBe(true)
      await breakIt(one)
      const begin = performance.now()
      const error = await failureOf(one.bus.publish([numbered(0, 1)]))
      expect(error.family).toBe('retry')
      expect(['bus.publish.unknown', 'bus.unavailable']).toContain(error.code)
      expect(performance.now() - begin).toBeLessThan(SCENE.publishTimeoutMs + 500)
      await until('it is noticed', () => !one.bus.healthy())
      await one.restore()
      await until('it is mended', () => one.bus.healthy())
      await one.bus.publish([numbered(0, 2)])
      const got = new Collector()
      await got.consume(one.bus, { work: [0] })
      await until('the later message arrives', () => got.texts.includes('0:2'))
    },
  )

  test('a publish that waits for a short outage to end is confirmed then', async () => {
    const one = opened()
    await one.cut()
    await until('it is noticed', () => !one.bus.healthy())
    const publishing = one.bus.publish([numbered(3, 1)])
    await sleep(300)
    await one.restore()
    await expect(publishing).resolves.toBeUndefined()
  })

  test('close during an outage ends soon, refuses what waits with retry, and may be called again', async () => {
    const one = opened()
    await new Collector().consume(one.bus, { work: [0] })
    await one.cut()
    await until('it is noticed', () => !one.bus.healthy())
    const waiting = failureOf(one.bus.publish([numbered(0, 1)]))
    const begin = performance.now()
    await Promise.all([one.bus.close(), one.bus.close()])
    expect(performance.now() - begin).toBeLessThan(SCENE.publishTimeoutMs + 3_000)
    expect((await waiting).family).toBe('retry')
    expect(await failureOf(one.bus.publish([numbered(0, 2)]))).toMatchObject({ code: 'bus.closed', family: 'retry' })
    expect(
      (await failureOf(one.bus.consume({ work: [0] }, { batchMax: 1, lingerMs: 0 }, async () => undefined))).code,
    ).toBe('bus.closed')
    expect(one.bus.healthy()).toBe(false)
  })
}

export function describeConsumersInOutage(scene: () => Scene, opened: () => OpenedBus): void {
  test('what a process had not acknowledged when it died goes to the next, in order, marked as redelivered', async () => {
    const dying = opened()
    let die: () => void = () => undefined
    const dead = new Promise<void>((resolve) => (die = resolve))
    const stuck = new Collector(() => dead)
    await dying.bus.publish(range(0, 50).map((n) => numbered(1, n)))
    await stuck.consume(dying.bus, { work: [1] })
    await until('the batch runs', () => stuck.running === 1)
    await dying.cut()
    const next = await scene().open()
    const got = new Collector()
    await got.consume(next.bus, { work: [1] })
    await until('all arrive', () => got.all.length === 50)
    expect(numbersOf(got.all, 1)).toEqual(range(0, 50))
    expect(got.all.slice(0, 10).every(({ redelivered }) => redelivered)).toBe(true)
    die()
  })

  test('a batch that ends after its connection was lost comes again, and nothing else is disturbed', async () => {
    const one = opened()
    let release: () => void = () => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    const got = new Collector(() => released)
    await one.bus.publish(range(0, 25).map((n) => numbered(0, n)))
    await got.consume(one.bus, { work: [0] })
    await until('the batch runs', () => got.running === 1)
    await one.cut()
    await until('it is noticed', () => !one.bus.healthy())
    await one.restore()
    await until('it is mended', () => one.bus.healthy())
    await sleep(300)
    expect(got.batches).toHaveLength(0)
    release()
    await until('all arrive', () => got.texts.includes('0:24'))
    expect(got.texts).toEqual([...range(0, 10), ...range(0, 25)].map((n) => `0:${n}`))
    expect(got.mostAtOnce).toBe(1)
    const after = new Collector()
    await after.consume(one.bus, { work: [1] })
    await one.bus.publish([numbered(1, 0)])
    await until('others go on', () => after.all.length === 1)
    await until('all is acknowledged', async () => (await one.bus.depth()).work === 0)
  })

  test('a bus that is started before its server is there comes up once it is', async () => {
    const late = await scene().open({ start: false })
    await late.cut()
    let up = false
    const starting = late.bus.start().then(() => (up = true))
    await sleep(300)
    expect([up, late.bus.healthy()]).toEqual([false, false])
    // The embedded bus serves one process: the first one makes room.
    await opened().bus.close()
    await late.restore()
    await starting
    expect(late.bus.healthy()).toBe(true)
    await late.bus.publish([numbered(0, 0)])
  })

  test('everything confirmed is there after the bus was closed and opened again', async () => {
    const first = opened()
    await Promise.all(range(0, 50).map((n) => first.bus.publish([numbered(n % 4, n)])))
    await first.bus.publish([{ to: { intake: 'crm' }, body: Buffer.from('kept') }])
    await first.bus.close()
    const next = await scene().open()
    expect(await next.bus.depth()).toMatchObject({ work: 50, intake: 1 })
    const got = new Collector()
    await got.consume(next.bus, { work: range(0, 4) })
    await until('all arrive', () => got.all.length === 50)
    for (const partition of range(0, 4))
      expect(numbersOf(got.all, partition)).toEqual(range(0, 50).filter((n) => n % 4 === partition))
  })
}
