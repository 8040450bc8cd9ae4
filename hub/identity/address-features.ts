import type { Json, JsonObject } from '../contracts/json.ts'
import type { AddressFeatures } from './features.ts'
import { foldTight, foldWords } from './fold.ts'
import { items, text } from './read-json.ts'

/** Words of streets with their usual short forms; the short one is kept, because both are written. */
const STREET_WORDS = new Map<string, string>()
for (const line of `st street str strt;rd road;ave avenue av;dr drive drv;pl place;ct court crt;cres crescent cr cresent;ln lane;
blvd boulevard boul;hwy highway;pde parade;tce terrace ter terr;sq square;cl close;cct circuit circ;gr grove gve;pkwy parkway;
n north;s south;e east;w west;hts heights;mt mount`.split(/;\s*/)) {
  const [short = '', ...others] = line.split(' ')
  for (const other of others) STREET_WORDS.set(other, short)
}
const NUMBER_FIRST = /^(\d+\s?[a-z]?(?:\s?[-/]\s?\d+\s?[a-z]?)?)[\s,]+(?=\p{L})(.+)$/iu
const NUMBER_LAST = /^(.*\p{L}[^\d]*?)[\s,]+(\d+\s?[a-z]?(?:\s?[-/]\s?\d+\s?[a-z]?)?)$/iu

export function addressesOf(document: JsonObject, max: number): AddressFeatures[] {
  const found: AddressFeatures[] = []
  for (const item of items(document.addresses).slice(0, max)) {
    const address = addressOf(item)
    if (Object.keys(address).length > 0) found.push(address)
  }
  return found
}

function addressOf(item: JsonObject): AddressFeatures {
  const address: AddressFeatures = {}
  let street = text(item.street)
  let number = text(item.houseNumber)
  if (street === '' && number === '') street = firstLine(item.lines)
  if (number === '' && street !== '') [number, street] = splitStreet(street)
  put(address, 'number', foldTight(number))
  put(address, 'unit', foldTight(text(item.unit)))
  put(address, 'street', streetOf(street))
  put(address, 'locality', streetOf(text(item.locality)))
  put(address, 'city', foldTight(text(item.city)))
  put(address, 'region', foldTight(text(item.region)))
  put(address, 'postcode', foldTight(text(item.postalCode)))
  // A country alone tells people apart no more than a planet does.
  if (Object.keys(address).length > 0) put(address, 'country', foldTight(text(item.country)))
  return address
}

function put(address: AddressFeatures, member: keyof AddressFeatures, value: string): void {
  if (value !== '') address[member] = value
}

function firstLine(lines: Json | undefined): string {
  return Array.isArray(lines) ? text(lines.find((line) => typeof line === 'string' && line.trim() !== '')) : ''
}

/** `12a Main St` and `Hauptstrasse 12 a` give number and street; what has no number gives an empty one. */
function splitStreet(line: string): [number: string, street: string] {
  const trimmed = line.trim()
  const first = NUMBER_FIRST.exec(trimmed)
  if (first !== null) return [first[1] ?? '', first[2] ?? '']
  const last = NUMBER_LAST.exec(trimmed)
  return last === null ? ['', trimmed] : [last[2] ?? '', last[1] ?? '']
}

/** Tight, with usual words shortened; German `strasse` is shortened where it ends a word too. */
function streetOf(street: string): string {
  if (street === '') return ''
  let tight = ''
  for (const word of foldWords(street).split(' ')) tight += STREET_WORDS.get(word) ?? word
  if (tight.endsWith('strasse')) return tight.slice(0, -5)
  return tight.endsWith('str') ? tight.slice(0, -1) : tight
}
