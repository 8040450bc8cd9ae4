/**
 * How fast mappings run, each row beside the bare loop that is its limit (DESIGN.md section 9):
 * hand-written code that makes the same documents, and the two libraries alone.
 * `node bench/mapping.ts`, under 20 s; every row is the best of several turns, since the machine is shared.
 */
import { availableParallelism, cpus } from 'node:os'
import { parse } from 'date-fns'
import { evaluateExpressionSync } from '@gorules/zen-engine'
import { parsePhoneNumberFromString } from 'libphonenumber-js'
import type { Json, JsonObject } from '../hub/contracts/json.ts'
import { compileMapping, parseMappingOrThrow } from '../hub/mapping/index.ts'
import type { CompiledMapping } from '../hub/mapping/index.ts'
import { fieldsOf } from '../hub/mapping/document/document.ts'
import { UNPARSABLE } from '../hub/mapping/conversions/conversion.ts'
import type { Converted } from '../hub/mapping/conversions/conversion.ts'

const TURNS = 7
const TURN_MS = 220
const RECORDS = 5_000

const PLAIN = `
source: Kunde
target: customer
fields:
  kind: { constant: person }
  name.given: VORNAME
  name.family: { from: NACHNAME, convert: trim }
  name.prefix: { from: ANREDE, convert: { lookup: { table: { '1': Mr, '2': Mrs, '3': Dr }, otherwise: null } } }
  status: { from: STATUS, convert: { lookup: { table: { A: active, I: inactive, C: closed, P: prospect } } } }
  language: { from: SPRACHE, convert: lower }
  gender: { from: GESCHL, convert: { lookup: { table: { M: male, F: female }, otherwise: other } } }
  attributes.segment: { from: SEGMENT, convert: upper }
  attributes.street: { from: STRASSE, convert: { split: { by: ',', index: 0 } } }
  attributes.district: { from: STRASSE, convert: { split: { by: ',', index: 1 } } }
  attributes.branch: FILIALE
  attributes.note: BEMERKUNG
`

const LIBRARIES = `
source: Kunde
target: customer
defaults: { region: AU }
fields:
${PLAIN.slice(PLAIN.indexOf('  kind:'))}
  phones:
    - { number: { from: TELEFON, convert: phone } }
  birthDate: { from: GEBDAT, convert: { date: { format: dd/MM/yyyy } } }
`

const GIVEN = ['Ada', 'Grace', ' Alan', 'Edsger ', 'Barbara', 'Donald']
const FAMILY = ['Lovelace', 'Hopper', ' Turing ', 'Dijkstra', 'Liskov', 'Knuth']

/** Records that differ, so that no cache of one value can help. */
function makeRecords(): JsonObject[] {
  return Array.from({ length: RECORDS }, (_, i) => ({
    ID: String(i),
    VORNAME: `${GIVEN[i % 6]}`,
    NACHNAME: `${FAMILY[(i * 7) % 6]}`,
    ANREDE: String((i % 3) + 1),
    STATUS: 'AICP'.charAt(i % 4),
    SPRACHE: i % 2 === 0 ? 'DE' : 'EN',
    GESCHL: i % 2 === 0 ? 'M' : 'F',
    SEGMENT: i % 3 === 0 ? 'gold' : 'Silver',
    STRASSE: `${i} George Street, District ${i % 40}`,
    FILIALE: `F${i % 90}`,
    BEMERKUNG: i % 5 === 0 ? '' : `Note number ${i} of the old system`,
    TELEFON: `(02) 9${String(1_000_000 + ((i * 7919) % 8_999_999)).replace(/^(\d{3})/, '$1 ')}`,
    GEBDAT: `${String((i % 28) + 1).padStart(2, '0')}/${String((i % 12) + 1).padStart(2, '0')}/${1930 + (i % 80)}`,
  }))
}

const PREFIXES = new Map([
  ['1', 'Mr'],
  ['2', 'Mrs'],
  ['3', 'Dr'],
])
const STATUSES = new Map([
  ['A', 'active'],
  ['I', 'inactive'],
  ['C', 'closed'],
  ['P', 'prospect'],
])
const GENDERS = new Map([
  ['M', 'male'],
  ['F', 'female'],
])

/** Text of a field as every mapping reads it: trimmed, undefined where there is none. */
function text(value: Json | undefined): string | undefined {
  if (typeof value !== 'string') return value === undefined || value === null ? undefined : String(value)
  const trimmed = value.trim()
  return trimmed === '' ? undefined : trimmed
}

/** What a careful programmer writes for the same mapping: same checks, same document. */
function byHand(record: JsonObject): JsonObject {
  const document: JsonObject = { kind: 'person' }
  const name: JsonObject = {}
  const given = text(record['VORNAME'])
  if (given !== undefined) name['given'] = given
  const family = text(record['NACHNAME'])
  if (family !== undefined) name['family'] = family
  const prefix = PREFIXES.get(text(record['ANREDE']) ?? '')
  if (prefix !== undefined) name['prefix'] = prefix
  document['name'] = name
  const statusCode = text(record['STATUS'])
  if (statusCode !== undefined) {
    const status = STATUSES.get(statusCode)
    if (status === undefined) throw new Error('status')
    document['status'] = status
  }
  const language = text(record['SPRACHE'])
  if (language !== undefined) document['language'] = language.toLowerCase()
  const gender = text(record['GESCHL'])
  if (gender !== undefined) document['gender'] = GENDERS.get(gender) ?? 'other'
  const attributes: JsonObject = {}
  const segment = text(record['SEGMENT'])
  if (segment !== undefined) attributes['segment'] = segment.toUpperCase()
  const parts = text(record['STRASSE'])?.split(',')
  const street = parts?.[0]?.trim()
  if (street !== undefined && street !== '') attributes['street'] = street
  const district = parts?.[1]?.trim()
  if (district !== undefined && district !== '') attributes['district'] = district
  const branch = text(record['FILIALE'])
  if (branch !== undefined) attributes['branch'] = branch
  const note = text(record['BEMERKUNG'])
  if (note !== undefined) attributes['note'] = note
  document['attributes'] = attributes
  return document
}

