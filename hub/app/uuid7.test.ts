import { createUuid7 } from './uuid7.ts'

describe('UUIDv7', () => {
  test('ids are well-formed, unique and in the order in which they were made', () => {
    const next = createUuid7()
    const ids = Array.from({ length: 20_000 }, () => next())
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('a clock that goes back makes no id smaller than the last', () => {
    const times = [1_000, 2_000, 1_500]
    const next = createUuid7(() => times.shift() ?? 0)
    const ids = [next(), next(), next()]
    expect([...ids].sort()).toEqual(ids)
  })
})
