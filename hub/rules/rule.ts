import { createHash } from 'node:crypto'
import { HubError } from '../contracts/hub-error.ts'
import type { Json, JsonObject } from '../contracts/json.ts'
import { isJsonObject } from '../contracts/json.ts'
import { todayIn } from './clock.ts'
import { CLOCK_NAMES } from './document/clock-names.ts'
import { described } from './document/described.ts'
import type { RuleEnvelope } from './document/envelope.ts'
import type { RuleGraph } from './document/graph.ts'
import { membersOf } from './document/members-of.ts'
import { step } from './document/problems.ts'
import { fillIn, type FilledIn } from './evaluate/fill-in.ts'
import { inputInvalid, outputInvalid, tooLong } from './evaluate/decision-error.ts'
import { Run } from './evaluate/run.ts'
import type { Called, Effort } from './evaluate/run.ts'
import type { RuleTrace } from './evaluate/trace.ts'
import { copyOf, NotAResult } from './evaluate/values.ts'
import { planWalk, runGraph } from './evaluate/walk.ts'
import type { WalkPlan } from './evaluate/walk.ts'
import { LIMITS } from './limits.ts'

export interface DecideOptions {
  /** The moment for which to decide, ms since 1970: the rule's only clock. */
  at: number
  /** Absent: false. A trace costs some microseconds. */
  trace?: boolean
}

export interface Decision {
  result: JsonObject
  revision: string
  /** Revisions of the rules that were called, by name; absent: none was. */
  called?: Record<string, string>
  /** Members of the input that were not sent and were filled in; absent: none was. */
  filled?: JsonObject
  trace?: RuleTrace
}

/** How a rule finds the rules that it calls, at a moment. Throws a HubError where there is none. */
export type FindRule = (name: string, at: number) => Rule

/** A rule, checked and compiled. */
export class Rule {
  readonly name: string
  readonly title: string
  readonly sentence: string
  readonly validFrom: number | undefined
  readonly validTo: number | undefined
  /** `sha256:` and 64 hex digits: the hash of the envelope and the graph, whatever their layout and order of members. */
  readonly revision: string
  /** Names of the rules that it calls. */
  readonly calls: readonly string[]
  readonly envelope: RuleEnvelope
  readonly graph: RuleGraph
  readonly #plan: WalkPlan
  readonly #find: FindRule

  constructor(envelope: RuleEnvelope, graph: RuleGraph, document: Json, find: FindRule) {
    this.name = envelope.name
    this.title = envelope.title
    this.sentence = envelope.sentence
    this.validFrom = envelope.validFrom
    this.validTo = envelope.validTo
    this.envelope = envelope
    this.graph = graph
    this.revision = revisionOf(envelope.document, document)
    this.calls = [...new Set(graph.nodes.flatMap((node) => (node.kind === 'call' ? [node.rule] : [])))]
    this.#plan = planWalk(graph)
    this.#find = find
  }

  isInForce(at: number): boolean {
    return (this.validFrom === undefined || this.validFrom <= at) && (this.validTo === undefined || at < this.validTo)
  }

  /**
   * Decides. The input is not changed and the result shares nothing with it.
   * Throws HubErrors: `rule.input.invalid` (reject, with the pointer, without values), `rule.value.beyond-limits` and
   * `rule.too-long` (reject), `rule.expression.failed`, `rule.node.input` and `rule.output.invalid` (config: the rule is wrong).
   */
  decide(input: JsonObject, options: DecideOptions): Decision {
    const effort: Effort = {
      steps: 0,
      meter: { left: LIMITS.workMax },
      depth: 0,
      called: {},
      call: (name, given, run) => this.#find(name, run.at).answer(given, run),
    }
    const run = new Run(this.name, options.at, effort, options.trace === true)
    const { result, filled } = this.#decide(input, run)
    const decision: Decision = { result, revision: this.revision }
    for (const _ in effort.called) decision.called = effort.called
    for (const _ in filled) decision.filled = filled
    if (run.steps !== undefined) decision.trace = this.#traceOf(run)
    return decision
  }

  /** The same for a rule that calls this one: of what it hands over, this rule gets what its input describes. */
  answer(given: JsonObject, caller: Run): Called {
    const { effort } = caller
    if (effort.depth >= LIMITS.callDepthMax) {
      throw tooLong(this.name, `rules called each other more than ${LIMITS.callDepthMax} deep`)
    }
    effort.depth++
    const run = new Run(this.name, caller.at, effort, caller.steps !== undefined)
    const { result } = this.#decide(this.#own(given), run)
    effort.depth--
    return { result, revision: this.revision, trace: run.steps === undefined ? undefined : this.#traceOf(run) }
  }

  #own(given: JsonObject): JsonObject {
    const { members, schema } = this.envelope.input
    const properties = membersOf(schema)
    const own: JsonObject = {}
    for (const name of members ?? Object.keys(given)) {
      const value = Object.hasOwn(given, name) ? given[name] : undefined
      const isClock = this.envelope.timeZone !== undefined && CLOCK_NAMES.includes(name)
      if (value !== undefined && !isClock) own[name] = described(value, properties[name])
    }
    return own
  }

