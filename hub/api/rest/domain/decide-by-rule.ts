import { HubError } from '../../../contracts/hub-error.ts'
import type { JsonObject } from '../../../contracts/json.ts'
import type { Queryable } from '../../../store/queryable.ts'
import type { ApiPorts } from '../../ports.ts'

/** A decision as an operation's answer tells it. */
export interface RuleDecision {
  /** Of the decision log. */
  id: string
  rule: string
  revision: number
  result: JsonObject
}

/** A workspace without the rule, or with one that does not hold at the moment, decides nothing by it. */
const NO_RULE: ReadonlySet<string> = new Set(['rule.unknown', 'rule.not-in-force'])

/**
 * Asks the shared rule of an operation, and throws `rule.refused` (409) where its answer is not `accept: true`. The decision is kept
 * either way. Null: the workspace has no such rule.
 */
export async function decideByRule(
  { decisions }: ApiPorts,
  db: Queryable,
  order: { rule: string; input: JsonObject; actor: string },
): Promise<RuleDecision | null> {
  try {
    const { id, rule, revision, result } = await decisions.decide({ ...order, at: null, db })
    if (result['accept'] !== true) throw refused({ id, rule, revision, result })
    return { id, rule, revision, result }
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    if (NO_RULE.has(error.code)) return null
    if (error.code === 'rule.input.invalid') throw cannotDecide(order.rule, error)
    throw error
  }
}

function refused({ id, rule, revision, result }: RuleDecision): HubError {
  const { reason } = result
  return new HubError({
    code: 'rule.refused',
    family: 'reject',
    status: 409,
    message: `The rule ${rule} does not allow this; nothing was changed.`,
    ...(typeof reason === 'string' ? { fix: reason } : {}),
    facts: { ...(typeof reason === 'string' ? { reason } : {}), rule, revision, decision: id, result },
  })
}

/** What the hub has, or what was sent, is not what the rule wants to know. */
function cannotDecide(rule: string, { message, where, facts }: HubError): HubError {
  return new HubError({
    code: 'rule.cannot-decide',
    family: 'reject',
    status: 409,
    message: `The rule ${rule} can't decide on this: ${message}`,
    fix: 'Send what is missing, or have the rule take what there is.',
    facts: { rule, input: where ?? '', ...(facts?.['faults'] === undefined ? {} : { faults: facts['faults'] }) },
  })
}
