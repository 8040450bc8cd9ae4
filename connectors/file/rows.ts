import { parseCsvRows } from './csv-rows.ts'
import { parseLineRows } from './line-rows.ts'
import type { RowForm } from './options.ts'
import type { Row } from './row.ts'

export interface RowOptions {
  form: RowForm
  maxRowBytes: number
}

const RAW_LENGTH_MAX = 2_000

/** The rows of a file, one after the other, at the reader's pace. Throws a FileFault, or what the stream fails with. */
export async function* readRows(bytes: AsyncIterable<Buffer>, options: RowOptions): AsyncGenerator<Row> {
  const { form, maxRowBytes } = options
  const text = decoded(bytes, form.encoding)
  const rows = form.format === 'csv' ? parseCsvRows(text, form, maxRowBytes) : parseLineRows(text, form, maxRowBytes)
  for await (const row of rows) {
    yield 'data' in row ? row : { ...row, raw: row.raw.slice(0, RAW_LENGTH_MAX) }
  }
}

/** What a wrong byte sequence becomes (U+FFFD) is found in the row that has it, and only that row is refused. */
async function* decoded(bytes: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding)
  for await (const piece of bytes) {
    const text = decoder.decode(piece, { stream: true })
    if (text !== '') yield text
  }
  const rest = decoder.decode()
  if (rest !== '') yield rest
}
