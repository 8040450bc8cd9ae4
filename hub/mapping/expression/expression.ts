import { BEYOND_LIMITS, compileZen, FAILED, type Meter } from '../../contracts/expression/zen-expression.ts'
import type { Json, JsonObject } from '../../contracts/json.ts'
import { UNPARSABLE } from '../conversions/conversion.ts'
import type { Converted } from '../conversions/conversion.ts'
import type { Path } from '../document/path.ts'
import { copyJson } from '../engine/values.ts'

/** An expression in the Zen language, checked. */
export interface Expression {
  text: string
  /** Source paths; `item` is the item of a repeated list. */
  reads: readonly Path[]
  /** UNPARSABLE: the expression failed on this record. Never throws. */
  evaluate(record: JsonObject, item: Json): Converted
}

export type ExpressionResult = { ok: true; expression: Expression } | { ok: false; problem: string; at: number }

/** What all expressions together may cost for one record, for all items of its lists too: about a fifth of a second. */
const RECORD_WORK_MAX = 200_000_000
/** Of the record that is being mapped: records are mapped one after the other, and nothing is waited for on the way. */
const meter: Meter = { left: RECORD_WORK_MAX }

/** To be called before the expressions of a record. */
export function beginRecord(): void {
  meter.left = RECORD_WORK_MAX
}

/** Checks an expression and makes it ready for records. */
export function compileExpression(text: string): ExpressionResult {
  const compiled = compileZen(text)
  if (!compiled.ok) return compiled
  const { expression } = compiled
  const evaluate = (record: JsonObject, item: Json): Converted => {
    const result = expression.evaluate((root) => {
      if (root === 'item' && item !== record) return item
      return Object.hasOwn(record, root) ? record[root] : undefined
    }, meter)
    if (result === FAILED || result === BEYOND_LIMITS) return UNPARSABLE
    return result === null ? undefined : copyJson(result)
  }
  return { ok: true, expression: { text, reads: expression.reads, evaluate } }
}
