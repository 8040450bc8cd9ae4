/** Kinds of match keys. The first four are values of a record as they are, and can turn out generic; the rest are made of several. */
export const VALUE_KINDS = ['phone', 'email', 'identifier', 'address'] as const
export const KEY_KINDS = [
  ...VALUE_KINDS,
  'name',
  'nameBirth',
  'namePostcode',
  'birthArea',
  'streetArea',
  'nameStreet',
] as const

export type ValueKind = (typeof VALUE_KINDS)[number]
export type KeyKind = (typeof KEY_KINDS)[number]

export function isValueKind(kind: string): kind is ValueKind {
  return (VALUE_KINDS as readonly string[]).includes(kind)
}
