import fc from 'fast-check'
import { createHash } from 'node:crypto'
import type { JsonObject } from '../../contracts/json.ts'
import { canonicalJson, Fingerprint, recordDigest } from './fingerprint.ts'
import { SeenRecords } from './seen-records.ts'
import { compareSides, repairOf } from './suspects.ts'

describe('A fingerprint', () => {
  test('of nothing is nothing; of one record it is its SHA-256, as anybody can make it', () => {
    expect(new Fingerprint()).toMatchObject({ count: 0, hash: '0'.repeat(64) })
    const one = new Fingerprint()
    one.add(recordDigest('k', { b: 1, a: 'é' }))
    expect(one.hash).toBe(createHash('sha256').update('k\0{"a":"é","b":1}').digest('hex'))
  })

  test('does not depend on the order of the records, nor of their members, and differs where anything does', () => {
    const record = fc.tuple(fc.string(), fc.dictionary(fc.string(), fc.jsonValue()))
    fc.assert(
      fc.property(fc.array(record, { maxLength: 20 }), (records) => {
        const of = (list: readonly (readonly [string, unknown])[]): string => {
          const print = new Fingerprint()
          for (const [key, data] of list) print.add(recordDigest(key, data as JsonObject))
          return `${print.count} ${print.hash}`
        }
        const turned = records
          .map(([key, data]) => [key, Object.fromEntries(Object.entries(data).reverse())] as const)
          .reverse()
        expect(of(turned)).toBe(of(records))
        expect(of([...records, ['more', {}]])).not.toBe(of(records))
        // The same record twice is not none.
        expect(of([...records, ['more', {}], ['more', {}]])).not.toBe(of(records))
      }),
    )
  })

  test('holds canonical JSON that reads as what it was made of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value as never))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
    expect(canonicalJson({ b: [1, { d: null, c: undefined as never }], a: '"' })).toBe('{"a":"\\"","b":[1,{"d":null}]}')
  })
})

test('Records are seen once, whatever their numbers are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(5_000), fc.integer({ min: 2_000_000_000, max: 2_000_100_000 }))),
      (numbers) => {
        // Numbers of one entity lie close together; far ones cost memory only.
        const near = numbers.filter((no) => no < 10_000)
        const seen = new SeenRecords()
        const truth = new Set<number>()
        for (const no of near) {
          expect(seen.add(no)).toBe(!truth.has(no))
          truth.add(no)
        }
        for (let no = 0; no < 5_001; no += 7) expect(seen.has(no)).toBe(truth.has(no))
      },
    ),
    { numRuns: 50 },
  )
})

describe('Two sides of a record', () => {
  const hub = { no: 1, key: 'k', deleted: false, raw: '{"b":1,"a":2}', changeNo: 5, sequenceKind: 2, sequence: '40' }
  const system = { entity: 'E', key: 'k', kind: 'upsert' as const, version: 'v', data: { a: 2, b: 1 } }

  test('are the same where both have the same data, or neither has the record', () => {
    expect(compareSides({ system, hub })).toBe('same')
    expect(compareSides({ system: { ...system, data: { a: 3 } }, hub })).toBe('differing')
    expect(compareSides({ system, hub: undefined })).toBe('missing')
    expect(compareSides({ system, hub: { ...hub, deleted: true } })).toBe('missing')
    expect(compareSides({ system: undefined, hub })).toBe('extra')
    expect(compareSides({ system: { ...system, kind: 'delete' }, hub })).toBe('extra')
    expect(compareSides({ system: { ...system, kind: 'delete' }, hub: { ...hub, deleted: true } })).toBe('same')
    expect(compareSides({ system: undefined, hub: undefined })).toBe('same')
  })

  test('A repair has an id of its own and a sequence not below what the hub has', () => {
    expect(repairOf({ system, hub }, 'k', 'E', '7')).toEqual({
      ...system,
      version: 'v~repair-7',
      sequence: '40',
      sequenceType: 'Integer',
    })
    const older = { ...system, sequence: '9', sequenceType: 'Integer' as const }
    expect(repairOf({ system: older, hub }, 'k', 'E', '7')).toMatchObject({ sequence: '40' })
    const newer = { ...system, sequence: '100', sequenceType: 'Integer' as const }
    expect(repairOf({ system: newer, hub }, 'k', 'E', '7')).toMatchObject({ sequence: '100' })
    expect(repairOf({ system, hub: { ...hub, sequence: null, sequenceKind: 0 } }, 'k', 'E', '7')).not.toHaveProperty(
      'sequence',
    )
    expect(repairOf({ system: undefined, hub: undefined }, 'k', 'E', '7')).toEqual({
      entity: 'E',
      key: 'k',
      kind: 'delete',
      version: 'gone~repair-7',
      data: null,
    })
  })
})
