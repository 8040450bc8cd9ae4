import { HubError } from '../contracts/hub-error.ts'
import type { JsonObject } from '../contracts/json.ts'
import { differenceOf, loadRules } from '../rules/index.ts'
import { type DecisionLogRow, readDecisionLog } from '../store/decision-log-queries.ts'
import type { Queryable } from '../store/queryable.ts'
import { revisionsByHash } from '../store/rule-queries.ts'
import { decide, decideOrFail, inputOf } from './decider.ts'
import { type RulesInForce, sourceOf } from './rule-registry.ts'

/** What came of deciding again. */
export interface Again {
  revision: number | null
  /** The moment that it was decided for, ISO 8601. */
  at: string
  result: JsonObject | null
  code: string | null
  /** Why there is no result, for people. */
  message: string | null
  trace: readonly string[]
  /** `-` what was decided, `+` what comes now; empty: the same. */
  difference: string
}

export interface Replay {
  /** By the revision, the data and for the moment of then; null: they were not kept. */
  then: Again | null
  /** By the rules in force, with the data and for the moment of now; null: what was sent was not kept. */
  now: Again | null
}

export async function readDecision(db: Queryable, id: string): Promise<DecisionLogRow> {
  const row = await readDecisionLog(db, id)
  if (row !== undefined) return row
  throw new HubError({
    code: 'decision.unknown',
    family: 'reject',
    status: 404,
    message: 'There is no decision with this id.',
    fix: 'It may be older than decisions are kept.',
  })
}

/** Decides again what was decided, as it was and as it would be. Keeps nothing. */
export async function replay(
  db: Queryable,
  inForce: RulesInForce,
  row: DecisionLogRow,
  nowMs: number,
): Promise<Replay> {
  if (row.given === null) return { then: null, now: null }
  const given = JSON.parse(row.given) as JsonObject
  const filled = row.filled === null ? null : (JSON.parse(row.filled) as JsonObject)
  return {
    then: await again(row, Date.parse(row.moment), async (at) => {
      const rule = await ruleOfThen(db, row, at)
      return rule && { revision: row.revision, ...decideOrFail(rule, inputOf(given, filled), at) }
    }),
    now: await again(row, nowMs, (at) => decide(db, inForce, { rule: row.rule, input: given, at })),
  }
}

/** The rule with all that it called, from the revisions that were kept; null where one is gone. */
async function ruleOfThen(db: Queryable, { rule, hash, called }: DecisionLogRow, at: number) {
  const hashes = [hash, ...Object.values(called === null ? {} : (JSON.parse(called) as Record<string, string>))]
  const rows = await revisionsByHash(db, hashes)
  const loaded = loadRules(rows.map(sourceOf), { layered: true })
  return rows.length === new Set(hashes).size && loaded.ok ? loaded.rules.at(rule, at) : null
}

type Outcome = { revision: number; result: JsonObject | null; error: HubError | null; trace: readonly string[] } | null

async function again(row: DecisionLogRow, at: number, work: (at: number) => Promise<Outcome>): Promise<Again | null> {
  const logged = row.result === null ? null : (JSON.parse(row.result) as JsonObject)
  let outcome: Outcome
  try {
    outcome = await work(at)
  } catch (error) {
    if (!(error instanceof HubError) || error.family !== 'reject') throw error
    outcome = { revision: 0, result: null, error, trace: [] }
  }
  if (outcome === null) return null
  const { revision, result, error, trace } = outcome
  return {
    revision: revision === 0 ? null : revision,
    at: new Date(at).toISOString(),
    result,
    code: error?.code ?? null,
    message: error?.message ?? null,
    trace,
    difference: outcomeDifference({ result: logged, code: row.code }, { result, code: error?.code ?? null }),
  }
}

/** What differs between two outcomes, for people; empty where nothing does. */
export function outcomeDifference(
  before: { result: JsonObject | null; code: string | null },
  after: { result: JsonObject | null; code: string | null },
): string {
  if (before.result !== null && after.result !== null) return differenceOf(before.result, after.result)
  if (before.code === after.code && before.result === after.result) return ''
  return `- ${textOf(before)}\n+ ${textOf(after)}`
}

function textOf({ result, code }: { result: JsonObject | null; code: string | null }): string {
  return result === null ? (code ?? 'nothing') : JSON.stringify(result)
}
