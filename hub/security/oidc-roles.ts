import { HubError } from '../contracts/hub-error.ts'
import { isRole, type Role, ROLES } from './permissions.ts'

/** What a value of the roles claim makes of its bearer. */
export interface GrantedRole {
  claim: string
  role: Role
  /** With the role `system`: which one. */
  system: string | null
}

/** Without a mapping the names of the roles themselves count; what may do more comes first. */
const OWN_NAMES: readonly Role[] = ['admin', 'steward', 'engineer', 'channel', 'viewer']

/**
 * `omnihub-admins=admin, crm-service=system:crm`: values of the roles claim and what they make of their bearer. Of several
 * that a token has, the first one named here counts. Throws `settings.oidc-roles` of the family `config`.
 */
export function parseRoleMapping(text: string | undefined): readonly GrantedRole[] {
  if (text === undefined) return OWN_NAMES.map((role) => ({ claim: role, role, system: null }))
  return text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [, claim = '', role = '', system] = /^(.+)=([a-z]+)(?::(.+))?$/.exec(part.trim()) ?? []
      if (!isRole(role) || (role === 'system') !== (system !== undefined)) throw wrongMapping(part.trim())
      return { claim: claim.trim(), role, system: system ?? null }
    })
}

/** The first role of the mapping that the claims have; the claim may be a text, a list, or texts with blanks between (`scope`). */
export function roleOf(
  claims: Readonly<Record<string, unknown>>,
  path: string,
  mapping: readonly GrantedRole[],
): GrantedRole | undefined {
  const value = Object.hasOwn(claims, path) ? claims[path] : nested(claims, path.split('.'))
  const held = new Set(typeof value === 'string' ? [value, ...value.split(' ')] : Array.isArray(value) ? value : [])
  return mapping.find(({ claim }) => held.has(claim))
}

function nested(claims: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (holder, name) =>
      typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name)
        ? (holder as Record<string, unknown>)[name]
        : undefined,
    claims,
  )
}

function wrongMapping(given: string): HubError {
  return new HubError({
    code: 'settings.oidc-roles',
    family: 'config',
    message: `OMNIHUB_OIDC_ROLES has a part that maps no claim to a role: ${JSON.stringify(given.slice(0, 80))}.`,
    fix: `Write value=role, or value=system:name; roles are ${ROLES.join(', ')}.`,
  })
}
