import type { Lane } from '../../contracts/change.ts'
import { changeIdPrefix } from '../connector-engine/changes.ts'

/** What the sweeps of an erasure look for. It names the person, so it is kept sealed, and only until they are done. */
export interface SweepWork {
  customers: string[]
  /** Hub ids of records of other entities. */
  records: string[]
  /** Lanes of the customer's own records. */
  ownLanes: Lane[]
  /** Lanes of all records. */
  lanes: Lane[]
  /** In lower case. */
  texts: string[]
}

/** Keys that are long enough to mean one record wherever they stand. */
const KEY_MIN = 8

export function workText(work: SweepWork): string {
  return JSON.stringify(work)
}

export function parseWork(text: string): SweepWork {
  return JSON.parse(text) as SweepWork
}

/** What a text that was kept elsewhere must contain, in lower case, to be taken for one about the person. */
export function needlesOf({ customers, records, lanes, texts }: SweepWork): string[] {
  const keys = lanes.filter(({ key }) => key.length >= KEY_MIN).map(({ key }) => JSON.stringify(key).toLowerCase())
  return [...new Set([...customers, ...records, ...texts, ...keys])]
}

/** As the connector engine names changes: what stands before the version. */
export function changePrefixesOf({ lanes }: SweepWork): { system: string; prefix: string }[] {
  return lanes.map(({ system, entity, key }) => ({
    system,
    prefix: changeIdPrefix(entity, key),
  }))
}
