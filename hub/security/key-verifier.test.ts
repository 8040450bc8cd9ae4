import { describe, expect, test } from '@jest/globals'
import { hashSecret, mintKey, parseKey, type StoredApiKey } from './api-key.ts'
import { KeyVerifier } from './key-verifier.ts'
import type { Role } from './permissions.ts'

/** Keys in a list, a clock that tests turn, and a count of the reads. */
function setUp() {
  const keys: StoredApiKey[] = []
  const state = { now: 0, reads: 0, fails: false }
  const store = {
    usable: () => {
      state.reads++
      return state.fails ? Promise.reject(new Error('no database')) : Promise.resolve([...keys])
    },
  }
  const add = (role: Role, more: Partial<StoredApiKey> = {}): string => {
    const { id, secret, key } = mintKey()
    const dates = { createdAt: '2026-01-01T00:00:00Z', expiresAt: null, revokedAt: null, limits: null, rotatedTo: null }
    keys.push({ id, name: `a ${role}`, role, system: null, secretHash: hashSecret(secret), ...dates, ...more })
    return key
  }
  const verifier = new KeyVerifier({ store, adminKey: 'the admin key', now: () => state.now })
  return { keys, state, add, verifier }
}

describe('A key', () => {
  test('names who it belongs to', async () => {
    const { add, verifier, keys } = setUp()
    const key = add('system', { system: 'crm' })
    expect(await verifier.verify(key)).toEqual({ keyId: keys[0]?.id, name: 'a system', role: 'system', system: 'crm' })
  })

  test('with a wrong secret, of another form or unknown opens nothing', async () => {
    const { add, verifier } = setUp()
    const key = add('viewer')
    for (const wrong of [
      `${key.slice(0, -1)}_`,
      key.slice(0, -1),
      `${key}x`,
      key.toUpperCase(),
      '',
      'omni_',
      mintKey().key,
    ]) {
      expect(await verifier.verify(wrong)).toBeNull()
    }
  })

  test('is the admin key where it is equal to that of the settings, also without a database', async () => {
    const { state, verifier } = setUp()
    state.fails = true
    expect(await verifier.verify('the admin key')).toMatchObject({ role: 'admin', keyId: 'admin' })
    expect(await verifier.verify('the admin kez')).toBeNull()
  })

  test('that has expired opens nothing, even while it is in memory', async () => {
    const { add, verifier } = setUp()
    const key = add('viewer', { expiresAt: new Date(Date.now() + 30).toISOString() })
    expect(await verifier.verify(key)).not.toBeNull()
    await new Promise((resolve) => setTimeout(resolve, 40))
    expect(await verifier.verify(key)).toBeNull()
  })

  test('has a form that can be told apart and taken apart', () => {
    const { id, secret, key } = mintKey()
    expect(key).toMatch(/^omni_[a-z2-7]{12}_[\w-]{43}$/)
    expect(parseKey(key)).toEqual({ id, secret })
    expect(parseKey(`Bearer ${key}`)).toBeNull()
  })
})

describe('Verifying', () => {
  test('costs no query while the keys in memory are young', async () => {
    const { add, state, verifier } = setUp()
    const key = add('viewer')
    await verifier.verify(key)
    state.now = 999
    for (let i = 0; i < 100; i++) expect(verifier.verify(key)).not.toBeInstanceOf(Promise)
    expect(state.reads).toBe(1)
  })

  test('reads the keys again behind a request once they are a second old, and waits for it from two seconds on', async () => {
    const { add, state, verifier } = setUp()
    const key = add('viewer')
    await verifier.verify(key)
    state.now = 1_500
    expect(verifier.verify(key)).not.toBeInstanceOf(Promise)
    expect(state.reads).toBe(2)
    state.now = 9_000
    expect(await verifier.verify(key)).not.toBeNull()
    expect(state.reads).toBe(3)
  })

  test('stops a revoked key within two seconds', async () => {
    const { add, keys, state, verifier } = setUp()
    const key = add('viewer')
    await verifier.verify(key)
    keys.length = 0
    state.now = 1_900 + 1
    expect(await verifier.verify(key)).toBeNull()
  })

  test('stops a key revoked on this process at once', async () => {
    const { add, keys, verifier } = setUp()
    const key = add('viewer')
    await verifier.verify(key)
    keys.length = 0
    verifier.forget()
    expect(await verifier.verify(key)).toBeNull()
  })

  test('finds a key that another process made a moment ago', async () => {
    const { add, state, verifier } = setUp()
    await verifier.verify(add('viewer'))
    const later = add('channel')
    state.now = 300
    expect(await verifier.verify(later)).toMatchObject({ role: 'channel' })
  })

  test('costs the database little when somebody guesses keys', async () => {
    const { add, state, verifier } = setUp()
    await verifier.verify(add('viewer'))
    for (let i = 0; i < 1000; i++) {
      state.now += 1
      await verifier.verify(mintKey().key)
    }
    expect(state.reads).toBeLessThanOrEqual(6)
  })

  test('asks once for many requests that come together', async () => {
    const { add, state, verifier } = setUp()
    const key = add('viewer')
    await Promise.all(Array.from({ length: 50 }, () => verifier.verify(key)))
    expect(state.reads).toBe(1)
  })

  test('refuses to guess while the keys can not be read', async () => {
    const { add, state, verifier } = setUp()
    const key = add('viewer')
    await verifier.verify(key)
    state.fails = true
    state.now = 1_500
    expect(verifier.verify(key)).toMatchObject({ role: 'viewer' })
    state.now = 3_000
    await expect(verifier.verify(key)).rejects.toMatchObject({ code: 'auth.unavailable', family: 'retry', status: 503 })
    state.fails = false
    expect(await verifier.verify(key)).toMatchObject({ role: 'viewer' })
  })
})
