import { setTimeout as sleep } from 'node:timers/promises'
import type { OutgoingMessage } from '../../contracts/bus.ts'
import type { OpenedBus, Scene } from './harness.ts'
import { Collector, range, until } from './harness.ts'

function event(type: string, text = type): OutgoingMessage {
  return { to: { event: type }, body: Buffer.from(text), id: `id of ${text}`, contentType: 'application/json' }
}

/** Events with their groups, and intake. */
export function describeEvents(scene: () => Scene, opened: () => OpenedBus): void {
  test('each group gets the events that its pattern asks for, with their type', async () => {
    const { bus } = opened()
    const patterns = ['customer.updated', 'customer.*', '#', '*.created', 'customer.#', 'order.*.shipped']
    const collectors = patterns.map(() => new Collector())
    for (const [at, pattern] of patterns.entries())
      await collectors[at]?.consume(bus, { events: pattern, group: `group-${at}` })
    const types = ['customer.updated', 'customer.created', 'invoice.created', 'customer', 'order.line.shipped', 'end']
    await bus.publish(types.map((type) => event(type)))
    const wanted = [
      ['customer.updated'],
      ['customer.updated', 'customer.created'],
      types,
      ['customer.created', 'invoice.created'],
      ['customer.updated', 'customer.created', 'customer'],
      ['order.line.shipped'],
    ]
    await until('all arrive', () => collectors.every((got, at) => got.all.length >= (wanted[at]?.length ?? 0)))
    await sleep(50)
    expect(collectors.map((got) => got.texts)).toEqual(wanted)
    expect(collectors[0]?.all[0]).toMatchObject({ from: { event: 'customer.updated' }, id: 'id of customer.updated' })
  })

  test('events that nobody has asked for are confirmed and gone', async () => {
    const { bus } = opened()
    await bus.publish([event('nobody.cares')])
    const got = new Collector()
    await got.consume(bus, { events: '#', group: 'late' })
    await bus.publish([event('somebody.cares')])
    await until('the later one arrives', () => got.all.length > 0)
    expect(got.texts).toEqual(['somebody.cares'])
  })

  test('a group keeps its events while nobody consumes them, and its members share them in order', async () => {
    const { bus } = opened()
    const peer = await scene().peerOf(opened())
    const source = { events: 'customer.*', group: 'crm write-back'.replace(' ', '-') }
    const consumer = await new Collector().consume(bus, source)
    await consumer.close()
    await bus.publish(range(0, 25).map((n) => event('customer.updated', String(n))))
    const members = [new Collector(), new Collector()] as const
    await members[0].consume(bus, source)
    await members[1].consume(peer.bus, source)
    await until('all arrive', () => members[0].all.length + members[1].all.length >= 25)
    await sleep(50)
    expect([...members[0].texts, ...members[1].texts]).toEqual(range(0, 25).map(String))
  })

  test('a group that changes its pattern no longer gets what only the earlier one asked for', async () => {
    const { bus } = opened()
    const first = await new Collector().consume(bus, { events: 'order.*', group: 'changing' })
    await first.close()
    const got = new Collector()
    await got.consume(bus, { events: 'invoice.*', group: 'changing' })
    await bus.publish([event('order.created'), event('invoice.created'), event('order.updated'), event('invoice.paid')])
    await until('both arrive', () => got.all.length === 2)
    await sleep(50)
    expect(got.texts).toEqual(['invoice.created', 'invoice.paid'])
  })

  test('changes on the intake carry the name of their system and keep their order', async () => {
    const { bus } = opened()
    const got = new Collector()
    await got.consume(bus, { intake: true })
    const systems = ['crm', 'erp', 'billing.europe']
    await bus.publish(range(0, 30).map((n) => ({ to: { intake: systems[n % 3] ?? '' }, body: Buffer.from(String(n)) })))
    await until('all arrive', () => got.all.length === 30)
    expect(got.texts).toEqual(range(0, 30).map(String))
    expect(got.all.map(({ from }) => from)).toEqual(range(0, 30).map((n) => ({ intake: systems[n % 3] })))
  })
}
