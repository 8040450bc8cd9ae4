import { ENVELOPE } from '../../contracts/canonical.ts'
import { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'

/** Why a customer is not made or edited as somebody wanted; each with a pointer into what they sent. */

/** The customer without what only the hub says of it. */
export function coreOf(golden: string): JsonObject {
  const core = JSON.parse(golden) as JsonObject
  for (const name of ENVELOPE) Reflect.deleteProperty(core, name)
  return core
}

/** Throws for a document or a patch that sets what is the hub's. */
export function refuseEnvelope(patch: JsonObject): void {
  const name = ENVELOPE.find((one) => Object.hasOwn(patch, one))
  if (name === undefined) return
  throw new HubError({
    code: 'customer.edit.member-of-the-hub',
    family: 'reject',
    message: `"${name}" is the hub's own and can't be set.`,
    where: `/${name}`,
    fix: 'Leave it out.',
  })
}

export function invalidCustomer(faults: readonly { pointer: string; message: string }[]): HubError {
  const [first] = faults
  return new HubError({
    code: 'customer.edit.invalid',
    family: 'reject',
    message: `The customer would break its schema: ${first?.pointer ?? ''} ${first?.message ?? ''}.`,
    where: first?.pointer ?? '',
    facts: { faults: faults.map(({ pointer, message }) => ({ pointer, message })) },
  })
}
