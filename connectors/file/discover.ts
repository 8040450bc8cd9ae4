import type { DiscoveredEntity } from '../../hub/contracts/connector.ts'
import { parseCsvRows } from './csv-rows.ts'
import { type FilePlace, PART } from './place.ts'

const FILES_MAX = 200
const HEAD_BYTES = 64 * 1024
const DELIMITERS = [',', ';', '\t', '|']

/**
 * The CSV files of the folder, one entity for the files whose names differ in their digits only. The delimiter is the one
 * that splits the header most often; the first column is proposed as the key, since a file does not say.
 */
export async function discoverFiles(place: FilePlace): Promise<DiscoveredEntity[]> {
  const files = ((await place.list('')) ?? [])
    .filter(({ name }) => /\.(csv|txt|tsv)$/i.test(name) && !name.startsWith('.') && !name.endsWith(PART))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const found = new Map<string, DiscoveredEntity>()
  for (const { path, name } of files.slice(0, FILES_MAX)) {
    const pattern = name.replaceAll(/\d+/g, '*')
    if (found.has(pattern)) continue
    const entity = await entityOf(place, path, pattern)
    if (entity !== undefined) found.set(pattern, entity)
  }
  return [...found.values()]
}

async function entityOf(place: FilePlace, path: string, pattern: string): Promise<DiscoveredEntity | undefined> {
  const head = await headOf(place, path)
  const [first = ''] = head.split(/\r?\n/, 1)
  const [delimiter = ','] = DELIMITERS.toSorted((a, b) => first.split(b).length - first.split(a).length)
  const form = { format: 'csv', delimiter, quote: '"', header: true, columns: undefined, encoding: 'utf-8' } as const
  let columns: string[] = []
  try {
    // Two rows are enough to learn the names; a header alone has them too.
    const sample = `${first}\n${new Array(first.split(delimiter).length).fill('x').join(delimiter)}\n`
    for await (const row of parseCsvRows(one(sample), form, HEAD_BYTES)) {
      if ('data' in row) columns = Object.keys(row.data)
    }
  } catch {
    return undefined
  }
  const [key] = columns
  if (key === undefined) return undefined
  return {
    entity:
      pattern
        .replace(/\.[^.]*$/, '')
        .replaceAll(/[^A-Za-z0-9]+/g, ' ')
        .trim()
        .replaceAll(' ', '-') || 'file',
    keyFields: [key],
    fields: columns.map((name) => ({ name, type: 'text', nullable: true })),
    suggestedOptions: { full: pattern, keyColumns: [key], ...(delimiter === ',' ? {} : { delimiter }) },
  }
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
