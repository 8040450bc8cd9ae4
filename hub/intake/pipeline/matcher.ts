import type { JsonObject } from '../../contracts/json.ts'
import type { DecisionRow } from '../../store/apply-queries.ts'

/**
 * What the pipeline asks of identity resolution. Everything here is a pure function of its arguments and of one model
 * version, so that the customers are a function of the set of records and not of the order in which they came.
 */
export interface Matcher {
  /** Pairs from this log2 weight on join, and from `reviewWeight` on are shown to a steward. */
  readonly joinWeight: number
  readonly reviewWeight: number
  /** What matching looks at in a canonical customer document. */
  read(document: JsonObject): MatchView
  /** The same from the stored text of a view. */
  restore(text: string): MatchView
  score(a: MatchView, b: MatchView, isCrowded: CrowdTest): PairScore
  cluster(members: readonly ClusterMember[], edges: readonly Edge[], decisions: readonly DecisionRow[]): number[][]
}

export interface MatchView {
  /** JSON, as stored with the record. Equal texts match alike. */
  text: string
  features: unknown
  keys: readonly MatchKeyView[]
}

export interface MatchKeyView {
  hash: bigint
  /** A key held by more records than this yields no candidates. */
  blockMax: number
  /** Where the key is a value that is evidence itself (a phone number): above how many holders it stops being so. */
  crowdAbove: number | null
  field: string | null
  value: string | null
}

export type CrowdTest = (field: string, value: string) => boolean

export interface PairScore {
  weight: number
  /** Log2 weight by field, as JSON, kept on the edge so that a join can be explained. */
  fields: Record<string, number>
}

export interface Edge {
  a: number
  b: number
  weight: number
}

export interface ClusterMember {
  no: number
  /** Lane name: decides ties, since record numbers depend on the order of arrival. */
  name: string
  view: MatchView
}
