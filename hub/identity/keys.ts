import type { IdentifierFeatures, IdentityFeatures, AddressFeatures } from './features.ts'
import { hash53 } from './key-hash.ts'
import type { KeyKind } from './key-kinds.ts'
import { nameRoot } from './nicknames.ts'
import { soundex } from './soundex.ts'

/** Records that share a key are compared with each other; records that share none never are. */
export interface MatchKey {
  kind: KeyKind
  text: string
}

/**
 * The keys of a record, each once. Persons and organizations may share values (a telephone), so that generic ones are
 * counted over all; scoring keeps them apart.
 */
export function matchKeys(features: IdentityFeatures): MatchKey[] {
  const keys = new KeySet()
  for (const phone of features.phones ?? []) keys.add('phone', phone)
  for (const email of features.emails ?? []) keys.add('email', email)
  for (const identifier of features.identifiers ?? []) keys.add('identifier', identifierText(identifier))
  for (const address of features.addresses ?? []) {
    const exact = addressText(address)
    if (exact !== undefined) keys.add('address', exact)
  }
  if (features.kind === 'person') addPersonKeys(keys, features)
  else addOrganizationKeys(keys, features)
  return keys.list
}

/** The key as a number of 53 bits: FNV-1a over kind and text. */
export function matchKeyHash(key: MatchKey): number {
  return hash53(`${key.kind}|${key.text}`)
}

export function identifierText(identifier: IdentifierFeatures): string {
  return `${identifier.scheme}|${identifier.country ?? ''}|${identifier.value}`
}

/** A door: number, street, area and unit. Undefined unless number and street and an area are known. */
export function addressText(address: AddressFeatures): string | undefined {
  const area = address.postcode ?? address.city
  if (address.number === undefined || address.street === undefined || area === undefined) return undefined
  return `${address.number}|${address.street}|${area}`
}

class KeySet {
  readonly list: MatchKey[] = []
  readonly #seen = new Set<string>()

  add(kind: KeyKind, text: string): void {
    const whole = `${kind}|${text}`
    if (this.#seen.has(whole)) return
    this.#seen.add(whole)
    this.list.push({ kind, text })
  }
}

function addPersonKeys(keys: KeySet, features: IdentityFeatures): void {
  const { given, family, born } = features
  // Either name may stand in either place, so both make the same kinds of keys.
  const sounds: string[] = []
  if (given !== undefined) sounds.push(soundex(nameRoot(features.givenWords?.[0] ?? given)))
  if (family !== undefined) sounds.push(soundex(family))
  if (given !== undefined && family !== undefined) {
    const [first, second] = [nameRoot(features.givenWords?.[0] ?? given), family].sort()
    keys.add('name', `${first}|${second}`)
  }
  for (const sound of sounds) if (born !== undefined) keys.add('nameBirth', `${sound}|${born}`)
  for (const { postcode, city, street, locality } of features.addresses ?? []) {
    const area = postcode ?? city
    if (area !== undefined) {
      for (const sound of sounds) keys.add('namePostcode', `${sound}|${area}`)
      if (born !== undefined) keys.add('birthArea', `${born}|${area}`)
      if (street !== undefined) keys.add('streetArea', `${soundex(street)}|${area}`)
      // Street and locality are entered in each other's place often enough to share their keys.
      if (locality !== undefined) keys.add('streetArea', `${soundex(locality)}|${area}`)
    }
    // A post code is a number, and numbers are mistyped: town and street are further ways in.
    if (born !== undefined && postcode !== undefined && city !== undefined)
      keys.add('birthArea', `${born}|${soundex(city)}`)
    if (street !== undefined) for (const sound of sounds) keys.add('nameStreet', `${sound}|${soundex(street)}`)
  }
}

function addOrganizationKeys(keys: KeySet, features: IdentityFeatures): void {
  for (const { words } of features.organizations ?? []) {
    keys.add('name', `o|${[...words].sort().join('')}`)
    for (const { postcode, city } of features.addresses ?? []) {
      const area = postcode ?? city
      if (area !== undefined)
        for (const word of words.slice(0, 3)) keys.add('namePostcode', `o|${soundex(word)}|${area}`)
    }
  }
}
