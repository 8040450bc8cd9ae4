import type { JsonObject } from '../contracts/json.ts'
import { isJsonObject } from '../contracts/json.ts'
import { addressesOf } from './address-features.ts'
import { foldIdentifier, foldTight, foldWords } from './fold.ts'
import { parseLegalForm, parseOrganizationName } from './organization-names.ts'
import { items, text } from './read-json.ts'

/**
 * What identity resolution reads of one source record, normalised once and kept beside it as JSON. Absent members are
 * left out. A change of the rules that make them raises FEATURES_FORM, and records with an older form are made anew.
 */
export interface IdentityFeatures {
  form: typeof FEATURES_FORM
  kind: 'person' | 'organization'
  /** The system the record came from: two records of one system are seldom the same customer, of two systems often. */
  system?: string
  given?: string
  /** The words of the given name, where it has several. */
  givenWords?: string[]
  middle?: string
  family?: string
  familyWords?: string[]
  /** `jr`, `sr`, `ii`, ... */
  generation?: string
  gender?: string
  /** YYYYMMDD. */
  born?: string
  organizations?: OrganizationFeatures[]
  phones?: string[]
  /** Those of them that are said to be mobiles. */
  mobiles?: string[]
  emails?: string[]
  identifiers?: IdentifierFeatures[]
  addresses?: AddressFeatures[]
}

export const FEATURES_FORM = 1

export interface OrganizationFeatures {
  tight: string
  words: string[]
  legalForm?: string
}

export interface IdentifierFeatures {
  scheme: string
  value: string
  country?: string
}

export interface AddressFeatures {
  number?: string
  unit?: string
  street?: string
  locality?: string
  city?: string
  region?: string
  postcode?: string
  country?: string
}

/** Where a document lists more of a kind than this, the rest says nothing new and would make scoring quadratic. */
const LIST_MAX = 12
const PLACEHOLDERS = new Set([
  'unknown',
  'unbekannt',
  'na',
  'none',
  'null',
  'nil',
  'test',
  'xxx',
  'notknown',
  'notprovided',
  'tba',
  'anonymous',
])
const GENERATIONS = new Map([
  ['jr', 'jr'],
  ['junior', 'jr'],
  ['jnr', 'jr'],
  ['sr', 'sr'],
  ['senior', 'sr'],
  ['snr', 'sr'],
  ['ii', 'ii'],
  ['iii', 'iii'],
  ['iv', 'iv'],
])
const GENDER_OF_TITLE = new Map([
  ['mr', 'male'],
  ['herr', 'male'],
  ['mrs', 'female'],
  ['ms', 'female'],
  ['miss', 'female'],
  ['frau', 'female'],
])
const TITLES = new Set([...GENDER_OF_TITLE.keys(), 'dr', 'prof', 'sir', 'dame', 'rev'])
/** Dates that systems store when they know none. */
const NO_DATES = new Set([
  '19000101',
  '19010101',
  '19700101',
  '11111111',
  '99991231',
  '00010101',
  '18000101',
  '18991230',
  '18991231',
])

/**
 * The features of one source record's canonical customer document. Never throws: what has the wrong type is absent, so
 * that a document which a schema let through can always be resolved.
 * `origin.system` is the system it came from; without it the evidence of systems is left out.
 */
export function identityFeatures(document: JsonObject, origin: { system?: string } = {}): IdentityFeatures {
  const kind = document.kind === 'organization' ? 'organization' : 'person'
  const features: IdentityFeatures = { form: FEATURES_FORM, kind }
  if (origin.system !== undefined && origin.system !== '') features.system = origin.system
  if (kind === 'person') addPerson(features, document)
  else addOrganization(features, document)
  const phones = distinct(items(document.phones).map((item) => phoneOf(text(item.number))))
  if (phones.length > 0) features.phones = phones
  const mobiles = distinct(
    items(document.phones)
      .filter((item) => item.purpose === 'mobile')
      .map((item) => phoneOf(text(item.number))),
  )
  if (mobiles.length > 0) features.mobiles = mobiles
  const emails = distinct(items(document.emails).map((item) => emailOf(text(item.address))))
  if (emails.length > 0) features.emails = emails
  const identifiers = identifiersOf(document)
  if (identifiers.length > 0) features.identifiers = identifiers
  const addresses = addressesOf(document, LIST_MAX)
  if (addresses.length > 0) features.addresses = addresses
  return features
}

