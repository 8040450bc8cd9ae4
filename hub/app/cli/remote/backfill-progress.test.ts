import { progressOf } from './backfill-progress.ts'

const running = { state: 'running', done: 40, total: 100 }
const done = { state: 'done', done: 10, total: 10 }

describe('the progress of a backfill', () => {
  test('is nothing where the status says nothing of one', () => {
    for (const status of [
      undefined,
      null,
      'x',
      [],
      {},
      { entities: null },
      { entities: { A: {} } },
      { entities: { A: { backfill: 3 } } },
    ]) {
      expect(progressOf(status, [])).toBeUndefined()
    }
  })

  test('adds up the entities', () => {
    const status = { entities: { A: { backfill: running }, B: { backfill: done }, C: {} } }
    expect(progressOf(status, [])).toEqual({ done: 50, total: 110, ended: false, failed: null })
    expect(progressOf(status, ['B'])).toEqual({ done: 10, total: 10, ended: true, failed: null })
    expect(progressOf(status, ['C'])).toBeUndefined()
  })

  test('knows no total where one of them knows none', () => {
    const status = { entities: { A: { backfill: { ...running, total: null } }, B: { backfill: done } } }
    expect(progressOf(status, [])?.total).toBeNull()
  })

  test('tells why it failed', () => {
    const failed = {
      state: 'failed',
      done: 5,
      total: 10,
      error: { code: 'connector.auth', message: 'The password is wrong.' },
    }
    expect(progressOf({ entities: { A: { backfill: failed } } }, [])).toMatchObject({
      ended: true,
      failed: 'The password is wrong.',
    })
  })
})
