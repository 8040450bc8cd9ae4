import { setTimeout as sleep } from 'node:timers/promises'
import { HubError } from '../../contracts/hub-error.ts'
import { Guard, Retries, Stopped, within } from './guard.ts'

const endless = new AbortController().signal
const away = new HubError({ code: 'connector.unreachable', family: 'retry', message: 'Nobody answers.' })
const wrong = new HubError({ code: 'connector.rejected', family: 'reject', message: 'No such record.' })

function failing(guard: Guard, error: HubError): Promise<unknown> {
  return guard.call(() => Promise.reject(error), 1_000, endless).catch((thrown: unknown) => thrown)
}

describe('The circuit breaker', () => {
  test('opens after five failures in a row, lets one call through after a rest, and closes when that succeeds', async () => {
    const guard = new Guard()
    for (let i = 0; i < 5; i++) expect(await failing(guard, away)).toBe(away)
    expect(guard.state).toBe('open')
    let calls = 0
    const call = (): Promise<number> => guard.call(() => Promise.resolve(++calls), 1_000, endless)
    await expect(call()).rejects.toMatchObject({ code: 'system.resting', family: 'retry' })
    expect(calls).toBe(0)
    await sleep(1_600)
    expect(await call()).toBe(1)
    expect(guard.state).toBe('closed')
  })

  test('opens again at once where the call that tries fails, and only one tries', async () => {
    const guard = new Guard()
    for (let i = 0; i < 5; i++) await failing(guard, away)
    await sleep(1_600)
    let tries = 0
    const trying = guard.call(
      async () => {
        tries++
        await sleep(50)
        throw away
      },
      1_000,
      endless,
    )
    const answers = await Promise.allSettled([trying, sleep(5).then(() => failing(guard, away))])
    expect(answers[0]).toMatchObject({ status: 'rejected' })
    expect(tries).toBe(1)
    expect(guard.state).toBe('open')
    await expect(guard.call(() => Promise.resolve(1), 1_000, endless)).rejects.toMatchObject({ code: 'system.resting' })
  })

  test('does not count what says nothing against the system: wrong records, successes between', async () => {
    const guard = new Guard()
    for (let i = 0; i < 20; i++) await failing(guard, wrong)
    expect(guard.state).toBe('closed')
    for (let i = 0; i < 12; i++) {
      await failing(guard, away)
      if (i % 4 === 3) await guard.call(() => Promise.resolve(1), 1_000, endless)
    }
    expect(guard.state).toBe('closed')
  })
})

test('A call that takes too long is given up, also where it never ends, and counts against the system', async () => {
  const guard = new Guard()
  const never = (): Promise<unknown> => guard.call(() => new Promise(() => undefined), 20, endless)
  for (let i = 0; i < 5; i++) await expect(never()).rejects.toMatchObject({ code: 'system.timeout', family: 'retry' })
  expect(guard.state).toBe('open')
})

test('A call ends with the signal, before and while it runs, and that is no fault', async () => {
  const stop = new AbortController()
  const running = within(() => new Promise(() => undefined), 1_000, stop.signal)
  stop.abort()
  await expect(running).rejects.toThrow(Stopped)
  await expect(within(() => Promise.resolve(1), 1_000, stop.signal)).rejects.toThrow(Stopped)
})

test('Delays grow, never pass a minute, and are as long as the system asks for', () => {
  const retries = new Retries()
  const delays = Array.from({ length: 30 }, () => retries.delayAfter(away))
  expect(Math.max(...delays)).toBeLessThanOrEqual(60_000)
  expect(delays.slice(-5).reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(
    delays.slice(0, 5).reduce((sum, ms) => sum + ms, 0),
  )
  const asked = new HubError({ code: 'connector.throttled', family: 'retry', message: 'Later.', retryAfterMs: 90_000 })
  expect(retries.delayAfter(asked)).toBe(90_000)
  retries.reset()
  expect(retries.delayAfter(away)).toBeLessThan(2_000)
})
