import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus } from '../../contracts/bus.ts'
import { Collector, failureOf, numbered, numbersOf, range, SCENE, until } from './harness.ts'

/** Bodies and what waits. */
export function describeMessages(bus: () => Bus): void {
  test.each([
    ['an empty body', Buffer.alloc(0)],
    ['a body of every byte there is', Buffer.from(range(0, 256))],
    ['a body with NUL characters and broken UTF-8', Buffer.from([0, 0, 0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0])],
    ['a body as large as the bus carries', Buffer.alloc(SCENE.maxMessageBytes, 'omnihub ')],
  ])('%s arrives as it was published', async (_, body) => {
    const got = new Collector()
    await got.consume(bus(), { work: [1] })
    await bus().publish([{ to: { work: 1 }, body, id: 'the id', contentType: 'application/octet-stream' }])
    await until('the message arrives', () => got.all.length === 1)
    expect(got.all[0]).toMatchObject({ id: 'the id', from: { work: 1 }, redelivered: false })
    expect(got.all[0]?.body.equals(body)).toBe(true)
  })

  test('a publish of nothing is confirmed at once', async () => {
    await expect(bus().publish([])).resolves.toBeUndefined()
  })

  test('depth counts what waits, and nothing once it is consumed', async () => {
    await bus().publish([
      ...range(0, 30).map((n) => numbered(n % 4, n)),
      { to: { intake: 'crm' }, body: Buffer.from('x') },
    ])
    await until('depth', async () => (await bus().depth()).work === 30)
    expect(await bus().depth()).toEqual({ work: 30, intake: 1, deadLettered: 0 })
    await new Collector().consume(bus(), { work: range(0, 4) })
    await new Collector().consume(bus(), { intake: true })
    await until('all is consumed', async () => {
      const depth = await bus().depth()
      return depth.work === 0 && depth.intake === 0
    })
  })
}

/** What the bus refuses, and that a refusal changes nothing. */
export function describeRefusals(bus: () => Bus): void {
  test.each([
    [
      'a body beyond the limit',
      { to: { work: 0 }, body: Buffer.alloc(SCENE.maxMessageBytes + 1) },
      'bus.message.too-large',
      '/1/body',
    ],
    [
      'a partition beyond the last',
      { to: { work: SCENE.partitions }, body: Buffer.from('x') },
      'bus.partition.unknown',
      '/1/to/work',
    ],
    ['a negative partition', { to: { work: -1 }, body: Buffer.from('x') }, 'bus.partition.unknown', '/1/to/work'],
    ['a broken partition', { to: { work: 0.5 }, body: Buffer.from('x') }, 'bus.partition.unknown', '/1/to/work'],
    ['an event without a name', { to: { event: '' }, body: Buffer.from('x') }, 'bus.key.invalid', '/1/to/event'],
    [
      'an event with a wildcard',
      { to: { event: 'customer.#' }, body: Buffer.from('x') },
      'bus.key.invalid',
      '/1/to/event',
    ],
    [
      'a system name of 256 bytes',
      { to: { intake: 'x'.repeat(256) }, body: Buffer.from('x') },
      'bus.key.invalid',
      '/1/to/intake',
    ],
    [
      'an id of 256 bytes',
      { to: { work: 0 }, body: Buffer.from('x'), id: 'ü'.repeat(128) },
      'bus.message.invalid',
      '/1/id',
    ],
    ['an id with a NUL', { to: { work: 0 }, body: Buffer.from('x'), id: 'a\0b' }, 'bus.message.invalid', '/1/id'],
  ])('%s is refused, and nothing of that publish goes out', async (_, wrong, code, where) => {
    const error = await failureOf(bus().publish([numbered(0, 1), wrong]))
    expect(error).toMatchObject({ code, family: 'reject', where })
    await bus().publish([numbered(0, 2)])
    const got = new Collector()
    await got.consume(bus(), { work: range(0, SCENE.partitions) })
    await until('the good message arrives', () => got.all.length > 0)
    expect(got.texts).toEqual(['0:2'])
  })
}

/** Batches and their order. */
export function describeBatches(bus: () => Bus): void {
  test('thousands of messages of concurrent publishes arrive in order of partition, in full batches that mix partitions', async () => {
    const got = new Collector()
    await got.consume(bus(), { work: [0, 1, 2, 3] }, { batchMax: 300, lingerMs: 20 })
    const calls = range(0, 100).map((call) =>
      bus().publish(range(0, 80).map((at) => numbered(at % 4, call * 20 + Math.floor(at / 4)))),
    )
    await Promise.all(calls)
    await until('all arrive', () => got.all.length >= 8_000)
    for (const partition of range(0, 4)) expect(numbersOf(got.all, partition)).toEqual(range(0, 2_000))
    expect(got.all.every(({ redelivered }) => !redelivered)).toBe(true)
    const sizes = got.batches.map((batch) => batch.length)
    expect(Math.max(...sizes)).toBe(300)
    const mixed = got.batches.filter((batch) => new Set(batch.map(({ from }) => JSON.stringify(from))).size > 1)
    expect(mixed.length).toBeGreaterThan(0)
  })

  test('one consumer never runs its handler twice at the same time', async () => {
    const got = new Collector(() => sleep(3))
    await got.consume(bus(), { work: [0, 1, 2, 3] }, { batchMax: 5, lingerMs: 0 })
    await Promise.all(range(0, 40).map((n) => bus().publish([numbered(n % 4, n), numbered((n + 1) % 4, n)])))
    await until('all arrive', () => got.all.length === 80)
    expect(got.mostAtOnce).toBe(1)
  })

  test('a batch waits lingerMs to fill, and goes without waiting once it is full', async () => {
    const got = new Collector()
    await got.consume(bus(), { work: [0] }, { batchMax: 3, lingerMs: 400 })
    const begin = performance.now()
    await bus().publish([numbered(0, 1)])
    await sleep(50)
    await bus().publish([numbered(0, 2)])
    await until('the short batch arrives', () => got.batches.length === 1)
    expect(performance.now() - begin).toBeGreaterThan(380)
    expect(got.texts).toEqual(['0:1', '0:2'])
    const next = performance.now()
    await bus().publish([numbered(0, 3), numbered(0, 4), numbered(0, 5)])
    await until('the full batch arrives', () => got.batches.length === 2)
    expect(performance.now() - next).toBeLessThan(380)
  })

  test.each([
    ['batchMax', { work: [0] }, { batchMax: 0, lingerMs: 1 }],
    ['batchMax', { work: [0] }, { batchMax: 40_000, lingerMs: 1 }],
    ['lingerMs', { work: [0] }, { batchMax: 1, lingerMs: Number.NaN }],
    ['work', { work: [] }, { batchMax: 1, lingerMs: 1 }],
    ['work', { work: [0, 0] }, { batchMax: 1, lingerMs: 1 }],
    ['work', { work: [9] }, { batchMax: 1, lingerMs: 1 }],
    ['events', { events: 'customer.up*', group: 'a' }, { batchMax: 1, lingerMs: 1 }],
    ['group', { events: 'customer.*', group: '' }, { batchMax: 1, lingerMs: 1 }],
  ])('a consumer with a wrong %s is refused: %j', async (where, source, options) => {
    const error = await failureOf(bus().consume(source, options, async () => undefined))
    expect(error).toMatchObject({ code: 'bus.setting.invalid', family: 'config', where })
  })
}
