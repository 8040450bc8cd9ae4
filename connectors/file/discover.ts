import type { DiscoveredEntity } from '../../hub/contracts/connector.ts'
import { parseCsvRows } from './csv-rows.ts'
import { parseLineRows } from './line-rows.ts'
import { type FileFacts, type FilePlace, PART } from './place.ts'
import type { Row } from './row.ts'

const FILES_MAX = 200
const FOLDERS_MAX = 50
const HEAD_BYTES = 64 * 1024
const DELIMITERS = [',', ';', '\t', '|']
const OWN_FOLDERS = new Set(['archive', 'errors', 'out'])

/**
 * The CSV and JSON lines files of the folder and of the folders in it, one entity for the files whose names differ in their
 * digits only. The delimiter is the one that splits the header most often; the first column is proposed as the key, since a
 * file does not say.
 */
export async function discoverFiles(place: FilePlace): Promise<DiscoveredEntity[]> {
  const folders = (await place.folders()).filter((name) => !OWN_FOLDERS.has(name)).slice(0, FOLDERS_MAX)
  const found = new Map<string, DiscoveredEntity>()
  for (const folder of ['', ...folders]) {
    for (const file of dataFiles((await place.list(folder)) ?? [])) {
      const pattern = [folder, file.name.replaceAll(/\d+/g, '*')].filter((part) => part !== '').join('/')
      if (found.has(pattern)) continue
      const entity = await entityOf(place, file, pattern)
      if (entity !== undefined) found.set(pattern, entity)
    }
  }
  return [...found.values()]
}

function dataFiles(files: readonly FileFacts[]): FileFacts[] {
  return files
    .filter(({ name }) => /\.(csv|txt|tsv|jsonl|ndjson)$/i.test(name) && !name.startsWith('.') && !name.endsWith(PART))
    .sort((a, b) => (a.name < b.name ? 1 : -1))
    .slice(0, FILES_MAX)
}

async function entityOf(place: FilePlace, { path }: FileFacts, pattern: string): Promise<DiscoveredEntity | undefined> {
  const [first = '', ...others] = (await headOf(place, path)).split(/\r?\n/)
  const isJson = /\.(jsonl|ndjson)$/i.test(path)
  const [delimiter = ','] = DELIMITERS.toSorted((a, b) => first.split(b).length - first.split(a).length)
  const columns = isJson ? await jsonColumns(first) : await csvColumns(first, delimiter)
  const [key] = columns
  // A header with nothing under it is still a file to read; a lone line of text is none.
  if (key === undefined || (!isJson && columns.length === 1 && others.length === 0)) return undefined
  const form = isJson ? { format: 'jsonl' } : delimiter === ',' ? {} : { delimiter }
  return {
    entity:
      pattern
        .replace(/\.[^.]*$/, '')
        .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
        .trim()
        .replaceAll(' ', '-') || 'file',
    keyFields: [key],
    fields: columns.map((name) => ({ name, type: isJson ? 'json' : 'text', nullable: true })),
    suggestedOptions: { full: pattern, keyColumns: [key], ...form },
  }
}

async function jsonColumns(first: string): Promise<string[]> {
  const form = { format: 'jsonl', encoding: 'utf-8' } as const
  return columnsOf(parseLineRows(one(first), form, HEAD_BYTES))
}

/** With a row of anything under the header, since the reader of rows gives columns only with one. */
async function csvColumns(first: string, delimiter: string): Promise<string[]> {
  const form = { format: 'csv', delimiter, quote: '"', header: true, columns: undefined, encoding: 'utf-8' } as const
  const row = new Array(first.split(delimiter).length).fill('x').join(delimiter)
  return columnsOf(parseCsvRows(one(`${first}\n${row}\n`), form, HEAD_BYTES))
}

async function columnsOf(rows: AsyncIterable<Row>): Promise<string[]> {
  try {
    for await (const row of rows) if ('data' in row) return Object.keys(row.data)
  } catch {
    // Not such a file after all.
  }
  return []
}

async function headOf(place: FilePlace, path: string): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of await place.read(path)) {
    pieces.push(piece)
    size += piece.length
    if (size >= HEAD_BYTES) break
  }
  return Buffer.concat(pieces)
    .toString('utf8', 0, HEAD_BYTES)
    .replace(/^\uFEFF/, '')
}

function one(text: string): AsyncIterable<string> {
  return (async function* () {
    yield await Promise.resolve(text)
  })()
}
