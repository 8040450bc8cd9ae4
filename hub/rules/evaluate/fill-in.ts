/** Fills in what a caller did not send, out of what was read. */
import { FAILED } from '../../contracts/expression/zen-expression.ts'
import type { JsonObject } from '../../contracts/json.ts'
import type { Fill } from '../document/fill.ts'
import type { Run } from './run.ts'
import type { FilledMember } from './trace.ts'
import { filledSentence } from './words.ts'

/** A member that is filled in from nothing that is there; `filled`: all others. */
export interface FilledIn {
  input: JsonObject
  filled: JsonObject
}

/**
 * The input with the members that fills give. What was sent counts, a null too. A fill that reads several things wants at
 * least one of them to be there; one that can not be calculated, or gives null, leaves its member out: whether that may be
 * absent is for the schema of the input to say.
 */
export function fillIn(fills: readonly Fill[], input: JsonObject, clock: JsonObject, run: Run): FilledIn {
  const filled: JsonObject = {}
  const told: FilledMember[] = []
  const lookup = run.lookup({ ...clock, ...input })
  for (const { member, value, says, roots } of fills) {
    if (Object.hasOwn(input, member) || !roots.some((root) => Object.hasOwn(input, root))) continue
    run.spend(1)
    const found = run.evaluate(value, lookup, 'Input')
    const isThere = found !== FAILED && found !== null
    if (isThere) filled[member] = found
    if (run.steps === undefined) continue
    const from = value.reads.map((path) => path.join('.'))
    told.push({ name: member, expression: value.text, from, says: says ?? null, value: isThere ? found : null })
  }
  if (run.steps !== undefined && told.length > 0) {
    run.steps.push({ kind: 'fill', node: 'Input', sentence: told.map(filledSentence).join(' '), filled: told })
  }
  return { input: { ...input, ...filled }, filled }
}
