import type { SourceRecord } from '../../hub/contracts/connector.ts'
import type { TableRow } from './table-source.ts'

/** A record whose members named in `lacking` the log left out. */
export interface LoggedRecord<Entity> {
  record: SourceRecord
  entity: Entity
  /** The key columns' values, to read the row by. */
  position: string[]
  lacking: string[]
}

/**
 * Fills in what the log left out. The row is read as it is now: if somebody changed it since, the log tells that next; if
 * it is gone, its delete comes, and this state of it is of no use to anybody.
 */
export async function completed<Entity>(
  logged: readonly LoggedRecord<Entity>[],
  rowsAt: (entity: Entity, positions: string[][]) => Promise<TableRow[]>,
): Promise<SourceRecord[]> {
  const complete = new Map<LoggedRecord<Entity>, SourceRecord>()
  const isWhole = (each: LoggedRecord<Entity>): boolean => each.lacking.length === 0 || each.record.kind === 'delete'
  for (const each of logged.filter(isWhole)) complete.set(each, each.record)
  const lacking = Map.groupBy(
    logged.filter((each) => !isWhole(each)),
    (each) => each.entity,
  )
  for (const [entity, group] of lacking) {
    const positions = group.map((each) => each.position)
    const rows = new Map((await rowsAt(entity, positions)).map((row) => [row.key, row.data]))
    for (const each of group) {
      const row = rows.get(each.record.key)
      if (row === undefined) continue
      const { data } = each.record
      // In the table's order of columns, as every other record of it.
      const members = Object.entries({ ...row, ...data })
      const wanted = members.filter(([name]) => each.lacking.includes(name) || Object.hasOwn(data ?? {}, name))
      complete.set(each, { ...each.record, data: Object.fromEntries(wanted) })
    }
  }
  return logged.flatMap((each) => complete.get(each) ?? [])
}
