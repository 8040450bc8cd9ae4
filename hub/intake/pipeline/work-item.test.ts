import type { Change } from '../../contracts/change.ts'
import { packWork, partitionOf, unpackWork, type WorkItem } from './work-item.ts'

function item(no: number, key: string, filler = ''): WorkItem {
  const change: Change = {
    system: 'crm',
    entity: 'Contact',
    key,
    id: `c${no}`,
    kind: 'upsert',
    time: 't',
    data: { filler },
  }
  return { no, change }
}

describe('Packing work into messages', () => {
  test('keeps a lane in one partition and its changes in order', () => {
    const items = Array.from({ length: 1000 }, (_, i) => item(i, `k${i % 37}`))
    const messages = packWork(items, 8)
    const byLane = new Map<string, number[]>()
    for (const message of messages) {
      for (const { no, change } of unpackWork(message.body)) {
        expect(message.to).toEqual({ work: partitionOf(change, 8) })
        byLane.set(change.key, [...(byLane.get(change.key) ?? []), no])
      }
    }
    expect([...byLane.values()].flat()).toHaveLength(1000)
    for (const numbers of byLane.values()) expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
  })

  test('splits by count and by size, and never drops an item larger than the limit', () => {
    expect(packWork([item(1, 'a', 'x'.repeat(700_000)), item(2, 'a')], 1)).toHaveLength(2)
    expect(
      packWork(
        Array.from({ length: 251 }, (_, i) => item(i, 'a')),
        1,
      ),
    ).toHaveLength(2)
    expect(packWork([], 4)).toEqual([])
  })

  test('places lanes where it always did', () => {
    expect(partitionOf({ system: 'crm', entity: 'Contact', key: '003A1' }, 8)).toBe(PINNED_PARTITION)
  })

  test('refuses a body that is not its own', () => {
    expect(() => unpackWork(Buffer.from('not json'))).toThrow(/not one that the hub wrote/)
  })
})

const PINNED_PARTITION = 4
