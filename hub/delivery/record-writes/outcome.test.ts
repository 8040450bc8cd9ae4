import { HubError } from '../../contracts/hub-error.ts'
import { ORDER_KIND, ORDER_STATE } from '../../store/record-write-queries.ts'
import { outcomeOf } from './outcome.ts'

const order = (more: object = {}) => ({ no: 1, kind: ORDER_KIND.create as number, key: '7', attempts: 0, ...more })
const at = { now: Date.parse('2026-10-10T10:00:00Z'), mayBeDone: false }
const fault = (family: HubError['family'], more: { code?: string; retryAfterMs?: number } = {}) =>
  ({ outcome: 'failed', key: '7', error: new HubError({ code: 'x.y', family, message: 'No.', ...more }) }) as const

describe('What becomes of an order', () => {
  test('is written with the key that the system gave, or that the hub had given', () => {
    expect(outcomeOf(order({ key: null }), { outcome: 'created', key: 'S-1' }, at)).toMatchObject({
      ...{ kind: 'written', outcome: { state: ORDER_STATE.written, key: 'S-1', problem: null } },
    })
    expect(outcomeOf(order(), { outcome: 'written', key: '7' }, at).outcome.key).toBe('7')
  })

  test('is a conflict where the system has changed the record, and a failure where another has its key', () => {
    const conflict = { outcome: 'conflict', key: '7', current: {} } as const
    expect(outcomeOf(order({ kind: ORDER_KIND.patch }), conflict, at).kind).toBe('conflict')
    const taken = outcomeOf(order(), conflict, at)
    expect([taken.kind, taken.outcome.problem]).toEqual(['failed', expect.stringContaining('record.write.key-taken')])
    // Sent before by a process that is gone: it is its own record, changed since.
    expect(outcomeOf(order(), conflict, { ...at, mayBeDone: true }).kind).toBe('written')
  })

  test('is over where the system refuses it, and where the hub is wrong again and again', () => {
    expect(outcomeOf(order(), fault('reject'), at).kind).toBe('failed')
    expect(outcomeOf(order(), fault('bug'), at).kind).toBe('retrying')
    expect(outcomeOf(order({ attempts: 4 }), fault('bug'), at).kind).toBe('failed')
  })

  test('is another try later and later, at most after five minutes, or when the system says', () => {
    const dueAfter = (attempts: number, retryAfterMs = 0): number =>
      Date.parse(outcomeOf(order({ attempts }), fault('retry', { retryAfterMs }), at).outcome.dueAt) - at.now
    expect([dueAfter(0), dueAfter(1), dueAfter(30), dueAfter(0, 60_000)]).toEqual([500, 1_000, 300_000, 60_000])
  })

  test('remembers that nobody knows, once a call was given up', () => {
    const problemOf = (code: string, mayBeDone = false): unknown =>
      JSON.parse(outcomeOf(order(), fault('retry', { code }), { ...at, mayBeDone }).outcome.problem ?? '')
    expect(problemOf('system.timeout')).toMatchObject({ unsure: true })
    expect(problemOf('connector.unreachable')).not.toHaveProperty('unsure')
    expect(problemOf('connector.unreachable', true)).toMatchObject({ unsure: true })
  })

  test('stops the session where a person must mend something first', () => {
    expect(outcomeOf(order(), fault('config'), at)).toMatchObject({ kind: 'retrying', stop: { code: 'x.y' } })
  })
})
