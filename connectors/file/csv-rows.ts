import { type CsvError, type Info, parse } from 'csv-parse'
import { pipeline, Readable } from 'node:stream'
import { HubError } from '../../hub/contracts/hub-error.ts'
import type { RowForm } from './options.ts'
import { characterFault, FileFault, type Row } from './row.ts'

type CsvForm = Extract<RowForm, { format: 'csv' }>
type Values = (string | null)[]

/** Values are text; an empty one is null, an empty one in quotes is the empty text. Blank lines are no rows. */
export async function* parseCsvRows(
  text: AsyncIterable<string>,
  form: CsvForm,
  maxRowBytes: number,
): AsyncGenerator<Row> {
  const wrong: Row[] = []
  let end: FileFault | undefined
  const parser = parse({
    delimiter: form.delimiter,
    quote: form.quote,
    escape: form.quote,
    bom: true,
    info: true,
    max_record_size: maxRowBytes,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined, raw: string | undefined) => {
      const fault = wholeFileFault(error)
      if (fault === undefined)
        wrong.push({ line: Number(error?.lines), fault: 'Its quotes are wrong.', raw: raw ?? '' })
      else end ??= fault
      return undefined
    },
    cast: (value, { quoting }) => (value === '' && !quoting ? null : value),
  })
  // The error reaches the loop below, which destroys what is left when it is left early.
  pipeline(Readable.from(text), parser, () => undefined)
  let columns = form.columns
  let line = 0
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: Values; info: Info }>) {
      yield* wrong.splice(0)
      line = info.lines
      // The parser is ahead of its reader: what stands before the fault is still to be read.
      if (end !== undefined && line >= end.line) break
      if (columns === undefined) columns = headerOf(record, line)
      else yield rowOf(record, columns, line)
    }
  } catch (error) {
    throw fileFault(error, line)
  }
  yield* wrong.splice(0)
  if (end !== undefined) throw end
  if (columns === undefined) throw new FileFault(1, 'The file is empty: not even its header is there.')
}

function headerOf(record: Values, line: number): string[] {
  const names = record.map((name) => name ?? '')
  const fault = characterFault(names.join('\n'))
  if (fault !== undefined) throw new FileFault(line, fault)
  if (names.includes('')) throw new FileFault(line, 'A column of the header has no name.')
  const repeated = names.find((name, place) => names.indexOf(name) !== place)
  if (repeated !== undefined) throw new FileFault(line, `The header names the column "${repeated}" twice.`)
  return names
}

function rowOf(record: Values, columns: readonly string[], line: number): Row {
  const raw = record.map((value) => value ?? '').join('\t')
  if (record.length !== columns.length) {
    return { line, fault: `The row has ${record.length} values where ${columns.length} are expected.`, raw }
  }
  const fault = characterFault(raw)
  if (fault !== undefined) return { line, fault, raw }
  return { line, data: Object.fromEntries(columns.map((name, place) => [name, record[place] ?? null])) }
}

function fileFault(error: unknown, line: number): unknown {
  if (error instanceof FileFault || error instanceof HubError) return error
  const { code } = error as { code?: string }
  return code?.startsWith('CSV_') === true ? new FileFault(line + 1, `The file is no CSV (${code}).`) : error
}

/** Faults behind which no row can be trusted. The parser names the line of an open quote in its message only. */
function wholeFileFault(error: CsvError | undefined): FileFault | undefined {
  const line = Number(/at line (\d+)/.exec(error?.message ?? '')?.[1] ?? error?.lines)
  if (error?.code === 'CSV_MAX_RECORD_SIZE') return new FileFault(line, 'A row is longer than "maxRowBytes" allows.')
  if (error?.code === 'CSV_QUOTE_NOT_CLOSED') return new FileFault(line, 'A quote is opened that nothing closes.')
  return undefined
}
