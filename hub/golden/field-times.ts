/** When a record's fields were said: with write-back, parts of a record are older than its last change. */
import type { Json } from '../contracts/json.ts'
import { isNothing } from './customer-shape.ts'
import type { SourceView } from './golden-types.ts'
import { compareInstants } from './instants.ts'

/**
 * By field path (`status`, `name.given`, `emails`) the time of what the record says there; under `*` that of all fields
 * that are not named. A field that the hub itself wrote has the time of the change that it carried, so that an echo
 * never counts as news.
 */
export type FieldTimes = Readonly<Record<string, string>>

/** The time of fields that have no own one. */
export const OTHER_FIELDS = '*'

/** When `source` said what it says at `path`; of an object as a whole: when its youngest part was said. */
export function saidAt({ fieldTimes, changedAt }: SourceView, path: string): string {
  if (fieldTimes === undefined) return changedAt
  const own = fieldTimes[path]
  if (own !== undefined) return own
  let latest: string | undefined
  for (const [name, at] of Object.entries(fieldTimes)) {
    if (name.startsWith(`${path}.`) && (latest === undefined || compareInstants(at, latest) > 0)) latest = at
  }
  return latest ?? fieldTimes[OTHER_FIELDS] ?? changedAt
}

/** Whether the record had a value at `path` once and was emptied there: that it says nothing is a word then, too. */
export function isEmptied(source: SourceView, path: string, value: Json | undefined): boolean {
  return isNothing(value) && source.fieldTimes !== undefined && Object.hasOwn(source.fieldTimes, path)
}

/** The times after a change: `news` and `echoes` by path have theirs, everything else keeps what it had. */
export function timesAfter(
  before: { fieldTimes: FieldTimes | null; changedAt: string },
  said: ReadonlyMap<string, string>,
): FieldTimes {
  const times: Record<string, string> = { [OTHER_FIELDS]: before.changedAt, ...before.fieldTimes }
  for (const [path, at] of said) times[path] = at
  return times
}
