import { HubError } from '../contracts/hub-error.ts'
import type { JsonObject } from '../contracts/json.ts'
import type { Rule } from '../rules/index.ts'
import type { Queryable } from '../store/queryable.ts'
import { decide, type Decided } from './decider.ts'
import type { FileFaults } from './rule-desk.ts'
import type { RuleRegistry, RulesInForce } from './rule-registry.ts'

export interface DecisionServiceOptions {
  db: Queryable
  registry: RuleRegistry
  /** Resolves when what is in force may be decided by; undefined: it may. */
  current(db: Queryable): Promise<void> | undefined
  /** What keeps files of the workspace from being in force. */
  faults(): FileFaults
  /** Keeps a decision; resolves when there is room for the next. */
  keep(decided: KeptDecision): Promise<void>
  newId(): string
  now(): number
}

/** A decision as it is kept. */
export interface KeptDecision extends Decided {
  id: string
  actor: string
  /** ms since 1970. */
  decidedAt: number
}

export interface Answered {
  id: string
  rule: string
  revision: number
  customer: string | null
  /** Ids of the records that the caller named and the hub read. */
  records: readonly string[]
  result: JsonObject
  trace: readonly string[]
}

/** Decisions for channels: made by the rules in force, kept, and answered. */
export class DecisionService {
  readonly #options: DecisionServiceOptions

  constructor(options: DecisionServiceOptions) {
    this.#options = options
  }

  rules(): ReturnType<typeof ruleEntry>[] {
    const { registry, now } = this.#options
    const { inForce } = registry
    const at = now()
    return inForce.rules.names().flatMap((name) => {
      const rule = inForce.rules.versions(name).find((version) => version.isInForce(at))
      return rule === undefined ? [] : [ruleEntry(inForce, rule)]
    })
  }

  /** The version that holds now; where none does, the one that holds next, or held last. */
  rule(name: string): ReturnType<typeof ruleEntry> {
    const { registry, now } = this.#options
    const { inForce } = registry
    const at = now()
    const versions = [...inForce.rules.versions(name)].sort((a, b) => (a.validFrom ?? 0) - (b.validFrom ?? 0))
    const found =
      inForce.rules.versions(name).find((version) => version.isInForce(at)) ??
      versions.find(({ validFrom = 0 }) => validFrom > at) ??
      versions.at(-1)
    if (found === undefined) throw this.#missing(name, inForce)
    return ruleEntry(inForce, found)
  }

  /** `db`: a transaction in which the decision is a step; what it decides on is read there. */
  async decide(order: {
    rule: string
    input: JsonObject
    at: number | null
    actor: string
    db?: Queryable
  }): Promise<Answered> {
    const { db = this.#options.db } = order
    const { registry, current, keep, newId, now } = this.#options
    await current(db)
    const { inForce } = registry
    if (!inForce.rules.has(order.rule)) throw this.#missing(order.rule, inForce)
    const decidedAt = now()
    const decided = await decide(db, inForce, { rule: order.rule, input: order.input, at: order.at ?? decidedAt })
    const id = newId()
    await keep({ ...decided, id, actor: order.actor, decidedAt })
    if (decided.result === null) throw decided.error ?? new Error('neither a result nor an error')
    const { rule, revision, customerId, recordIds, result, trace } = decided
    return { id, rule, revision, customer: customerId, records: recordIds, result, trace }
  }

  /** A rule whose file is wrong and that was never in force is told from one that nobody wrote. */
  #missing(name: string, { rules }: RulesInForce): HubError {
    const [fault] = this.#options.faults().get(name) ?? []
    if (fault !== undefined) return notLoaded(name)
    try {
      rules.at(name, 0)
    } catch (error) {
      if (error instanceof HubError) return error
      throw error
    }
    return notLoaded(name)
  }
}

function notLoaded(name: string): HubError {
  return new HubError({
    code: 'rule.not-loaded',
    family: 'reject',
    status: 409,
    message: `The rule ${name} has a fault and was never in force.`,
    fix: 'GET /admin/v1/rules tells what is wrong with it.',
  })
}

function ruleEntry(inForce: RulesInForce, { name, title, sentence, revision, validFrom, validTo, envelope }: Rule) {
  return {
    name,
    title,
    sentence,
    revision: inForce.numberOf(name, revision),
    validFrom: validFrom === undefined ? null : new Date(validFrom).toISOString(),
    validTo: validTo === undefined ? null : new Date(validTo).toISOString(),
    reads: envelope.reads,
    fills: envelope.fills.map(({ member, value, says }) => ({
      member,
      from: value.reads.map((path) => path.join('.')),
      says: says ?? value.text,
    })),
    input: envelope.input.schema,
    output: envelope.output.schema,
  }
}
