import { HubError } from '../contracts/hub-error.ts'
import type { DecisionLogRow } from '../store/decision-log-queries.ts'
import { DecisionLog } from './decision-log.ts'
import type { KeptDecision } from './decision-service.ts'

let count = 0
function decision(more: Partial<KeptDecision> = {}): KeptDecision {
  const id = `0192f7c0-5a4e-7000-8000-${String(++count).padStart(12, '0')}`
  return {
    id,
    actor: 'somebody',
    decidedAt: 1_000,
    rule: 'test',
    revision: 1,
    hash: 'sha256:0',
    called: undefined,
    at: 2_000,
    recordIds: [],
    customerId: null,
    given: { a: 1 },
    filled: null,
    result: { b: 2 },
    error: null,
    trace: ['One.', 'Two.'],
    ...more,
  }
}

const away = () => new HubError({ code: 'store.unavailable', family: 'retry', message: 'away' })

interface Made {
  log: DecisionLog
  batches: DecisionLogRow[][]
  lost: number[]
  pruned: string[]
}

function made(write?: (rows: readonly DecisionLogRow[]) => Promise<void>, days = 90): Made {
  const batches: DecisionLogRow[][] = []
  const [lost, pruned]: [number[], string[]] = [[], []]
  const left = [2_000, 17]
  const log = new DecisionLog({
    days,
    write: async (rows) => {
      await write?.(rows)
      batches.push([...rows])
    },
    prune: (before) => {
      pruned.push(before)
      return Promise.resolve(left.shift() ?? 0)
    },
    onLost: (lostNow) => lost.push(lostNow),
    now: () => 100 * 86_400_000,
  })
  return { log, batches, lost, pruned }
}

test('decisions are written many at a time, in order, each as it was', async () => {
  const { log, batches } = made()
  for (let i = 0; i < 1_200; i++) await log.keep(decision())
  await log.flushed()
  expect(batches.map(({ length }) => length)).toEqual([500, 500, 200])
  const ids = batches.flat().map(({ id }) => id)
  expect(ids).toEqual([...ids].sort())
  expect(batches[0]?.[0]).toMatchObject({
    moment: '1970-01-01T00:00:02.000Z',
    decidedAt: '1970-01-01T00:00:01.000Z',
    given: '{"a":1}',
    filled: null,
    result: '{"b":2}',
    code: null,
    trace: 'One.\nTwo.',
  })
})

test('what was kept when it is stopped is written', async () => {
  const { log, batches } = made()
  await log.keep(decision())
  await log.stop()
  expect(batches.flat()).toHaveLength(1)
})

test('a store that is away for a moment loses nothing', async () => {
  let failures = 3
  const { log, batches, lost } = made(() => (failures-- > 0 ? Promise.reject(away()) : Promise.resolve()))
  await log.keep(decision())
  await log.keep(decision())
  await log.flushed()
  expect({ kept: batches.flat().length, lost }).toEqual({ kept: 2, lost: [] })
})

test('one decision that can not be stored does not take the others with it', async () => {
  const bad = decision({ rule: 'bad' })
  const { log, batches, lost } = made((rows) =>
    rows.some(({ rule }) => rule === 'bad') ? Promise.reject(new Error('no')) : Promise.resolve(),
  )
  for (const one of [decision(), bad, decision()]) await log.keep(one)
  await log.flushed()
  expect({ kept: batches.flat().length, lost, count: log.lost }).toEqual({ kept: 2, lost: [1], count: 1 })
})

test('what waits is bounded: beyond it a decision waits for a second, and is then answered without being kept', async () => {
  let release: (() => void) | undefined
  const stuck = new Promise<void>((resolve) => (release = resolve))
  const { log, batches, lost } = made(() => stuck)
  for (let i = 0; i < 5_000; i++) await log.keep(decision())
  const begin = performance.now()
  await log.keep(decision())
  expect(performance.now() - begin).toBeGreaterThan(900)
  expect(lost).toEqual([1])
  const patient = log.keep(decision())
  release?.()
  await patient
  await log.flushed()
  expect(batches.flat()).toHaveLength(5_001)
})

test('an input that is too large is left out, the result and the reasons stay', async () => {
  const { log, batches } = made()
  await log.keep(decision({ given: { text: 'x'.repeat(300_000) }, filled: { a: 1 } }))
  await log.flushed()
  expect(batches[0]?.[0]).toMatchObject({ given: null, filled: null, result: '{"b":2}' })
})

test('with no days nothing is kept', async () => {
  const { log, batches } = made(undefined, 0)
  await log.keep(decision())
  await log.flushed()
  expect(batches).toEqual([])
})

test('what is older than it may be is deleted, a bounded number at a time', async () => {
  const { log, pruned } = made()
  await log.prune()
  // 10 days after 1970-01-01, as the least id of that millisecond.
  expect(pruned).toEqual(['0000337f-9800-7000-8000-000000000000', '0000337f-9800-7000-8000-000000000000'])
})
