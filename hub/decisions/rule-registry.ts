import type { HubError } from '../contracts/hub-error.ts'
import type { JsonObject } from '../contracts/json.ts'
import {
  type DecideOptions,
  type Decision,
  loadEach,
  loadRules,
  type RuleSet,
  type RuleSource,
} from '../rules/index.ts'
import type { Queryable } from '../store/queryable.ts'
import { ruleGeneration, type RuleHead, type RuleRevisionRow, revisionsInForce } from '../store/rule-queries.ts'

/** The rules in force, compiled, as of one moment: what is decided by it is decided by nothing else. */
export interface RulesInForce {
  rules: RuleSet
  /** In the order in which they are loaded: of one name from the uppermost down. */
  revisions: readonly RuleRevisionRow[]
  /** The number of a revision by its name and hash. */
  numberOf(rule: string, hash: string): number
  generation: number
}

export interface RuleRegistryOptions {
  /** Told of rules that another process, of another version perhaps, put in force and this one can not load. */
  onFault(rule: RuleHead, error: HubError): void
}

/**
 * The rules in force. They live in the database, so that every hub process has the same ones: `refresh` looks whether
 * anything was published since. See RuleWatch for when that is.
 */
export class RuleRegistry {
  readonly #options: RuleRegistryOptions
  readonly #listeners = new Set<(inForce: RulesInForce) => void>()
  #inForce: RulesInForce = inForceOf([], emptyRules(), -1)

  constructor(options: RuleRegistryOptions) {
    this.#options = options
  }

  get inForce(): RulesInForce {
    return this.#inForce
  }

  /** Returns true where anything changed. A rule that can not be loaded is told and left out; all others are in force. */
  async refresh(db: Queryable): Promise<boolean> {
    // Asked before: what is published in between is seen by the next look, and loaded once more.
    const generation = await ruleGeneration(db)
    if (generation <= this.#inForce.generation) return false
    const rows = await revisionsInForce(db)
    // Looks by several connections may overtake each other: what is newer stays.
    if (generation <= this.#inForce.generation) return false
    const sources = rows.map(sourceOf)
    const { rules, faults } = loadEach(sources)
    sources.forEach((source, index) => {
      const [error] = faults.get(source) ?? []
      const row = rows[index]
      if (error !== undefined && row !== undefined) this.#options.onFault(row, error)
    })
    const loaded = rows.filter((_, index) => !faults.has(sources[index] ?? NO_SOURCE))
    this.#inForce = inForceOf(loaded, rules, generation)
    for (const listener of this.#listeners) listener(this.#inForce)
    return true
  }

  /** Calls the listener now and after each change. */
  onChanged(listener: (inForce: RulesInForce) => void): void {
    this.#listeners.add(listener)
    listener(this.#inForce)
  }

  /** Decides by what is in force; errors are those of RuleSet. */
  decide(name: string, input: JsonObject, options: DecideOptions): Decision {
    return this.#inForce.rules.decide(name, input, options)
  }
}

const NO_SOURCE: RuleSource = { envelope: { file: '', text: '' }, graph: { file: '', text: '' } }

/** A stored revision as the loader takes it; messages call it by its rule and number. */
export function sourceOf({ rule, revision, envelope, graph }: Omit<RuleRevisionRow, 'createdAt'>): RuleSource {
  return {
    envelope: { file: `${rule}.rule.yaml#${revision}`, text: envelope },
    graph: { file: `${rule}.json#${revision}`, text: graph },
  }
}

function inForceOf(revisions: readonly RuleRevisionRow[], rules: RuleSet, generation: number): RulesInForce {
  const numbers = new Map(revisions.map((row) => [`${row.rule} ${row.hash}`, row.revision]))
  return { rules, revisions, generation, numberOf: (rule, hash) => numbers.get(`${rule} ${hash}`) ?? 0 }
}

function emptyRules(): RuleSet {
  const none = loadRules([])
  if (!none.ok) throw new Error('no rules are always right')
  return none.rules
}
