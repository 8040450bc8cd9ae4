import type { JsonObject } from '../../hub/contracts/json.ts'
import { identityFeatures } from '../../hub/identity/features.ts'
import type { IdentityRecord } from '../../hub/identity/resolve.ts'

/** Numbers from 0 to below 1, the same for the same seed (mulberry32 of T. Ettinger). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const copy = [...list]
  for (let at = copy.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    ;[copy[at], copy[other]] = [copy[other] as T, copy[at] as T]
  }
  return copy
}

export interface PersonFacts {
  given?: string
  middle?: string
  family?: string
  suffix?: string
  born?: string
  phone?: string
  email?: string
  nationalId?: string
  /** `number street, city, postcode`. */
  address?: string
}

export function person(id: string, facts: PersonFacts, system?: string): IdentityRecord {
  const [line = '', city = '', postalCode = ''] = (facts.address ?? '').split(', ')
  const { given = '', middle = '', family = '', suffix = '' } = facts
  const document: JsonObject = {
    kind: 'person',
    name: { given, middle, family, suffix },
    ...(facts.born === undefined ? {} : { birthDate: facts.born }),
    ...(facts.phone === undefined ? {} : { phones: [{ number: facts.phone }] }),
    ...(facts.email === undefined ? {} : { emails: [{ address: facts.email }] }),
    ...(facts.nationalId === undefined ? {} : { identifiers: [{ scheme: 'national-id', value: facts.nationalId }] }),
    ...(facts.address === undefined ? {} : { addresses: [{ lines: [line], city, postalCode, country: 'GB' }] }),
  }
  return { id, features: identityFeatures(document, system === undefined ? {} : { system }) }
}

export interface OrganizationFacts {
  name?: string
  trade?: string
  vat?: string
  phone?: string
  email?: string
  address?: string
}

export function organization(id: string, facts: OrganizationFacts, system?: string): IdentityRecord {
  const [line = '', city = '', postalCode = ''] = (facts.address ?? '').split(', ')
  const document: JsonObject = {
    kind: 'organization',
    organization: { legalName: facts.name ?? '', tradeName: facts.trade ?? '' },
    ...(facts.phone === undefined ? {} : { phones: [{ number: facts.phone }] }),
    ...(facts.email === undefined ? {} : { emails: [{ address: facts.email }] }),
    ...(facts.vat === undefined ? {} : { identifiers: [{ scheme: 'vat', value: facts.vat }] }),
    ...(facts.address === undefined ? {} : { addresses: [{ lines: [line], city, postalCode, country: 'GB' }] }),
  }
  return { id, features: identityFeatures(document, system === undefined ? {} : { system }) }
}
