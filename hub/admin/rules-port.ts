import type { HubError } from '../contracts/hub-error.ts'
import type { DecisionLogRow } from '../store/decision-log-queries.ts'
import type { Database } from '../store/database.ts'
import type { RuleHead, RuleRevisionRow } from '../store/rule-queries.ts'

/** What the admin API asks of rules; hub/app puts them together. */
export interface RulesPort {
  db: Database
  /** Every rule with what is in force of it, and what is wrong with its file. */
  overview(): Promise<object[]>
  draft(rule: string, texts: RuleTexts & { note: string | null }, author: string): Promise<RuleHead>
  check(rule: string, texts: RuleTexts): Promise<CheckedRule>
  publish(head: RuleHead, author: string): Promise<RuleHead>
  rollBack(rule: string, author: string): Promise<RuleHead>
  shadow(rule: string, texts: RuleTexts, decisions: number): Promise<object>
  /** The uppermost revision in force; undefined: none is. */
  uppermost(rule: string): RuleRevisionRow | undefined
  /** Throws `decision.unknown` (404). */
  decision(id: string): Promise<DecisionLogRow>
  replay(row: DecisionLogRow): Promise<object>
}

export const RULES_PORT = Symbol('rules port')

export interface RuleTexts {
  envelope: string
  graph: string
  cases: string | null
}

export interface CheckedRule {
  problems: readonly HubError[]
  passed: number
  failing: readonly object[]
  undecidedRows: readonly string[]
  callers: readonly object[]
}