function addPerson(features: IdentityFeatures, document: JsonObject): void {
  const name = isJsonObject(document.name) ? document.name : {}
  const parts = nameParts(name)
  const given = nameWords(parts.given)
  if (given.length > 0) {
    features.given = given.join('')
    if (given.length > 1) features.givenWords = given
  }
  const middle = nameWords(parts.middle)
  if (middle.length > 0) features.middle = middle.join('')
  const family = nameWords(parts.family)
  let generation = GENERATIONS.get(foldTight(text(name.suffix)))
  if (family.length > 1 && generation === undefined) generation = GENERATIONS.get(family.at(-1) ?? '')
  if (family.length > 1 && GENERATIONS.has(family.at(-1) ?? '')) family.pop()
  if (family.length > 0) {
    features.family = family.join('')
    if (family.length > 1) features.familyWords = family
  }
  if (generation !== undefined) features.generation = generation
  const gender = text(document.gender)
  if (gender === 'female' || gender === 'male') features.gender = gender
  else {
    const fromTitle = GENDER_OF_TITLE.get(foldTight(text(name.prefix)))
    if (fromTitle !== undefined && gender === '') features.gender = fromTitle
  }
  const born = text(document.birthDate).replaceAll('-', '')
  if (/^\d{8}$/.test(born) && !NO_DATES.has(born)) features.born = born
}

function nameParts(name: JsonObject): { given: string; middle: string; family: string } {
  const given = text(name.given)
  const family = text(name.family)
  const middle = text(name.middle)
  const full = text(name.full)
  if (given !== '' || family !== '' || full === '') return { given, middle, family }
  const comma = full.indexOf(',')
  if (comma > 0) return { family: full.slice(0, comma), ...splitGiven(full.slice(comma + 1)) }
  const words = foldWords(full).split(' ')
  while (words.length > 1 && TITLES.has(words[0] ?? '')) words.shift()
  const tail = words.length > 2 && GENERATIONS.has(words.at(-1) ?? '') ? 2 : 1
  return { ...splitGiven(words.slice(0, -tail).join(' ')), family: words.slice(-tail).join(' ') }
}

function splitGiven(names: string): { given: string; middle: string } {
  const words = foldWords(names).split(' ')
  while (words.length > 1 && TITLES.has(words[0] ?? '')) words.shift()
  return { given: words[0] ?? '', middle: words.slice(1).join(' ') }
}

function nameWords(name: string): string[] {
  if (name === '') return []
  const words = foldWords(name)
    .split(' ')
    .filter((word) => word !== '')
  return PLACEHOLDERS.has(words.join('')) ? [] : words
}

function addOrganization(features: IdentityFeatures, document: JsonObject): void {
  const organization = isJsonObject(document.organization) ? document.organization : {}
  const form = parseLegalForm(text(organization.legalForm))
  const names: OrganizationFeatures[] = []
  for (const name of [text(organization.legalName), text(organization.tradeName)]) {
    const { words, legalForm } = parseOrganizationName(name)
    const tight = words.join('')
    if (tight === '' || PLACEHOLDERS.has(tight) || names.some((other) => other.tight === tight)) continue
    const ownForm = legalForm ?? form
    names.push({ tight, words, ...(ownForm === undefined ? {} : { legalForm: ownForm }) })
  }
  if (names.length > 0) features.organizations = names
}

/** Digits of a number that a telephone can have; what is too short or one digit throughout was typed to get past a form. */
function phoneOf(number: string): string {
  const digits = number.replace(/\D+/g, '')
  return digits.length < 6 || /^(\d)\1*$/.test(digits) || /^0*1234567/.test(digits) ? '' : digits
}

/** Lower case, without a `+tag`; empty when it is no address. */
function emailOf(address: string): string {
  const folded = address.trim().toLowerCase()
  const at = folded.lastIndexOf('@')
  if (at < 1 || at === folded.length - 1) return ''
  const plus = folded.indexOf('+')
  return plus > 0 && plus < at ? folded.slice(0, plus) + folded.slice(at) : folded
}

function identifiersOf(document: JsonObject): IdentifierFeatures[] {
  const found: IdentifierFeatures[] = []
  for (const item of items(document.identifiers).slice(0, LIST_MAX)) {
    const scheme = text(item.scheme)
    const value = foldIdentifier(text(item.value))
    if (scheme === '' || value.length < 3 || /^(.)\1*$/.test(value)) continue
    const country = foldIdentifier(text(item.country))
    found.push({ scheme, value, ...(country === '' ? {} : { country }) })
  }
  return found
}

function distinct(values: string[]): string[] {
  return [...new Set(values.filter((value) => value !== ''))].slice(0, LIST_MAX)
}
