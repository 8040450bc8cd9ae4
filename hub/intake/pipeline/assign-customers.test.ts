import { assignCustomers, type Placed } from './assign-customers.ts'

function record(no: number, customerId: string | null, homeId: string | null): Placed {
  return { no, customerId, homeId }
}

function assign(groups: Placed[][], affected: string[] = []) {
  let made = 0
  const assignment = assignCustomers(groups, affected, () => `new-${++made}`)
  return {
    ids: Object.fromEntries(
      assignment.groups.flatMap((group) => group.members.map((member) => [member.no, group.customerId])),
    ) as Record<number, string>,
    homes: Object.fromEntries(assignment.homes) as Record<number, string>,
    retired: assignment.retired,
  }
}

describe('Customer ids', () => {
  test('a record that nobody knows makes a new customer and is at home there', () => {
    expect(assign([[record(1, null, null)]])).toEqual({ ids: { 1: 'new-1' }, homes: { 1: 'new-1' }, retired: [] })
  })

  test('the older customer survives a join and the other points to it', () => {
    const joined = assign([[record(1, 'B', 'B'), record(2, 'A', 'A')]], ['A', 'B'])
    expect(joined.ids).toEqual({ 1: 'A', 2: 'A' })
    expect(joined.homes).toEqual({ 1: 'B', 2: 'A' })
    expect(joined.retired).toEqual([{ id: 'B', into: 'A' }])
  })

  test('a split gives back what the join took', () => {
    const split = assign([[record(1, 'A', 'B')], [record(2, 'A', 'A')]], ['A'])
    expect(split.ids).toEqual({ 1: 'B', 2: 'A' })
    expect(split.retired).toEqual([])
  })

  test('records that were always together get one new id for the part that leaves, and keep it from then on', () => {
    const split = assign([[record(1, 'A', 'A')], [record(2, 'A', 'A')]], ['A'])
    expect(split.ids).toEqual({ 1: 'A', 2: 'new-1' })
    expect(split.homes).toEqual({ 1: 'A', 2: 'new-1' })
    expect(assign([[record(1, 'A', 'A'), record(2, 'new-1', 'new-1')]], ['A', 'new-1']).ids).toEqual({ 1: 'A', 2: 'A' })
  })

  test('a customer keeps its id when the record that began it is deleted', () => {
    expect(assign([[record(2, 'A', 'B')]], ['A']).ids).toEqual({ 2: 'A' })
  })

  test('a customer with no records left has no successor', () => {
    expect(assign([], ['A']).retired).toEqual([{ id: 'A', into: null }])
  })

  test('a record that comes back returns to its customer', () => {
    expect(assign([[record(1, null, 'A')]], []).ids).toEqual({ 1: 'A' })
  })

  test('two groups never share an id', () => {
    const { ids } = assign([[record(1, 'A', 'C')], [record(2, 'A', 'B')], [record(3, 'B', 'B')]], ['A', 'B'])
    expect(new Set(Object.values(ids)).size).toBe(3)
  })
})
