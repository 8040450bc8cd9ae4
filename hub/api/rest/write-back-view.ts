import type { JsonObject } from '../../contracts/json.ts'
import { wantedPaths, type Wants } from '../../golden/write-back/wants.ts'
import { WRITE_STATES, type WriteBackRow } from '../../store/write-back-queries.ts'

/** What is on its way to a record of a system, as a channel sees it. */
export function writeBackState(row: WriteBackRow): JsonObject {
  const { system, entity, key } = row
  return { system, entity, key, state: stateOf(row), fields: wantedPaths(wantsOf(row)) }
}

/** The same with what an operator or a steward needs: since when, what went wrong. */
export function writeBackEntry(row: WriteBackRow): JsonObject {
  return {
    no: row.recordNo,
    ...writeBackState(row),
    waitingSince: row.waitingSince,
    attempts: row.attempts,
    nextAttemptAt: stateOf(row) === 'retrying' ? row.dueAt : null,
    problem: row.problem === null ? null : (JSON.parse(row.problem) as JsonObject),
  }
}

/** And with values: what the hub wants, and in a conflict what it expected and what the system has. */
export function writeBackDetails(row: WriteBackRow & { customer: string | null }): JsonObject {
  return {
    customer: row.customer,
    ...writeBackEntry(row),
    wanted: wantedOf(wantsOf(row)),
    conflict: row.conflict === null ? null : (JSON.parse(row.conflict) as JsonObject),
  }
}

export function wantsOf(row: WriteBackRow): Wants {
  return JSON.parse(row.wants) as Wants
}

function stateOf({ state }: WriteBackRow): string {
  return WRITE_STATES[state] ?? 'pending'
}

function wantedOf({ values, items }: Wants): JsonObject[] {
  const fields = Object.entries(values).map(([path, { value, at }]) => ({ field: path, value, at }))
  const lists = Object.entries(items).flatMap(([member, list]) =>
    list.map(({ set, at }) => ({ field: member, value: set, at })),
  )
  return [...fields, ...lists]
}
