/** Rules: tables and graphs of the Zen editor, decided over an input, with the reasons. Pure: no I/O, no clock. */
export { loadRules, RuleSet } from './rule-set.ts'
export type { RuleSetResult, RuleSource } from './rule-set.ts'
export type { DecideOptions, Decision, Rule } from './rule.ts'
export { ENVELOPE_SCHEMA } from './document/envelope.ts'
export { traceInWords } from './evaluate/trace.ts'
export type { RuleTrace, TraceStep } from './evaluate/trace.ts'
export { runCases } from './cases/run-cases.ts'
export type { CaseResult, CasesResult } from './cases/run-cases.ts'
