import type { Lookup, Meter, ZenExpression, FAILED } from '../../contracts/expression/zen-expression.ts'
import { BEYOND_LIMITS } from '../../contracts/expression/zen-expression.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { LIMITS } from '../limits.ts'
import { beyondLimits, tooLong } from './decision-error.ts'
import type { RuleTrace, TraceStep } from './trace.ts'

/** What a called rule gives back to the graph that called it. */
export interface Called {
  result: Json
  revision: string
  trace: RuleTrace | undefined
}

/** What one decision costs and calls, with all the rules that it calls. */
export interface Effort {
  steps: number
  /** What its expressions may still cost. */
  meter: Meter
  depth: number
  /** Revisions of the called rules by name. */
  called: Record<string, string>
  /** Throws where the rule can't be called. */
  call(rule: string, input: JsonObject, run: Run): Called
}

/** One graph being decided. */
export class Run {
  readonly rule: string
  /** ms since 1970 */
  readonly at: number
  readonly effort: Effort
  /** Undefined: nobody wants to know. */
  readonly steps: TraceStep[] | undefined
  /** Output of each node by its name, for `$nodes`. */
  nodes: JsonObject = {}

  constructor(rule: string, at: number, effort: Effort, traced: boolean) {
    this.rule = rule
    this.at = at
    this.effort = effort
    this.steps = traced ? [] : undefined
  }

  spend(steps: number): void {
    this.effort.steps += steps
    if (this.effort.steps > LIMITS.stepsMax) throw tooLong(this.rule, `it took more than ${LIMITS.stepsMax} steps`)
  }

  lookup(input: JsonObject): Lookup {
    return (root) => {
      if (Object.hasOwn(input, root)) return input[root]
      return root === '$nodes' ? this.nodes : undefined
    }
  }

  /** FAILED is for the caller to judge: in a table it only means that a row does not apply. */
  evaluate(expression: ZenExpression, lookup: Lookup, node: string): Json | typeof FAILED {
    const { meter } = this.effort
    const value = expression.evaluate(lookup, meter)
    if (value !== BEYOND_LIMITS) return value
    if (meter.left < 0) throw tooLong(this.rule, 'its expressions have too much to do')
    throw beyondLimits(this.rule, node)
  }
}
