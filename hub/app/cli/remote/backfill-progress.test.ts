import type { JsonObject } from '../../../contracts/json.ts'
import { endedBefore, progressOf } from './backfill-progress.ts'

const none = new Map<string, string>()
const reading = { mode: 'poll', error: null, backfill: { state: 'reading', rows: 40, total: 100, finishedAt: null } }
const done = { mode: 'log', error: null, backfill: { state: 'done', rows: 10, total: 10, finishedAt: '2026-01-01' } }
const pushed = { mode: 'push', error: null, backfill: null }

function system(entities: JsonObject, more: JsonObject = {}, paused = false): JsonObject {
  return { paused, status: { state: 'running', error: null, entities, ...more } }
}

describe('the progress of a backfill', () => {
  test('waits where the status says nothing of one', () => {
    for (const status of [
      null,
      'x',
      [],
      {},
      { entities: null },
      { entities: { A: {} } },
      { entities: { A: { backfill: 3 } } },
    ]) {
      expect(progressOf({ status }, [], none)).toMatchObject({ done: 0, state: 'waiting', trouble: null })
    }
    const waiting = { ...reading, backfill: { ...reading.backfill, state: 'waiting' } }
    expect(progressOf(system({ A: waiting }), [], none).state).toBe('waiting')
  })

  test('adds up the entities that are read, and leaves out what is pushed', () => {
    const state = system({ A: reading, B: done, C: pushed })
    expect(progressOf(state, [], none)).toEqual({ done: 50, total: 110, state: 'running', trouble: null })
    expect(progressOf(state, ['B'], none)).toEqual({ done: 10, total: 10, state: 'done', trouble: null })
  })

  test('does not take one for done that had ended before', () => {
    const state = system({ A: done })
    const before = endedBefore(state)
    expect(progressOf(state, [], before)).toMatchObject({ done: 0, state: 'waiting' })
    const again = system({ A: { ...done, backfill: { ...done.backfill, finishedAt: '2026-01-02' } } })
    expect(progressOf(again, [], before)).toMatchObject({ done: 10, state: 'done' })
  })

  test('is not done while one of its entities has not begun', () => {
    const before = endedBefore(system({ A: done }))
    expect(progressOf(system({ A: done, B: done }), [], before)).toEqual({
      done: 10,
      total: null,
      state: 'running',
      trouble: null,
    })
  })

  test('goes on while deletes are looked for', () => {
    const looking = { ...reading, backfill: { ...reading.backfill, state: 'looking for deletes' } }
    expect(progressOf(system({ A: looking }), [], none).state).toBe('running')
  })

  test('goes on until its certificate is there', () => {
    const due = { ...done, backfill: { ...done.backfill, certificate: 'due' } }
    expect(progressOf(system({ B: due }), [], none).state).toBe('running')
    const proved = { ...done, backfill: { ...done.backfill, certificate: 'done' } }
    expect(progressOf(system({ B: proved }), [], none).state).toBe('done')
  })

  test('knows no total where one of them knows none', () => {
    const open = { ...reading, backfill: { ...reading.backfill, total: null } }
    expect(progressOf(system({ A: open, B: done }), [], none).total).toBeNull()
  })

  test('tells what goes wrong, and stops where a person must do something', () => {
    const error = { code: 'connector.auth', message: 'The password is wrong.' }
    expect(progressOf(system({ A: { ...reading, error } }), [], none)).toMatchObject({
      state: 'running',
      trouble: error.message,
    })
    expect(progressOf(system({ A: reading }, { state: 'stopped', error }), [], none)).toMatchObject({
      state: 'failed',
      trouble: error.message,
    })
    expect(progressOf(system({ A: reading }, {}, true), [], none)).toMatchObject({
      state: 'failed',
      trouble: 'The system is paused.',
    })
  })
})
