import type { SourceRecord } from '../../contracts/connector.ts'
import { changeId, changeOf } from './changes.ts'

const record = (more: Partial<SourceRecord> = {}): SourceRecord => ({
  entity: 'Contact',
  key: '003',
  kind: 'upsert',
  version: '7',
  data: { name: 'Ann' },
  ...more,
})
const change = (more?: Partial<SourceRecord>) => changeOf('crm', record(more), new Set(['Contact']), 1_000)

describe('A record becomes a change', () => {
  test('It carries what the connector said, and the time of now where it said none', () => {
    expect(change({ sequence: '12', sequenceType: 'Integer' })).toEqual({
      system: 'crm',
      entity: 'Contact',
      key: '003',
      id: 'Contact/003@7',
      kind: 'upsert',
      time: '1970-01-01T00:00:01.000Z',
      sequence: '12',
      sequenceType: 'Integer',
      data: { name: 'Ann' },
    })
    expect(change({ time: '2026-01-01T00:00:00.123456Z' }).time).toBe('2026-01-01T00:00:00.123456Z')
    expect(change({ time: 'yesterday' }).time).toBe('1970-01-01T00:00:01.000Z')
  })

  test('Different readings have different ids, whatever marks are in them', () => {
    const parts = ['a', '@', 'a@b', '/', '%40', '@1', 'a/b', '#']
    const ids = parts.flatMap((entity) =>
      parts.flatMap((key) => parts.map((version) => changeId(entity, key, version))),
    )
    expect(new Set(ids).size).toBe(parts.length ** 3)
  })

  test('An id is bounded, and the same for the same reading', () => {
    const long = 'k'.repeat(500)
    const id = changeId('E/e', long, '1')
    expect(id.length).toBeLessThanOrEqual(256)
    expect(changeId('E/e', long, '1')).toBe(id)
    expect(changeId('E/e', long, '2')).not.toBe(id)
    expect(changeId('E/e', `${long}x`, '1')).not.toBe(id)
    expect(changeId('%'.repeat(256), long, '1').length).toBeLessThanOrEqual(256)
    expect(changeId('E', 'k', '\0').includes('\0')).toBe(false)
  })

  test.each<[string, Partial<SourceRecord>, string]>([
    ['an entity that nobody asked for', { entity: 'Other' }, 'entity'],
    ['no key', { key: '' }, 'key'],
    ['a key that is too long', { key: 'x'.repeat(513) }, 'key'],
    ['a key with NUL', { key: 'a\0' }, 'key'],
    ['a key with half a pair', { key: '\ud800' }, 'key'],
    ['an empty sequence', { sequence: '' }, 'sequence'],
    ['a number that is none', { sequence: '1e3', sequenceType: 'Integer' }, 'sequence'],
    ['the type of a sequence without one', { sequenceType: 'Integer' }, 'sequence'],
    ['an empty mark of a write', { writtenBy: '' }, 'written-by'],
    ['a mark with NUL', { writtenBy: 'a\0' }, 'written-by'],
    ['a text with NUL', { data: { a: ['x\0'] } }, 'data'],
    ['a text with half a pair', { data: { a: '\udc00' } }, 'data'],
    ['a name with half a pair', { data: { '\ud800': 1 } }, 'data'],
    ['eight megabytes', { data: { a: 'x'.repeat(8 * 1024 * 1024) } }, 'data'],
  ])('%s is refused', (_, more, what) => {
    expect(() => change(more)).toThrow(expect.objectContaining({ code: `system.record.${what}`, family: 'reject' }))
  })

  test('The mark of a write of the hub goes with the change', () => {
    expect(change({ writtenBy: 'w-1' }).writtenBy).toBe('w-1')
    expect(change({})).not.toHaveProperty('writtenBy')
  })

  test('Texts that only look like escapes, and whole pairs, are taken', () => {
    const data = { a: '\\u0000', b: '\\\\ud800', c: '😀', d: '\u0001' }
    expect(change({ data }).data).toEqual(data)
  })
})
