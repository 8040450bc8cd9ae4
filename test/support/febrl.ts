import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Change } from '../../hub/contracts/change.ts'

const FOLDER = fileURLToPath(new URL('../../../shared/data/febrl/', import.meta.url))

/** FEBRL 4 is test data that the repository does not carry: ../shared/data beside the checkout has it, or nobody. */
export const FEBRL_MISSING = existsSync(FOLDER)
  ? null
  : 'skipped: the FEBRL 4 files are not at ../shared/data/febrl beside this checkout'

export interface FebrlRow {
  [column: string]: string
}

export function readFebrl(file: 'dataset4a.csv' | 'dataset4b.csv'): FebrlRow[] {
  const [header = '', ...lines] = readFileSync(FOLDER + file, 'utf8')
    .trim()
    .split('\n')
  const columns = header.split(',').map((name) => name.trim())
  return lines.map((line) => {
    const values = line.split(',').map((value) => value.trim())
    return Object.fromEntries(columns.map((column, i) => [column, values[i] ?? '']))
  })
}

export const FEBRL_SYSTEMS = {
  'config/systems/crm.yaml': 'connector: push\ntitle: The CRM\n',
  'config/systems/billing.yaml': 'connector: push\ntitle: The billing system\n',
}

/** The mapping that an engineer would write for these columns. */
export function febrlMapping(withSocSecId: boolean): string {
  return `source: Person
target: customer
key: rec_id
defaults: { country: AU }
fields:
  kind: { constant: person }
  status: { constant: active }
  name.given: given_name
  name.family: surname
  birthDate: { from: date_of_birth, convert: { date: { format: yyyyMMdd } }, unparsable: omit }
  addresses:
    - houseNumber: street_number
      street: address_1
      locality: address_2
      city: suburb
      postalCode: postcode
      region: state
      country: { constant: AU }
      purpose: { constant: home }
${withSocSecId ? '  identifiers:\n    - { scheme: { constant: national-id }, value: soc_sec_id, country: { constant: AU } }\n' : ''}`
}

export function febrlChanges(system: string, rows: readonly FebrlRow[]): Change[] {
  return rows.map((row) => ({
    system,
    entity: 'Person',
    key: row.rec_id ?? '',
    id: `${system}-${row.rec_id}`,
    kind: 'upsert',
    time: '2026-01-01T00:00:00Z',
    data: row,
  }))
}

export interface PairScores {
  precision: number
  recall: number
  f1: number
}

/** Pairwise scores: rec-N-org and rec-N-dup-0 are one person, and nobody else is. */
export function pairwise(clusters: readonly (readonly string[])[]): PairScores {
  let pairs = 0
  let right = 0
  for (const keys of clusters) {
    for (let i = 0; i < keys.length; i++) {
      for (let j = i + 1; j < keys.length; j++) {
        pairs++
        if (personOf(keys[i] ?? '') === personOf(keys[j] ?? '')) right++
      }
    }
  }
  const precision = pairs === 0 ? 1 : right / pairs
  const recall = right / 5_000
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall) }
}

function personOf(key: string): string {
  return key.split('-')[1] ?? key
}

/** A generator of pseudo-random numbers in [0, 1): mulberry32 by Tommy Ettinger, public domain. */
export function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const random = mulberry32(seed)
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const [a, b] = [result[i], result[j]]
    if (a !== undefined && b !== undefined) [result[i], result[j]] = [b, a]
  }
  return result
}
