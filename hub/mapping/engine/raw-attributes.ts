import type { Json } from '../../contracts/json.ts'
import type { FieldNode } from '../document/document.ts'

/** `unparsable: keep-raw-in-attributes` keeps what the system has, under a name made of the target's path. */

/** As the canonical schemas have it: a letter, then letters, digits, hyphens and underscores. */
const NAME_LENGTH_MAX = 64
const SUFFIX = 'Raw'
const TEXT_LENGTH_MAX = 4_000

/** `emails[0].address` -> `emails0AddressRaw`: it can't be taken for an attribute that the mapping sets itself. */
export function attributeName(field: FieldNode): string {
  const [first = '', ...rest] = field.target.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  const name = `${first}${rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`
  const fromLetter = name.replace(/^[^A-Za-z]+/, '')
  return `${fromLetter === '' ? 'value' : fromLetter.slice(0, NAME_LENGTH_MAX - SUFFIX.length)}${SUFFIX}`
}

/** Attributes hold scalars of bounded length; anything else isn't kept. */
export function rawAttribute(raw: Json | undefined): Json | undefined {
  if (typeof raw === 'string') return raw.slice(0, TEXT_LENGTH_MAX)
  if (typeof raw === 'number' && Number.isFinite(raw)) return raw
  return typeof raw === 'boolean' ? raw : undefined
}
