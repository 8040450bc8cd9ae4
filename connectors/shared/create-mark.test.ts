import { createMark, failedCreate } from './create-mark.ts'
import { busyError, rejectedError, throttledError, unreachableError } from './errors.ts'

describe('the mark of a new record', () => {
  test('is the idempotency key where the field holds it', () => {
    expect(createMark('0193b2c4-7f00-7abc-8def-0123456789ab', 36)).toBe('0193b2c4-7f00-7abc-8def-0123456789ab')
  })

  test.each([
    ['is too long', '0193b2c4-7f00-7abc-8def-0123456789ab', 35],
    ['has capitals, which systems fold', 'Order-1', 255],
    ['has other characters', 'a b', 255],
  ])('is a digest where the key %s, the same each time', (_why, key, lengthMax) => {
    const mark = createMark(key, lengthMax)
    expect(mark).toMatch(/^[a-z2-7]{25}$/)
    expect(createMark(key, lengthMax)).toBe(mark)
    expect(createMark(`${key}x`, 25)).not.toBe(mark)
  })
})

describe('a create without a mark that fails', () => {
  const code = (error: Parameters<typeof failedCreate>[0]): string => {
    const result = failedCreate(error)
    return result.outcome === 'failed' ? result.error.code : result.outcome
  }

  test('may have happened where the answer was lost', () => {
    expect(code(unreachableError('cut', { cause: { code: 'ECONNRESET' } }))).toBe('connector.create.unknown')
    expect(code(busyError('dump'))).toBe('connector.create.unknown')
  })

  test('has not happened where nothing was sent, or the system said no', () => {
    expect(code(unreachableError('down', { cause: { code: 'ECONNREFUSED' } }))).toBe('connector.unreachable')
    expect(code(throttledError('later'))).toBe('connector.throttled')
    expect(code(rejectedError('no'))).toBe('connector.rejected')
  })
})
