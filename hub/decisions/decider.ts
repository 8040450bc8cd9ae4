import { HubError } from '../contracts/hub-error.ts'
import { isJsonObject, type JsonObject } from '../contracts/json.ts'
import { UUID } from '../contracts/uuid.ts'
import {
  type Decision,
  isReadName,
  type ReadName,
  RECORD_READS,
  type RecordRead,
  type Rule,
  type RuleSet,
  traceInWords,
} from '../rules/index.ts'
import type { Queryable } from '../store/queryable.ts'
import { type NamedByCaller, readContext } from './customer-context.ts'
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
  /** Records that the caller named and the hub read. */
  recordIds: readonly string[]
  /** As it was sent. */
  given: JsonObject
  /** What the hub read in the place of `customer: {id}` and the like, and what the rule filled in; null: neither. */
  filled: JsonObject | null
  /** null: the rule could not decide. */
  result: JsonObject | null
  error: HubError | null
  /** Sentences, without values of the input but for what was filled in. */
  trace: string[]
}

/**
 * Decides by the rules in force. `input.customer` with nothing but an `id` stands for that customer, and `input.invoice` likewise
 * for an invoice: what the rule's envelope reads is put into the input by name, except for what the caller sent itself, and
 * what the envelope fills in is made of it.
 *
 * Throws HubErrors: `rule.unknown` (404), `rule.not-in-force`, `rule.input.invalid` and the limits of rules (422),
 * `customer.unknown`, `record.unknown` (404), `customer.erased`, `record.deleted` (410). A rule that is wrong itself is no
 * throw: it is `error`, of status 409.
 */
export async function decide(db: Queryable, inForce: RulesInForce, order: DecisionOrder): Promise<Decided> {
  const rule = inForce.rules.at(order.rule, order.at)
  const { given, named } = withoutReferences(order.input, rule.envelope.reads)
  if (named.customerId === null && named.records.size === 0) {
    // A rule that reads nothing of customers gets what was sent, its own idea of `customer` included.
    const customerId = idOf(order.input['customer'])
    return decided(inForce, rule, order, { filled: null, input: order.input, customerId, recordIds: [] })
  }
  const { members, customerId, recordIds } = await readContext(db, rule, named, new Set(Object.keys(given)))
  return decided(inForce, rule, order, { filled: members, input: { ...given, ...members }, customerId, recordIds })
}

interface Prepared {
  filled: JsonObject | null
  input: JsonObject
  customerId: string | null
  recordIds: readonly string[]
}

function decided(inForce: RulesInForce, rule: Rule, { at, input: given }: DecisionOrder, prepared: Prepared): Decided {
  const { filled, input, customerId, recordIds } = prepared
  const { filled: made, ...outcome } = decideOrFail(rule, input, at)
  return {
    rule: rule.name,
    revision: inForce.numberOf(rule.name, rule.revision),
    hash: rule.revision,
    at,
    customerId,
    recordIds,
    given,
    filled: made === undefined ? filled : { ...filled, ...made },
    called: calledBy(inForce.rules, rule, at),
    ...outcome,
  }
}

interface Outcome extends Pick<Decided, 'result' | 'error' | 'trace'> {
  /** Members of the input that the rule filled in. */
  filled?: JsonObject
}

/** Decides with a trace; an error of the rule itself is told, one of the input thrown. */
export function decideOrFail(rule: Rule, input: JsonObject, at: number): Outcome {
  let decision: Decision
  try {
    decision = rule.decide(input, { at, trace: true })
  } catch (error) {
    if (!(error instanceof HubError) || error.family !== 'config') throw error
    return { result: null, error: atFault(error), trace: [] }
  }
  const { result, filled, trace } = decision
  return {
    result,
    error: null,
    trace: trace === undefined ? [] : traceInWords(trace),
    ...(filled === undefined ? {} : { filled }),
  }
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

/**
 * The input of a decision that was kept, with what was read then. What the rule filled in is left out: the same revision makes
 * the same of it again, and another one, which is being tried, may make something else of it.
 */
export function inputOf(given: JsonObject, filled: JsonObject | null): JsonObject {
  if (filled === null) return given
  const names = Object.keys(filled).filter(isReadName)
  const read = Object.fromEntries(names.map((name) => [name, filled[name] ?? null]))
  return { ...withoutReferences(given, ['customer', ...names]).given, ...read }
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

/** `customer: {id}` and nothing else in it is a reference where a rule reads anything, `invoice: {id}` where it reads that. */
function withoutReferences(input: JsonObject, reads: readonly ReadName[]): { given: JsonObject; named: NamedByCaller } {
  if (reads.length === 0) return { given: input, named: { customerId: null, records: new Map() } }
  const given = { ...input }
  const records = new Map<RecordRead, string>()
  let customerId: string | null = null
  for (const name of ['customer', ...RECORD_READS] as const) {
    const value = input[name]
    if (value === undefined || !isJsonObject(value) || Object.keys(value).join() !== 'id') continue
    if (name !== 'customer' && !reads.includes(name)) continue
    const id = idNamed(name, value['id'])
    Reflect.deleteProperty(given, name)
    if (name === 'customer') customerId = id
    else records.set(name, id)
  }
  return { given, named: { customerId, records } }
}

function idNamed(name: string, id: JsonObject[string] | undefined): string {
  if (typeof id === 'string' && UUID.test(id)) return id.toLowerCase()
  throw new HubError({
    code: 'rule.input.invalid',
    family: 'reject',
    message: `The input names a ${name} by something that is no id: /${name}/id must be a UUID.`,
    where: `/${name}/id`,
    fix: `Send the hub's id of the ${name}.`,
  })
}

function idOf(customer: JsonObject[string] | undefined): string | null {
  const id = customer !== undefined && isJsonObject(customer) ? customer['id'] : undefined
  return typeof id === 'string' && UUID.test(id) ? id.toLowerCase() : null
}
