/**
 * Who may do what: one table. Each operation of the API names one permission; a role has the permissions listed for it
 * and no other. docs/operators/security.md is made from it.
 */
export const ROLES = ['channel', 'system', 'steward', 'engineer', 'admin', 'viewer'] as const
export type Role = (typeof ROLES)[number]

export const ROLE_MEANINGS: Record<Role, string> = {
  channel:
    'A channel (web, app, IVR, agent desktop): reads and edits customers and what belongs to them, follows events.',
  system: 'One system of record: sends its own changes, and only those. Bound to the name of the system.',
  steward: 'A data steward: reads everything, decides about matches, joins and splits, repairs parked changes.',
  engineer: 'An integration engineer: writes mappings, runs systems, repairs parked changes.',
  admin: 'Everything, API keys included.',
  viewer: 'Reads everything that is not a secret, changes nothing.',
}

type Grant = { meaning: string; roles: readonly Exclude<Role, 'admin'>[] }

const GRANTS = {
  'changes.send': { meaning: 'send and import changes (a system: its own only)', roles: ['system', 'engineer'] },
  'records.read': {
    meaning: 'read customers and the other canonical entities',
    roles: ['channel', 'steward', 'engineer', 'viewer'],
  },
  'events.read': { meaning: 'follow the event stream', roles: ['channel', 'steward', 'engineer', 'viewer'] },
  'subscriptions.manage': {
    meaning: 'make webhook subscriptions, see and change their own',
    roles: ['channel', 'steward', 'engineer'],
  },
  'customers.edit': { meaning: 'edit fields of customers', roles: ['channel', 'steward'] },
  'records.write': {
    meaning: 'make and change records other than customers in their systems',
    roles: ['channel', 'steward'],
  },
  'records.export': {
    meaning: 'export records of a kind, all of them (each export stands in the audit trail)',
    roles: ['steward', 'engineer'],
  },
  'customers.decide': { meaning: 'join and split customers', roles: ['steward'] },
  'matches.read': { meaning: 'read the review list of matches', roles: ['steward', 'engineer', 'viewer'] },
  'matches.decide': { meaning: 'decide whether records belong together', roles: ['steward'] },
  'operations.read': {
    meaning: 'read the ledger, cross-references and the state of systems',
    roles: ['steward', 'engineer', 'viewer'],
  },
  'systems.operate': { meaning: 'pause, resume and backfill systems', roles: ['engineer'] },
  'parked.read': { meaning: 'read parked changes', roles: ['steward', 'engineer', 'viewer'] },
  'parked.repair': { meaning: 'edit, replay and discard parked changes', roles: ['steward', 'engineer'] },
  'write-backs.read': {
    meaning: 'read what is to be written to systems, conflicts among it',
    roles: ['steward', 'engineer', 'viewer'],
  },
  'write-backs.repair': { meaning: 'decide conflicts of writes, try writes again', roles: ['steward', 'engineer'] },
  'mappings.read': { meaning: 'read and preview mappings', roles: ['steward', 'engineer', 'viewer'] },
  'mappings.write': { meaning: 'draft, publish and roll back mappings', roles: ['engineer'] },
  'decisions.make': {
    meaning: 'see which rules there are, and decide by them',
    roles: ['channel', 'steward', 'engineer'],
  },
  'rules.read': { meaning: 'read, check and try rules', roles: ['steward', 'engineer', 'viewer'] },
  'rules.write': { meaning: 'draft, publish and roll back rules', roles: ['engineer'] },
  'decisions.read': {
    meaning: 'search what was decided, and do it again',
    roles: ['steward', 'engineer', 'viewer'],
  },
  'privacy.export': { meaning: 'export everything that the hub holds of a person', roles: ['steward'] },
  'privacy.erase': { meaning: 'erase customers, and see to it that systems do', roles: ['steward'] },
  'secrets.rotate': { meaning: 'seal the secrets in the database with another master key', roles: [] },
  'audit.read': { meaning: 'see and verify the audit trail', roles: [] },
  'keys.manage': { meaning: 'list, make and revoke API keys', roles: [] },
} as const satisfies Record<string, Grant>

export type Permission = keyof typeof GRANTS

export const PERMISSIONS = Object.keys(GRANTS) as Permission[]

const ROLES_OF = new Map<Permission, ReadonlySet<Role>>(
  Object.entries(GRANTS).map(([permission, grant]) => [
    permission as Permission,
    new Set<Role>(['admin', ...grant.roles]),
  ]),
)

export function rolesWith(permission: Permission): ReadonlySet<Role> {
  return ROLES_OF.get(permission) ?? new Set()
}

export function mayDo(role: Role, permission: Permission): boolean {
  return rolesWith(permission).has(role)
}

export function meaningOf(permission: Permission): string {
  return GRANTS[permission].meaning
}

export function isRole(name: string): name is Role {
  return (ROLES as readonly string[]).includes(name)
}
