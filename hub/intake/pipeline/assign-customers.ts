/** A record as the assignment of customer ids sees it. */
export interface Placed {
  no: number
  /** The customer it belongs to now; null for a record that is new or comes back. */
  customerId: string | null
  /** The customer it was first part of, or was split into: where it returns when a join is undone. */
  homeId: string | null
}

export interface Assigned<Member extends Placed> {
  customerId: string
  members: readonly Member[]
  /** True where the id was made for this group. */
  minted: boolean
}

export interface Assignment<Member extends Placed> {
  groups: Assigned<Member>[]
  homes: Map<number, string>
  /** Customers that had records before and have none now: the customer that took most of them, null where all are gone. */
  retired: { id: string; into: string | null }[]
}

/**
 * Gives each group of records its customer id. Ids are stable: they are time-ordered (UUIDv7), the smallest is the
 * oldest, and the oldest id of a group survives a join. Where a customer falls apart, its id goes to the group that has
 * a record at home there; the others return to their own homes, or get a new id where they never had one.
 *
 * `members` are the current records of the groups; `affected` the customers that had records before.
 */
export function assignCustomers<Member extends Placed>(
  groups: readonly (readonly Member[])[],
  affected: readonly string[],
  newId: () => string,
): Assignment<Member> {
  const ordered = groups.map((members) => [...members].sort((a, b) => a.no - b.no))
  ordered.sort((a, b) => (a[0]?.no ?? 0) - (b[0]?.no ?? 0))
  const idOf = claimIds(ordered)
  const taken = new Set(idOf.values())
  const assigned = ordered.map((members): Assigned<Member> => {
    const known = idOf.get(members)
    return { customerId: known ?? newId(), members, minted: known === undefined }
  })
  const homes = new Map<number, string>()
  for (const { customerId, members } of assigned) {
    for (const { no, homeId } of members) {
      const lost = homeId === null || (homeId !== customerId && taken.has(homeId))
      homes.set(no, lost ? customerId : homeId)
    }
  }
  const retired = affected
    .filter((id) => !taken.has(id))
    .sort()
    .map((id) => ({ id, into: successorOf(id, assigned) }))
  return { groups: assigned, homes, retired }
}

function claimIds<Member extends Placed>(groups: readonly Member[][]): Map<Member[], string> {
  const idOf = new Map<Member[], string>()
  for (const id of candidateIds(groups)) {
    const free = groups.filter((group) => !idOf.has(group))
    const claimant =
      free.find((group) => group.some((member) => member.homeId === id)) ??
      free.find((group) => group.some((member) => member.customerId === id))
    if (claimant !== undefined) idOf.set(claimant, id)
  }
  return idOf
}

function candidateIds(groups: readonly (readonly Placed[])[]): string[] {
  const ids = new Set<string>()
  for (const { customerId, homeId } of groups.flat()) {
    if (customerId !== null) ids.add(customerId)
    if (homeId !== null) ids.add(homeId)
  }
  return [...ids].sort()
}

function successorOf<Member extends Placed>(id: string, groups: readonly Assigned<Member>[]): string | null {
  let best: string | null = null
  let most = 0
  for (const { customerId, members } of groups) {
    const count = members.filter((member) => member.customerId === id).length
    if (count > most) {
      most = count
      best = customerId
    }
  }
  return best
}
