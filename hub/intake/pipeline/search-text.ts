import { foldWords } from '../../identity/fold.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts'

const APOSTROPHES = /['’‘`´ʼ]/gu

/**
 * How words are stored for search, and how a query is turned before it is compared: the form in which names are matched,
 * but for apostrophes, which part words here, so that O'Connor is found by `connor` too.
 */
export function foldForSearch(text: string): string {
  return foldWords(text.replace(APOSTROPHES, ' '))
}

/** The words by which a golden customer record is found: names, company names, towns and customer numbers. */
export function searchTextOf(customer: JsonObject): string {
  const words: string[] = []
  for (const part of ['name', 'organization']) collectTexts(customer[part], words)
  for (const address of listOf(customer.addresses)) collectTexts(pick(address, 'city'), words)
  for (const identifier of listOf(customer.identifiers)) {
    if (pick(identifier, 'scheme') === 'customer-number') collectTexts(pick(identifier, 'value'), words)
  }
  return foldForSearch([...new Set(words)].join(' '))
}

function collectTexts(value: Json | undefined, words: string[]): void {
  if (typeof value === 'string') words.push(value)
  else if (isJsonObject(value)) for (const member of Object.values(value)) collectTexts(member, words)
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}

function pick(value: Json, name: string): Json | undefined {
  return isJsonObject(value) ? value[name] : undefined
}
