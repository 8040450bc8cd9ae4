import type { ConnectorCapabilities, Verification } from '../contracts/connector.ts'

const CAPABILITIES: Record<keyof Omit<ConnectorCapabilities, 'create' | 'deletes'>, true> = {
  discover: true,
  backfill: true,
  poll: true,
  subscribe: true,
  receive: true,
  write: true,
}
const VERIFIED_BY: Record<Verification['by'], true> = {
  'real server': true,
  'fake checked by independent clients': true,
  'unchecked fake': true,
}

/** What is wrong with a spec that came from outside, as a clause; undefined where nothing is. */
export function specFault(spec: Readonly<Record<string, unknown>>, name: string): string | undefined {
  if (spec.name !== name) return `its name is ${JSON.stringify(spec.name)}, and that of its folder is "${name}"`
  for (const member of ['title', 'description']) {
    if (typeof spec[member] !== 'string' || spec[member] === '') return `its ${member} is no text`
  }
  if (typeof spec.open !== 'function') return 'its open is no function'
  for (const member of ['settings', 'entityOptions']) {
    const isAbsent = member === 'entityOptions' && spec[member] === undefined
    if (!isAbsent && !isSchema(spec[member])) return `its ${member} is no schema of an object`
  }
  return capabilitiesFault(spec.capabilities) ?? verificationFault(spec.verification)
}

function isSchema(value: unknown): boolean {
  if (!isObject(value) || value.type !== 'object' || value.additionalProperties !== false) return false
  if (!isObject(value.properties)) return false
  return Object.values(value.properties).every(
    (property) => isObject(property) && typeof property.type === 'string' && typeof property.description === 'string',
  )
}

function capabilitiesFault(value: unknown): string | undefined {
  if (!isObject(value)) return 'its capabilities are missing'
  for (const capability of Object.keys(CAPABILITIES)) {
    if (typeof value[capability] !== 'boolean') return `its capabilities do not say whether it can ${capability}`
  }
  const { create, deletes } = value
  if (create !== undefined && typeof create !== 'boolean') return 'its capability create is neither true nor false'
  const says = isObject(deletes) && typeof deletes.poll === 'boolean' && typeof deletes.subscribe === 'boolean'
  return says ? undefined : 'its capabilities do not say whether deletes show, by poll and by subscribe'
}

function verificationFault(value: unknown): string | undefined {
  const choices = Object.keys(VERIFIED_BY).map((one) => `"${one}"`)
  if (!isObject(value) || !Object.hasOwn(VERIFIED_BY, String(value.by))) {
    return `its verification does not say by what it was tried: one of ${choices.join(', ')}`
  }
  return typeof value.how === 'string' ? undefined : 'its verification does not say how it was tried'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
