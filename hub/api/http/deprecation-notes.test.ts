import { describe, expect, test } from '@jest/globals'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { OperationSpec } from '../operations/operation.ts'
import { deprecationNotes } from './deprecation-notes.ts'

const GOES = { since: '2026-03-01', sunset: '2026-09-01', instead: 'Use listPeople.' }
const EARLIER = { ...GOES, sunset: '2026-06-01' }
const param = { type: 'string', description: 'It.' } as const

/** The headers that an answer gets. */
function told(spec: Pick<OperationSpec, 'deprecated' | 'query'>, query: object): object | undefined {
  let headers: object | undefined
  const reply = { headers: (given: object) => (headers = given) } as unknown as FastifyReply
  deprecationNotes(spec)?.({ query } as FastifyRequest, reply)
  return headers
}

describe('What will go', () => {
  test('is told in each answer of an operation: since when, until when, and where to read on', () => {
    expect(told({ deprecated: GOES }, {})).toEqual({
      deprecation: '@1772323200',
      sunset: 'Tue, 01 Sep 2026 00:00:00 GMT',
      link: '</docs#deprecated>; rel="deprecation"; type="text/html"',
    })
  })

  test('is told of a parameter to those who use it', () => {
    const query = { old: { ...param, deprecated: GOES }, q: param }
    expect(told({ query }, { q: 'x' })).toBeUndefined()
    expect(told({ query }, { old: 'x' })).toMatchObject({ sunset: 'Tue, 01 Sep 2026 00:00:00 GMT' })
  })

  test('is told by the day that comes first where there are several', () => {
    const query = { old: { ...param, deprecated: EARLIER } }
    expect(told({ deprecated: GOES, query }, { old: 'x' })).toMatchObject({ sunset: 'Mon, 01 Jun 2026 00:00:00 GMT' })
  })

  test('costs an operation of which nothing will go nothing', () => {
    expect(deprecationNotes({ query: { q: param } })).toBeUndefined()
    expect(deprecationNotes({})).toBeUndefined()
  })
})
