import type { JsonObject } from '../../contracts/json.ts'
import type { ScoreContext } from '../../identity/comparison.ts'
import { FEATURES_FORM, type IdentityFeatures, identityFeatures } from '../../identity/features.ts'
import type { ValueKind } from '../../identity/key-kinds.ts'
import { VALUE_KINDS } from '../../identity/key-kinds.ts'
import { type MatchKey, matchKeyHash, matchKeys } from '../../identity/keys.ts'
import type { MatchModel } from '../../identity/model.ts'
import { resolveComponent } from '../../identity/resolve.ts'
import { scorePair } from '../../identity/score.ts'
import type { DecisionRow } from '../../store/apply-queries.ts'

/**
 * What the pipeline asks of identity resolution. Everything here is a pure function of its arguments and of one model
 * version, so that the customers are a function of the set of records and not of the order in which they came.
 */
export interface Matcher {
  /** Pairs from this log2 weight on join, and from `reviewWeight` on are kept and shown to a steward. */
  readonly joinWeight: number
  readonly reviewWeight: number
  /** What matching looks at in a canonical customer document of that system. */
  read(document: JsonObject, system: string): MatchView
  /** The same from the stored text of a view. */
  restore(text: string): MatchView
  score(a: MatchView, b: MatchView, isCrowded: CrowdTest): PairWeight
  /** Splits a component into customers: lists of record numbers. */
  cluster(component: ClusterInput): number[][]
}

export interface MatchView {
  /** JSON, as stored with the record. Equal texts match alike. */
  text: string
  features: IdentityFeatures
  keys: readonly MatchKeyView[]
  /** False for stored text of an older form than this program makes. */
  current: boolean
}

export interface MatchKeyView {
  hash: number
  /** A key held by more records than this yields no candidates. */
  blockMax: number
  /** Where the key is a value that is evidence itself (a phone number): above how many holders it stops being so. */
  crowdAbove: number | null
  kind: string
  text: string
}

export type CrowdTest = (kind: string, text: string) => boolean

export interface PairWeight {
  weight: number
  amongOthers: number
  /** Log2 weight by field, kept on the edge so that a join can be explained. */
  fields: readonly unknown[]
}

export interface Edge {
  a: number
  b: number
  weight: number
  amongOthers: number
}

export interface ClusterMember {
  no: number
  /** Lane name: decides ties, since record numbers depend on the order of arrival. */
  name: string
  view: MatchView
}

export interface ClusterInput {
  members: readonly ClusterMember[]
  edges: readonly Edge[]
  decisions: readonly DecisionRow[]
  isCrowded: CrowdTest
}

/** What a snapshot knows: see snapshotContext. */
export type SnapshotContext = Pick<ScoreContext, 'frequencyOf' | 'aloneOf'>

/** The matcher of one model and one snapshot, or of the model's own figures alone. */
export function createMatcher(model: MatchModel, snapshot: SnapshotContext = {}): Matcher {
  const contextOf = (isGeneric: CrowdTest): ScoreContext => ({ ...snapshot, isGeneric })
  const viewOf = (features: IdentityFeatures, text: string): MatchView => new LazyView(features, text, model)
  return {
    joinWeight: model.joinThreshold,
    reviewWeight: model.reviewBand.from,
    read(document, system) {
      const features = identityFeatures(document, { system })
      return viewOf(features, JSON.stringify(features))
    },
    restore: (text) => viewOf(JSON.parse(text) as IdentityFeatures, text),
    score(a, b, isCrowded) {
      return scorePair(a.features, b.features, model, contextOf(isCrowded))
    },
    cluster: (component) => clusterByNumber(component, model, contextOf(component.isCrowded)),
  }
}

/** Keys are made when they are asked for: most views are of candidates, which are only compared. */
class LazyView implements MatchView {
  readonly features: IdentityFeatures
  readonly text: string
  readonly #model: MatchModel
  #keys: readonly MatchKeyView[] | undefined

  constructor(features: IdentityFeatures, text: string, model: MatchModel) {
    this.features = features
    this.text = text
    this.#model = model
  }

  get current(): boolean {
    return this.features.form === FEATURES_FORM
  }

  get keys(): readonly MatchKeyView[] {
    this.#keys ??= matchKeys(this.features).map((key) => keyView(this.#model, key))
    return this.#keys
  }
}

function keyView(model: MatchModel, key: MatchKey): MatchKeyView {
  const { blockMax, genericAbove } = model.blocking
  const isValue = (VALUE_KINDS as readonly string[]).includes(key.kind)
  return {
    hash: matchKeyHash(key),
    blockMax: blockMax[key.kind],
    crowdAbove: isValue ? genericAbove[key.kind as ValueKind] : null,
    kind: key.kind,
    text: key.text,
  }
}

function clusterByNumber(
  { members, edges, decisions }: ClusterInput,
  model: MatchModel,
  context: ScoreContext,
): number[][] {
  const names = new Map(members.map((member) => [member.no, member.name]))
  const numbers = new Map(members.map((member) => [member.name, member.no]))
  const named = <Pair extends { a: number; b: number }>(
    pair: Pair,
  ): Omit<Pair, 'a' | 'b'> & { a: string; b: string } => ({
    ...pair,
    a: names.get(pair.a) ?? '',
    b: names.get(pair.b) ?? '',
  })
  const clusters = resolveComponent(
    members.map(({ name, view }) => ({ id: name, features: view.features })),
    edges.map(named),
    decisions.map(named),
    model,
    context,
  )
  return clusters.map((ids) => ids.flatMap((id) => numbers.get(id) ?? []))
}
