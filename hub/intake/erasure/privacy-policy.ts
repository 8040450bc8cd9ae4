/** config/privacy.yaml: what becomes of the records of a customer who is erased. Text in, checked policy out; reads no file. */
import { CANONICAL_ENTITIES, type CanonicalEntity, isCanonicalEntity } from '../../contracts/canonical.ts'
import { PRIVACY_CONFIG_SCHEMA } from '../../contracts/generated/privacy-config.ts'
import { HubError } from '../../contracts/hub-error.ts'
import type { JsonObject } from '../../contracts/json.ts'
import { policyReader } from '../../security/policy-text.ts'
import { cutterFor } from './cut-document.ts'

export interface PrivacyPolicy {
  /** Whether a record of this entity stays, without the person; an entity that the hub does not know is erased. */
  keeps(entity: string | null): boolean
  /** Why it stays; null: nobody has said. */
  reasonOf(entity: string): string | null
  /** What stays of a document. */
  cut(entity: string | null, document: JsonObject): JsonObject
}

interface Rule {
  action: 'erase' | 'keep-without-person'
  reason?: string
  keep?: string[]
}

/** What bookkeeping must be able to show for years in most countries; the number is what auditors ask for. */
const DEFAULTS: Readonly<Record<string, Rule>> = Object.fromEntries(
  ['invoice', 'payment', 'order'].map((entity): [string, Rule] => [
    entity,
    { action: 'keep-without-person', reason: 'Commercial and tax law: books must be kept.', keep: ['number'] },
  ]),
)

const read = policyReader<{ entities?: Record<string, Rule> }>(PRIVACY_CONFIG_SCHEMA)

/** null: there is no such document. Throws `privacy.policy-invalid` of the family `config`. */
export function parsePrivacyPolicy(text: string | null, file = 'config/privacy.yaml'): PrivacyPolicy {
  const content = text === null ? {} : read(text, (what) => invalid(file, what))
  const rules: Readonly<Record<string, Rule>> = { ...DEFAULTS, ...content.entities }
  const cutters = new Map<CanonicalEntity, (document: JsonObject) => JsonObject>()
  for (const entity of CANONICAL_ENTITIES) {
    const rule = rules[entity]
    if (rule?.action === 'keep-without-person') cutters.set(entity, cutterFor(entity, rule.keep ?? []))
  }
  const cutterOf = (entity: string | null): ((document: JsonObject) => JsonObject) | undefined =>
    entity !== null && isCanonicalEntity(entity) ? cutters.get(entity) : undefined
  return {
    keeps: (entity) => cutterOf(entity) !== undefined,
    reasonOf: (entity) => rules[entity]?.reason ?? null,
    cut: (entity, document) => cutterOf(entity)?.(document) ?? {},
  }
}

function invalid(file: string, what: string): HubError {
  return new HubError({
    code: 'privacy.policy-invalid',
    family: 'config',
    message: `The policy of erasures is wrong: ${what}.`,
    where: file,
    fix: 'Correct the line; schemas/config/privacy.schema.json says what can be written, and editors complete by it.',
  })
}
