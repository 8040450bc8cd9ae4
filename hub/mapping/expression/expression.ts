import { evaluateExpressionSync } from '@gorules/zen-engine'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { UNPARSABLE } from '../conversions/conversion.ts'
import type { Converted } from '../conversions/conversion.ts'
import type { Path } from '../document/path.ts'
import { copyJson } from '../engine/values.ts'
import { analyse, numberFits, SUMMED_ITEMS_MAX } from './guard.ts'
import type { Limits } from './guard.ts'
import { LexicalProblem } from './lexer.ts'

/** An expression in the Zen language, checked. */
export interface Expression {
  text: string
  /** Source paths; `item` is the item of a repeated list. */
  reads: readonly Path[]
  /** UNPARSABLE: the expression failed on this record. Never throws. */
  evaluate(record: JsonObject, item: Json): Converted
}

export type ExpressionResult = { ok: true; expression: Expression } | { ok: false; problem: string; at: number }

/**
 * Checks an expression and makes it ready. The engine has no compiled form that can be called without a promise: it
 * parses the text at each call, which costs less than handing the record over does. So only the members that the
 * expression reads are handed over (measured: 600,000/s with 2 members, 63,000/s with a record of 42).
 */
export function compileExpression(text: string): ExpressionResult {
  try {
    const { reads, limits } = analyse(text)
    const problem = syntaxProblem(text)
    if (problem !== null) return { ok: false, ...problem }
    const roots = [...new Set(reads.map((path) => String(path[0])))]
    return { ok: true, expression: { text, reads, evaluate: evaluator(text, roots, limits) } }
  } catch (thrown) {
    if (thrown instanceof LexicalProblem) return { ok: false, problem: thrown.message, at: thrown.at }
    throw thrown
  }
}

/** Asks the engine: evaluated over nothing, an expression with right grammar gives a value or fails on types only. */
function syntaxProblem(text: string): { problem: string; at: number } | null {
  try {
    evaluateExpressionSync(text, {})
    return null
  } catch (thrown) {
    const [first = ''] = String(thrown instanceof Error ? thrown.message : thrown).split('\n')
    const kind = /"type":"(\w+)"/.exec(first)?.[1]
    if (kind === 'vmError') return null
    const source = /"source":"((?:[^"\\]|\\.)*)"/.exec(first)?.[1] ?? 'the expression is not complete'
    return { problem: source.replace(/ at \(\d+, \d+\)/, ''), at: Number(/at \((\d+),/.exec(source)?.[1] ?? 0) }
  }
}

function evaluator(text: string, roots: readonly string[], limits: Limits): Expression['evaluate'] {
  return (record, item) => {
    const context: JsonObject = {}
    const cost = { nodes: 0, characters: 0 }
    for (const root of roots) {
      const value = root === 'item' && item !== record ? item : Object.hasOwn(record, root) ? record[root] : undefined
      if (value === undefined) continue
      if (!fits(value, limits, cost, 0)) return UNPARSABLE
      context[root] = value
    }
    if (limits.closureDepth > 0 && cost.nodes ** limits.closureDepth * (cost.characters + 64) > WORK_MAX)
      return UNPARSABLE
    try {
      const result: unknown = evaluateExpressionSync(text, context)
      return result === null || result === undefined ? undefined : copyJson(result as Json)
    } catch {
      return UNPARSABLE
    }
  }
}

const DEPTH_MAX = 32
const INPUT_CHARACTERS_MAX = 1_000_000
/** Characters that closures may make out of an input, roughly; holds an evaluation to some tens of milliseconds. */
const WORK_MAX = 50_000_000
const NUMERIC = /^[\s_]*[+-]?[\d_]*\.?[\d_]+(?:e[+-]?\d+)?\s*$/i

/** Whether a value is safe to hand to the engine: bounded in depth and size, and its numbers within the limits. */
function fits(value: Json, limits: Limits, cost: { nodes: number; characters: number }, depth: number): boolean {
  if (++cost.nodes > SUMMED_ITEMS_MAX) return false
  if (typeof value === 'number') return Number.isFinite(value) && numberFits(value, limits)
  if (typeof value === 'string') {
    cost.characters += value.length
    if (cost.characters > INPUT_CHARACTERS_MAX) return false
    return !limits.readsNumbers || !NUMERIC.test(value) || numberFits(Number(value.replaceAll('_', '')), limits)
  }
  if (typeof value !== 'object' || value === null) return true
  if (depth >= DEPTH_MAX) return false
  if (Array.isArray(value)) return value.every((item) => fits(item, limits, cost, depth + 1))
  for (const name of Object.keys(value)) {
    cost.characters += name.length
    if (!fits(value[name] ?? null, limits, cost, depth + 1)) return false
  }
  return true
}
