import { HubError } from '../../contracts/hub-error.ts'
import { isRecordRead } from '../document/read-names.ts'
import type { SchemaViolation } from '../../contracts/schema-validator.ts'

/** What keeps a decision from being made; `where` is a pointer into the input, or the rule's document with a pointer. */

/** `fillsFrom`: the missing member would be filled in from these things that the hub reads. */
export function inputInvalid(
  rule: string,
  { pointer, message }: Pick<SchemaViolation, 'pointer' | 'message'>,
  fillsFrom: readonly string[] = [],
): HubError {
  return new HubError({
    code: 'rule.input.invalid',
    family: 'reject',
    message: `The input of the rule ${rule} is not valid: ${pointer === '' ? 'it' : pointer} ${message}.`,
    where: pointer,
    fix: fillsFrom.length === 0 ? 'Send what the input schema of the rule describes.' : sendOrName(fillsFrom),
    facts: { rule },
  })
}

function sendOrName(fillsFrom: readonly string[]): string {
  const named = fillsFrom.map((name) => `${isRecordRead(name) ? name : 'customer'}: {id}`)
  return `Send it, or name what the hub can fill it in from: ${[...new Set(named)].join(' and ')}. Where that is named, the hub knows nothing of it.`
}

/** The input was right, so the rule is wrong: it lacks a row, or gives something that it does not promise. */
export function outputInvalid(
  rule: string,
  { pointer, message }: Pick<SchemaViolation, 'pointer' | 'message'>,
  undecided: readonly string[],
): HubError {
  const tables = undecided.length === 0 ? '' : ` No row applied in ${undecided.join(', ')}.`
  return new HubError({
    code: 'rule.output.invalid',
    family: 'config',
    message: `The rule ${rule} gave a result that breaks its output schema: ${pointer === '' ? 'it' : pointer} ${message}.${tables}`,
    where: pointer,
    fix: 'Add a row for such an input, or correct the output schema; the trace of the decision shows the way.',
    facts: { rule, undecided },
  })
}

export function expressionFailed(rule: string, node: string, what: string): HubError {
  return new HubError({
    code: 'rule.expression.failed',
    family: 'config',
    message: `In the rule ${rule}, node ${node}: ${what} could not be calculated from this input.`,
    fix: 'The types of the values do not go together: give a default for absent ones with ??, or require them in the input schema.',
    facts: { rule, node },
  })
}

export function beyondLimits(rule: string, node: string): HubError {
  return new HubError({
    code: 'rule.value.beyond-limits',
    family: 'reject',
    message: `In the rule ${rule}, node ${node}: a value is too large, too long or too deep to calculate with.`,
    fix: 'Numbers have at most 15 digits before the point and 9 after it; lists at most 10,000 items.',
    facts: { rule, node },
  })
}

export function tooLong(rule: string, what: string): HubError {
  return new HubError({
    code: 'rule.too-long',
    family: 'reject',
    message: `The decision of the rule ${rule} was stopped: ${what}.`,
    fix: 'Send shorter lists, or let the rule loop over less.',
    facts: { rule },
  })
}

/** A list or a single value came where members are read. */
export function notAnObject(rule: string, node: string, what: string): HubError {
  return new HubError({
    code: 'rule.node.input',
    family: 'config',
    message: `In the rule ${rule}, node ${node}: ${what} is no object.`,
    fix: 'Give the output of the node before it a place with outputPath, or name a field with objects in inputField.',
    facts: { rule, node },
  })
}
