import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.ts'
import { HubError } from '../../contracts/hub-error.ts'
import { type Database, openDatabase } from '../../store/database.ts'
import { Guard } from './guard.ts'
import { RateBudget, RateBudgets } from './rate-budget.ts'

const PROCESS = fileURLToPath(new URL('../../../test/support/budget-process.ts', import.meta.url))
const endless = new AbortController().signal
let database: TestDatabase
let db: Database

beforeAll(async () => {
  database = await testDatabase()
  db = openDatabase(database.url, { poolMax: 4 })
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

const calls = (callsPerSecond: number) => ({ callsPerSecond, recordsPerSecond: undefined })

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

async function caller(system: string, rate: number, ms: number): Promise<{ kill(): void; calls: Promise<number> }> {
  const child = spawn(process.execPath, [PROCESS, database.url, system, String(rate), String(ms)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (data: Buffer) => (text += data.toString()))
  await once(child.stdout, 'data')
  const ended = once(child, 'exit')
  return { kill: () => child.kill('SIGKILL'), calls: ended.then(() => Number(text.split('\n')[1])) }
}

test('Two processes share the calls of a system: together they make no more than its rate allows', async () => {
  const [rate, seconds] = [40, 4]
  const callers = await Promise.all([caller('two', rate, seconds * 1_000), caller('two', rate, seconds * 1_000)])
  const [one = 0, other = 0] = await Promise.all(callers.map((each) => each.calls))
  // A second's worth was there at first; the clocks of the two do not begin at the same instant.
  expect(one + other).toBeLessThanOrEqual(rate * (seconds + 2))
  expect(one + other).toBeGreaterThan(rate * (seconds - 1))
  expect(Math.min(one, other)).toBeGreaterThan(0)
})

test('What a process held when it was killed is lost, and no more than that: a slice', async () => {
  const rate = 40
  const killed = await caller('killed', rate, 60_000)
  await sleep(500)
  killed.kill()
  await killed.calls
  const survivor = await caller('killed', rate, 3_000)
  expect(await survivor.calls).toBeGreaterThan(rate * 2)
})

test('A page that took too much is waited for, by whichever process calls next', async () => {
  const rate = { callsPerSecond: undefined, recordsPerSecond: 100 }
  const [reader, other] = [new RateBudget('pages', rate, db), new RateBudget('pages', rate, db)]
  await reader.call(endless)
  reader.records(250)
  const readersWait = timed(() => reader.call(endless))
  await sleep(50)
  const others = await timed(() => other.call(endless))
  expect(others).toBeGreaterThan(1_000)
  expect(others).toBeLessThan(3_500)
  await readersWait
})

test('Calls in one process go in the order in which they came, and end with their signal', async () => {
  const budget = new RateBudget('order', calls(20), db)
  const order: number[] = []
  await Promise.all(Array.from({ length: 30 }, (_, n) => budget.call(endless).then(() => order.push(n))))
  expect(order).toEqual([...order].sort((a, b) => a - b))
  const slow = new RateBudget('slow', calls(0.01), db)
  await slow.call(endless)
  const stop = new AbortController()
  const waiting = slow.call(stop.signal)
  stop.abort()
  await expect(waiting).rejects.toThrow()
})

test('Tokens that were leased and not used go back to the others', async () => {
  const [idle, busy] = [new RateBudget('back', calls(1), db), new RateBudget('back', calls(1), db)]
  await idle.call(endless)
  expect(await timed(() => busy.call(endless))).toBeGreaterThan(500)
  expect(busy.waits()).toMatchObject({ count: 1 })
  expect(busy.waits().ms).toBeGreaterThan(500)
})

test('A throttled answer holds the whole system for as long as it says, in all processes, and is no failure of it', async () => {
  const [here, there] = [new RateBudget('held', calls(1_000), db), new RateBudget('held', calls(1_000), db)]
  await here.call(endless)
  const guard = new Guard(here)
  const throttled = new HubError({
    code: 'connector.throttled',
    family: 'retry',
    message: 'Too many calls.',
    retryAfterMs: 700,
  })
  for (let i = 0; i < 10; i++) {
    await expect(guard.call(() => Promise.reject(throttled), 1_000, endless)).rejects.toBe(throttled)
  }
  expect(guard.state).toBe('closed')
  const [mine, theirs] = await Promise.all([timed(() => here.call(endless)), timed(() => there.call(endless))])
  for (const wait of [mine, theirs]) {
    expect(wait).toBeGreaterThan(500)
    expect(wait).toBeLessThan(3_000)
  }
})

test('A system without a rate is asked for nothing in the store, and is held all the same', async () => {
  const budget = new RateBudgets(db).of('free', { callsPerSecond: undefined, recordsPerSecond: undefined })
  for (let i = 0; i < 1_000; i++) await budget.call(endless)
  budget.records(1_000_000)
  await budget.hold(300)
  expect(await timed(() => budget.call(endless))).toBeGreaterThan(250)
  const { rows } = await db.query({ text: `select from rate_budget where system = 'free'` })
  expect(rows).toHaveLength(0)
})

test('Waiting for the budget does not count as time of the page', async () => {
  const budget = new RateBudget('patient', calls(2), db)
  const guard = new Guard(budget)
  const page = async (): Promise<string> => {
    for (let i = 0; i < 5; i++) await budget.call(endless)
    return 'read'
  }
  expect(await guard.call(page, 300, endless)).toBe('read')
  const hanging = guard.call(() => new Promise(() => undefined), 300, endless)
  await expect(hanging).rejects.toMatchObject({ code: 'system.timeout' })
})
