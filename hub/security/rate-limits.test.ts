import { describe, expect, test } from '@jest/globals'
import { DEFAULT_LIMITS, parseRoleLimits, RateLimits } from './rate-limits.ts'

const CALLER = { keyId: 'k', role: 'channel' } as const
const LIMIT = { perSecond: 2, burst: 4, concurrent: 2 }

function limits(): { limits: RateLimits; clock: { now: number } } {
  const clock = { now: 1_000 }
  return { limits: new RateLimits({ ...DEFAULT_LIMITS, channel: LIMIT }, () => clock.now), clock }
}

function refused(work: () => unknown): { code: string; status: number; retryAfterMs: number } | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return error as { code: string; status: number; retryAfterMs: number }
  }
}

describe('Rate limits', () => {
  test('let a burst through, then one request for each token that comes back', () => {
    const { limits: rates, clock } = limits()
    for (let i = 0; i < 4; i++) rates.take(CALLER)
    expect(refused(() => rates.take(CALLER))).toMatchObject({
      code: 'request.rate-limited',
      status: 429,
      retryAfterMs: 500,
    })
    clock.now += 499
    expect(refused(() => rates.take(CALLER))).toBeDefined()
    clock.now += 1
    expect(rates.take(CALLER)).toEqual({ policy: '"key";q=4;w=2', left: '"key";r=0;t=2' })
    expect(refused(() => rates.take(CALLER))).toBeDefined()
  })

  test('never give more than the burst after a long pause', () => {
    const { limits: rates, clock } = limits()
    clock.now += 3_600_000
    for (let i = 0; i < 4; i++) rates.take(CALLER)
    clock.now += 3_600_000
    expect(rates.take(CALLER)).toEqual({ policy: '"key";q=4;w=2', left: '"key";r=3;t=1' })
  })

  test('count each caller for itself', () => {
    const { limits: rates } = limits()
    for (let i = 0; i < 4; i++) rates.take(CALLER)
    expect(rates.take({ ...CALLER, keyId: 'other' })).not.toBeNull()
  })

  test('bound the requests under way, and give a place back once however often it is said', () => {
    const { limits: rates } = limits()
    const [first] = [rates.begin(CALLER), rates.begin(CALLER)]
    expect(refused(() => rates.begin(CALLER))).toMatchObject({ code: 'request.too-many-at-once', status: 429 })
    first?.()
    first?.()
    rates.begin(CALLER)
    expect(refused(() => rates.begin(CALLER))).toBeDefined()
  })

  test('are those of the key where it has its own, and none for admins', () => {
    const { limits: rates } = limits()
    const own = { ...CALLER, limit: { perSecond: 1, burst: 1, concurrent: 1 } }
    rates.take(own)
    expect(refused(() => rates.take(own))).toBeDefined()
    const admin = { keyId: 'admin', role: 'admin' } as const
    expect([rates.take(admin), rates.begin(admin)]).toEqual([null, null])
  })
})

describe('The setting of rate limits', () => {
  test('changes the roles that it names and leaves the others', () => {
    expect(parseRoleLimits(undefined)).toEqual(DEFAULT_LIMITS)
    expect(parseRoleLimits('channel=200/400/50, viewer=none')).toEqual({
      ...DEFAULT_LIMITS,
      channel: { perSecond: 200, burst: 400, concurrent: 50 },
      viewer: null,
    })
  })

  test.each([
    'emperor=1/1/1',
    'channel',
    'channel=',
    'channel=1/1',
    'channel=0/1/1',
    'channel=-1/1/1',
    'channel=1e3/1/1',
  ])('refuses %s', (text) => {
    expect(refused(() => parseRoleLimits(text))).toMatchObject({ code: 'settings.rate-limits' })
  })
})
