/** A rule as a workspace has it: rules/<file>.rule.yaml, <file>.json and, where there are any, <file>.cases.yaml. */
export interface RuleFile {
  file: string
  envelope: string
  /** null: there is none. */
  graph: string | null
  cases: string | null
}