/**
 * The same conversions without generated code, as fast as closures were made to go: one for each field, that reads,
 * runs the conversions and sets its place. (Policies other than the usual ones are left out, which favours this row.)
 */
function byClosures(mapping: CompiledMapping): (record: JsonObject) => JsonObject {
  const steps = [...fieldsOf(mapping.document.root)].map((field) => {
    const [group = '', member] = field.target.split('.')
    const { source } = field
    const runs = field.steps.map((step) => step.run)
    const name = source.kind === 'path' ? String(source.from.path[0]) : ''
    const fixed = source.kind === 'constant' ? source.value : undefined
    return (record: JsonObject, document: JsonObject): void => {
      let value: Converted = fixed ?? record[name]
      if (typeof value === 'string') value = value.trim()
      for (const run of runs) {
        if (value === undefined || value === null || value === '' || value === UNPARSABLE) return
        value = run(value, record, record)
      }
      if (value === undefined || value === null || value === '' || value === UNPARSABLE) return
      if (member === undefined) document[group] = value
      else ((document[group] ??= {}) as JsonObject)[member] = value
    }
  })
  return (record) => {
    const document: JsonObject = {}
    for (const step of steps) step(record, document)
    return document
  }
}

/** No more than the two calls, so that the mapping has nothing to hide behind. */
function phoneAndDateAlone(record: JsonObject): JsonObject {
  const number = parsePhoneNumberFromString(String(record['TELEFON']), 'AU')
  const date = parse(String(record['GEBDAT']), 'dd/MM/yyyy', REFERENCE)
  return { number: number?.number ?? null, date: date.getTime() }
}

const REFERENCE = new Date(0)
const EXPRESSION = 'VORNAME + " " + NACHNAME'

function expressionAlone(record: JsonObject): unknown {
  return evaluateExpressionSync(EXPRESSION, { VORNAME: record['VORNAME'], NACHNAME: record['NACHNAME'] })
}

/** What came out last is kept, so that no loop can be optimised away. */
let sink: unknown

/** Records a second, the best of several turns. */
function measure(records: readonly JsonObject[], work: (record: JsonObject) => unknown): number {
  let best = 0
  for (let turn = 0; turn < TURNS; turn++) {
    const start = performance.now()
    let done = 0
    let elapsed = 0
    while (elapsed < TURN_MS) {
      for (const record of records.slice(done % 4_000, (done % 4_000) + 1_000)) sink = work(record)
      done += 1_000
      elapsed = performance.now() - start
    }
    best = Math.max(best, (done / elapsed) * 1_000)
  }
  return best
}

const rate = (value: number): string => `${Math.round(value).toLocaleString('en').padStart(12)}/s`

function row(what: string, value: number, limit?: number): void {
  console.log(
    `${what.padEnd(58)}${rate(value)}${limit === undefined ? '' : `   ${(value / limit).toFixed(2)} of the bare loop`}`,
  )
}

function main(): void {
  const records = makeRecords()
  const plain = compileMapping(parseMappingOrThrow(PLAIN, 'plain.yaml'))
  const expression = compileMapping(
    parseMappingOrThrow(
      `source: K\ntarget: customer\nfields: { name.full: { expression: '${EXPRESSION}' } }`,
      'expression.yaml',
    ),
  )
  const withLibraries = compileMapping(parseMappingOrThrow(LIBRARIES, 'libraries.yaml'))
  for (const record of records) {
    const mapped = plain.apply(record)
    if (!mapped.ok || JSON.stringify(sorted(mapped.document)) !== JSON.stringify(sorted(byHand(record)))) {
      throw new Error('the mapping and the hand-written code differ')
    }
    if (!withLibraries.apply(record).ok) throw new Error('a record was refused')
  }
  console.log(
    `Mapping, one thread of ${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}\n`,
  )
  const hand = measure(records, byHand)
  row('12 plain fields, hand-written (bare loop)', hand)
  row(
    '12 plain fields, mapping',
    measure(records, (record) => plain.apply(record)),
    hand,
  )
  const closures = byClosures(plain)
  if (JSON.stringify(sorted(closures(records[0] ?? {}))) !== JSON.stringify(sorted(byHand(records[0] ?? {}))))
    throw new Error('closures differ')
  row('12 plain fields, mapping by closures, no generated code', measure(records, closures), hand)
  const alone = measure(records, phoneAndDateAlone)
  row('phone and date, libphonenumber-js and date-fns (bare loop)', alone)
  row(
    '14 fields with phone and date, mapping',
    measure(records, (record) => withLibraries.apply(record)),
    alone,
  )
  const engine = measure(records, expressionAlone)
  row('an expression over two fields, Zen engine alone (bare loop)', engine)
  row(
    'one field by that expression, mapping',
    measure(records, (record) => expression.apply(record)),
    engine,
  )
  if (sink === undefined) throw new Error('nothing was measured')
}

function sorted(value: Json): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name] ?? null)]),
  )
}

main()
