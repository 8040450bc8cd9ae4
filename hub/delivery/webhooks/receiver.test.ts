import fc from 'fast-check'
import type { DeliveringRow } from '../../store/webhook-queries.ts'
import { Receiver } from './receiver.ts'
import { RETRY_PAUSES_MS } from './schedule.ts'
import type { Answer } from './sender.ts'
import type { Waiting } from './waiting-line.ts'

const SUBSCRIPTION: DeliveringRow = {
  id: '0191e2a0-7b1c-7000-8000-000000000001',
  owner: 'admin',
  ownerMayUse: true,
  ownerRole: 'admin',
  description: null,
  url: 'https://hooks.example.com/x',
  types: ['customer.*'],
  filter: null,
  state: 'active',
  disabledReason: null,
  disabledAt: null,
  secret: 'whsec_x',
  formerSecret: null,
  formerUntil: null,
  position: 0,
  generation: 1,
  failures: 0,
  failingSince: null,
  lastProblem: null,
  notBefore: null,
  lastSuccessAt: null,
  createdAt: '2026-03-01T00:00:00.000Z',
  updatedAt: '2026-03-01T00:00:00.000Z',
}

let no = 0
const waiting = (position: number, lane: string): Waiting => ({
  no: ++no,
  subscriptionId: SUBSCRIPTION.id,
  position,
  lane,
  attempts: 0,
  firstAttemptAt: null,
  dueAt: 0,
})

const answered = (status: number | null, more: Partial<Answer> = {}): Answer => {
  const problem = status !== null && status >= 200 && status < 300 ? null : `It answered ${status}.`
  return { status, problem, retryAfterMs: undefined, durationMs: 10, ...more }
}

const START = Date.parse('2026-03-01T00:00:00Z')
const HOUR = 3_600_000

/** A receiver with these events and a clock; `run` goes from attempt to attempt for as long as something is due in time. */
function newReceiver(events: readonly Waiting[], more: Partial<DeliveringRow> = {}) {
  const receiver = new Receiver({ ...SUBSCRIPTION, ...more })
  receiver.line.add(events)
  let now = START
  const attempts: { position: number; at: number }[] = []
  const run = (answer: (row: Waiting, at: number) => Answer, until = Infinity): string[] => {
    const kinds: string[] = []
    for (;;) {
      const next = Math.max(now, receiver.nextDue())
      if (next > until || next === Infinity) return kinds
      now = next
      const row = receiver.take(now)
      if (row === undefined) return kinds
      attempts.push({ position: row.position, at: now })
      kinds.push(receiver.settle({ row, beganAt: now, answer: answer(row, now) }, 0.5).kind)
    }
  }
  return { receiver, run, attempts }
}

