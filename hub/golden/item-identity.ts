/** When two items of a list mean the same thing. Each answer is a text that equal things share. */
import type { Json, JsonObject } from '../contracts/json.ts'

const ASCII = /^[\x20-\x7e]*$/
const COMBINING = /\p{M}+/gu

/** Small letters and digits with single blanks between them; accents, punctuation and width aside. */
export function folded(text: string): string {
  if (ASCII.test(text))
    return text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, ' ')
      .trim()
  const plain = text.normalize('NFKD').replace(COMBINING, '').toLowerCase().replaceAll('ß', 'ss')
  return plain.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
}

const text = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)

const HAS_DIGIT = /\p{N}/u

/**
 * The street line of an address, given as lines or in parts: words in alphabetical order, because countries differ in
 * whether the number or the street comes first; tokens with digits in their own order, because 1/2 is not 2/1.
 */
function streetLine(address: JsonObject): string {
  const { lines, unit, houseNumber, street } = address
  const parts = [unit, houseNumber, street].map(text).join(' ')
  const written = parts.trim() === '' && Array.isArray(lines) ? lines.map(text).join(' ') : parts
  const tokens = folded(written).split(' ')
  const numbers = tokens.filter((token) => HAS_DIGIT.test(token))
  const words = tokens.filter((token) => !HAS_DIGIT.test(token)).sort()
  return [...numbers, ...words].join(' ')
}

const PLACE = ['locality', 'city', 'region', 'postalCode', 'country'] as const

const IDENTITIES: Readonly<Record<string, (item: JsonObject) => string>> = {
  // The part before the @ could tell capitals apart by RFC 5321; no provider does, and sources write as they please.
  emails: (item) => text(item['address']).trim().toLowerCase(),
  phones: (item) => text(item['number']).replace(/[^0-9+]/g, ''),
  addresses: (item) => [streetLine(item), ...PLACE.map((part) => folded(text(item[part])))].join('|'),
  identifiers: (item) => {
    const value = folded(text(item['value'])).replaceAll(' ', '')
    return [text(item['scheme']), text(item['country']).toUpperCase(), value].join('|')
  },
  consents: (item) => `${text(item['purpose'])}|${item['channel'] === 'any' ? '' : text(item['channel'])}`,
}

/** The identity of an item of `member` (`emails`, ...). Equal texts: the same address, number, place, document or question. */
export function itemIdentity(member: string, item: JsonObject): string {
  return IDENTITIES[member]?.(item) ?? JSON.stringify(item)
}
