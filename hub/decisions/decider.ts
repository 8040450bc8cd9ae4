import { HubError } from '../contracts/hub-error.ts'
import { isJsonObject, type JsonObject } from '../contracts/json.ts'
import { type Decision, type Rule, type RuleSet, traceInWords } from '../rules/index.ts'
import type { Queryable } from '../store/queryable.ts'
import { readContext } from './customer-context.ts'
import type { RulesInForce } from './rule-registry.ts'

/** What a caller asks. */
export interface DecisionOrder {
  rule: string
  input: JsonObject
  /** The moment for which to decide, ms since 1970. */
  at: number
}

/** A rule decided, with all that is needed to do it again. */
export interface Decided {
  rule: string
  /** Of the rule in this hub, and the hash by which it is the same everywhere. */
  revision: number
  hash: string
  /** The rules that it may call: their hashes by name. */
  called: Record<string, string> | undefined
  at: number
  customerId: string | null
  /** As it was sent. */
  given: JsonObject
  /** What the hub put in the place of `customer: {id}`; null: that was not sent, or the rule reads nothing. */
  filled: JsonObject | null
  /** null: the rule could not decide. */
  result: JsonObject | null
  error: HubError | null
  /** Sentences without values of the input. */
  trace: string[]
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Decides by the rules in force. `input.customer` with nothing but an `id` stands for that customer: what the rule's
 * envelope reads of a customer is put into the input by name, except for what the caller sent itself.
 *
 * Throws HubErrors: `rule.unknown` (404), `rule.not-in-force`, `rule.input.invalid` and the limits of rules (422),
 * `customer.unknown` (404), `customer.erased` (410). A rule that is wrong itself is no throw: it is `error`, of status 409.
 */
export async function decide(db: Queryable, inForce: RulesInForce, order: DecisionOrder): Promise<Decided> {
  const rule = inForce.rules.at(order.rule, order.at)
  const { given, customerId } = withoutReference(order.input)
  if (customerId === null || !isReader(rule)) {
    // A rule that reads nothing of customers gets what was sent, its own idea of `customer` included.
    return decided(inForce, rule, order, { given: order.input, filled: null, input: order.input, customerId: null })
  }
  const context = await readContext(db, rule, customerId, new Set(Object.keys(given)))
  const input = { ...given, ...context.members }
  return decided(inForce, rule, order, {
    given: order.input,
    filled: context.members,
    input,
    customerId: context.customerId,
  })
}

interface Prepared {
  given: JsonObject
  filled: JsonObject | null
  input: JsonObject
  customerId: string | null
}

function decided(inForce: RulesInForce, rule: Rule, { at }: DecisionOrder, prepared: Prepared): Decided {
  const { given, filled, input, customerId } = prepared
  const outcome = decideOrFail(rule, input, at)
  return {
    rule: rule.name,
    revision: inForce.numberOf(rule.name, rule.revision),
    hash: rule.revision,
    at,
    customerId: customerId ?? idOf(input['customer']),
    given,
    filled,
    called: calledBy(inForce.rules, rule, at),
    ...outcome,
  }
}

/** Decides with a trace; an error of the rule itself is told, one of the input thrown. */
export function decideOrFail(rule: Rule, input: JsonObject, at: number): Pick<Decided, 'result' | 'error' | 'trace'> {
  let decision: Decision
  try {
    decision = rule.decide(input, { at, trace: true })
  } catch (error) {
    if (!(error instanceof HubError) || error.family !== 'config') throw error
    return { result: null, error: atFault(error), trace: [] }
  }
  const { result, trace } = decision
  return { result, error: null, trace: trace === undefined ? [] : traceInWords(trace) }
}

/** All rules that one may call, as they hold at the moment: with them it can be loaded again. */
function calledBy(rules: RuleSet, start: Rule, at: number): Record<string, string> | undefined {
  if (start.calls.length === 0) return undefined
  const called: Record<string, string> = {}
  const waiting = [...start.calls]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const rule = rules.versions(name).find((version) => version.isInForce(at))
    if (rule === undefined || name in called) continue
    called[name] = rule.revision
    waiting.push(...rule.calls)
  }
  return called
}

/** The input of a decision that was kept, as the rule got it. */
export function inputOf(given: JsonObject, filled: JsonObject | null): JsonObject {
  return filled === null ? given : { ...withoutReference(given).given, ...filled }
}

/** The rule is wrong, not the request and not the hub: the caller can do nothing, whoever publishes rules can. */
function atFault({ code, family, message, where, fix, facts }: HubError): HubError {
  return new HubError({
    code,
    family,
    status: 409,
    message,
    ...(where === undefined ? {} : { where }),
    ...(fix === undefined ? {} : { fix }),
    ...(facts === undefined ? {} : { facts }),
  })
}

function isReader({ envelope }: Rule): boolean {
  return envelope.reads.length > 0
}

/** `customer: {id}` and nothing else in it is a reference. */
function withoutReference(input: JsonObject): { given: JsonObject; customerId: string | null } {
  const { customer, ...given } = input
  if (customer === undefined || !isJsonObject(customer) || Object.keys(customer).join() !== 'id') {
    return { given: input, customerId: null }
  }
  const { id } = customer
  if (typeof id === 'string' && UUID.test(id)) return { given, customerId: id.toLowerCase() }
  throw new HubError({
    code: 'rule.input.invalid',
    family: 'reject',
    message: 'The input names a customer by something that is no id: /customer/id must be a UUID.',
    where: '/customer/id',
    fix: "Send the hub's id of the customer.",
  })
}

function idOf(customer: JsonObject[string] | undefined): string | null {
  const id = customer !== undefined && isJsonObject(customer) ? customer['id'] : undefined
  return typeof id === 'string' && UUID.test(id) ? id.toLowerCase() : null
}