describe('A receiver', () => {
  test('that takes nothing is tried for three days and disabled at the last attempt', () => {
    const { run, attempts } = newReceiver([waiting(1, 'a')])
    const kinds = run(() => answered(500))
    expect(kinds).toEqual([...RETRY_PAUSES_MS.map(() => 'retrying'), 'disabled'])
    const hours = ((attempts.at(-1)?.at ?? 0) - START) / HOUR
    expect(hours).toBeGreaterThan(68)
    expect(hours).toBeLessThan(73)
  })

  test('that takes nothing costs a handful of attempts, however many events wait', () => {
    const events = Array.from({ length: 1_000 }, (_, index) => waiting(index + 1, `customer ${index}`))
    const { run, attempts } = newReceiver(events)
    run(() => answered(null))
    expect(new Set(attempts.map(({ position }) => position)).size).toBeLessThanOrEqual(4)
    expect(attempts.length).toBeLessThan(50)
  })

  test('that comes back gets everything, each customer in order', () => {
    const events = Array.from({ length: 300 }, (_, index) => waiting(index + 1, `customer ${index % 7}`))
    const { receiver, run, attempts } = newReceiver(events)
    run((_row, at) => answered(at < START + 5 * HOUR ? 503 : 200))
    expect(receiver.line.size).toBe(0)
    const taken = attempts.filter(({ at }) => at >= START + 5 * HOUR).map(({ position }) => position)
    expect([...taken].sort((a, b) => a - b)).toEqual(events.map(({ position }) => position))
    for (let customer = 0; customer < 7; customer++) {
      const own = taken.filter((position) => (position - 1) % 7 === customer)
      expect(own).toEqual([...own].sort((a, b) => a - b))
    }
  })

  test('that never takes one event, and others all the time, loses that one alone, after three days', () => {
    const poison = waiting(1, 'a')
    const { receiver, run } = newReceiver([poison, waiting(2, 'a'), waiting(3, 'b')])
    const kinds: string[] = []
    let position = 100
    for (let hour = 0; hour <= 80; hour++) {
      receiver.line.add([waiting(position++, `customer ${hour}`)])
      kinds.push(...run((row) => answered(row === poison ? 422 : 200), START + hour * HOUR))
    }
    expect(kinds.filter((kind) => kind === 'failed')).toHaveLength(1)
    expect(kinds).not.toContain('disabled')
    expect(kinds.filter((kind) => kind === 'delivered')).toHaveLength(83)
    expect(receiver.line.size).toBe(0)
  })

  test('that asks for time gets it, for all its events', () => {
    const { run, attempts } = newReceiver([waiting(1, 'a'), waiting(2, 'b'), waiting(3, 'c')])
    let asked = false
    run(() => {
      if (asked) return answered(200)
      asked = true
      return answered(429, { retryAfterMs: 2 * HOUR })
    })
    expect(attempts.map(({ at }) => (at - START) / HOUR >= 2)).toEqual([false, true, true, true])
  })

  test('that is gone is disabled at once', () => {
    const { receiver, run } = newReceiver([waiting(1, 'a'), waiting(2, 'b')])
    expect(run(() => answered(410))).toEqual(['disabled'])
    expect(receiver.nextDue()).toBe(Infinity)
    expect(receiver.line.size).toBe(2)
  })

  test('goes on as it was when another process takes over', () => {
    const row = { ...waiting(1, 'a'), attempts: 7, firstAttemptAt: START - 5 * HOUR, dueAt: START + HOUR }
    const notBefore = new Date(START + 2 * HOUR).toISOString()
    const { run, attempts } = newReceiver([row, waiting(2, 'b')], { failures: 9, notBefore })
    run(() => answered(200))
    expect(attempts).toEqual([
      { position: 1, at: START + 2 * HOUR },
      { position: 2, at: START + 2 * HOUR },
    ])
  })

  test('that is slow gets one event at a time until it is quick again', () => {
    const { receiver } = newReceiver([waiting(1, 'a'), waiting(2, 'b'), waiting(3, 'c')])
    const settle = (durationMs: number): void => {
      const row = receiver.take(START)
      if (row !== undefined) receiver.settle({ row, beganAt: START, answer: answered(200, { durationMs }) }, 0.5)
    }
    expect(receiver.limit(4)).toBe(4)
    settle(4_000)
    expect(receiver.limit(4)).toBe(1)
    settle(100)
    expect(receiver.limit(4)).toBe(4)
  })

  test('wants what its types and its filter say, and no news of its own troubles', () => {
    const { receiver } = newReceiver([], { types: ['customer.*', 'subscription.*'], filter: 'subject != "x"' })
    const wants = (type: string, subject: string): boolean => {
      const event = { id: 'e', type, subject, customerId: null, at: '', data: '{}', golden: null, goldenVersion: null }
      return receiver.wants(event, () => ({ type, subject }))
    }
    expect(wants('customer.updated', 'y')).toBe(true)
    expect(wants('customer.updated', 'x')).toBe(false)
    expect(wants('invoice.created', 'y')).toBe(false)
    expect(wants('subscription.disabled', 'another')).toBe(true)
    expect(wants('subscription.disabled', SUBSCRIPTION.id)).toBe(false)
  })

  test('whatever it answers, loses nothing silently and keeps each customer in order', () => {
    const statuses = fc.infiniteStream(fc.constantFrom(200, 200, 200, 500, 429, null))
    const lanes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(lanes, statuses, (customers, answers) => {
        const events = customers.map((customer, index) => waiting(index + 1, `customer ${customer}`))
        const { receiver, run } = newReceiver(events)
        const ended: number[] = []
        let steps = 0
        const kinds = run((row) => {
          const answer = steps++ > 5_000 ? answered(200) : answered(answers.next().value as number | null)
          if (answer.problem === null) ended.push(row.position)
          return answer
        })
        const failed = kinds.filter((kind) => kind === 'failed').length
        if (!kinds.includes('disabled')) expect(ended.length + failed).toBe(events.length)
        expect(ended.length + failed + receiver.line.size).toBe(events.length)
        for (const customer of new Set(customers)) {
          const own = ended.filter((position) => customers[position - 1] === customer)
          expect(own).toEqual([...own].sort((a, b) => a - b))
        }
      }),
    )
  })
})
