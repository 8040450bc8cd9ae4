/**
 * What is compared, and how far two values can agree. The order of the levels is part of the code that compares; their
 * probabilities are the model's (config/matching.yaml). Each field is independent of the others as far as it can be
 * made so: what depends on another field is a field of its own for each case (a street within the same area says less
 * than the same street anywhere).
 */
const CONTACT_FIELDS = {
  phone: ['same', 'ending', 'different'],
  email: ['same', 'local-part', 'different'],
  area: ['same', 'nearly-same', 'postcode', 'city', 'near', 'different'],
  streetInArea: ['same', 'close', 'crossed', 'different'],
  streetElsewhere: ['same', 'close', 'crossed', 'different'],
  houseNumber: ['same', 'slip', 'other-unit', 'different'],
  locality: ['same', 'close', 'crossed', 'different'],
  system: ['same', 'other'],
} as const

export const PERSON_FIELDS = {
  given: ['same', 'same-common', 'nickname', 'close', 'similar', 'initial', 'part', 'different'],
  family: ['same', 'same-common', 'close', 'similar', 'part', 'different'],
  nameOrder: ['straight', 'swapped'],
  middle: ['same', 'initial', 'different'],
  generation: ['same', 'one-sided', 'different'],
  gender: ['same', 'different'],
  birthDate: ['same', 'slip', 'parts', 'different'],
  nationalId: ['same', 'slip', 'different'],
  document: ['same', 'different'],
  otherId: ['same', 'different'],
  ...CONTACT_FIELDS,
  // A mobile is one person's, as a rule; a telephone is a household's.
  phone: ['same-mobile', 'same', 'ending', 'different'],
} as const

export const ORGANIZATION_FIELDS = {
  name: ['same', 'reordered', 'close', 'part', 'similar', 'different'],
  legalForm: ['same', 'different'],
  nationalId: ['same', 'slip', 'different'],
  document: ['same', 'different'],
  otherId: ['same', 'different'],
  domain: ['same', 'different'],
  ...CONTACT_FIELDS,
} as const

export type Kind = 'person' | 'organization'
export type Field = keyof typeof PERSON_FIELDS | keyof typeof ORGANIZATION_FIELDS

const FIELDS_OF_KIND: Record<Kind, Record<string, readonly string[]>> = {
  person: PERSON_FIELDS,
  organization: ORGANIZATION_FIELDS,
}

export function fieldsOf(kind: Kind): Record<string, readonly string[]> {
  return FIELDS_OF_KIND[kind]
}

/** Every field of every kind has one number, its place in a comparison. */
export const FIELD_NAMES = [...new Set([...Object.keys(PERSON_FIELDS), ...Object.keys(ORGANIZATION_FIELDS)])] as Field[]

export const FIELD = Object.fromEntries(FIELD_NAMES.map((name, at) => [name, at])) as Record<Field, number>

/** Room for the levels of any field in a flat table. */
export const LEVELS_MAX = 8
