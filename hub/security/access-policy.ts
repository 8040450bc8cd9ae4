/** config/access.yaml: which fields the roles may not see. Text in, checked policy out; reads no file. */
import { isCanonicalEntity } from '../contracts/canonical.ts'
import { ACCESS_CONFIG_SCHEMA } from '../contracts/generated/access-config.ts'
import { CANONICAL_SCHEMAS, COMMON_SCHEMA } from '../contracts/generated/schemas.ts'
import { HubError } from '../contracts/hub-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../contracts/json.ts'
import { type MaskedField, Masking } from './masking.ts'
import { isRole, type Role } from './permissions.ts'
import { policyReader } from './policy-text.ts'

export interface AccessPolicy {
  /** What a role does not see; null: it sees everything. */
  maskingOf(role: Role): Masking | null
  /** Roles that do not see everything. */
  masked: readonly Role[]
}

/** An event as a role sees it, as JSON text; a role that this hub does not know sees what a viewer does. */
export function eventViewOf({ maskingOf }: AccessPolicy): (text: string, role: string) => string {
  return (text, role) => maskingOf(isRole(role) ? role : 'viewer')?.text(text, null) ?? text
}

/** Everybody sees what their permissions give. */
export const OPEN_POLICY: AccessPolicy = { maskingOf: () => null, masked: [] }

type Roles = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, 'masked' | 'hidden'>>>>>>

const read = policyReader<{ roles?: Roles }>(ACCESS_CONFIG_SCHEMA)

/** null: there is no such document. Throws `access.policy-invalid` of the family `config`. */
export function parseAccessPolicy(text: string | null, file = 'config/access.yaml'): AccessPolicy {
  if (text === null) return OPEN_POLICY
  const content = read(text, (what) => invalid(file, what))
  const maskings = new Map<Role, Masking>()
  for (const [role, entities] of Object.entries(content.roles ?? {})) {
    const fields = Object.entries(entities).flatMap(([entity, sights]) =>
      Object.entries(sights).map(([path, sight]) => fieldOf(role, entity, path, sight, file)),
    )
    if (isRole(role) && fields.length > 0) maskings.set(role, new Masking(fields))
  }
  return { maskingOf: (role) => maskings.get(role) ?? null, masked: [...maskings.keys()] }
}

function fieldOf(role: string, entity: string, path: string, sight: MaskedField['sight'], file: string): MaskedField {
  const where = `/roles/${role}/${entity}/${path}`
  const parts = path.split('.')
  if (!isCanonicalEntity(entity)) throw invalid(file, `${where} is no canonical entity`)
  if (parts.length === 0 || !hasPath(CANONICAL_SCHEMAS[entity], parts)) {
    throw invalid(file, `${where} is no field of this entity`)
  }
  return { entity, path: parts, sight }
}

/** Whether a schema has a member at this path; items of lists have no index in it. */
function hasPath(schema: Json | undefined, path: readonly string[]): boolean {
  if (!isJsonObject(schema)) return false
  const [name, ...rest] = path
  if (name === undefined) return true
  const target = referenced(schema)
  if (target !== undefined) return hasPath(target, path)
  const alternatives = ['allOf', 'anyOf', 'oneOf'].flatMap((word) => (Array.isArray(schema[word]) ? schema[word] : []))
  if (alternatives.some((one) => hasPath(one, path)) || hasPath(schema['items'], path)) return true
  const { properties, additionalProperties } = schema
  if (isJsonObject(properties) && Object.hasOwn(properties, name))
    return rest.length === 0 || hasPath(properties[name], rest)
  return name !== '' && isJsonObject(additionalProperties) && rest.length === 0
}

function referenced(schema: JsonObject): JsonObject | undefined {
  const name = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1) : undefined
  const parts = COMMON_SCHEMA['$defs']
  const part = name !== undefined && isJsonObject(parts) ? parts[name] : undefined
  return isJsonObject(part) ? part : undefined
}

function invalid(file: string, what: string): HubError {
  return new HubError({
    code: 'access.policy-invalid',
    family: 'config',
    message: `The policy of access is wrong: ${what}.`,
    where: file,
    fix: 'Correct the line; schemas/config/access.schema.json says what can be written, and editors complete by it.',
  })
}
