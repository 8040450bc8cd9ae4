import { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import type { Principal } from '../../security/key-verifier.ts'

type Asked = { principal: Principal | null }

/** The gate lets nobody through without a principal; an operation that is public by mistake must not act for nobody. */
export function principalOf({ principal }: Asked): Principal {
  if (principal !== null) return principal
  throw new HubError({
    code: 'auth.missing',
    family: 'reject',
    status: 401,
    message: 'This operation needs an API key.',
  })
}

/** Who acts, as the audit trail names them. */
export function authorOf(input: Asked): string {
  const { name, keyId } = principalOf(input)
  return `${name} (${keyId})`
}

export function noteOf(body: JsonObject): string | null {
  return typeof body.note === 'string' ? body.note : null
}
