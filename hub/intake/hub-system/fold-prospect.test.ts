import type { JsonObject } from '../../contracts/json.ts'
import { foldProspect, mayBeOne } from './fold-prospect.ts'

const fold = (before: JsonObject, now: JsonObject): JsonObject =>
  foldProspect({ document: before, at: '2026-01-01T00:00:00Z' }, { document: now, at: '2026-02-01T00:00:00Z' })

describe('What somebody says on two visits', () => {
  test('counts together: the newer word part by part, and all of each list', () => {
    const before = {
      kind: 'person',
      status: 'prospect',
      name: { given: 'Ann', family: 'Archer' },
      emails: [{ address: 'a@example.com' }],
    }
    const now = {
      kind: 'person',
      status: 'prospect',
      name: { given: 'Anne' },
      emails: [{ address: 'A@example.com' }, { address: 'b@example.com' }],
      language: 'en',
    }
    const folded = fold(before, now)
    expect(folded).toMatchObject({ status: 'prospect', name: { given: 'Anne', family: 'Archer' }, language: 'en' })
    expect((folded.emails as JsonObject[]).map(({ address }) => String(address).toLowerCase())).toEqual([
      'a@example.com',
      'b@example.com',
    ])
  })

  test('is the same when the same is said again', () => {
    const said = { kind: 'person', status: 'prospect', phones: [{ number: '+442079460123', purpose: 'mobile' }] }
    expect(fold(said, said)).toEqual(said)
  })

  test('a prospect that was closed is one again', () => {
    expect(fold({ kind: 'person', status: 'closed' }, { kind: 'person', status: 'prospect' }).status).toBe('prospect')
  })
})

describe('Who shares an address', () => {
  const ann = { kind: 'person', name: { given: 'Ann', family: 'Archer' }, birthDate: '1990-01-02' }

  test.each<[string, JsonObject, boolean]>([
    ['somebody without a name', { kind: 'person' }, true],
    ['the same name, written otherwise', { kind: 'person', name: { given: 'ÁNN', family: 'archer' } }, true],
    ['another given name', { kind: 'person', name: { given: 'Bob', family: 'Archer' } }, false],
    ['another birth date', { kind: 'person', birthDate: '1991-01-02' }, false],
    ['a company', { kind: 'organization' }, false],
  ])('may be one or not: %s', (_, other, may) => {
    expect(mayBeOne(ann, other)).toBe(may)
    expect(mayBeOne(other, ann)).toBe(may)
  })
})
