/** When two items of a list mean the same thing. Each answer is a text that equal things share. */
import type { Json, JsonObject } from '../contracts/json.ts'

const ASCII = /^[\x20-\x7e]*$/
const COMBINING = /\p{M}+/gu

/** Small letters and digits with single blanks between them; accents, punctuation and width aside. */
export function folded(text: string): string {
  const form = plainness(text)
  if (form === 'folded') return text
  if (form === 'capitals') return text.toLowerCase()
  if (ASCII.test(text))
    return text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, ' ')
      .trim()
  const plain = text.normalize('NFKD').replace(COMBINING, '').toLowerCase().replaceAll('ß', 'ss')
  return plain.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
}

/** Most values are words with single blanks: a look at their characters saves the expressions. */
function plainness(text: string): 'folded' | 'capitals' | 'other' {
  let form: 'folded' | 'capitals' = 'folded'
  let before = 32
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    const isLetter = code >= 97 && code <= 122
    const isCapital = code >= 65 && code <= 90
    const isDigit = code >= 48 && code <= 57
    if (isCapital) form = 'capitals'
    else if (!isLetter && !isDigit && !(code === 32 && before !== 32)) return 'other'
    before = code
  }
  return before === 32 && text !== '' ? 'other' : form
}

const text = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)

const HAS_DIGIT = /[0-9]/
const HAS_OTHER_DIGIT = /\p{N}/u
const hasDigit = (token: string): boolean =>
  HAS_DIGIT.test(token) || (!ASCII.test(token) && HAS_OTHER_DIGIT.test(token))

/**
 * The street line of an address, given as lines or in parts: words in alphabetical order, because countries differ in
 * whether the number or the street comes first; tokens with digits in their own order, because 1/2 is not 2/1.
 */
function streetLine(address: JsonObject): string {
  const { lines, unit, houseNumber, street } = address
  const inParts = unit !== undefined || houseNumber !== undefined || street !== undefined
  const lined = Array.isArray(lines) ? lines.map(text).join(' ') : ''
  const written = inParts ? `${text(unit)} ${text(houseNumber)} ${text(street)}` : lined
  const numbers: string[] = []
  const words: string[] = []
  for (const token of folded(written).split(' ')) (hasDigit(token) ? numbers : words).push(token)
  return `${numbers.join(' ')} ${words.length > 1 ? words.sort().join(' ') : (words[0] ?? '')}`
}

const PLACE = ['locality', 'city', 'region', 'postalCode', 'country'] as const

const IDENTITIES: Readonly<Record<string, (item: JsonObject) => string>> = {
  // The part before the @ could tell capitals apart by RFC 5321; no provider does, and sources write as they please.
  emails: (item) => text(item['address']).trim().toLowerCase(),
  phones: (item) => text(item['number']).replace(/[^0-9+]/g, ''),
  addresses: (item) => {
    let identity = streetLine(item)
    for (const part of PLACE) identity += `|${item[part] === undefined ? '' : folded(text(item[part]))}`
    return identity
  },
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