  #decide(given: JsonObject, run: Run): { result: JsonObject; filled: JsonObject } {
    const { timeZone } = this.envelope
    const shape = shapeFault(given, 0, { values: 0 })
    if (shape !== undefined) throw inputInvalid(this.name, shape)
    const clock = timeZone === undefined ? {} : todayIn(timeZone, run.at)
    const { input, filled } = this.#filledIn(given, clock, run)
    this.#checkInput(input)
    const known = timeZone === undefined ? input : { ...input, ...clock }
    const result = this.#copy(runGraph(this.#plan, known, run))
    const violation = this.envelope.output.check(result)
    if (violation !== undefined) throw outputInvalid(this.name, violation, this.#undecided(known, run))
    return { result: result as JsonObject, filled }
  }

  #filledIn(input: JsonObject, clock: JsonObject, run: Run): FilledIn {
    const { fills } = this.envelope
    return fills.length === 0 ? { input, filled: {} } : fillIn(fills, input, clock, run)
  }

  #checkInput(input: JsonObject): void {
    const violation = this.envelope.input.check(input)
    if (violation === undefined) return
    const { pointer } = violation
    const fill = this.envelope.fills.find(({ member }) => pointer === step(member) && !Object.hasOwn(input, member))
    throw inputInvalid(this.name, violation, fill?.roots)
  }

  #copy(result: Json): Json {
    try {
      return copyOf(result)
    } catch (thrown) {
      if (!(thrown instanceof NotAResult)) throw thrown
      throw outputInvalid(this.name, { pointer: '', message: thrown.message }, [])
    }
  }

  /** Tables in which no row applied: the usual reason for a result that lacks something. */
  #undecided(input: JsonObject, run: Run): string[] {
    const again = new Run(this.name, run.at, { ...run.effort, meter: { left: LIMITS.workMax }, called: {} }, true)
    try {
      runGraph(this.#plan, input, again)
    } catch (thrown) {
      // The limits may be reached the second time; the violation is told all the same.
      if (!(thrown instanceof HubError)) throw thrown
    }
    const tables = (again.steps ?? []).filter((one) => one.kind === 'table' && one.decided.length === 0)
    return [...new Set(tables.map(({ node }) => node))]
  }

  #traceOf(run: Run): RuleTrace {
    const { name, title, revision } = this
    return { rule: name, title, revision, at: new Date(run.at).toISOString(), steps: run.steps ?? [] }
  }
}

interface Fault {
  pointer: string
  message: string
}

/**
 * What a schema does not look at: depth, size, and names that mean something else in expressions or in JavaScript.
 * Pointers are put together on the way back, since nearly no input needs one.
 */
function shapeFault(value: unknown, depth: number, count: { values: number }): Fault | undefined {
  if (++count.values > LIMITS.inputValuesMax) {
    return { pointer: '', message: `must have at most ${LIMITS.inputValuesMax} values in all` }
  }
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return undefined
  if (typeof value === 'number' && Number.isFinite(value)) return undefined
  if (typeof value !== 'object') return { pointer: '', message: 'must be a JSON value' }
  if (depth >= LIMITS.inputDepthMax) return { pointer: '', message: `must not be nested deeper than ${depth} levels` }
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) {
      const fault = shapeFault(value[at], depth + 1, count)
      if (fault !== undefined) return { ...fault, pointer: `/${at}${fault.pointer}` }
    }
    return undefined
  }
  for (const name of Object.keys(value)) {
    const isUsable = name !== '__proto__' && !(depth === 0 && name.startsWith('$'))
    const member: unknown = (value as Record<string, unknown>)[name]
    const fault = isUsable
      ? shapeFault(member, depth + 1, count)
      : { pointer: '', message: 'must not be there: an input cannot use this name' }
    if (fault !== undefined) return { ...fault, pointer: step(name) + fault.pointer }
  }
  return undefined
}

function revisionOf(envelope: Json, document: Json): string {
  const hash = createHash('sha256').update(canonicalText({ envelope, document })).digest('hex')
  return `sha256:${hash}`
}

/** JSON with members in order of their names, so that a new layout is no new revision. */
function canonicalText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const members = Object.keys(value).sort()
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonicalText(value[name] ?? null)}`).join(',')}}`
}
