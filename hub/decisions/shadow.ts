import { setImmediate as turn } from 'node:timers/promises'
import { HubError } from '../contracts/hub-error.ts'
import type { JsonObject } from '../contracts/json.ts'
import type { RuleSet } from '../rules/index.ts'
import type { DecisionLogRow } from '../store/decision-log-queries.ts'
import { decideOrFail, inputOf } from './decider.ts'
import { outcomeDifference } from './replay.ts'

export interface ShadowDifference {
  /** The decision, and what it was about. */
  id: string
  at: string
  customer: string | null
  before: JsonObject | null
  after: JsonObject | null
  /** Why there is no result. */
  beforeCode: string | null
  afterCode: string | null
  difference: string
}

export interface ShadowRun {
  /** Decisions that were made again. */
  decided: number
  same: number
  different: number
  /** By what changes, the most frequent first: the difference, and how many decisions have it. */
  kinds: { difference: string; count: number }[]
  /** The newest of those that differ. */
  differences: ShadowDifference[]
  /** Decisions whose result was another one under an earlier revision: their difference is not the draft's alone. */
  changedSince: number
}

const SHOWN_MAX = 100
const KINDS_MAX = 20
/** Other requests get a turn after so many decisions. */
const TOGETHER = 20

/** Decides again what was really decided, by the rules in force and by those with a draft among them, each for its moment of then. */
export async function shadowRun(
  rule: string,
  rows: readonly DecisionLogRow[],
  rules: { inForce: RuleSet; draft: RuleSet },
): Promise<ShadowRun> {
  const run: ShadowRun = { decided: 0, same: 0, different: 0, kinds: [], differences: [], changedSince: 0 }
  const kinds = new Map<string, number>()
  for (const row of rows) {
    if (run.decided % TOGETHER === TOGETHER - 1) await turn()
    const { given, filled, moment } = row
    if (given === null) continue
    const input = inputOf(JSON.parse(given) as JsonObject, filled === null ? null : (JSON.parse(filled) as JsonObject))
    const at = Date.parse(moment)
    const before = outcomeOf(rules.inForce, rule, input, at)
    const after = outcomeOf(rules.draft, rule, input, at)
    const difference = outcomeDifference(before, after)
    const logged = { result: row.result === null ? null : (JSON.parse(row.result) as JsonObject), code: row.code }
    run.decided++
    if (outcomeDifference(logged, before) !== '') run.changedSince++
    if (difference === '') {
      run.same++
      continue
    }
    run.different++
    kinds.set(difference, (kinds.get(difference) ?? 0) + 1)
    if (run.differences.length >= SHOWN_MAX) continue
    const { id, customerId: customer } = row
    run.differences.push({
      id,
      at: moment,
      customer,
      before: before.result,
      after: after.result,
      beforeCode: before.code,
      afterCode: after.code,
      difference,
    })
  }
  run.kinds = [...kinds]
    .map(([difference, count]) => ({ difference, count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, KINDS_MAX)
  return run
}

function outcomeOf(
  rules: RuleSet,
  name: string,
  input: JsonObject,
  at: number,
): { result: JsonObject | null; code: string | null } {
  try {
    const { result, error } = decideOrFail(rules.at(name, at), input, at)
    return { result, code: error?.code ?? null }
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    return { result: null, code: error.code }
  }
}
